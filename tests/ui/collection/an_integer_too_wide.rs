use wfruntime::prelude::*;

#[collection]
struct Post {
    size: u64,
}

fn main() {}
