use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(default = now)]
    title: String,
}

fn main() {}
