//! Posts: an editor accepts them, and each of their former texts is kept.

use wfruntime::prelude::*;

use crate::mail::mail;
use crate::{Post, Revision, Stage};

workflow! {
    /// Has an editor look at a post.
    ///
    /// Local: it runs where the author asks for it.
    #[post_action(mode = "local", appends = [author], overlap = "cancel_previous")]
    pub review<Post> {
        require data.stage != Stage::Published, "the post is out already";
        let review = approve "{data.title}, by {data.author.nickname}" { by: role(editor) };
        if review.is_rejected() {
            end failed "{review.comment}";
        }
        if data.comes_out.is_some() {
            update data { stage: Stage::Accepted };
        } else {
            update data { stage: Stage::Published };
        }
    }

    /// Lets accepted posts out when their time has come.
    ///
    /// A schedule: nobody asks for it.
    #[schedule(every = 1 minute)]
    pub let_out {
        update Post where stage == Stage::Accepted && comes_out <= at {
            stage: Stage::Published,
        };
    }

    /// Reminds the author of a draft a day before its time.
    ///
    /// By a date: each record has its moment.
    #[schedule(at = comes_out, before = 1 day, when = data.stage == Stage::Draft, appends = [author])]
    pub remind<Post> {
        run mail(data.author.nickname, format!("{} comes out tomorrow", data.title));
    }
}

/// Keeps what a post was.
///
/// An event: it hears of every change, also of those that workflows make.
#[collection_event(on = [update], changed = [title, body])]
async fn keep_revision(post: CollectionEvent<Post>, cx: Context) -> Result<()> {
    let Some(before) = &post.before else { return Ok(()) };
    let kept = Revision::new().post(post.data.id).title(&*before.title).body(&*before.body);
    cx.create(kept).await.map(drop)
}
