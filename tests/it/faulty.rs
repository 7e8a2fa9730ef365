//! A program that is declared wrongly in several places.

#![expect(missing_docs, reason = "declared as programs declare them")]

use wfruntime::prelude::*;

/// Something somebody wrote down.
#[collection]
pub struct Note {
    pub text: String,
}

/// Has the key of another one.
#[post_action(mode = "global", on = [create], key = "thank")]
async fn greet(note: PostAction<Note>, cx: Context) -> Result<()> {
    cx.run("greet", async || Ok(note.data.text.clone())).await.map(drop)
}

/// Has a key that another one has.
#[post_action(mode = "global", on = [create])]
async fn thank(note: PostAction<Note>, cx: Context) -> Result<()> {
    cx.run("thank", async || Ok(note.data.text.clone())).await.map(drop)
}

/// Follows an action that there is not, for a role that there is not.
#[post_action(mode = "global", on = [creat], allow = [clark])]
async fn remind(note: PostAction<Note>, cx: Context) -> Result<()> {
    cx.run("remind", async || Ok(note.data.text.clone())).await.map(drop)
}

/// Is called where another one is.
#[webhook(path = "notes")]
async fn noted(hook: Webhook, cx: Context) -> Result<()> {
    cx.run("note", async || Ok(hook.values.to_string())).await.map(drop)
}

/// Is called where that one is.
#[webhook(path = "notes")]
async fn sent(hook: Webhook, cx: Context) -> Result<()> {
    cx.run("send", async || Ok(hook.values.to_string())).await.map(drop)
}

/// Holds lines.
#[collection]
pub struct Sheet {
    pub name: String,
    pub lines: HasMany<Line>,
}

/// Stands on a sheet, and is about a note.
#[collection]
pub struct Line {
    pub sheet: BelongsTo<Sheet>,
    pub about: BelongsTo<Note>,
    pub text: Option<String>,
}

role! {
    clerk { Note: view; }
}

forms! {
    Note {
        row "Clear" { text: "" } allow [clerk];
    }
    Sheet {
        add "Names what is set" (name, lines { sheet, about }) { "Save"; }
        add "Leaves out what is not" (name, lines { text }) { "Save"; }
    }
}

#[tokio::main]
async fn main() -> wfruntime::Result<()> {
    App::new("sqlite://faulty.db").run().await
}
