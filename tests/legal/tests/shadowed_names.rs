//! Types, values and traits of the program's own under the names that generated code could mean.
#![deny(warnings)]
#![expect(dead_code, reason = "only the names of these matter")]

use ::std::option::Option as Maybe;
use wfruntime::prelude::{
    BelongsTo, Context, Error, Id, Json, Record, SyncContext, User, action, choice, collection,
    forms, post_action, role, workflow,
};

struct Result;
struct Option;
struct String;
struct Vec;
struct Box;
struct Some;
struct None;
struct Ok;
struct Err;
struct Duration;
struct PostAction;
trait Clone {}
trait Default {}
trait Into {}
trait ToString {}
mod core {}
mod std {}
mod wf {}
mod __wf {}

#[choice]
enum State {
    Ok,
    Err,
    Some,
    None,
}

#[collection]
struct Claim {
    name: ::std::string::String,
    note: ::std::option::Option<::std::string::String>,
    owner: BelongsTo<User>,
    #[field(default = State::None)]
    state: State,
}

#[post_action(mode = "local", when = data.state == State::Ok, retry = 2, timeout = 5 minutes)]
async fn tell(
    claim: wfruntime::PostAction<Claim>,
    cx: Context,
) -> ::std::result::Result<(), Error> {
    let _ = (claim, cx);
    ::std::result::Result::Ok(())
}

#[action(Claim)]
async fn submit(id: Json<Maybe<i64>>) -> ::std::result::Result<Record<Claim>, Error> {
    ::std::result::Result::Err(Error::invalid("id", format!("{:?}", id.0)))
}

async fn count(id: Id<Claim>, name: ::std::string::String) -> wfruntime::Result<i64> {
    ::std::result::Result::Ok(id.get() + i64::from(name.is_empty()))
}

workflow! {
    #[post_action(mode = "local", appends = [owner], execution = "sync")]
    review<Claim> {
        let amount = run count(data.id, data.name) retry 3;
        let found = find Claim where name == "x" && id == data.id && note.is_none();
        if found.is_some() && amount > 5 {
            update data { state: State::Err, note: "gone" };
            update Claim where state.one_of([State::Ok, State::Some]) { state: State::None };
            end failed "{data.owner.nickname} {data.note} {user.nickname}";
        }
        let made = create Claim { name: "y", owner: data.owner };
        delete made;
        respond "done";
        require amount > 0;
    }

    #[post_action(mode = "local")]
    asks<Claim> {
        let answer = approve "Well?" { by: any [role(boss), data.owner], within: 3 days };
        require answer.is_approved(), "{answer.comment}";
    }
}

role! {
    boss { Claim: view own, create(name, state), update; workflows: review, tell, asks; tasks; }
}

forms! {
    Claim {
        add "New" (name, note) { "Save" { state: State::Some, owner: user } => [review]; }
        row "Close" { state: State::None, note: "closed" } => [asks]
            when state == State::Ok || note.is_none() allow [boss];
    }
}

#[test]
fn compiles_and_is_right() {
    let _ = (Result, Option, String, Vec, Box, Some, None, Ok, Err, Duration, PostAction);
    let faults: ::std::vec::Vec<_> = wfruntime::registry::global().faults().iter().collect();
    assert!(faults.is_empty(), "{faults:?}");
    let _: fn(SyncContext) = drop;
}
