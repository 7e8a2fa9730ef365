use wfruntime::prelude::*;

#[collection(name = posts)]
struct Post {
    title: String,
}

fn main() {}
