use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(title = 4, was = 5, column = 6)]
    title: String,
}

fn main() {}
