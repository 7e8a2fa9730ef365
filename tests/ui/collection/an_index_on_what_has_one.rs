use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(unique, index)]
    title: String,
    #[field(index)]
    parent: Option<BelongsTo<Post>>,
}

fn main() {}
