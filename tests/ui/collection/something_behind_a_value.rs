use wfruntime::prelude::*;

#[collection(name = "posts" "letters")]
struct Post {
    title: String,
}

fn main() {}
