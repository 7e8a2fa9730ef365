//! Faults of forms that only the whole program shows.

use std::any::TypeId;

use expect_test::{Expect, expect};

use crate::auth::{GrantMeta, RoleMeta, User};
use crate::collection::{Collection, CollectionMeta, DefaultValue, Location};
use crate::forms::{ButtonMeta, FireMeta, FixedMeta, FormKind, FormMeta, FormsMeta};
use crate::registry::{Declared, Registry};
use crate::value::Value;
use crate::workflow::WorkflowMeta;

const fn at(line: u32) -> Location {
    Location { file: "src/forms.rs", line, column: 1 }
}

const fn button(name: &'static str, line: u32) -> ButtonMeta {
    ButtonMeta {
        is_for_several: false,
        name,
        title: name,
        help: None,
        fixed: &[],
        fires: &[],
        when: None,
        allow: &[],
        location: at(line),
    }
}

const fn form(kind: FormKind, name: &'static str, line: u32) -> FormMeta {
    FormMeta {
        kind,
        name,
        title: name,
        help: None,
        fields: &["nickname"],
        new: &[],
        when: None,
        allow: &[],
        buttons: &[],
        location: at(line),
    }
}

const fn of_users(forms: &'static [FormMeta], rows: &'static [ButtonMeta], line: u32) -> FormsMeta {
    FormsMeta { collection: || User::META, forms, rows, location: at(line) }
}

const fn workflow(key: &'static str) -> WorkflowMeta {
    WorkflowMeta {
        key,
        title: key,
        collection: Some(|| User::META),
        revision: 0,
        location: at(90),
        ..WorkflowMeta::BARE
    }
}

static WELCOME: WorkflowMeta = workflow("welcome");

const fn grant(verb: &'static str) -> GrantMeta {
    let location = at(80);
    GrantMeta { collection: || User::META, verb, fields: Some(&[]), own: false, location }
}

static CLERK: RoleMeta = RoleMeta {
    name: "clerk",
    title: "clerk",
    grants: &[grant("view"), grant("update")],
    workflows: &[],
    tasks: false,
    location: at(80),
};

fn registry(forms: &[&'static FormsMeta]) -> Registry {
    Registry::build(Declared {
        collections: vec![&SOMETHING],
        workflows: vec![&WELCOME],
        roles: vec![&CLERK],
        forms: forms.to_vec(),
        ..Declared::default()
    })
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(forms: &[&'static FormsMeta], expected: Expect) {
    let registry = registry(forms);
    let faults: String = registry.faults().iter().map(|fault| format!("{fault}\n")).collect();
    expected.assert_eq(&faults);
}

struct Something;
struct Elsewhere;

const fn collection<T: 'static>(rust: &'static str, name: &'static str) -> CollectionMeta {
    CollectionMeta {
        was: None,
        name,
        table: name,
        rust,
        title: rust,
        account: false,
        members: &[],
        location: at(70),
        type_id: TypeId::of::<T>,
    }
}

static SOMETHING: CollectionMeta = collection::<Something>("Something", "somethings");
/// A collection that nothing registers.
static ELSEWHERE: CollectionMeta = collection::<Elsewhere>("Elsewhere", "elsewheres");

#[test]
fn names_are_given_once_in_the_whole_program() {
    static HERE: FormsMeta =
        of_users(&[form(FormKind::Add, "new", 2)], &[button("close", 3), button("open", 4)], 1);
    static THERE: FormsMeta =
        of_users(&[form(FormKind::Edit, "new", 12)], &[button("close", 13)], 11);
    check(
        &[&THERE, &HERE],
        expect![[r#"
        src/forms.rs:12: duplicate form `new` of a collection
        = note: the other one is declared at src/forms.rs:2
        = help: give one of them another name: `"…" as name`
        src/forms.rs:13: duplicate button `close` of a collection
        = note: the other one is declared at src/forms.rs:3
        = help: give one of them another name: `"…" as name`
    "#]],
    );
}

#[test]
fn a_collection_that_is_not_registered() {
    static FORMS: FormsMeta = FormsMeta { collection: || &ELSEWHERE, ..of_users(&[], &[], 5) };
    check(
        &[&FORMS],
        expect![[r#"
        src/forms.rs:5: the collection `Elsewhere` is not registered
    "#]],
    );
}

#[test]
fn roles_exist_and_have_the_rights_that_their_buttons_need() {
    const FIXED: &[FixedMeta] =
        &[FixedMeta { field: "email", value: DefaultValue::Value(|| Value::Null) }];
    const FIRES: &[FireMeta] = &[FireMeta { workflow: || &WELCOME, path: &[], location: at(9) }];
    static FORMS: FormsMeta = of_users(
        &[FormMeta {
            buttons: &[button("new.save", 3)],
            allow: &[("clerk", at(2)), ("clark", at(2))],
            ..form(FormKind::Add, "new", 2)
        }],
        &[
            ButtonMeta { fixed: FIXED, allow: &[("clerk", at(4))], ..button("forget", 4) },
            ButtonMeta { fires: FIRES, allow: &[("clerk", at(5))], ..button("greet", 5) },
            ButtonMeta { fires: FIRES, allow: &[("root", at(6))], ..button("wave", 6) },
        ],
        1,
    );
    check(
        &[&FORMS],
        expect![[r#"
        src/forms.rs:2: the role `clerk` cannot press `new.save` of `User`: it may not `create`
        = note: `allow` narrows what `role!` grants
        = help: grant it to the role, or take the role out of `allow`
        src/forms.rs:2: unknown role `clark`; did you mean `clerk`?
        = help: declare it: `role! { clark { … } }`
        src/forms.rs:5: the role `clerk` cannot press `greet` of `User`: it may not use the workflow `welcome`
        = note: `allow` narrows what `role!` grants
        = help: grant it to the role, or take the role out of `allow`
    "#]],
    );
}
