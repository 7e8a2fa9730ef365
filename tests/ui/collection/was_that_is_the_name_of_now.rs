use wfruntime::prelude::*;

#[collection(was = "posts")]
pub struct Post {
    pub title: String,
}

fn main() {}
