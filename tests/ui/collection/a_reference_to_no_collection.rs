use wfruntime::prelude::*;

struct Category;

#[collection]
struct Post {
    category: BelongsTo<Category>,
}

fn main() {}
