use wfruntime::prelude::*;

#[collection]
struct Post {
    title: String,
    size: i32,
    parent: Option<BelongsTo<Post>>,
}

async fn create(cx: Context) -> Result<Record<Post>> {
    cx.create(Post::new().size(1)).await
}

fn main() {}
