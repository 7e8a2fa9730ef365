use wfruntime::prelude::*;

#[collection(was = articles)]
struct Post {
    title: String,
}

fn main() {}
