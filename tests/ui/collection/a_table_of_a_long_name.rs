use wfruntime::prelude::*;

#[collection(table = "a123456789012345678901234567890123456789012345678901234567890123456789")]
struct Post {
    title: String,
}

fn main() {}
