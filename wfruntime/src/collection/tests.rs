//! Typed records through rows and JSON and back, as the macros generate them.

use expect_test::{Expect, expect};
use serde_json::json;

use super::json::{Selection, value_from_raw};
use super::{Definition, Draft, Filter, IntoChanges, IntoDraft, Loaded, Row};
use crate::prelude::*;
use crate::value::Value;

/// A sample of every kind of field.
#[collection(name = "sampleThings", table = "sample_things")]
struct Thing {
    #[field(length = 2..=5, pattern = "[a-z]+")]
    code: String,
    note: Option<String>,
    #[field(range = 1..=10)]
    count: u8,
    ratio: f64,
    #[field(default = dec!(1.50))]
    price: Decimal,
    #[field(default = Stage::Open)]
    stage: Stage,
    at: Option<Timestamp>,
    day: Option<Date>,
    clock: Option<Time>,
    #[field(default = Json::default())]
    extra: Json,
    key: Option<Uuid>,
    bytes: Option<Vec<u8>>,
    #[field(hidden)]
    secret: Option<String>,
    owner: BelongsTo<User>,
    #[field(on_delete = cascade)]
    parent: Option<BelongsTo<Thing>>,
    #[field(by = parent)]
    parts: HasMany<Thing>,
    label: HasOne<Label>,
    tags: BelongsToMany<Tag, Tagging>,
    r#type: i64,
}

#[collection(name = "sampleLabels", table = "sample_labels")]
struct Label {
    thing: BelongsTo<Thing>,
    text: String,
}

#[collection(name = "sampleTags", table = "sample_tags")]
struct Tag {
    #[field(unique)]
    word: String,
    things: BelongsToMany<Thing, Tagging>,
}

#[collection(name = "sampleTaggings", table = "sample_taggings")]
struct Tagging {
    thing: BelongsTo<Thing>,
    tag: BelongsTo<Tag>,
}

#[choice]
enum Stage {
    #[choice(was = "opened")]
    Open,
    #[choice(name = "shut", title = "No longer open")]
    Closed,
}

fn filled() -> Row {
    let definition = Thing::definition();
    let moment: Timestamp = "2026-01-31T12:00:00.25Z".parse().expect("a moment");
    let draft = Thing::new()
        .code("abc")
        .note("a \"note\"")
        .count(3)
        .ratio(0.5)
        .price(dec!(12345678901234.56789))
        .at(moment)
        .day("2026-02-01".parse::<Date>().expect("a date"))
        .clock("08:30:00".parse::<Time>().expect("a time"))
        .extra(Json(json!({"a": [1, 2.5]})))
        .key(Uuid::from_u128(7))
        .bytes(vec![1, 2, 255])
        .secret("s3cret")
        .owner(Id::new(9))
        .parent(Id::new(4))
        .r#type(-1);
    let mut values = draft.into_draft().into_values();
    values[Definition::ID] = Some(Value::Int(5));
    values[Definition::CREATED_AT] = Some(moment.into());
    values[Definition::UPDATED_AT] = Some(moment.into());
    let defaults = definition.columns.iter().map(|column| match column.default() {
        Some(super::DefaultValue::Value(default)) => default(),
        _ => Value::Null,
    });
    let values = values.into_iter().zip(defaults);
    Row::new(definition, values.map(|(given, default)| given.unwrap_or(default)).collect())
}

#[test]
fn a_row_becomes_a_record_and_a_row_again() {
    let mut row = filled();
    let mut parent = filled();
    parent.values[Definition::ID] = Value::Int(4);
    let of = |json| Thing::definition().association(json).expect("an association").0;
    row.load(of("parts"), Loaded::Many(vec![parent.clone()]));
    row.load(of("label"), Loaded::One(None));
    row.load(of("parent"), Loaded::One(Some(Box::new(parent))));
    let thing = Record::<Thing>::from_row(row.clone()).expect("a record");
    assert_eq!((thing.code.as_str(), thing.count, thing.r#type), ("abc", 3, -1));
    assert_eq!(thing.stage, Stage::Open);
    assert_eq!(thing.parent.as_ref().expect("a parent").get().expect("loaded").id, Id::new(4));
    assert_eq!(thing.parts.get().expect("loaded").len(), 1);
    assert_eq!(thing.label.get().expect("loaded"), None);
    assert!(thing.owner.get().is_err() && thing.tags.get().is_err());
    assert_eq!(thing.to_row(), row);
}

#[test]
fn a_snapshot_gives_the_same_row() {
    let mut row = filled();
    let of = |json| Thing::definition().association(json).expect("an association").0;
    row.load(of("parts"), Loaded::Many(vec![filled()]));
    row.load(of("parent"), Loaded::One(Some(Box::new(filled()))));
    row.load(of("label"), Loaded::One(None));
    let kept = serde_json::to_string(&row.snapshot()).expect("JSON");
    assert_eq!(Row::from_json(row.definition, &kept).expect("a row"), row);
}

#[test]
fn an_answer_shows_what_was_selected_and_nothing_hidden() {
    let mut row = filled();
    let text = |row: &Row, selection: &Selection| {
        serde_json::to_string_pretty(&row.json(selection)).expect("JSON")
    };
    expect![[r#"
        {
          "id": 5,
          "createdAt": "2026-01-31T12:00:00.25Z",
          "updatedAt": "2026-01-31T12:00:00.25Z",
          "createdById": null,
          "updatedById": null,
          "code": "abc",
          "note": "a \"note\"",
          "count": 3,
          "ratio": 0.5,
          "price": "12345678901234.56789",
          "stage": "open",
          "at": "2026-01-31T12:00:00.25Z",
          "day": "2026-02-01",
          "clock": "08:30:00",
          "extra": {
            "a": [
              1,
              2.5
            ]
          },
          "key": "00000000-0000-0000-0000-000000000007",
          "bytes": "AQL/",
          "ownerId": 9,
          "parentId": 4,
          "type": -1
        }"#]]
    .assert_eq(&text(&row, &Selection::ALL));

    let (parent, _) = Thing::definition().association("parent").expect("an association");
    row.load(parent, Loaded::One(Some(Box::new(filled()))));
    let mut columns = vec![false; row.values.len()];
    columns[Thing::definition().column("code").expect("a column").0] = true;
    let code = Selection { columns: Some(columns), associations: Some(Vec::new()) };
    let both = Selection { associations: Some(vec![(parent, code.clone())]), ..code.clone() };
    assert_eq!(serde_json::to_value(row.json(&code)).ok(), Some(json!({"code": "abc"})));
    let expected = json!({"code": "abc", "parent": {"code": "abc"}});
    assert_eq!(serde_json::to_value(row.json(&both)).ok(), Some(expected));
}

#[test]
fn structs_and_records_are_json_of_their_own() {
    let thing = Record::<Thing>::from_row(filled()).expect("a record");
    let text = serde_json::to_string(&thing).expect("JSON");
    let mut again: Record<Thing> = serde_json::from_str(&text).expect("a record");
    assert_eq!(again.secret, None);
    again.secret.clone_from(&thing.secret);
    assert_eq!(again, thing);

    let label = json!({"thingId": 3, "text": "x"});
    let inner: Label = serde_json::from_value(label.clone()).expect("a label");
    assert_eq!(inner.thing.id(), Id::new(3));
    assert_eq!(serde_json::to_value(&inner).ok(), Some(label));
    assert_eq!(serde_json::from_value(json!("shut")).ok(), Some(Stage::Closed));
    let unknown = serde_json::from_value::<Stage>(json!("shit")).expect_err("unknown").to_string();
    expect!["expected one of `open`, `shut`, found `shit`; did you mean `shut`?"]
        .assert_eq(&unknown);
}

#[test]
fn a_stored_value_that_does_not_fit_is_named() {
    let mut row = filled();
    let (stage, _) = row.definition.column("stage").expect("a column");
    row.values[stage] = Value::Text("gone".into());
    let error = Record::<Thing>::from_row(row).expect_err("unknown").to_string();
    expect![
        "column `stage` of record 5 of `sampleThings` holds `gone`, expected one of `open`, `shut`"
    ]
    .assert_eq(&error);
}

#[test]
fn conditions_are_typed() {
    let check = |filter: Filter<Thing>, expected: Expect| {
        expected.assert_eq(&format!("{:?}", filter.into_condition()));
    };
    let field = Thing::FIELDS;
    check(
        field.price.gt(500).and(field.code.starts_with("a")),
        expect![[r#"All([Compare("price", Gt, Decimal(500)), Text("code", Start, "a")])"#]],
    );
    check(
        field.note.is_none().or(field.note.eq("x")),
        expect![[r#"Any([Null("note"), Compare("note", Eq, Text("x"))])"#]],
    );
    check(
        field.owner.eq(Id::new(3)).and(!field.parent.eq(None)),
        expect![[r#"All([Compare("owner_id", Eq, Int(3)), Not(Null("parent_id"))])"#]],
    );
    check(
        field.stage.one_of([Stage::Open, Stage::Closed]),
        expect![[r#"In("stage", [Text("open"), Text("shut")])"#]],
    );
    check(
        field.created_at.lt_field(field.updated_at).and(field.id.gt(Id::new(1))),
        expect![[r#"All([Columns("created_at", Lt, "updated_at"), Compare("id", Gt, Int(1))])"#]],
    );
}

#[test]
fn changes_hold_only_what_was_set() {
    let changes = Thing::changes().note(None).stage(Stage::Closed).stage(Stage::Open);
    let named: Vec<_> = changes
        .into_changes()
        .into_values()
        .into_iter()
        .map(|(column, value)| (Thing::definition().columns[column].json, value))
        .collect();
    assert_eq!(named, [("note", Value::Null), ("stage", Value::Text("open".into()))]);
    let text = String::from("t");
    let draft: Draft<Label> = Label::new().thing(Id::new(1)).text(&text).into_draft();
    assert_eq!(draft.into_values().iter().flatten().count(), 2);
}

/// What a column makes of JSON text.
fn read(column: &str, text: &str) -> String {
    let (_, column) = Thing::definition().column(column).expect("a column");
    let raw = serde_json::value::RawValue::from_string(text.to_owned()).expect("JSON");
    match value_from_raw(column, &raw) {
        Ok(value) => format!("{value:?}"),
        Err(fault) => format!("{}: {}", fault.code, fault.message),
    }
}

#[test]
fn json_values_are_read_strictly() {
    let mut table = String::new();
    for (column, text) in [
        ("code", r#""abc""#),
        ("code", r#""ab\u0063""#),
        ("code", r#""a""#),
        ("code", r#""abcdef""#),
        ("code", r#""AB""#),
        ("code", "null"),
        ("code", "[1]"),
        ("note", "null"),
        ("count", "10"),
        ("count", "11"),
        ("count", "256"),
        ("count", "-1"),
        ("count", "1.0"),
        ("count", "\"3\""),
        ("ratio", "1"),
        ("ratio", "-2.5e3"),
        ("price", "\"0.10\""),
        ("price", "0.1"),
        ("price", "12"),
        ("price", "\"1e3\""),
        ("price", "\"twelve\""),
        ("price", "\"99999999999999999999999999999999\""),
        ("stage", "\"shut\""),
        ("stage", "\"opne\""),
        ("stage", "7"),
        ("at", "\"2026-01-31T12:00:00+02:00\""),
        ("at", "\"2026-01-31T12:00:00\""),
        ("day", "\"2026-02-29\""),
        ("day", "\"-000001-01-01\""),
        ("clock", "\"25:00\""),
        ("extra", r#"{"b":[null]}"#),
        ("key", "\"zz\""),
        ("bytes", "\"AQI=\""),
        ("bytes", "\"?\""),
        ("ownerId", "0"),
        ("ownerId", "9007199254740992"),
        ("ownerId", "true"),
    ] {
        table.push_str(&format!("{column} {text} -> {}\n", read(column, text)));
    }
    expect![[r#"
        code "abc" -> Text("abc")
        code "ab\u0063" -> Text("abc")
        code "a" -> too_short: `code` must have at least 2 characters, found 1
        code "abcdef" -> too_long: `code` must have at most 5 characters, found 6
        code "AB" -> pattern: `code` does not fit the pattern `[a-z]+`
        code null -> null: `code` must not be null
        code [1] -> wrong_type: `code` must be a string, found an array
        note null -> Null
        count 10 -> Int(10)
        count 11 -> out_of_range: `count` must be at most 10
        count 256 -> out_of_range: `count` must be from 0 to 255, found 256
        count -1 -> out_of_range: `count` must be from 0 to 255, found -1
        count 1.0 -> wrong_type: `count` must be an integer, found 1.0
        count "3" -> wrong_type: `count` must be an integer, found "3"
        ratio 1 -> Float(1.0)
        ratio -2.5e3 -> Float(-2500.0)
        price "0.10" -> Decimal(0.1)
        price 0.1 -> Decimal(0.1)
        price 12 -> Decimal(12)
        price "1e3" -> Decimal(1000)
        price "twelve" -> wrong_type: `price` must be a decimal number such as "12.50", found "twelve"
        price "99999999999999999999999999999999" -> out_of_range: `price` is out of range for a decimal number such as "12.50": "99999999999999999999999999999999"
        stage "shut" -> Text("shut")
        stage "opne" -> unknown_choice: `stage` must be one of `open`, `shut`, found "opne"; did you mean `open`?
        stage 7 -> wrong_type: `stage` must be a string, found 7
        at "2026-01-31T12:00:00+02:00" -> Timestamp(2026-01-31T10:00:00Z)
        at "2026-01-31T12:00:00" -> wrong_type: `at` must be a moment such as "2026-01-31T12:00:00Z", found "2026-01-31T12:00:00"
        day "2026-02-29" -> wrong_type: `day` must be a date such as "2026-01-31", found "2026-02-29"
        day "-000001-01-01" -> out_of_range: `day` must not lie before the year 0
        clock "25:00" -> wrong_type: `clock` must be a time of day such as "12:30:00", found "25:00"
        extra {"b":[null]} -> Json(Object {"b": Array [Null]})
        key "zz" -> wrong_type: `key` must be a UUID, found "zz"
        bytes "AQI=" -> Bytes([1, 2])
        bytes "?" -> wrong_type: `bytes` must be a string in base64, found "?"
        ownerId 0 -> out_of_range: `ownerId` must be from 1 to 9007199254740991, found 0
        ownerId 9007199254740992 -> out_of_range: `ownerId` must be from 1 to 9007199254740991, found 9007199254740992
        ownerId true -> wrong_type: `ownerId` must be the id of a record, found true
    "#]].assert_eq(&table);
}

#[test]
fn numbers_of_any_length_stay_exact() {
    let raw = read("price", "12345678901234.567891");
    assert_eq!(raw, "Decimal(12345678901234.567891)");
    let huge = read("count", "99999999999999999999");
    let bounds = "out_of_range: `count` must be from 0 to 255, found";
    assert_eq!(huge, format!("{bounds} 99999999999999999999"));
}

#[test]
fn all_faults_of_a_draft_are_found_at_once() {
    let thing = Thing::definition();
    let messages = |faults: Vec<crate::Fault>| {
        faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("\n")
    };
    let mut values = vec![None; thing.columns.len()];
    let of = |json| thing.column(json).expect("a column").0;
    values[of("code")] = Some(Value::Text("A".into()));
    values[of("count")] = Some(Value::Null);
    values[of("ratio")] = Some(Value::Float(f64::NAN));
    values[of("ownerId")] = Some(Value::Int(1));
    expect![[r#"
        `code` must have at least 2 characters, found 1
        `count` is required
        `ratio` must be a finite number
        `type` is required"#]]
    .assert_eq(&messages(thing.check_new(&values)));

    let changes = Thing::changes().count(11).code("abc").note(None).into_changes().into_values();
    expect!["`count` must be at most 10"].assert_eq(&messages(thing.check_changes(&changes)));
    let empty = [(of("count"), Value::Null)];
    expect!["`count` must not be null"].assert_eq(&messages(thing.check_changes(&empty)));
}

#[test]
fn an_old_name_of_a_choice_is_understood_where_it_was_stored() {
    assert_eq!(Stage::from_stored("opened"), Some(Stage::Open));
    assert_eq!(serde_json::from_str::<Stage>("\"opened\"").expect("a stored one"), Stage::Open);
    assert_eq!(serde_json::to_string(&Stage::Open).expect("JSON"), "\"open\"");
    assert_eq!((Stage::from_name("opened"), Stage::from_stored("never")), (None, None));
    let text = "opened".parse::<Stage>().expect_err("from outside").to_string();
    assert_eq!(text, "expected one of `open`, `shut`, found `opened`; did you mean `open`?");
    let spec = Thing::definition().table_spec();
    let stage = spec.columns.iter().find(|column| column.name == "stage").expect("a column");
    assert_eq!(stage.renamed, [("opened", "open")]);
}

#[test]
fn the_table_has_references_and_indexes() {
    let spec = Thing::definition().table_spec();
    let owner = spec.columns.iter().find(|column| column.name == "owner_id").expect("a column");
    assert_eq!(owner.references.as_ref().map(|reference| reference.table), Some("users"));
    let indexes: Vec<_> =
        spec.indexes.iter().map(|index| (index.columns[0], index.unique)).collect();
    let expected =
        ["created_by_id", "updated_by_id", "owner_id", "parent_id"].map(|name| (name, false));
    assert_eq!(indexes, expected);
    let label = Label::definition().table_spec();
    // `HasOne` leads back along it: there is at most one for each thing.
    let unique: Vec<_> = label.indexes.iter().filter(|index| index.unique).collect();
    assert_eq!(unique.iter().map(|index| index.columns[0]).collect::<Vec<_>>(), ["thing_id"]);
}
