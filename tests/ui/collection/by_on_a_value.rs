use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(by = parent)]
    size: i32,
}

fn main() {}
