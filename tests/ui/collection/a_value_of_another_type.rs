use wfruntime::prelude::*;

#[collection]
struct Post {
    title: String,
    size: i32,
    parent: Option<BelongsTo<Post>>,
}

fn main() {
    let _ = Post::new().title(1);
}
