use wfruntime::prelude::*;

#[collection]
struct Post {
    title: String,
    size: i32,
    parent: Option<BelongsTo<Post>>,
}

fn main() {
    let user: Id<User> = Id::new(1);
    let _ = Post::changes().parent(user);
}
