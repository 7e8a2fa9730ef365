use wfruntime::prelude::*;

#[collection]
struct Post {
    parts: Option<HasMany<Post>>,
}

fn main() {}
