//! Posts in categories: how a request names the workflows it fires.
//!
//! ```bash
//! cargo run --package posts -- user add Ada --role author --token
//! cargo run --package posts
//!
//! # fires `welcome_post` with the post
//! curl -X POST -H 'Authorization: Bearer <token>' -H 'X-Role: author' \
//!   -d '{"title": "A title", "content": "Some text."}' \
//!   'http://localhost:3000/api/posts:create?triggerWorkflows=welcome_post'
//!
//! # creates the category with the post, and fires `greet_category` with the category
//! curl -X POST -H 'Authorization: Bearer <token>' -H 'X-Role: author' \
//!   -d '{"title": "A title", "content": "Some text.", "category": {"title": "A category"}}' \
//!   'http://localhost:3000/api/posts:create?triggerWorkflows=greet_category!category'
//!
//! # presses the button `Publish`, which fires both
//! curl -X POST -H 'Authorization: Bearer <token>' -H 'X-Role: author' \
//!   -d '{"title": "A title", "content": "Some text.", "category": {"title": "A category"}}' \
//!   'http://localhost:3000/api/posts:create?button=post.publish'
//! ```

#[cfg(test)]
mod tests;

use wfruntime::prelude::*;

/// Something to read.
#[collection]
pub struct Post {
    pub title: String,
    pub content: String,
    pub category: Option<BelongsTo<Category>>,
}

/// What posts are about.
#[collection]
pub struct Category {
    pub title: String,
    pub description: Option<String>,
    pub posts: HasMany<Post>,
}

workflow! {
    /// Says in the answer that the post is there.
    #[post_action(mode = "local", execution = "sync")]
    pub welcome_post<Post> {
        respond "\"{data.title}\" is published";
    }

    /// Describes a category that was made with a post.
    #[post_action(mode = "local")]
    pub greet_category<Category> {
        if data.description.is_none() {
            update data { description: format!("Posts about {}", data.title) };
        }
    }
}

forms! {
    Post {
        add "Post" (title, content, category { title }) {
            "Publish" => [welcome_post, greet_category!category];
            "Save";
        }
        edit "Change" (title, content, category) { "Save"; }
        row "Greet the category" as greet => [greet_category!category]
            when category.is_some();
    }
}

role! {
    author {
        Post: view, create, update own;
        Category: view, create;
        workflows: welcome_post, greet_category;
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://posts.db").run().await
}
