use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(length = 5)]
    size: i32,
}

fn main() {}
