//! What a unit's changes tell those who listen, on a real store.

use std::any::TypeId;
use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{Telling, Write, write};
use crate::auth::Auth;
use crate::clock::Clock;
use crate::collection::{
    AssociationShape, CollectionMeta, Definition, FieldOptions, Kind, Location, MemberMeta,
    RegisteredCollection, Row, Shape,
};
use crate::core::{Core, Parts, Settings, States, Workflows};
use crate::engine::lease;
use crate::execution::{self, EXECUTIONS};
use crate::registry;
use crate::store::schema::OnDelete;
use crate::store::sql::{Condition, Query, Select, Set, Update};
use crate::store::{Expect as Expected, Options, Store};
use crate::value::{Type, Value};
use crate::workflow::{Mode, RegisteredWorkflow, Trigger, WorkflowMeta};

struct Shelves;
struct Boxes;
struct Labels;
struct Quiet;

const AT: Location = Location { file: "tests.rs", line: 1, column: 1 };

const fn meta<T: 'static>(name: &'static str, members: &'static [MemberMeta]) -> CollectionMeta {
    CollectionMeta {
        was: None,
        name,
        table: name,
        rust: name,
        title: name,
        account: false,
        members,
        location: AT,
        type_id: TypeId::of::<T>,
    }
}

const fn text(name: &'static str) -> MemberMeta {
    MemberMeta {
        rust: name,
        json: name,
        column: name,
        column_json: name,
        shape: Shape::Column { kind: Kind::Plain(Type::Text), nullable: true },
        options: FieldOptions::NONE,
        help: None,
        location: AT,
    }
}

const fn to(
    name: &'static str,
    column: &'static str,
    target: fn() -> &'static CollectionMeta,
    on_delete: OnDelete,
) -> MemberMeta {
    let shape = AssociationShape::BelongsTo { target, nullable: true };
    MemberMeta {
        column,
        column_json: column,
        shape: Shape::Association(shape),
        options: FieldOptions { on_delete, ..FieldOptions::NONE },
        ..text(name)
    }
}

/// Nobody listens to shelves, but boxes go with them, and boxes stand in each other.
static SHELVES: CollectionMeta = meta::<Shelves>("changeShelves", &[text("name")]);
static BOXES: CollectionMeta = meta::<Boxes>(
    "changeBoxes",
    &[
        text("name"),
        text("note"),
        to("shelf", "shelf_id", || &SHELVES, OnDelete::Cascade),
        to("outer", "outer_id", || &BOXES, OnDelete::Cascade),
    ],
);
static LABELS: CollectionMeta = meta::<Labels>(
    "changeLabels",
    &[text("name"), to("box_", "box_id", || &BOXES, OnDelete::SetNull)],
);
static QUIET: CollectionMeta = meta::<Quiet>("changeQuiet", &[text("name")]);

const fn event(
    key: &'static str,
    collection: fn() -> &'static CollectionMeta,
    on: &'static [&'static str],
) -> WorkflowMeta {
    WorkflowMeta {
        key,
        title: key,
        trigger: Trigger::CollectionEvent { rollback: false },
        collection: Some(collection),
        mode: Mode::Global,
        on,
        location: AT,
        ..WorkflowMeta::BARE
    }
}

static ALL: WorkflowMeta = WorkflowMeta {
    appends: &[&["outer"]],
    ..event("boxes", || &BOXES, &["create", "update", "delete"])
};
static NAMED: WorkflowMeta =
    WorkflowMeta { changed: &["name"], ..event("named", || &BOXES, &["create", "update"]) };
static LABEL: WorkflowMeta = event("labels", || &LABELS, &["update"]);

inventory::submit! { RegisteredCollection(&SHELVES) }
inventory::submit! { RegisteredCollection(&BOXES) }
inventory::submit! { RegisteredCollection(&LABELS) }
inventory::submit! { RegisteredCollection(&QUIET) }
inventory::submit! { RegisteredWorkflow(&ALL) }
inventory::submit! { RegisteredWorkflow(&NAMED) }
inventory::submit! { RegisteredWorkflow(&LABEL) }

fn of(meta: &CollectionMeta) -> &'static Definition {
    registry::global().declared(meta).expect("a collection")
}

struct World {
    core: Arc<Core>,
}

impl World {
    async fn new(settings: Settings) -> Self {
        let store = Store::open("sqlite::memory:", Options::default()).await.expect("a store");
        let registry = registry::global();
        let mut tables = execution::tables();
        tables.extend(crate::switches::tables());
        tables.push(registry.account().table_spec());
        let collections = [&SHELVES, &BOXES, &LABELS, &QUIET].map(of);
        tables.extend(collections.map(Definition::table_spec));
        let plan = store.plan(&tables).await.expect("a plan");
        store.apply(&plan).await.expect("tables");
        let clock = Clock::System;
        let membership =
            lease::join(&store, &clock, settings.lease, true).await.expect("a membership");
        Self {
            core: Core::new(Parts {
                registry,
                store,
                clock,
                auth: Auth::new(registry, &settings, None).expect("roles"),
                link: crate::watch::Link::default(),
                metrics: None,
                settings,
                states: States::default(),
                webhooks: crate::webhook::Ring::default(),
                workflows: Workflows::of(registry),
                membership,
                largest_id: 1000,
            }),
        }
    }

    fn row(&self, meta: &CollectionMeta, id: i64, own: &[Value]) -> Row {
        let definition = of(meta);
        let now = self.core.clock.now();
        let mut values = vec![Value::Null; definition.columns.len()];
        values[Definition::ID] = id.into();
        values[Definition::CREATED_AT] = now.into();
        values[Definition::UPDATED_AT] = now.into();
        values[Definition::SYSTEM..Definition::SYSTEM + own.len()].clone_from_slice(own);
        Row::new(definition, values)
    }

    fn new_row(&self, meta: &CollectionMeta, id: i64, own: &[Value]) -> Write {
        Write::insert(self.core.registry, &self.row(meta, id, own))
    }

    fn set(
        &self,
        meta: &CollectionMeta,
        filter: Condition,
        set: &[(&'static str, Value)],
    ) -> Write {
        let definition = of(meta);
        let set = set.iter().map(|(name, value)| (*name, Set::To(value.clone()))).collect();
        let update = Update { table: definition.table(), set, filter, returning: Vec::new() };
        Write::update(self.core.registry, definition, update, Expected::Any)
    }

    fn delete(&self, meta: &CollectionMeta, filter: Condition) -> Write {
        Write::delete(self.core.registry, of(meta), filter, Expected::Any)
    }

    /// One unit; the executions that it wrote.
    async fn apply(&self, writes: Vec<Write>) -> crate::Result<Vec<String>> {
        self.caused(writes, None).await
    }

    async fn caused(&self, writes: Vec<Write>, cause: Option<i64>) -> crate::Result<Vec<String>> {
        let telling = Telling::of(&self.core, &writes, cause).await?;
        let unit = self
            .core
            .store
            .write(move |tx| Box::pin(async move { write(tx, &writes, telling.as_ref()).await }));
        let told = unit.await?;
        let text = |it: &execution::NewExecution| {
            let data = it.snapshot.record().expect("a record");
            let (snapshot, names) = (&it.snapshot, &data.definition.columns);
            let changed = snapshot.changed.iter().map(|index| names[*index].name);
            let of = |row: &Row| {
                let own = row.values[Definition::SYSTEM..].iter();
                own.map(|it| format!("{it:?}").replace("Text(\"", "").replace("\")", ""))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            format!(
                "{} {} {}: [{}] was [{}] changed {:?} after {:?}",
                it.workflow.key,
                snapshot.action,
                it.line(),
                of(data),
                snapshot.before.as_ref().map(of).unwrap_or_default(),
                changed.collect::<Vec<_>>(),
                it.cause,
            )
        };
        Ok(told.executions.iter().map(text).collect())
    }

    async fn stored(&self) -> usize {
        let select = Select {
            table: EXECUTIONS,
            columns: vec![("id", Type::Int)],
            filter: Condition::always(),
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        self.core.store.read(&select.build()).await.expect("executions").len()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(told: crate::Result<Vec<String>>, expected: Expect) {
    let told = told.expect("a unit");
    expected.assert_eq(&told.iter().map(|line| format!("{line}\n")).collect::<String>());
}

fn id(id: i64) -> Condition {
    Condition::eq("id", id)
}

#[tokio::test]
async fn each_row_is_told_of_once_with_what_it_was_and_is() {
    let world = World::new(Settings::default()).await;
    let unit = vec![
        world.new_row(&QUIET, 1, &["q".into()]),
        world.new_row(&BOXES, 1, &["a".into()]),
        world.new_row(&BOXES, 2, &["b".into(), "x".into()]),
        // A row that is made and changed is a new row; one that comes and goes is none.
        world.set(&BOXES, id(2), &[("note", "y".into())]),
        world.new_row(&BOXES, 3, &["c".into()]),
        world.delete(&BOXES, id(3)),
    ];
    check(
        world.apply(unit).await,
        expect![[r#"
        boxes create 1: [a Null Null Null] was [] changed ["name"] after []
        named create 1: [a Null Null Null] was [] changed ["name"] after []
        boxes create 2: [b y Null Null] was [] changed ["name", "note"] after []
        named create 2: [b y Null Null] was [] changed ["name", "note"] after []
    "#]],
    );
    assert_eq!(world.stored().await, 4);
    let all = Condition::always();
    let unit = vec![world.set(&BOXES, all, &[("note", "y".into())])];
    check(
        world.apply(unit).await,
        expect![[r#"
        boxes update 1: [a y Null Null] was [a Null Null Null] changed ["note"] after []
    "#]],
    );
    let unit = vec![
        world.set(&BOXES, id(1), &[("name", "z".into())]),
        world.set(&BOXES, id(1), &[("note", Value::Null)]),
    ];
    check(
        world.apply(unit).await,
        expect![[r#"
        boxes update 1: [z Null Null Null] was [a y Null Null] changed ["name", "note"] after []
        named update 1: [z Null Null Null] was [a y Null Null] changed ["name", "note"] after []
    "#]],
    );
}

#[tokio::test]
async fn what_goes_with_a_deleted_row_is_told_of() {
    let world = World::new(Settings::default()).await;
    let unit = vec![
        world.new_row(&SHELVES, 1, &["s".into()]),
        world.new_row(&BOXES, 2, &["a".into(), Value::Null, 1.into()]),
        world.new_row(&BOXES, 3, &["b".into(), Value::Null, Value::Null, 2.into()]),
        world.new_row(&LABELS, 4, &["l".into(), 3.into()]),
        world.new_row(&LABELS, 5, &["m".into()]),
    ];
    world.apply(unit).await.expect("rows");
    check(
        world.apply(vec![world.delete(&SHELVES, id(1))]).await,
        expect![[r#"
        boxes delete 2: [a Null Int(1) Null] was [a Null Int(1) Null] changed [] after []
        boxes delete 3: [b Null Null Int(2)] was [b Null Null Int(2)] changed [] after []
        labels update 4: [l Null] was [l Int(3)] changed ["box_id"] after []
    "#]],
    );
}

#[tokio::test]
async fn a_collection_that_nobody_listens_to_has_plain_writes() {
    let world = World::new(Settings::default()).await;
    let writes = [
        world.new_row(&QUIET, 1, &["q".into()]),
        world.set(&QUIET, id(1), &[("name", "r".into())]),
        world.delete(&QUIET, id(1)),
        world.new_row(&SHELVES, 1, &["s".into()]),
        world.set(&SHELVES, id(1), &[("name", "t".into())]),
    ];
    assert!(writes.iter().all(|write| matches!(write, Write::Plain(_))));
    assert!(Telling::of(&world.core, &writes, None).await.expect("switches").is_none());
    // Boxes go with them.
    assert!(matches!(world.delete(&SHELVES, id(1)), Write::Heard(_)));
}

#[tokio::test]
async fn a_chain_ends_at_the_stack_limit_and_says_so() {
    let world = World::new(Settings::default()).await;
    let unit = vec![world.new_row(&BOXES, 1, &["a".into()])];
    world.apply(unit).await.expect("a row");
    let select = Select {
        table: EXECUTIONS,
        columns: vec![("id", Type::Int), ("cut", Type::Text)],
        filter: Condition::eq("key", "named"),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let read = async || world.core.store.read(&select.build()).await.expect("executions");
    let cause = read().await[0][0].as_int().expect("an id");
    let unit = vec![world.set(&BOXES, id(1), &[("name", "b".into())])];
    check(
        world.caused(unit, Some(cause)).await,
        expect![[r#"
        boxes update 1: [b Null Null Null] was [a Null Null Null] changed ["name"] after ["named"]
    "#]],
    );
    assert_eq!(read().await[0][1], Value::from("[\"named\"]"));
}

#[tokio::test]
async fn more_rows_than_an_action_may_write_are_refused_as_a_whole() {
    let world = World::new(Settings { rows_limit: 2, ..Settings::default() }).await;
    let new = |id| world.new_row(&BOXES, id, &["a".into()]);
    world.apply(vec![new(1), new(2)]).await.expect("rows");
    world.apply(vec![new(3)]).await.expect("a row");
    let before = world.stored().await;
    let all = || vec![world.set(&BOXES, Condition::always(), &[("note", "n".into())])];
    let error = world.apply(all()).await.expect_err("too many");
    assert_eq!(error.all()[0].code, "too_many");
    let error = world.apply(vec![world.delete(&BOXES, Condition::always())]).await;
    assert_eq!(error.expect_err("too many").all()[0].code, "too_many");
    assert_eq!(world.stored().await, before);
}
