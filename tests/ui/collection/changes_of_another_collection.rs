use wfruntime::collection::IntoChanges;
use wfruntime::prelude::*;

#[collection]
struct Post {
    title: String,
    size: i32,
    parent: Option<BelongsTo<Post>>,
}

fn update(_: impl IntoChanges<User>) {}

fn main() {
    update(Post::changes().size(1));
}
