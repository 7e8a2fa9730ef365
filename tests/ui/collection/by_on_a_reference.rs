use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(by = parent)]
    parent: Option<BelongsTo<Post>>,
}

fn main() {}
