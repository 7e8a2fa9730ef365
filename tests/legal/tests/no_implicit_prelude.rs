//! A crate in which not even `Some` is in scope.
#![no_implicit_prelude]
#![deny(warnings)]

use ::std::string::String;
use ::wfruntime::collection::{BelongsTo, Record};
use ::wfruntime::{
    Context, Error, PostAction, User, action, choice, collection, forms, post_action, role,
    workflow,
};

#[choice]
enum State {
    Open,
    Done,
}

#[collection]
struct Claim {
    name: String,
    note: ::std::option::Option<String>,
    owner: BelongsTo<User>,
    #[field(default = State::Open, hidden)]
    state: State,
    #[field(range = 1.., default = 5)]
    size: i64,
}

#[post_action(mode = "global", on = [create, submit], when = data.size > 5, changed = [size])]
async fn tell(claim: PostAction<Claim>, cx: Context) -> ::wfruntime::Result<()> {
    let _ = (claim, cx);
    ::std::result::Result::Ok(())
}

#[action(Claim)]
async fn submit() -> ::wfruntime::Result<Record<Claim>> {
    ::std::result::Result::Err(Error::internal("no"))
}

async fn send(name: String) -> ::wfruntime::Result<()> {
    ::std::mem::drop(name);
    ::std::result::Result::Ok(())
}

workflow! {
    #[post_action(mode = "local", appends = [owner])]
    review<Claim> {
        run send(data.name) retry 3;
        let found = find Claim where name == "x" || !(size > field.size);
        if found.is_some() {
            update data { state: State::Done, note: "gone" };
            end failed "{data.owner.nickname} {data.note} {user.nickname}";
        }
        let made = create Claim { name: "y", owner: data.owner };
        delete made;
        approve "Well?" { by: role(boss), within: 1 day, otherwise: approved };
        require data.size > 0;
    }
}

role! {
    boss { Claim: view own, update(), submit; workflows: review; tasks; }
}

forms! {
    Claim {
        /// What it is.
        add "New" (name) { "Save" { size: 7, owner: user } => [review]; }
        row "Close" { state: State::Done, note: "closed" } => [review]
            when state == State::Open && !(size > field.size) allow [boss];
    }
}

#[::core::prelude::v1::test]
fn compiles_and_is_right() {
    ::std::assert!(::wfruntime::registry::global().faults().is_empty());
}
