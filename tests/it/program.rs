//! A program as users write it, started by the tests of the command line.

#![expect(missing_docs, reason = "declared as programs declare them")]

use wfruntime::prelude::*;

/// Something somebody wrote down.
#[collection]
pub struct Note {
    pub text: String,
    pub remark: Option<String>,
}

/// What can be stuck on something.
#[collection]
pub struct Label {
    #[field(unique)]
    pub name: String,
    pub size: Option<i32>,
    pub price: Option<Decimal>,
    pub note: Option<String>,
    #[field(column = "on_note")]
    pub on: Option<BelongsTo<Note>>,
}

/// Where things stand.
#[collection]
pub struct Shelf {
    pub name: String,
    #[field(default = 3)]
    pub boards: i32,
}

/// Answers whoever writes a note.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn thank(note: PostAction<Note>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("thanks for {}", note.data.text)).await
}

workflow! {
    /// Somebody reads the note.
    #[post_action(mode = "local", allow = [reader, writer])]
    pub review<Note> {
        let _read = approve "Read it" { by: role(reader) };
        update data { remark: "read" };
    }
}

workflow! {
    /// Sticks a label on the door of who is new.
    #[collection_event(on = [create], when = data.nickname == "Newt")]
    door_sign<User> {
        create Label { name: data.nickname };
    }
}

/// Sweeps the shelves.
#[custom_action]
async fn sweep(_: CustomAction<()>, cx: Context) -> Result<()> {
    cx.run("sweep", async || Ok(())).await
}

forms! {
    Note {
        add "Note" (text) { "Save"; "Have it read" => [review]; }
        row "Forget the remark" as forget { remark: None::<String> } allow [writer];
    }
}

role! {
    reader { Note: view; tasks; }
    writer { Note: view own, create(text), update(text) own; workflows: review, sweep; }
    anonymous { Note: view(text); }
}

#[tokio::main]
async fn main() -> wfruntime::Result<()> {
    App::new("sqlite://program.db").run().await
}
