//! Conditions: what a store finds is what Rust says.

use wfruntime::store::Store;
use wfruntime::store::schema::OnDelete;
use wfruntime::store::sql::{Condition, Exists, Op, Place, Query};
use wfruntime::{ErrorKind, Result, Type, Value};

use crate::database::{
    Database, author, book, column, ids, insert, reference, required, run, table,
};
use crate::model::{COLUMNS, holds, rows, samples, samples_table};

async fn filled(database: &Database) -> Result<(Store, Vec<Vec<Value>>)> {
    let store = database.open().await?;
    store.apply(&store.plan(&[samples_table()]).await?).await?;
    let rows = rows()?;
    let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
    run(&store, vec![insert("samples", &names, rows.clone()).build()]).await?;
    Ok((store, rows))
}

async fn agree(store: &Store, rows: &[Vec<Value>], condition: Condition) -> Result<()> {
    let expected: Vec<i64> = rows
        .iter()
        .filter(|row| holds(&condition, row))
        .filter_map(|row| row[0].as_int())
        .collect();
    let found = ids(store, "samples", condition.clone()).await?;
    assert_eq!(found, expected, "{condition:?}");
    Ok(())
}

const OPS: [Op; 6] = [Op::Eq, Op::Ne, Op::Gt, Op::Gte, Op::Lt, Op::Lte];

fn ops(ty: Type) -> &'static [Op] {
    if ty == Type::Json { &OPS[..2] } else { &OPS }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

pub(crate) async fn every_condition_on_every_type(database: &Database) -> Result<()> {
    let (store, rows) = filled(database).await?;
    for (name, ty) in COLUMNS {
        let samples = samples(ty)?;
        for value in samples.iter().chain([&Value::Null]) {
            for op in ops(ty) {
                let compare = Condition::Compare(name, *op, value.clone());
                // Two nulls are not compared: a filter says it with `Null`.
                if !value.is_null() {
                    agree(&store, &rows, compare.clone()).await?;
                    agree(&store, &rows, not(compare.clone())).await?;
                    agree(&store, &rows, not(not(compare))).await?;
                }
            }
        }
        for op in ops(ty) {
            let columns = Condition::Columns(name, *op, name);
            agree(&store, &rows, columns.clone()).await?;
            agree(&store, &rows, not(columns)).await?;
        }
        for list in [vec![], samples[..1].to_vec(), samples[1..].to_vec()] {
            let with_null: Vec<Value> = list.iter().cloned().chain([Value::Null]).collect();
            for list in [list, with_null] {
                agree(&store, &rows, Condition::In(name, list.clone())).await?;
                agree(&store, &rows, not(Condition::In(name, list))).await?;
            }
        }
        agree(&store, &rows, Condition::Null(name)).await?;
        agree(&store, &rows, not(Condition::Null(name))).await?;
    }
    for empty in [Condition::All(vec![]), Condition::Any(vec![])] {
        agree(&store, &rows, empty.clone()).await?;
        agree(&store, &rows, not(empty.clone())).await?;
        agree(&store, &rows, Condition::Any(vec![empty, Condition::Null("day")])).await?;
    }
    Ok(())
}

/// Numbers that look random and are the same in each run (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn condition(&mut self, depth: usize) -> Result<Condition> {
        let (name, ty) = COLUMNS[self.roll(COLUMNS.len())];
        let samples = samples(ty)?;
        let value = samples[self.roll(samples.len())].clone();
        Ok(match self.roll(if depth == 0 { 4 } else { 8 }) {
            0 | 1 => Condition::Compare(name, ops(ty)[self.roll(ops(ty).len())], value),
            2 => Condition::In(name, vec![value, Value::Null]),
            3 => Condition::Text("words", Place::Anywhere, "a".into()),
            4 => not(self.condition(depth - 1)?),
            5 | 6 => Condition::All(vec![self.condition(depth - 1)?, self.condition(depth - 1)?]),
            _ => Condition::Any(vec![self.condition(depth - 1)?, self.condition(depth - 1)?]),
        })
    }
}

pub(crate) async fn random_conditions(database: &Database) -> Result<()> {
    let (store, rows) = filled(database).await?;
    let mut dice = Dice(2);
    for _ in 0..400 {
        let condition = dice.condition(4)?;
        agree(&store, &rows, condition).await?;
    }
    Ok(())
}

pub(crate) async fn texts_are_literal(database: &Database) -> Result<()> {
    let (store, rows) = filled(database).await?;
    for text in ["", "a", "A", "%", "_", "a%", "ß", "ï", "本", "日本", "🦀", "aab", "*", "["]
    {
        for place in [Place::Start, Place::End, Place::Anywhere] {
            let condition = Condition::Text("words", place, text.into());
            agree(&store, &rows, condition.clone()).await?;
            agree(&store, &rows, not(condition)).await?;
        }
    }
    Ok(())
}

pub(crate) async fn texts_are_mentioned(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let names = ["Zürich", "ZURICH", "Straße 7", "Rome_1", "rome%1", ""];
    for (index, name) in names.iter().enumerate() {
        let id = i64::try_from(index).unwrap_or_default();
        run(&store, vec![author(id, name)]).await?;
    }
    for (text, expected) in [
        ("zürich", &[0, 1][..]),
        ("zur", &[0, 1]),
        ("STRASSE", &[2]),
        ("ROME", &[3, 4]),
        ("%", &[4]),
        ("_", &[3]),
        ("rome?1", &[]),
        ("", &[0, 1, 2, 3, 4, 5]),
    ] {
        let mentioned = Condition::Text("name", Place::Mentioned, text.into());
        assert_eq!(ids(&store, "authors", mentioned.clone()).await?, expected, "{text}");
        let others: Vec<i64> = (0..6).filter(|id| !expected.contains(id)).collect();
        assert_eq!(ids(&store, "authors", not(mentioned)).await?, others, "not {text}");
    }
    Ok(())
}

pub(crate) async fn rows_of_other_tables(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let folders = table(
        "folders",
        vec![
            required("id", Type::Int),
            reference("parent_id", "folders", OnDelete::Cascade),
            column("name", Type::Text),
        ],
    );
    store.apply(&store.plan(&[folders]).await?).await?;
    let folder = |id: i64, parent: Option<i64>, name: &str| {
        let row = vec![id.into(), parent.into(), name.into()];
        insert("folders", &["id", "parent_id", "name"], vec![row]).build()
    };
    run(
        &store,
        vec![
            author(1, "Ann"),
            author(2, "Bob"),
            book(1, 1, "One"),
            book(2, 1, "Two"),
            folder(1, None, "a"),
            folder(2, Some(1), "b"),
            folder(3, Some(2), "a"),
        ],
    )
    .await?;
    let exists = |table, inner, outer, filter| {
        Condition::Exists(Box::new(Exists { table, inner, outer, filter }))
    };
    let wrote = |filter| exists("books", "author_id", "id", filter);
    assert_eq!(ids(&store, "authors", wrote(Condition::always())).await?, [1]);
    assert_eq!(ids(&store, "authors", not(wrote(Condition::always()))).await?, [2]);
    assert_eq!(ids(&store, "authors", wrote(Condition::eq("title", "Three"))).await?, [0_i64; 0]);
    // The same table within itself, twice: each column is of its own scope.
    let parent = |filter| exists("folders", "id", "parent_id", filter);
    let a = Condition::eq("name", "a");
    assert_eq!(ids(&store, "folders", parent(a.clone())).await?, [2]);
    let grandparent = parent(parent(a.clone()));
    assert_eq!(ids(&store, "folders", grandparent.clone()).await?, [3]);
    assert_eq!(ids(&store, "folders", grandparent.and(a.clone())).await?, [3]);
    let siblings = Condition::All(vec![
        parent(not(Condition::eq("name", "b"))),
        exists("folders", "parent_id", "id", a),
    ]);
    assert_eq!(ids(&store, "folders", siblings).await?, [2]);
    Ok(())
}

pub(crate) async fn long_lists(database: &Database) -> Result<()> {
    let (store, rows) = filled(database).await?;
    let numbers: Vec<Value> = (0..50_000_i64).map(|n| Value::from(n * 7)).collect();
    agree(&store, &rows, Condition::In("number", numbers.clone())).await?;
    agree(&store, &rows, not(Condition::In("number", numbers))).await?;
    let mut words: Vec<Value> = (0..2000).map(|n| Value::from(format!("\"word\\ {n}"))).collect();
    words.extend(samples(Type::Text)?);
    agree(&store, &rows, Condition::In("words", words)).await?;
    let mut sums: Vec<Value> =
        (1000..1020_i64).map(|n| Value::Decimal(rust_decimal::Decimal::new(n, 2))).collect();
    sums.push(Value::Decimal("2.000".parse()?));
    agree(&store, &rows, Condition::In("money", sums)).await?;
    let mut tokens: Vec<Value> =
        (2..40_u128).map(|n| Value::Uuid(uuid::Uuid::from_u128(n))).collect();
    tokens.extend(samples(Type::Uuid)?);
    agree(&store, &rows, Condition::In("token", tokens)).await
}

pub(crate) async fn large_conditions(database: &Database) -> Result<()> {
    let (store, rows) = filled(database).await?;
    let many = |count: i64| (0..count).map(|n| Condition::eq("number", n)).collect::<Vec<_>>();
    agree(&store, &rows, Condition::Any(many(5000))).await?;
    agree(&store, &rows, not(Condition::Any(many(5000)))).await?;
    let mut deep = Condition::eq("number", 7_i64);
    for _ in 0..100 {
        deep = Condition::Any(vec![Condition::All(vec![not(not(deep)), Condition::always()])]);
    }
    agree(&store, &rows, deep).await?;
    // There is a limit, and whoever asks is told.
    let error = ids(&store, "samples", Condition::Any(many(40_000))).await.expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.all()[0].code, "too_complex");
    Ok(())
}
