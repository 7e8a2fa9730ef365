use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(uniqe)]
    title: String,
}

fn main() {}
