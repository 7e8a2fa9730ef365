//! A collection of the program's own in the place of the built-in `User`.
#![deny(warnings)]

use wfruntime::prelude::*;

#[collection(account)]
struct Member {
    nickname: String,
    email: Option<String>,
    #[field(default = Roles::default())]
    roles: Roles,
    badge: i64,
    #[field(default = user)]
    invited_by: Option<BelongsTo<Member>>,
}

#[test]
fn compiles_and_is_right() {
    let registry = wfruntime::registry::global();
    let faults: Vec<String> = registry.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(registry.account().name(), "members");
    assert!(registry.named("users").is_none());
    let (_, created_by) = Member::definition().association("createdBy").unwrap();
    assert_eq!(created_by.target().name(), "members");
}
