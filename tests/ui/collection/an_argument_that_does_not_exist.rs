use wfruntime::prelude::*;

#[collection(tabel = "posts")]
struct Post {
    title: String,
}

fn main() {}
