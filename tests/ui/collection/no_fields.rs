use wfruntime::prelude::*;

#[collection]
struct Post {}

fn main() {}
