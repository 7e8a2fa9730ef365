use wfruntime::prelude::*;

#[collection(crate = "my crate")]
struct Post {
    title: String,
}

fn main() {}
