use wfruntime::prelude::*;

#[choice]
enum Status {
    Open,
    Closed(u32),
}

fn main() {}
