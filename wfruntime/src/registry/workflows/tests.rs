//! Faults of workflows, roles and own actions that only the whole program shows.

use std::any::TypeId;

use expect_test::{Expect, expect};

use crate::action::ActionMeta;
use crate::auth::{GrantMeta, RoleMeta, User};
use crate::collection::{Collection, CollectionMeta, Location};
use crate::registry::{Declared, Registry, WorkflowDefinition};
use crate::workflow::{Mode, WorkflowMeta};

const fn at(line: u32) -> Location {
    Location { file: "src/claims.rs", line, column: 1 }
}

const fn workflow(key: &'static str, line: u32) -> WorkflowMeta {
    WorkflowMeta {
        key,
        title: key,
        collection: Some(|| User::META),
        mode: Mode::Global,
        on: &["create"],
        revision: 0,
        location: at(line),
        ..WorkflowMeta::BARE
    }
}

const fn role(name: &'static str, grants: &'static [GrantMeta], line: u32) -> RoleMeta {
    RoleMeta { name, title: name, grants, workflows: &[], tasks: false, location: at(line) }
}

const fn grant(verb: &'static str, line: u32) -> GrantMeta {
    GrantMeta { collection: || User::META, verb, fields: None, own: false, location: at(line) }
}

const fn action(name: &'static str, line: u32) -> ActionMeta {
    ActionMeta {
        name,
        title: name,
        collection: || User::META,
        handler: |_| Box::pin(async { Err(crate::Error::internal("not called")) }),
        location: at(line),
    }
}

struct Elsewhere;

/// A collection that nothing registers.
static ELSEWHERE: CollectionMeta = CollectionMeta {
    was: None,
    name: "elsewheres",
    table: "elsewheres",
    rust: "Elsewhere",
    title: "Elsewhere",
    account: false,
    members: &[],
    location: at(1),
    type_id: TypeId::of::<Elsewhere>,
};

static SOMETHING: CollectionMeta = CollectionMeta {
    was: None,
    name: "somethings",
    table: "somethings",
    rust: "Something",
    title: "Something",
    account: false,
    members: &[],
    location: at(2),
    type_id: TypeId::of::<u8>,
};

fn build(
    workflows: &[&'static WorkflowMeta],
    roles: &[&'static RoleMeta],
    actions: &[&'static ActionMeta],
) -> Registry {
    Registry::build(Declared {
        collections: vec![&SOMETHING],
        workflows: workflows.to_vec(),
        roles: roles.to_vec(),
        actions: actions.to_vec(),
        ..Declared::default()
    })
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(registry: &Registry, expected: Expect) {
    let faults: String = registry.faults().iter().map(|fault| format!("{fault}\n")).collect();
    expected.assert_eq(&faults);
}

#[test]
fn names_that_fit() {
    static SUBMIT: ActionMeta = action("submit", 3);
    static CLERK: RoleMeta = role("clerk", &[grant("view", 5), grant("submit", 6)], 4);
    static LATER: WorkflowMeta = WorkflowMeta {
        on: &["update", "submit"],
        allow: &["clerk", "admin"],
        changed: &["nickname"],
        appends: &[&["created_by", "updated_by"]],
        ..workflow("later", 7)
    };
    static FIRST: WorkflowMeta = workflow("first", 8);
    let registry = build(&[&LATER, &FIRST], &[&CLERK], &[&SUBMIT]);
    check(&registry, expect![""]);
    let keys: Vec<_> = registry.workflows().iter().map(|workflow| workflow.meta.key).collect();
    assert_eq!(keys, ["first", "later"]);
    let later = registry.workflow("later").expect("it is declared");
    assert_eq!(later.appends, [[0, 1]]);
    let of = later.collection.expect("a collection");
    assert_eq!(of.columns[later.changed[0]].rust, "nickname");
    assert!(later.fires_on(of, "submit"));
    assert!(!later.fires_on(of, "create"));
    assert!(registry.workflow("none").is_none());
    assert!(registry.action(of, "submit").is_some());
    assert!(registry.role("clerk").is_some());
}

#[test]
fn one_key_twice() {
    static ONE: WorkflowMeta = workflow("review", 7);
    static TWO: WorkflowMeta = workflow("review", 9);
    check(
        &build(&[&TWO, &ONE], &[], &[]),
        expect![[r#"
            src/claims.rs:9: duplicate workflow `review`
            = note: the other one is declared at src/claims.rs:7
            = help: give one of them another key, `key = "…"`, or the new one a `version`
        "#]],
    );
}

#[test]
fn workflows_that_call_each_other_in_a_circle() {
    static PAY: WorkflowMeta =
        WorkflowMeta { calls: &[(|| &BOOK, at(11)), (|| &MAIL, at(12))], ..workflow("pay", 7) };
    static BOOK: WorkflowMeta =
        WorkflowMeta { calls: &[(|| &MAIL, at(21)), (|| &PAY, at(22))], ..workflow("book", 17) };
    static MAIL: WorkflowMeta = workflow("mail", 27);
    static SELF: WorkflowMeta =
        WorkflowMeta { calls: &[(|| &SELF, at(41))], ..workflow("tidy", 37) };
    check(
        &build(&[&BOOK, &MAIL], &[], &[]),
        expect![[r#"
        src/claims.rs:22: a circle of calls: `book` calls `pay`, which calls `book`
        = note: `pay` calls `book` at src/claims.rs:11
        = help: take one of the calls out
    "#]],
    );
    check(
        &build(&[&PAY, &BOOK, &MAIL, &SELF], &[], &[]),
        expect![[r#"
        src/claims.rs:22: a circle of calls: `book` calls `pay`, which calls `book`
        = note: `pay` calls `book` at src/claims.rs:11
        = help: take one of the calls out
        src/claims.rs:41: a circle of calls: `tidy` calls itself
        = help: take one of the calls out
    "#]],
    );
}

#[test]
fn roles_that_do_not_exist() {
    static ONE: WorkflowMeta = WorkflowMeta {
        allow: &["boss"],
        roles: &[("cleark", at(11)), ("root", at(12))],
        ..workflow("review", 7)
    };
    static CLERK: RoleMeta = role("clerk", &[], 4);
    check(
        &build(&[&ONE], &[&CLERK], &[]),
        expect![[r#"
            src/claims.rs:7: unknown role `boss`; expected `clerk`
            = help: declare it: `role! { boss { … } }`
            src/claims.rs:11: unknown role `cleark`; did you mean `clerk`?
            = help: declare it: `role! { cleark { … } }`
        "#]],
    );
    check(
        &build(&[&ONE], &[], &[]),
        expect![[r#"
            src/claims.rs:7: unknown role `boss`
            = help: declare it: `role! { boss { … } }`
            src/claims.rs:11: unknown role `cleark`
            = help: declare it: `role! { cleark { … } }`
        "#]],
    );
}

#[test]
fn actions_that_do_not_exist() {
    static ONE: WorkflowMeta = WorkflowMeta { on: &["submitt"], ..workflow("review", 7) };
    static CLERK: RoleMeta = role("clerk", &[grant("hand_in", 6)], 4);
    static SUBMIT: ActionMeta = action("submit", 3);
    check(
        &build(&[&ONE], &[&CLERK], &[&SUBMIT]),
        expect![[r#"
            src/claims.rs:6: unknown action `hand_in` of `User`; expected one of `submit`, `view`, `create`, `update`, `destroy`, `export`, `import`
            = help: the program's own actions are declared with `#[action(User)]`
            src/claims.rs:7: unknown action `submitt` of `User`; did you mean `submit`?
            = help: the program's own actions are declared with `#[action(User)]`
        "#]],
    );
    check(
        &build(&[&ONE], &[], &[]),
        expect![[r#"
            src/claims.rs:7: unknown action `submitt` of `User`; expected one of `create`, `update`
            = help: the program's own actions are declared with `#[action(User)]`
        "#]],
    );
}

#[test]
fn files_of_what_a_role_may_not_see_or_make() {
    static CLERK: RoleMeta = role("clerk", &[grant("export", 6), grant("import", 7)], 4);
    static BOSS: RoleMeta =
        role("boss", &[grant("export", 9), grant("view", 9), grant("create", 9)], 8);
    check(
        &build(&[], &[&CLERK, &BOSS], &[]),
        expect![[r#"
            src/claims.rs:6: the role `clerk` may export `User`, but not view it
            = note: `export` covers the fields that `view` does
            = help: add `view`
            src/claims.rs:7: the role `clerk` may import `User`, but not create it
            = note: `import` covers the fields that `create` does
            = help: add `create`
        "#]],
    );
}

#[test]
fn actions_and_roles_declared_twice() {
    static SUBMIT: ActionMeta = action("submit", 3);
    static AGAIN: ActionMeta = action("submit", 5);
    static CLERK: RoleMeta = role("clerk", &[], 6);
    static SAME: RoleMeta = role("clerk", &[], 8);
    check(
        &build(&[], &[&CLERK, &SAME], &[&AGAIN, &SUBMIT]),
        expect![[r#"
        src/claims.rs:5: duplicate action `users:submit`
        = note: the other one is declared at src/claims.rs:3
        = help: rename one of the functions
        src/claims.rs:8: duplicate role `clerk`
        = note: the other one is declared at src/claims.rs:6
        = help: write all that it may do in one place
    "#]],
    );
}

#[test]
fn collections_that_are_not_registered() {
    static ONE: WorkflowMeta =
        WorkflowMeta { collection: Some(|| &ELSEWHERE), ..workflow("review", 7) };
    static CLERK: RoleMeta =
        role("clerk", &[GrantMeta { collection: || &ELSEWHERE, ..grant("view", 6) }], 4);
    static SUBMIT: ActionMeta = ActionMeta { collection: || &ELSEWHERE, ..action("submit", 3) };
    let registry = build(&[&ONE], &[&CLERK], &[&SUBMIT]);
    check(
        &registry,
        expect![[r#"
        src/claims.rs:3: the collection `Elsewhere` is not registered
        src/claims.rs:6: the collection `Elsewhere` is not registered
        src/claims.rs:7: the collection `Elsewhere` is not registered
    "#]],
    );
    assert!(registry.workflows().is_empty());
}

#[test]
fn versions_of_one_workflow() {
    static FIRST: WorkflowMeta = workflow("twice", 3);
    static THIRD: WorkflowMeta = WorkflowMeta { version: 3, ..workflow("twice", 9) };
    static ELSE: WorkflowMeta = workflow("else", 12);
    let registry = build(&[&THIRD, &ELSE, &FIRST], &[], &[]);
    check(&registry, expect![""]);
    let keys = |all: &[&'static WorkflowDefinition]| -> Vec<_> {
        all.iter().map(|workflow| (workflow.meta.key, workflow.meta.version)).collect()
    };
    assert_eq!(keys(registry.workflows()), [("else", 1), ("twice", 3)]);
    assert_eq!(keys(registry.older_versions()), [("twice", 1)]);
    assert_eq!(registry.workflow("twice").expect("it is declared").meta.version, 3);
    assert_eq!(registry.resolved(&FIRST).expect("it is declared").meta.version, 1);
}

#[test]
fn versions_that_contradict_each_other() {
    static FIRST: WorkflowMeta = WorkflowMeta { version: 2, ..workflow("twice", 3) };
    static AGAIN: WorkflowMeta = WorkflowMeta { version: 2, ..workflow("twice", 9) };
    static OTHER: WorkflowMeta =
        WorkflowMeta { version: 4, collection: Some(|| &SOMETHING), ..workflow("twice", 12) };
    let registry = build(&[&FIRST, &AGAIN, &OTHER], &[], &[]);
    check(
        &registry,
        expect![[r#"
        src/claims.rs:9: duplicate version 2 of workflow `twice`
        = note: the other one is declared at src/claims.rs:3
        = help: give one of them another key, `key = "…"`, or the new one a `version`
        src/claims.rs:12: version 4 of the workflow `twice` is about `Something`, version 2 about `User`
        = note: version 2 is declared at src/claims.rs:9
        = help: a workflow of another collection needs another key: `key = "…"`
    "#]],
    );
}
