//! A blog: every kind of trigger, each where it fits.

mod comments;
mod letters;
mod mail;
mod posts;

#[cfg(test)]
mod tests;

use wfruntime::prelude::*;

/// Something to read.
#[collection]
pub struct Post {
    #[field(length = 1..=200)]
    pub title: String,
    pub body: String,
    #[field(default = user)]
    pub author: BelongsTo<User>,
    pub category: Option<BelongsTo<Category>>,
    pub tags: BelongsToMany<Tag, Tagging>,
    #[field(default = Stage::Draft)]
    pub stage: Stage,
    /// When an accepted post comes out; at once, if it is not given.
    pub comes_out: Option<Timestamp>,
    pub comments: HasMany<Comment>,
}

/// Where a post stands.
#[choice]
pub enum Stage {
    Draft,
    Accepted,
    Published,
}

/// What posts are about.
#[collection]
pub struct Category {
    #[field(unique)]
    pub title: String,
}

/// A word to find posts by.
#[collection]
pub struct Tag {
    #[field(unique)]
    pub word: String,
}

/// That a post has a tag.
#[collection]
pub struct Tagging {
    #[field(on_delete = cascade)]
    pub post: BelongsTo<Post>,
    #[field(on_delete = cascade)]
    pub tag: BelongsTo<Tag>,
}

/// What somebody says of a post.
#[collection]
pub struct Comment {
    #[field(on_delete = cascade)]
    pub post: BelongsTo<Post>,
    #[field(length = 1..=80)]
    pub name: String,
    #[field(length = 1..=2000)]
    pub text: String,
    #[field(default = 0)]
    pub links: i32,
}

/// A post as it was before a change.
#[collection]
pub struct Revision {
    #[field(on_delete = cascade)]
    pub post: BelongsTo<Post>,
    pub title: String,
    pub body: String,
}

/// Somebody who gets letters.
#[collection]
pub struct Subscriber {
    #[field(unique)]
    pub email: String,
    #[field(default = true)]
    pub is_reached: bool,
}

forms! {
    Post {
        add "Post" (title, body, category, comes_out) {
            "Have it read" => [posts::review];
            "Keep as draft";
        }
        edit "Change" (title, body, category, comes_out) { "Save"; }
        row "Have it read" as read => [posts::review] when stage == Stage::Draft;
    }
    Subscriber {
        /// Letters go there again.
        rows "Reached" as reached { is_reached: true } when is_reached == false;
    }
}

role! {
    author {
        Post: view, create(title, body, category, tags, comes_out),
            update(title, body, category, tags, comes_out) own;
        Category: view;
        Tag: view, create;
        Tagging: view, create, destroy;
        Comment: view;
        Revision: view;
        workflows: posts::review;
    }
    editor {
        Post: view;
        Category: view, create, update;
        Tag: view;
        Comment: view, destroy;
        Revision: view;
        Subscriber: view, update();
        workflows: letters::send;
        tasks;
    }
    anonymous {
        Post: view;
        Category: view;
        Comment: view, create(post, name, text);
        Subscriber: create(email);
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://blog.db").run().await
}
