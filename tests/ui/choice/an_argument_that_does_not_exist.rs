use wfruntime::prelude::*;

#[choice(name = "status", crate = 1)]
enum Status {
    Open,
}

fn main() {}
