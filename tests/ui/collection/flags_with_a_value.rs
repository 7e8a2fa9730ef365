use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(unique = true, index = 1, hidden = 2)]
    title: String,
}

fn main() {}
