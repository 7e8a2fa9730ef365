use wfruntime::prelude::*;

#[collection(colour = "red", 5)]
struct Post {
    title: String,
}

fn main() {}
