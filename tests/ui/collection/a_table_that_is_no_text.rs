use wfruntime::prelude::*;

#[collection(table = posts)]
struct Post {
    title: String,
}

fn main() {}
