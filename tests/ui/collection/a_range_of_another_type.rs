use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(range = 1..=5)]
    title: String,
}

fn main() {}
