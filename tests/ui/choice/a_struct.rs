use wfruntime::prelude::*;

#[choice]
struct Status {
    open: bool,
}

fn main() {}
