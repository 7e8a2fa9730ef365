use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(default, length = , range, pattern = 3)]
    title: String,
}

fn main() {}
