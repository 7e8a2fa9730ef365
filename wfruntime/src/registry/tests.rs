//! Faults that only the whole program shows.

use std::any::TypeId;

use expect_test::{Expect, expect};

use super::{Declared, Registry};
use crate::collection::{
    AssociationShape, CollectionMeta, FieldOptions, Kind, Location, MemberMeta, Shape,
};
use crate::value::Type;

/// A collection without a struct, to declare what the macro would not let pass.
const fn meta<T: 'static>(
    rust: &'static str,
    name: &'static str,
    line: u32,
    members: &'static [MemberMeta],
) -> CollectionMeta {
    CollectionMeta {
        name,
        table: name,
        rust,
        title: rust,
        account: false,
        members,
        location: Location { file: "src/models.rs", line, column: 1 },
        type_id: TypeId::of::<T>,
    }
}

const fn member(rust: &'static str, line: u32, shape: Shape) -> MemberMeta {
    MemberMeta {
        rust,
        json: rust,
        column: rust,
        column_json: rust,
        shape,
        options: FieldOptions::NONE,
        location: Location { file: "src/models.rs", line, column: 5 },
    }
}

const TEXT: Shape = Shape::Column { kind: Kind::Plain(Type::Text), nullable: false };

const fn to(target: fn() -> &'static CollectionMeta) -> Shape {
    Shape::Association(AssociationShape::BelongsTo { target, nullable: false })
}

const fn many(target: fn() -> &'static CollectionMeta) -> Shape {
    Shape::Association(AssociationShape::HasMany { target })
}

struct A;
struct B;
struct C;

fn of(collections: Vec<&'static CollectionMeta>) -> Registry {
    Registry::build(Declared { collections, ..Declared::default() })
}

fn check(declared: &[&'static CollectionMeta], expected: Expect) {
    let registry = of(declared.to_vec());
    let faults: String = registry.faults().iter().map(|fault| format!("{fault}\n")).collect();
    expected.assert_eq(&faults);
}

#[test]
fn nothing_declared() {
    check(&[], expect![[r#""#]]);
}

#[test]
fn the_same_name_twice() {
    const TITLE: &[MemberMeta] = &[member("title", 2, TEXT)];
    static POSTS: CollectionMeta = meta::<A>("Post", "posts", 1, TITLE);
    static AGAIN: CollectionMeta = meta::<B>("Posts", "posts", 9, TITLE);
    static TABLE: CollectionMeta = CollectionMeta { table: "POSTS", ..meta::<C>("Letter", "letters", 12, TITLE) };
    static USERS: CollectionMeta = meta::<A>("Human", "users", 3, TITLE);
    check(&[&AGAIN, &POSTS], expect![[r#""#]]);
    check(&[&TABLE, &POSTS], expect![[r#""#]]);
    check(&[&USERS], expect![[r#""#]]);
}

#[test]
fn names_of_the_framework() {
    const TITLE: &[MemberMeta] = &[member("title", 2, TEXT)];
    static TASKS: CollectionMeta = meta::<A>("Task", "tasks", 1, TITLE);
    static JOBS: CollectionMeta =
        CollectionMeta { table: "wf_jobs", ..meta::<B>("Job", "jobs", 7, TITLE) };
    check(&[&TASKS, &JOBS], expect![[r#""#]]);
}

#[test]
fn two_accounts() {
    const FIELDS: &[MemberMeta] = &[member("nickname", 2, TEXT)];
    static FIRST: CollectionMeta =
        CollectionMeta { account: true, ..meta::<A>("Member", "members", 1, FIELDS) };
    static SECOND: CollectionMeta =
        CollectionMeta { account: true, ..meta::<B>("Person", "people", 5, FIELDS) };
    check(&[&SECOND, &FIRST], expect![[r#""#]]);
}

#[test]
fn a_user_that_was_replaced() {
    use crate::auth::User;
    use crate::collection::Collection;

    const FIELDS: &[MemberMeta] = &[member("nickname", 2, TEXT), member("boss", 3, to(|| User::META))];
    static MEMBER: CollectionMeta =
        CollectionMeta { account: true, ..meta::<A>("Member", "members", 1, FIELDS) };
    check(&[&MEMBER], expect![[r#""#]]);
    let registry = of(vec![&MEMBER]);
    assert_eq!(registry.account().name(), "members");
    assert!(registry.named("users").is_none());
}

#[test]
fn ways_back_that_are_missing_or_several() {
    const NONE: &[MemberMeta] = &[member("posts", 2, many(|| &POST))];
    const TWO: &[MemberMeta] = &[member("posts", 3, many(|| &LETTER))];
    const LOST: &[MemberMeta] = &[MemberMeta {
        options: FieldOptions { by: Some("first"), ..FieldOptions::NONE },
        ..member("posts", 4, many(|| &LETTER))
    }];
    const ENDS: &[MemberMeta] = &[member("from", 5, to(|| &BOTH)), member("till", 6, to(|| &BOTH))];
    static POST: CollectionMeta = meta::<A>("Post", "posts", 1, &[]);
    static LETTER: CollectionMeta = meta::<B>("Letter", "letters", 1, ENDS);
    static LONE: CollectionMeta = meta::<C>("Category", "categories", 1, NONE);
    static BOTH: CollectionMeta = meta::<C>("Category", "categories", 1, TWO);
    static NAMED: CollectionMeta = meta::<C>("Category", "categories", 1, LOST);
    check(&[&POST, &LONE], expect![[r#""#]]);
    check(&[&LETTER, &BOTH], expect![[r#""#]]);
    check(&[&LETTER, &NAMED], expect![[r#""#]]);
}

#[test]
fn columns_and_patterns() {
    const FIELDS: &[MemberMeta] = &[
        member("title", 2, TEXT),
        MemberMeta { column: "title", column_json: "name", ..member("name", 3, TEXT) },
        MemberMeta {
            options: FieldOptions { pattern: Some("["), ..FieldOptions::NONE },
            ..member("code", 4, TEXT)
        },
        member("other", 5, to(|| &UNKNOWN)),
    ];
    static POST: CollectionMeta = meta::<A>("Post", "posts", 1, FIELDS);
    static UNKNOWN: CollectionMeta = meta::<B>("Gone", "gone", 1, &[]);
    check(&[&POST], expect![[r#""#]]);
}
