//! What only PostgreSQL's store promises: its types, its locks, its messages.

use wf_tests::sql;
use wfruntime::store::sql::Condition;
use wfruntime::store::{Options, Store};
use wfruntime::testing::TestDatabase;
use wfruntime::{ErrorKind, Result};

use crate::database::{author, ids, library, run};
use crate::model::samples_table;

fn database() -> Result<TestDatabase> {
    TestDatabase::on(&wf_pg::server()?)
}

async fn opened(database: &TestDatabase) -> Result<Store> {
    Store::open(database.url(), Options::default()).await
}

async fn filled(database: &TestDatabase) -> Result<Store> {
    let store = opened(database).await?;
    store.apply(&store.plan(&library()).await?).await?;
    Ok(store)
}

#[tokio::test]
async fn each_type_is_the_servers_own() -> Result<()> {
    let database = database()?;
    let store = opened(&database).await?;
    store.apply(&store.plan(&[samples_table()]).await?).await?;
    let types = sql(
        database.url(),
        "SELECT string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' \
         ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'samples'::regclass AND attnum > 0",
    );
    assert_eq!(
        types,
        ["id bigint, flag boolean, number bigint, ratio double precision, words text, raw bytea, \
         money numeric, moment timestamp with time zone, day date, hour time without time zone, \
         local timestamp without time zone, token uuid, document jsonb"]
    );
    Ok(())
}

#[tokio::test]
async fn one_process_serves_a_database() -> Result<()> {
    let database = database()?;
    let store = opened(&database).await?;
    let options = Options { busy: std::time::Duration::ZERO, ..Options::default() };
    let second = Store::open(database.url(), options).await.expect_err("it is served");
    assert_eq!((second.kind(), second.all()[0].code.as_str()), (ErrorKind::Startup, "locked"));
    store.shutdown().await?;
    opened(&database).await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_opened_is_said() -> Result<()> {
    let database = database()?;
    let url = database.url().replace("/wf_test_", "/none_");
    let missing = Store::open(&url, Options::default()).await.expect_err("it is not there");
    assert_eq!(missing.all()[0].code, "no_database");
    assert!(missing.to_string().contains("`none_"), "{missing}");
    let url = "postgres://ann:secret@127.0.0.1:1/claims";
    let away = Store::open(url, Options::default()).await.expect_err("nobody listens");
    assert_eq!((away.kind(), away.all()[0].code.as_str()), (ErrorKind::Startup, "cannot_open"));
    assert!(!away.to_string().contains("secret"), "{away}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_are_made_anew() -> Result<()> {
    let database = database()?;
    let store = filled(&database).await?;
    run(&store, vec![author(1, "Ann")]).await?;
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    let mut written = vec![1];
    for id in 2..20_i64 {
        let _ = sql(
            database.url(),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        // The first one after it may be lost, and is then told so; none is lost that was answered.
        match run(&store, vec![author(id, &format!("author {id}"))]).await {
            Ok(_) => written.push(id),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}"),
        }
        assert_eq!(ids(&store, "authors", Condition::always()).await?, written);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_start_at_once_make_the_tables_once() -> Result<()> {
    let database = database()?;
    let beside = || Options { lock: false, ..Options::default() };
    let url = database.url();
    let (first, second) = tokio::join!(Store::open(url, beside()), Store::open(url, beside()));
    let (first, second) = (first?, second?);
    // Both plan before either applies.
    let (one, two) = (first.plan(&library()).await?, second.plan(&library()).await?);
    let (one, two) = tokio::join!(first.apply(&one), second.apply(&two));
    one?;
    two?;
    assert!(first.plan(&library()).await?.is_empty());
    let units = (1..=50_i64).map(|id| {
        let store = if id % 2 == 0 { &first } else { &second };
        run(store, vec![author(id, &format!("author {id}"))])
    });
    for written in futures_util::future::join_all(units).await {
        written?;
    }
    assert_eq!(ids(&second, "authors", Condition::always()).await?.len(), 50);
    Ok(())
}
