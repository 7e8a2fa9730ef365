use wfruntime::prelude::*;

#[collection]
struct Post {
    id: i64,
    title: String,
}

fn main() {}
