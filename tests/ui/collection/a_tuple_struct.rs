use wfruntime::prelude::*;

#[collection]
struct Post(String);

fn main() {}
