use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(default = user)]
    parent: Option<BelongsTo<Post>>,
}

fn main() {}
