use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(on_delete = "restrict")]
    parent: Option<BelongsTo<Post>>,
    #[field(by)]
    parts: HasMany<Post>,
}

fn main() {}
