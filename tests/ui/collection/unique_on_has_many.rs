use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(unique)]
    parts: HasMany<Post>,
    whole: BelongsTo<Post>,
}

fn main() {}
