//! What only SQLite's store promises: its file, its lock, its log, its messages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wfruntime::store::sql::{Condition, Query};
use wfruntime::store::{Durability, Options, Store};
use wfruntime::{Error, ErrorKind, Result, Type};

use crate::database::{author, ids, insert, library, run, select, sqlite};

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

fn file() -> Result<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("claims.db");
    Ok((folder, path))
}

/// The error of opening; it names `path`.
async fn fails(url: &str, code: &str, path: &Path) -> Error {
    let error = Store::open(url, Options::default()).await.expect_err("it cannot be opened");
    assert_eq!(error.kind(), ErrorKind::Startup, "{error}");
    assert_eq!(error.all()[0].code, code, "{error}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    error
}

#[tokio::test]
async fn a_file_that_is_no_database() -> Result<()> {
    let (folder, path) = file()?;
    fs::write(&path, "dear diary, ".repeat(1000))?;
    fails(&url(&path), "not_a_database", &path).await;
    assert!(fs::read_to_string(&path)?.starts_with("dear diary"), "it is left as it was");
    fails(&url(folder.path()), "not_a_database", folder.path()).await;
    Ok(())
}

#[tokio::test]
async fn a_file_or_folder_that_cannot_be_written() -> Result<()> {
    let (folder, path) = file()?;
    Store::open(&url(&path), Options::default()).await?.shutdown().await?;
    let set = |path: &Path, read_only: bool| -> Result<()> {
        let mut permissions = fs::metadata(path)?.permissions();
        permissions.set_readonly(read_only);
        Ok(fs::set_permissions(path, permissions)?)
    };
    set(&path, true)?;
    fails(&url(&path), "read_only", &path).await;
    set(&path, false)?;
    set(folder.path(), true)?;
    fails(&url(&path), "read_only", folder.path()).await;
    set(folder.path(), false)?;
    Store::open(&url(&path), Options::default()).await?;
    Ok(())
}

#[tokio::test]
async fn a_missing_folder_and_an_unknown_url() -> Result<()> {
    let (folder, _) = file()?;
    let missing = folder.path().join("nowhere");
    fails(&url(&missing.join("claims.db")), "missing_folder", &missing).await;
    for wrong in
        ["", "claims.db", "mysql://claims", "sqlite:", "sqlite://", "sqlite://a.db?mode=rwc"]
    {
        let error = Store::open(wrong, Options::default()).await.expect_err("no database");
        assert_eq!(error.all()[0].code, "unknown_database");
        assert!(error.to_string().contains("sqlite://claims.db"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_second_server() -> Result<()> {
    let (_folder, path) = file()?;
    let store = Store::open(&url(&path), Options::default()).await?;
    let lock = path.with_extension("db.lock");
    let error = fails(&url(&path), "locked", &lock).await;
    assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
    // The other commands work beside it.
    let beside = Options { lock: false, ..Options::default() };
    Store::open(&url(&path), beside).await?.shutdown().await?;
    store.shutdown().await?;
    Store::open(&url(&path), Options::default()).await?;
    Ok(())
}

#[tokio::test]
async fn a_command_beside_the_server_waits_for_nobody() -> Result<()> {
    let (_folder, path) = file()?;
    let store = Store::open(&url(&path), Options::default()).await?;
    store.apply(&store.plan(&library()).await?).await?;
    let mut snapshot = store.snapshot().await?;
    let beside = Options { lock: false, ..Options::default() };
    let beside = Store::open(&url(&path), beside).await?;
    run(&beside, vec![author(1, "Ann")]).await?;
    let begun = std::time::Instant::now();
    beside.shutdown().await?;
    assert!(begun.elapsed() < Options::default().busy, "it waited for the server's reader");
    let all = select("authors", &[("id", Type::Int)], Condition::always()).build();
    assert!(snapshot.query(&all).await?.is_empty());
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    Ok(())
}

#[tokio::test]
async fn a_killed_server_leaves_no_lock() -> Result<()> {
    let (_folder, path) = file()?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_store-load"))
        .arg(url(&path))
        .stdout(Stdio::piped())
        .spawn()?;
    let mut first = [0; 1];
    std::io::Read::read_exact(child.stdout.as_mut().expect("it is piped"), &mut first)?;
    fails(&url(&path), "locked", &path).await;
    child.kill()?;
    child.wait()?;
    Store::open(&url(&path), Options::default()).await?;
    Ok(())
}

#[tokio::test]
async fn a_temporary_database() -> Result<()> {
    let store = Store::open("sqlite://:memory:", Options::default()).await?;
    let other = Store::open("sqlite://:memory:", Options::default()).await?;
    store.apply(&store.plan(&library()).await?).await?;
    run(&store, vec![author(1, "Ann")]).await?;
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    assert!(!other.plan(&library()).await?.is_empty(), "each is its own");
    Ok(())
}

#[tokio::test]
async fn a_stored_value_that_cannot_be_read() -> Result<()> {
    let (_folder, path) = file()?;
    let store = Store::open(&url(&path), Options::default()).await?;
    store.apply(&store.plan(&[crate::model::samples_table()]).await?).await?;
    let raw = rusqlite::Connection::open(&path)?;
    let broken = [
        ("flag", Type::Bool, "2"),
        ("number", Type::Int, "'many'"),
        ("money", Type::Decimal, "'a lot'"),
        ("moment", Type::Timestamp, "'yesterday'"),
        ("token", Type::Uuid, "'x'"),
        ("document", Type::Json, "'{'"),
        ("words", Type::Text, "CAST(X'ff' AS TEXT)"),
    ];
    raw.create_collation("decimal", |left, right| left.cmp(right))?;
    for (column, ty, sql) in broken {
        raw.execute_batch(&format!(
            "DELETE FROM samples; INSERT INTO samples (id, {column}) VALUES (1, {sql})"
        ))?;
        let statement = select("samples", &[(column, ty)], Condition::always()).build();
        let error = store.read(&statement).await.expect_err("it cannot be read");
        assert!(error.to_string().contains(&format!("samples.{column}")), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn another_process_that_writes_without_end() -> Result<()> {
    let (_folder, path) = file()?;
    let options = Options { busy: std::time::Duration::from_millis(50), ..Options::default() };
    let store = Store::open(&url(&path), options).await?;
    store.apply(&store.plan(&library()).await?).await?;
    let raw = rusqlite::Connection::open(&path)?;
    raw.execute_batch("BEGIN IMMEDIATE")?;
    let error = run(&store, vec![author(1, "Ann")]).await.expect_err("it has to wait");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.all()[0].code, "busy");
    raw.execute_batch("COMMIT")?;
    run(&store, vec![author(1, "Ann")]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_small_and_is_copied_when_idle() -> Result<()> {
    let (_folder, path) = file()?;
    let options = Options { durability: Durability::Normal, ..Options::default() };
    let store = Store::open(&url(&path), options).await?;
    store.apply(&store.plan(&library()).await?).await?;
    let name = "x".repeat(20_000);
    // 60 MiB by a writer that never rests.
    let tasks = (0..4_i64).map(|task| {
        let (store, name) = (store.clone(), name.clone());
        tokio::spawn(async move {
            for round in 0..750 {
                let id = task * 750 + round;
                run(&store, vec![author(id, &format!("{id} {name}"))]).await?;
            }
            Ok::<_, Error>(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    let log = path.with_extension("db-wal");
    let size = fs::metadata(&log)?.len();
    assert!(size < 32 << 20, "the log is {size} bytes long");
    store.shutdown().await?;
    assert!(!log.exists(), "closed, the file is all there is");
    Ok(())
}

#[tokio::test]
async fn nobody_reads_sql_in_a_message() -> Result<()> {
    let database = sqlite()?;
    let store = database.library().await?;
    let unknown = insert("nowhere", &["id"], vec![vec![1.into()]]).build();
    let error = run(&store, vec![unknown]).await.expect_err("no such table");
    assert!(!error.to_string().to_uppercase().contains("INSERT"), "{error}");
    Ok(())
}
