//! Values and statements: what is stored, counted, sorted and refused.

use rust_decimal::Decimal;
use wfruntime::store::sql::{
    Aggregate, Condition, Count, CountBy, Delete, Function, Insert, OnConflict, Op, Query, Select,
    Set, Update,
};
use wfruntime::store::{Expect, Store};
use wfruntime::{ErrorKind, Result, Type, Value};

use crate::database::{Database, author, book, column, ids, insert, required, run, select, table};
use crate::model::{COLUMNS, rows, samples_table};

pub(crate) async fn every_value_comes_back(database: &Database) -> Result<()> {
    let store = database.open().await?;
    store.apply(&store.plan(&[samples_table()]).await?).await?;
    let rows = rows()?;
    let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
    run(&store, vec![insert("samples", &names, rows.clone()).build()]).await?;
    let all = select("samples", &COLUMNS, Condition::always()).build();
    assert_eq!(store.read(&all).await?, rows);
    let odd = "a\u{1}b'\"; DROP TABLE samples; --\u{feff}\u{202e}";
    let big = "x".repeat(1 << 20);
    for (id, text) in [(100, odd), (101, big.as_str())] {
        let row = vec![i64::from(id).into(), text.into()];
        run(&store, vec![insert("samples", &["id", "words"], vec![row]).build()]).await?;
        assert_eq!(ids(&store, "samples", Condition::eq("words", text)).await?, [i64::from(id)]);
    }
    // A text with a zero byte comes back as well, or is refused.
    let zero = insert("samples", &["id", "words"], vec![vec![102.into(), "a\0b".into()]]);
    match run(&store, vec![zero.build()]).await {
        Ok(_) => {
            let found = ids(&store, "samples", Condition::eq("words", "a\0b")).await?;
            assert_eq!(found, [102]);
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Invalid),
    }
    for number in [f64::NAN, f64::INFINITY] {
        let row = vec![200.into(), number.into()];
        let refused = run(&store, vec![insert("samples", &["id", "ratio"], vec![row]).build()]);
        assert_eq!(refused.await.expect_err("no number").kind(), ErrorKind::Invalid);
    }
    Ok(())
}

async fn prices(database: &Database, prices: &[&str]) -> Result<Store> {
    let store = database.open().await?;
    let columns = vec![required("id", Type::Int), column("price", Type::Decimal)];
    store.apply(&store.plan(&[table("items", columns)]).await?).await?;
    let mut rows = Vec::new();
    for (id, price) in (1_i64..).zip(prices) {
        let price = if price.is_empty() { Value::Null } else { price.parse::<Decimal>()?.into() };
        rows.push(vec![id.into(), price]);
    }
    if !rows.is_empty() {
        run(&store, vec![insert("items", &["id", "price"], rows).build()]).await?;
    }
    Ok(store)
}

pub(crate) async fn decimals_compare_by_value(database: &Database) -> Result<()> {
    let store = prices(database, &["500.00", "499.99", "1000", "-3", "500.01", "", "-0.0"]).await?;
    let price = |op, text: &str| {
        Ok::<_, wfruntime::Error>({
            Condition::Compare("price", op, Value::Decimal(text.parse()?))
        })
    };
    assert_eq!(ids(&store, "items", price(Op::Eq, "500")?).await?, [1]);
    assert_eq!(ids(&store, "items", price(Op::Gt, "500.0")?).await?, [3, 5]);
    assert_eq!(ids(&store, "items", price(Op::Eq, "0")?).await?, [7]);
    let sorted = Select {
        order: vec![("price", true)],
        ..select("items", &[("id", Type::Int)], Condition::always())
    };
    let found = crate::database::numbers(&store.read(&sorted.build()).await?);
    assert_eq!(found, [3, 5, 1, 2, 7, 4, 6]);
    // The text does not grow with the zeros it was written with.
    let one = select("items", &[("price", Type::Decimal)], Condition::eq("id", 1_i64)).build();
    assert_eq!(store.read(&one).await?[0][0], Value::Decimal(Decimal::from(500)));
    Ok(())
}

async fn aggregate(store: &Store, function: Function, filter: Condition) -> Result<Value> {
    let ty = Type::Decimal;
    let query = Aggregate { table: "items", function, column: "price", ty, filter };
    Ok(store.read(&query.build()).await?.swap_remove(0).swap_remove(0))
}

pub(crate) async fn sums_are_exact(database: &Database) -> Result<()> {
    let tiny = "0.0000000000000000000000000001";
    let huge = "79228162514264337593543950335";
    let minus_huge = "-79228162514264337593543950335";
    let store =
        prices(database, &["0.1", "0.2", "", "-3.75", huge, tiny, minus_huge, "0.45"]).await?;
    let among = |ids: &[i64]| Condition::In("id", ids.iter().map(|&id| id.into()).collect());
    let decimal = |text: &str| Ok::<_, wfruntime::Error>(Value::Decimal(text.parse()?));
    let sum = async |ids: &[i64]| aggregate(&store, Function::Sum, among(ids)).await;
    assert_eq!(sum(&[1, 2]).await?, decimal("0.3")?);
    assert_eq!(sum(&[1, 2, 3, 4]).await?, decimal("-3.45")?);
    assert_eq!(sum(&[4, 8]).await?, decimal("-3.3")?);
    // Adding one after the other would lose the smallest.
    assert_eq!(sum(&[5, 6, 7]).await?, decimal(tiny)?);
    assert_eq!(sum(&[3]).await?, Value::Null);
    assert_eq!(sum(&[]).await?, Value::Null);
    assert_eq!(aggregate(&store, Function::Average, among(&[1, 2, 3])).await?, decimal("0.15")?);
    assert_eq!(aggregate(&store, Function::Min, Condition::always()).await?, decimal(minus_huge)?);
    assert_eq!(aggregate(&store, Function::Max, Condition::always()).await?, decimal(huge)?);
    let numbers = Aggregate {
        table: "items",
        function: Function::Sum,
        column: "id",
        ty: Type::Int,
        filter: Condition::always(),
    };
    assert_eq!(store.read(&numbers.build()).await?, [vec![Value::Int(36)]]);
    let average = Aggregate { function: Function::Average, ..numbers };
    assert_eq!(store.read(&average.build()).await?, [vec![Value::Float(4.5)]]);
    Ok(())
}

pub(crate) async fn sums_too_large_are_told(database: &Database) -> Result<()> {
    let huge = "79228162514264337593543950335";
    let store = prices(database, &[huge, huge]).await?;
    for function in [Function::Sum, Function::Average] {
        let error = match aggregate(&store, function, Condition::always()).await {
            Err(error) => error,
            // A store whose sums have no end knows the average all the same.
            Ok(value) => {
                assert_eq!(function, Function::Average);
                assert_eq!(value, Value::Decimal(huge.parse()?));
                continue;
            }
        };
        assert_eq!((error.kind(), error.all()[0].code.as_str()), (ErrorKind::TooLarge, "overflow"));
        assert_eq!(error.to_string(), "a sum is too large for its type");
    }
    run(&store, vec![insert("items", &["id"], vec![vec![i64::MAX.into()]]).build()]).await?;
    let (table, column, ty) = ("items", "id", Type::Int);
    let filter = Condition::always();
    let sum = Aggregate { table, function: Function::Sum, column, ty, filter };
    let error = store.read(&sum.build()).await.expect_err("too large");
    assert_eq!(error.all()[0].code, "overflow");
    Ok(())
}

pub(crate) async fn nulls_sort_first(database: &Database) -> Result<()> {
    let store = prices(database, &["2", "", "1", ""]).await?;
    for (descending, expected) in [(false, [2, 4, 3, 1]), (true, [1, 3, 2, 4])] {
        let sorted = Select {
            order: vec![("price", descending), ("id", false)],
            ..select("items", &[("id", Type::Int)], Condition::always())
        };
        let found = crate::database::numbers(&store.read(&sorted.build()).await?);
        assert_eq!(found, expected);
    }
    Ok(())
}

pub(crate) async fn a_page_of_rows(database: &Database) -> Result<()> {
    let store = prices(database, &["1", "2", "3", "4", "5"]).await?;
    let all = select("items", &[("id", Type::Int)], Condition::always());
    for (limit, offset, expected) in [
        (Some(2), None, vec![1, 2]),
        (Some(2), Some(3), vec![4, 5]),
        (None, Some(4), vec![5]),
        (Some(0), None, vec![]),
        (Some(u64::MAX), Some(9), vec![]),
    ] {
        let page = Select { limit, offset, ..all.clone() };
        let found = crate::database::numbers(&store.read(&page.build()).await?);
        assert_eq!(found, expected, "{limit:?} {offset:?}");
    }
    let count = Count { table: "items", filter: Condition::Compare("id", Op::Gt, 2_i64.into()) };
    assert_eq!(store.read(&count.build()).await?, [vec![Value::Int(3)]]);
    Ok(())
}

pub(crate) async fn rows_by_their_values(database: &Database) -> Result<()> {
    let store = prices(database, &["2", "1", "2.0", "3"]).await?;
    let filter = Condition::Compare("id", Op::Lt, 4_i64.into());
    let by = CountBy { table: "items", columns: vec![("price", Type::Decimal)], filter };
    let mut found = store.read(&by.build()).await?;
    found.sort_by_key(|row| row[1].as_int());
    let row = |price, count| vec![Value::Decimal(Decimal::from(price)), Value::Int(count)];
    assert_eq!(found, [row(1, 1), row(2, 2)], "equal ones are one, however they are written");
    Ok(())
}

pub(crate) async fn ten_thousand_rows(database: &Database) -> Result<()> {
    let store = database.open().await?;
    store.apply(&store.plan(&[samples_table()]).await?).await?;
    let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let rows: Vec<Vec<Value>> = (0..10_000_i64)
        .map(|id| {
            let mut row = vec![Value::Null; names.len()];
            row[0] = id.into();
            row
        })
        .collect();
    let statements = insert("samples", &names, rows).build_all();
    assert!(statements.len() > 1, "one statement cannot hold them");
    let changed: u64 = run(&store, statements).await?.iter().sum();
    assert_eq!(changed, 10_000);
    assert_eq!(ids(&store, "samples", Condition::always()).await?.len(), 10_000);
    Ok(())
}

pub(crate) async fn conflicts_name_fields(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann"), book(1, 1, "One")]).await?;
    let fields = async |statement| {
        let error = run(&store, vec![statement]).await.expect_err("it is refused");
        let said = error.to_string().to_uppercase();
        assert!(!said.contains("CONSTRAINT") && !said.contains("INSERT"), "{said}");
        let fields: Vec<String> = error.all().iter().filter_map(|f| f.field.clone()).collect();
        (error.kind(), error.all()[0].code.clone(), fields)
    };
    let conflict = |code: &str, fields: &[&str]| {
        let fields: Vec<String> = fields.iter().map(|&field| field.into()).collect();
        (ErrorKind::Conflict, code.to_owned(), fields)
    };
    assert_eq!(fields(author(2, "Ann")).await, conflict("unique", &["authors.name"]));
    assert_eq!(fields(author(1, "Bob")).await, conflict("unique", &["authors.id"]));
    assert_eq!(
        fields(book(2, 1, "One")).await,
        conflict("unique", &["books.author_id", "books.title"])
    );
    assert_eq!(fields(book(2, 9, "Two")).await, conflict("reference", &[]));
    let gone = Delete { table: "authors", filter: Condition::eq("id", 1_i64) }.build();
    assert_eq!(fields(gone).await, conflict("restrict", &[]));
    let nameless = insert("authors", &["id", "name"], vec![vec![2.into(), Value::Null]]).build();
    let (kind, code, named) = fields(nameless).await;
    assert_eq!(
        (kind, code.as_str(), named),
        (ErrorKind::Invalid, "required", vec!["authors.name".into()])
    );
    Ok(())
}

pub(crate) async fn references_hold(database: &Database) -> Result<()> {
    use crate::database::reference;
    use wfruntime::store::schema::OnDelete;
    let store = database.library().await?;
    let notes = table(
        "notes",
        vec![
            required("id", Type::Int),
            reference("with_id", "books", OnDelete::Cascade),
            reference("beside_id", "books", OnDelete::SetNull),
        ],
    );
    store.apply(&store.plan(&[notes]).await?).await?;
    let note = |id: i64, with: Option<i64>, beside: Option<i64>| {
        let row = vec![id.into(), with.into(), beside.into()];
        insert("notes", &["id", "with_id", "beside_id"], vec![row]).build()
    };
    run(
        &store,
        vec![
            author(1, "Ann"),
            book(1, 1, "One"),
            book(2, 1, "Two"),
            note(1, Some(1), Some(2)),
            note(2, Some(2), Some(1)),
        ],
    )
    .await?;
    let gone = Delete { table: "books", filter: Condition::eq("id", 1_i64) };
    assert_eq!(run(&store, vec![gone.build()]).await?, [1]);
    assert_eq!(ids(&store, "notes", Condition::always()).await?, [2]);
    assert_eq!(ids(&store, "notes", Condition::Null("beside_id")).await?, [2]);
    Ok(())
}

pub(crate) async fn expectations_end_units(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    let update = |id: i64, returning: bool| Update {
        table: "authors",
        set: vec![("name", Set::To("Eve".into()))],
        filter: Condition::eq("id", id),
        returning: if returning { vec![("id", Type::Int)] } else { vec![] },
    };
    for (expect, kind) in [
        (Expect::Lease, ErrorKind::Fenced),
        (Expect::Row, ErrorKind::NotFound),
        (Expect::Unchanged, ErrorKind::Conflict),
    ] {
        for returning in [false, true] {
            let statement = Query::expect(&update(9, returning), expect);
            let failed = run(&store, vec![author(2, "Bob"), statement.clone()]).await;
            assert_eq!(failed.expect_err("no such row").kind(), kind);
            let queried =
                store.write(|tx| Box::pin(async move { tx.query(&statement).await })).await;
            assert_eq!(queried.expect_err("no such row").kind(), kind);
        }
        assert_eq!(run(&store, vec![Query::expect(&update(1, false), expect)]).await?, [1]);
    }
    assert_eq!(run(&store, vec![update(9, false).build()]).await?, [0]);
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    Ok(())
}

pub(crate) async fn inserts_meet_existing_rows(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    let rows = vec![vec![1.into(), "Bob".into()], vec![2.into(), "Cid".into()]];
    let both = |conflict| Insert { conflict, ..insert("authors", &["id", "name"], rows.clone()) };
    let names = select("authors", &[("name", Type::Text)], Condition::always()).build();
    assert_eq!(run(&store, vec![both(OnConflict::Ignore(vec!["id"])).build()]).await?, [1]);
    let found = store.read(&names).await?;
    assert_eq!(found, [vec![Value::from("Ann")], vec![Value::from("Cid")]]);
    assert_eq!(run(&store, vec![both(OnConflict::Replace(vec!["id"])).build()]).await?, [2]);
    let found = store.read(&names).await?;
    assert_eq!(found, [vec![Value::from("Bob")], vec![Value::from("Cid")]]);
    Ok(())
}

pub(crate) async fn updates_count_and_return(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann"), book(1, 1, "One"), book(2, 1, "Two")]).await?;
    let set = async |set: Set, filter: Condition| {
        let returning = vec![("id", Type::Int), ("copies", Type::Int)];
        let update = Update { table: "books", set: vec![("copies", set)], filter, returning };
        let statement = update.build();
        store.write(|tx| Box::pin(async move { tx.query(&statement).await })).await
    };
    let one = Condition::eq("id", 1_i64);
    let row = |copies: i64| vec![vec![Value::Int(1), Value::Int(copies)]];
    assert_eq!(set(Set::AtLeast(3_i64.into()), one.clone()).await?, row(3));
    assert_eq!(set(Set::AtLeast(2_i64.into()), one.clone()).await?, row(3));
    assert_eq!(set(Set::Plus(-5), one.clone()).await?, row(-2));
    assert_eq!(set(Set::To(7_i64.into()), one).await?, row(7));
    assert_eq!(set(Set::To(Value::Null), Condition::always()).await?.len(), 2);
    let deleted = Delete { table: "books", filter: Condition::eq("title", "Two") }.build();
    assert_eq!(run(&store, vec![deleted]).await?, [1]);
    assert_eq!(ids(&store, "books", Condition::always()).await?, [1]);
    Ok(())
}
