use wfruntime::prelude::*;

#[collection(name = "a", name = "b")]
struct Post {
    title: String,
}

fn main() {}
