use wfruntime::prelude::*;

#[collection(name = "my posts")]
struct Post {
    title: String,
}

fn main() {}
