//! Plans: what is added at once, what waits for `migrate`, and that nothing stored is lost.

use wfruntime::store::Store;
use wfruntime::store::schema::{ColumnSpec, IndexSpec, OnDelete, Plan, Reference, TableSpec};
use wfruntime::store::sql::{Condition, Query};
use wfruntime::{ErrorKind, Result, Type, Value};

use crate::database::{
    Database, author, book, column, ids, insert, library, reference, required, run, select, table,
    unique,
};

/// What is done to get there; the database fits afterwards.
async fn apply(store: &Store, tables: &[TableSpec]) -> Result<Plan> {
    let plan = store.plan(tables).await?;
    store.apply(&plan).await?;
    let left = store.plan(tables).await?;
    assert!(left.is_empty(), "left after {plan}: {left}");
    Ok(plan)
}

async fn refused(store: &Store, tables: &[TableSpec], word: &str) -> Result<()> {
    let plan = store.plan(tables).await?;
    assert!(!plan.is_additive(), "{plan}");
    let error = store.apply(&plan).await.expect_err("a stored value does not fit");
    assert_eq!(error.kind(), ErrorKind::Startup);
    assert!(error.to_string().contains(word), "{error}");
    assert_eq!(store.plan(tables).await?, plan, "nothing was changed");
    Ok(())
}

fn items(columns: Vec<ColumnSpec>) -> [TableSpec; 1] {
    let mut all = vec![required("id", Type::Int)];
    all.extend(columns);
    [table("items", all)]
}

async fn values(store: &Store, name: &'static str, ty: Type) -> Result<Vec<Value>> {
    let rows = store.read(&select("items", &[(name, ty)], Condition::always()).build()).await?;
    Ok(rows.into_iter().flatten().collect())
}

async fn fill(store: &Store, name: &'static str, values: Vec<Value>) -> Result<()> {
    let rows = (1_i64..).zip(values).map(|(id, value)| vec![id.into(), value]).collect();
    run(store, vec![insert("items", &["id", name], rows).build()]).await?;
    Ok(())
}

pub(crate) async fn an_empty_database_is_filled(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let plan = apply(&store, &library()).await?;
    assert!(plan.is_additive());
    assert_eq!(plan.steps().len(), 2);
    assert_eq!(plan.to_string(), "authors: create the table\nbooks: create the table\n");
    run(&store, vec![author(1, "Ann"), book(1, 1, "One")]).await?;
    let odd = TableSpec {
        key: vec!["from", "select \"x\""],
        ..table("order", vec![required("from", Type::Int), required("select \"x\"", Type::Text)])
    };
    assert!(apply(&store, &[odd]).await?.is_additive());
    Ok(())
}

pub(crate) async fn columns_are_added(database: &Database) -> Result<()> {
    let store = database.open().await?;
    apply(&store, &items(vec![])).await?;
    // Nothing is stored yet that would lack a value.
    assert!(apply(&store, &items(vec![required("first", Type::Text)])).await?.is_additive());
    let row = vec![vec![1.into(), "x".into()]];
    run(&store, vec![insert("items", &["id", "first"], row).build()]).await?;
    let defaults = [
        (Type::Bool, Value::from(true)),
        (Type::Int, Value::from(-7_i64)),
        (Type::Float, Value::from(0.1)),
        (Type::Text, Value::from("it's \"here\"; --")),
        (Type::Bytes, Value::from(vec![0_u8, 255])),
        (Type::Decimal, Value::Decimal("10.50".parse()?)),
        (Type::Timestamp, Value::Timestamp("2024-02-29T12:00:00.5Z".parse()?)),
        (Type::Date, Value::Date("2024-02-29".parse()?)),
        (Type::Json, Value::Json(serde_json::json!({"it's": 1}))),
    ];
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let mut columns = vec![required("first", Type::Text), column("optional", Type::Uuid)];
    columns.extend(names.iter().zip(&defaults).map(|(name, (ty, default))| ColumnSpec {
        default: default.clone(),
        ..required(name, *ty)
    }));
    let plan = apply(&store, &items(columns.clone())).await?;
    assert!(plan.is_additive(), "{plan}");
    for (name, (ty, default)) in names.into_iter().zip(&defaults) {
        assert_eq!(&values(&store, name, *ty).await?[0], default, "{ty:?}");
    }
    columns.push(required("late", Type::Text));
    let plan = store.plan(&items(columns.clone())).await?;
    assert!(!plan.is_additive());
    assert!(plan.to_string().contains("items.late: add the column: it is required"), "{plan}");
    refused(&store, &items(columns), "items.late").await
}

pub(crate) async fn tables_are_renamed(database: &Database) -> Result<()> {
    let store = database.open().await?;
    apply(&store, &library()).await?;
    run(&store, vec![author(1, "Ann"), book(1, 1, "One")]).await?;
    let renamed = || {
        let mut tables = library();
        (tables[0].name, tables[0].was) = ("people", Some("authors"));
        for column in &mut tables[1].columns {
            if let Some(to) = &mut column.references {
                to.table = "people";
            }
        }
        tables
    };
    let plan = apply(&store, &renamed()).await?;
    assert!(plan.is_additive(), "{plan}");
    let first = plan.steps().first().map(|step| (step.table.clone(), step.what.clone()));
    assert_eq!(first, Some(("people".into(), "rename the table from `authors`".into())));
    assert!(!plan.to_string().contains("anew"), "{plan}");
    assert_eq!(ids(&store, "people", Condition::always()).await?, [1]);
    let orphan = run(&store, vec![book(2, 9, "Two")]).await.expect_err("nobody wrote it");
    assert_eq!(orphan.kind(), ErrorKind::Conflict);
    // The table is there again: which one holds the records?
    apply(&store, &library()[..1]).await?;
    let plan = store.plan(&renamed()).await?;
    assert!(plan.to_string().contains("people: `authors` and `people` are both there"), "{plan}");
    refused(&store, &renamed(), "both there").await
}

pub(crate) async fn what_is_there_under_both_names_is_not_renamed(
    database: &Database,
) -> Result<()> {
    let store = database.open().await?;
    apply(&store, &items(vec![column("old", Type::Text), column("new", Type::Text)])).await?;
    let renamed = || ColumnSpec { was: Some("old"), ..column("new", Type::Text) };
    refused(&store, &items(vec![renamed()]), "items.new: `old` and `new` are both there").await?;
    let both = items(vec![column("old", Type::Text), renamed()]);
    assert!(store.plan(&both).await?.is_empty(), "`old` is another field now");
    Ok(())
}

pub(crate) async fn columns_are_renamed(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let indexed = |columns: Vec<ColumnSpec>, name| {
        let mut tables = items(columns);
        tables[0].indexes = vec![unique(&[name])];
        tables
    };
    apply(&store, &indexed(vec![column("old", Type::Text)], "old")).await?;
    fill(&store, "old", vec!["x".into()]).await?;
    let renamed = || ColumnSpec { was: Some("old"), ..column("new", Type::Text) };
    let plan = apply(&store, &indexed(vec![renamed()], "new")).await?;
    assert_eq!(plan.to_string(), "items.new: rename from `old`\n");
    assert!(plan.is_additive());
    assert_eq!(values(&store, "new", Type::Text).await?, ["x".into()]);
    let plan = store.plan(&indexed(vec![renamed()], "new")).await?;
    assert!(plan.is_empty(), "renamed once: {plan}");
    // Renamed and changed in one go.
    let number = ColumnSpec { was: Some("new"), ..column("number", Type::Int) };
    refused(&store, &indexed(vec![number], "number"), "`x` cannot become Int").await
}

pub(crate) async fn texts_are_rewritten(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let indexed = |columns: Vec<ColumnSpec>, name| {
        let mut tables = items(columns);
        tables[0].indexes = vec![unique(&[name])];
        tables
    };
    apply(&store, &indexed(vec![column("state", Type::Text)], "state")).await?;
    fill(&store, "state", vec!["opened".into(), "it's".into(), "shut".into(), Value::Null]).await?;
    let renamed = |texts: &[(&'static str, &'static str)]| ColumnSpec {
        was: Some("state"),
        renamed: texts.to_vec(),
        ..column("status", Type::Text)
    };
    let columns = vec![renamed(&[("opened", "open"), ("it's", "it is"), ("never", "ever")])];
    let plan = apply(&store, &indexed(columns.clone(), "status")).await?;
    let expected = "items.status: rename from `state`\n\
        items.status: `opened` becomes `open` in 1 record\n  \
        could be lost: nothing; an older program does not know the new name\n\
        items.status: `it's` becomes `it is` in 1 record\n  \
        could be lost: nothing; an older program does not know the new name\n";
    assert_eq!(plan.to_string(), expected);
    assert!(!plan.is_additive(), "it waits for `migrate`");
    let after = ["open".into(), "it is".into(), "shut".into(), Value::Null];
    assert_eq!(values(&store, "status", Type::Text).await?, after);
    // In a table that is written anew, too.
    let one = ColumnSpec { nullable: false, ..renamed(&[("open", "opened")]) };
    refused(&store, &indexed(vec![one], "status"), "a record has no value").await?;
    // Two may not become the same.
    refused(&store, &indexed(vec![renamed(&[("shut", "open")])], "status"), "items.status").await
}

pub(crate) async fn indexes_follow(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let with = |indexes: Vec<IndexSpec>| {
        let mut tables = items(vec![
            column("a", Type::Text),
            column("b", Type::Int),
            reference("parent_id", "items", OnDelete::Restrict),
        ]);
        tables[0].indexes = indexes;
        tables
    };
    apply(&store, &with(vec![])).await?;
    let only = |values: Vec<Value>| IndexSpec {
        columns: vec!["b"],
        unique: true,
        only: Some(("a", values)),
    };
    let plan = apply(&store, &with(vec![unique(&["a", "b"]), only(vec!["x".into()])])).await?;
    assert!(plan.is_additive());
    assert_eq!(plan.steps().len(), 2);
    // Unique among the `x` only.
    let row = |id: i64, a: &str| {
        insert("items", &["id", "a", "b"], vec![vec![id.into(), a.into(), 1.into()]]).build()
    };
    run(&store, vec![row(1, "x"), row(2, "y"), row(3, "z")]).await?;
    let plan = apply(&store, &with(vec![only(vec!["x".into(), "y'".into()])])).await?;
    assert_eq!(plan.steps().len(), 3, "{plan}");
    // What is stored may not allow an index: nothing is changed, and it is said why.
    let tables = with(vec![unique(&["b"])]);
    let plan = store.plan(&tables).await?;
    let error = store.apply(&plan).await.expect_err("three times the same");
    assert_eq!(error.kind(), ErrorKind::Startup);
    assert!(error.to_string().contains("items.b"), "{error}");
    assert_eq!(store.plan(&tables).await?, plan);
    Ok(())
}

pub(crate) async fn types_change_without_loss(database: &Database) -> Result<()> {
    let decimal = |text: &str| Ok::<_, wfruntime::Error>(Value::Decimal(text.parse()?));
    for (from, values_before, to, values_after) in [
        (
            Type::Text,
            vec!["7".into(), Value::Null, "-12".into()],
            Type::Int,
            vec![Value::Int(7), Value::Null, Value::Int(-12)],
        ),
        (Type::Int, vec![7.into(), (-1).into()], Type::Text, vec!["7".into(), "-1".into()]),
        (Type::Int, vec![7.into()], Type::Decimal, vec![decimal("7")?]),
        (Type::Text, vec!["7.25".into()], Type::Decimal, vec![decimal("7.25")?]),
        (Type::Int, vec![0.into(), 1.into()], Type::Bool, vec![false.into(), true.into()]),
        (Type::Int, vec![3.into()], Type::Float, vec![3.0.into()]),
        (
            Type::Text,
            vec!["2024-02-29".into()],
            Type::Date,
            vec![Value::Date("2024-02-29".parse()?)],
        ),
    ] {
        let store = database.open().await?;
        apply(&store, &items(vec![column("value", from)])).await?;
        fill(&store, "value", values_before).await?;
        let tables = items(vec![column("value", to)]);
        let plan = store.plan(&tables).await?;
        assert!(!plan.is_additive(), "{plan}");
        apply(&store, &tables).await?;
        assert_eq!(values(&store, "value", to).await?, values_after, "{from:?} {to:?}");
        apply(&store, &items(vec![])).await?;
        let gone = wfruntime::store::sql::Delete { table: "items", filter: Condition::always() };
        run(&store, vec![gone.build()]).await?;
        apply(&store, &items(vec![column("value", from)])).await?;
        store.shutdown().await?;
    }
    Ok(())
}

pub(crate) async fn what_does_not_fit_is_refused(database: &Database) -> Result<()> {
    for (from, value, to, word) in [
        (Type::Text, Value::from("seven"), Type::Int, "`seven` cannot become Int"),
        (Type::Text, "007".into(), Type::Int, "`007` cannot become Int"),
        (Type::Float, 1.5.into(), Type::Int, "`1.5` cannot become Int"),
        (Type::Int, 2.into(), Type::Bool, "`2` cannot become Bool"),
        (Type::Text, "2024-02-30".into(), Type::Date, "`2024-02-30` cannot become Date"),
        (Type::Text, "{".into(), Type::Json, "`{` cannot become Json"),
    ] {
        let store = database.open().await?;
        apply(&store, &items(vec![column("value", from)])).await?;
        fill(&store, "value", vec![Value::Null, value.clone()]).await?;
        refused(&store, &items(vec![column("value", to)]), word).await?;
        assert_eq!(values(&store, "value", from).await?, [Value::Null, value]);
        // Missing where one is required: only with a default.
        refused(&store, &items(vec![required("value", from)]), "items.value").await?;
        let gone = wfruntime::store::sql::Delete { table: "items", filter: Condition::always() };
        run(&store, vec![gone.build()]).await?;
        let optional = items(vec![column("value", Type::Text)]);
        apply(&store, &optional).await?;
        store.shutdown().await?;
    }
    let store = database.open().await?;
    fill(&store, "value", vec![Value::Null, "x".into()]).await?;
    let filled = ColumnSpec { default: "none".into(), ..required("value", Type::Text) };
    assert!(!apply(&store, &items(vec![filled])).await?.is_additive());
    assert_eq!(values(&store, "value", Type::Text).await?, ["none".into(), "x".into()]);
    Ok(())
}

pub(crate) async fn undeclared_columns_stay(database: &Database) -> Result<()> {
    let store = database.open().await?;
    apply(&store, &items(vec![column("a", Type::Int), required("b", Type::Text)])).await?;
    let row = vec![vec![1.into(), 2.into(), "x".into()]];
    run(&store, vec![insert("items", &["id", "a", "b"], row).build()]).await?;
    // `b` would refuse every new record.
    let plan = store.plan(&items(vec![])).await?;
    assert!(!plan.is_additive());
    assert_eq!(plan.kept(), ["items.a"]);
    assert!(plan.to_string().contains("items.a: no longer declared, stays as it is"), "{plan}");
    apply(&store, &items(vec![])).await?;
    run(&store, vec![insert("items", &["id"], vec![vec![2.into()]]).build()]).await?;
    assert_eq!(values(&store, "b", Type::Text).await?, ["x".into(), Value::Null]);
    assert_eq!(values(&store, "a", Type::Int).await?, [2.into(), Value::Null]);
    let plan = store.plan(&items(vec![])).await?;
    assert!(plan.is_empty());
    assert_eq!(plan.kept(), ["items.a", "items.b"]);
    Ok(())
}

pub(crate) async fn references_change(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann"), book(1, 1, "One")]).await?;
    let mut tables = library();
    let on = |on_delete| Some(Reference { table: "authors", on_delete });
    tables[1].columns[1].references = on(OnDelete::Cascade);
    assert!(!store.plan(&tables).await?.is_additive());
    apply(&store, &tables).await?;
    // Written anew, and still referred to: `authors`, by what is in `books`.
    tables[0].columns.push(ColumnSpec { default: 1.into(), ..required("rank", Type::Int) });
    tables[0].columns[1].nullable = true;
    apply(&store, &tables).await?;
    let dangling = run(&store, vec![book(2, 9, "Two")]).await;
    assert_eq!(dangling.expect_err("no such author").all()[0].code, "reference");
    let gone = wfruntime::store::sql::Delete { table: "authors", filter: Condition::always() };
    run(&store, vec![gone.build()]).await?;
    assert_eq!(ids(&store, "books", Condition::always()).await?, [0_i64; 0]);
    // A reference that what is stored does not keep.
    let shelf = |references| {
        let shelf = ColumnSpec { references, ..column("shelf", Type::Int) };
        items(vec![shelf])
    };
    apply(&store, &shelf(None)).await?;
    fill(&store, "shelf", vec![5.into()]).await?;
    refused(&store, &shelf(on(OnDelete::Restrict)), "record 1 refers to a record of `authors`")
        .await
}

pub(crate) async fn keys_change(database: &Database) -> Result<()> {
    let store = database.open().await?;
    let keyed = |key: &[&'static str]| {
        let columns = ["id", "a", "b"].map(|name| required(name, Type::Int)).to_vec();
        [TableSpec { key: key.to_vec(), ..table("items", columns) }]
    };
    apply(&store, &keyed(&["id"])).await?;
    let rows =
        vec![[1, 1, 1], [2, 1, 2]].into_iter().map(|row| row.map(Value::from).to_vec()).collect();
    run(&store, vec![insert("items", &["id", "a", "b"], rows).build()]).await?;
    assert!(!apply(&store, &keyed(&["a", "b"])).await?.is_additive());
    assert_eq!(values(&store, "b", Type::Int).await?, [1.into(), 2.into()]);
    refused(&store, &keyed(&["a"]), "items.a").await
}
