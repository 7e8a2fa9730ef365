use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(unique)]
    next: HasOne<Post>,
    previous: BelongsTo<Post>,
}

fn main() {}
