use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field]
    title: String,
}

fn main() {}
