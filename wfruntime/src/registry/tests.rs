//! Faults that only the whole program shows.

use std::any::TypeId;

use expect_test::{Expect, expect};

use super::{Declared, Registry, global};
use crate::collection::{
    AssociationShape, CollectionMeta, FieldOptions, Kind, Location, MemberMeta, Shape,
};
use crate::error::{Error, ErrorKind, Fault};
use crate::value::Type;

/// A collection without a struct, to declare what the macro would not let pass.
const fn meta<T: 'static>(
    rust: &'static str,
    name: &'static str,
    line: u32,
    members: &'static [MemberMeta],
) -> CollectionMeta {
    CollectionMeta {
        was: None,
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
        help: None,
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

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(declared: &[&'static CollectionMeta], expected: Expect) {
    let registry = of(declared.to_vec());
    let faults: String = registry.faults().iter().map(|fault| format!("{fault}\n")).collect();
    expected.assert_eq(&faults);
}

#[test]
fn nothing_declared() {
    check(
        &[],
        expect![[r#"
        the program declares no collection
        = note: a crate that no code names is not linked, and neither is what it declares; the `main.rs` of a package does not get its own `lib.rs` unless it names it
        = help: name the crate that declares them, as in `use my_models as _;` or `wfruntime::modules![my_models];`
    "#]],
    );
}

#[test]
fn the_same_name_twice() {
    const TITLE: &[MemberMeta] = &[member("title", 2, TEXT)];
    static POSTS: CollectionMeta = meta::<A>("Post", "posts", 1, TITLE);
    static AGAIN: CollectionMeta = meta::<B>("Posts", "posts", 9, TITLE);
    static TABLE: CollectionMeta =
        CollectionMeta { table: "POSTS", ..meta::<C>("Letter", "letters", 12, TITLE) };
    static USERS: CollectionMeta = meta::<A>("Human", "users", 3, TITLE);
    check(
        &[&AGAIN, &POSTS],
        expect![[r#"
        src/models.rs:9: `Posts` and `Post` have the same name `posts`
        = note: the other one is declared at src/models.rs:1
        = help: give one of them another name: `#[collection(name = "…")]`
    "#]],
    );
    check(
        &[&TABLE, &POSTS],
        expect![[r#"
        src/models.rs:1: `Post` and `Letter` have the same table `posts`
        = note: the other one is declared at src/models.rs:12
        = help: give one of them another table: `#[collection(table = "…")]`
    "#]],
    );
    check(
        &[&USERS],
        expect![[r#"
        src/models.rs:3: `Human` and `User` have the same name `users`
        = note: the other one is declared at wfruntime/src/auth/user.rs:7
        = help: if its records are the users who sign in, write `#[collection(account)]`
    "#]],
    );
}

#[test]
fn names_of_the_framework() {
    const TITLE: &[MemberMeta] = &[member("title", 2, TEXT)];
    static TASKS: CollectionMeta = meta::<A>("Task", "tasks", 1, TITLE);
    static JOBS: CollectionMeta =
        CollectionMeta { table: "wf_jobs", ..meta::<B>("Job", "jobs", 7, TITLE) };
    check(
        &[&TASKS, &JOBS],
        expect![[r#"
        src/models.rs:1: the name `tasks` is taken by the framework
        = help: give the collection another one: `#[collection(name = "…")]`
        src/models.rs:7: tables that begin with `wf_` are the framework's: `wf_jobs`
    "#]],
    );
}

#[test]
fn two_accounts() {
    const FIELDS: &[MemberMeta] = &[member("nickname", 2, TEXT)];
    static FIRST: CollectionMeta =
        CollectionMeta { account: true, ..meta::<A>("Member", "members", 1, FIELDS) };
    static SECOND: CollectionMeta =
        CollectionMeta { account: true, ..meta::<B>("Person", "people", 5, FIELDS) };
    check(
        &[&SECOND, &FIRST],
        expect![[r#"
        src/models.rs:5: `Person` is a second account collection
        = note: the first is `Member` at src/models.rs:1
        = help: remove `account` from one of them
    "#]],
    );
}

#[test]
fn a_user_that_was_replaced() {
    use crate::auth::User;
    use crate::collection::Collection;

    const FIELDS: &[MemberMeta] =
        &[member("nickname", 2, TEXT), member("boss", 3, to(|| User::META))];
    static MEMBER: CollectionMeta =
        CollectionMeta { account: true, ..meta::<A>("Member", "members", 1, FIELDS) };
    check(
        &[&MEMBER],
        expect![[r#"
        src/models.rs:3: `User` is replaced by `Member`
        = note: `Member` is the account collection, declared at src/models.rs:1
        = help: refer to `Member`
    "#]],
    );
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
    check(
        &[&POST, &LONE],
        expect![[r#"
        src/models.rs:2: no field of `Post` refers to `Category`
        = help: add a field of type `BelongsTo<Category>` to `Post`
    "#]],
    );
    check(
        &[&LETTER, &BOTH],
        expect![[r#"
        src/models.rs:3: several fields of `Letter` refer to `Category`: `from`, `till`
        = help: name the one that is meant: `#[field(by = from)]`
    "#]],
    );
    check(
        &[&LETTER, &NAMED],
        expect![[r#"
        src/models.rs:4: no field `first` of `Letter` refers to `Category`
        = note: fields of `Letter` that do: `from`, `till`
    "#]],
    );
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
    check(
        &[&POST],
        expect![[r#"
        src/models.rs:3: two fields of `Post` have the column `title`
        = help: give one of them another: `#[field(column = "…")]`
        src/models.rs:4: `[` is no regular expression: non-empty character class has no closing bracket
        src/models.rs:5: the collection `Gone` is not registered
    "#]],
    );
}

#[test]
fn faults_of_the_store_get_the_json_names_of_their_columns() {
    let told = |place: &str| {
        let fault = Fault::new("unique", "another record has the same value").at(place);
        let error = global().in_json(Error::faults(ErrorKind::Conflict, vec![fault]));
        (error.kind(), error.all()[0].field.clone())
    };
    for (place, field) in [
        ("users.created_by_id", "createdById"),
        ("users.email", "email"),
        ("users.other", "users.other"),
        ("others.email", "others.email"),
    ] {
        assert_eq!(told(place), (ErrorKind::Conflict, Some(field.to_owned())), "{place}");
    }
}
