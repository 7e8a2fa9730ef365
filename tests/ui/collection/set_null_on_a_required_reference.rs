use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(on_delete = set_null)]
    parent: BelongsTo<Post>,
}

fn main() {}
