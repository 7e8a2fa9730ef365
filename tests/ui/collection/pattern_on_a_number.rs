use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(pattern = "[0-9]+")]
    size: i32,
}

fn main() {}
