use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(range = 1..5)]
    size: i32,
}

fn main() {}
