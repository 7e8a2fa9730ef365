use wfruntime::prelude::*;

#[choice]
union Status {
    open: u64,
}

fn main() {}
