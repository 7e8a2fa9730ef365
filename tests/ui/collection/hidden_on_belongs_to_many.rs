use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(hidden)]
    links: BelongsToMany<Post, Post>,
    a: BelongsTo<Post>,
    b: BelongsTo<Post>,
}

fn main() {}
