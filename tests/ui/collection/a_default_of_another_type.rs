use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(default = 1)]
    title: String,
}

fn main() {}
