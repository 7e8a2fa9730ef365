use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(on_delete = cascde)]
    parent: BelongsTo<Post>,
}

fn main() {}
