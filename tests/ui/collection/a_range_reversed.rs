use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(range = 5..=1)]
    size: i32,
}

fn main() {}
