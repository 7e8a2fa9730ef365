//! Generated code under the strictest lints that a crate may set.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, clippy::all)]

use wfruntime::prelude::*;

/// A post.
#[collection]
pub struct Post {
    /// Its title.
    #[field(length = 1..=100, pattern = "\\S.*", title = "Title", was = "name")]
    pub title: String,
    /// Where it is filed.
    #[field(on_delete = set_null)]
    pub category: Option<BelongsTo<Category>>,
    /// How it is rated.
    #[field(range = 1.., default = 3)]
    pub rating: u8,
    /// When it appears.
    #[field(default = now, index)]
    pub date: Timestamp,
    /// Where it stands.
    #[field(default = Stage::Draft, column = "state")]
    pub stage: Stage,
}

/// A category.
#[collection(name = "kinds", table = "kinds")]
pub struct Category {
    /// Its title.
    #[field(unique)]
    pub title: String,
    /// What is in it.
    pub posts: HasMany<Post>,
}

/// Where a post stands.
#[choice]
pub enum Stage {
    /// It is being written.
    Draft,
    /// All may read it.
    Published,
}

#[test]
fn compiles_and_is_right() {
    assert_eq!(Post::META.members[0].options.was, Some("name"));
    assert_eq!(Category::definition().name(), "kinds");
}
