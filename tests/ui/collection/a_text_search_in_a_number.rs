use wfruntime::prelude::*;

#[collection]
struct Post {
    title: String,
    size: i32,
    parent: Option<BelongsTo<Post>>,
}

fn main() {
    let _ = Post::FIELDS.size.contains("1");
}
