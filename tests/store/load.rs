//! Writes without end and says what was answered; somebody kills it in the middle.

use std::io::Write as _;

use wfruntime::store::schema::{ColumnSpec, TableSpec};
use wfruntime::store::sql::{Insert, OnConflict, Query as _};
use wfruntime::store::{Options, Store};
use wfruntime::{Result, Type, Value};

const TASKS: i64 = 64;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_default();
    let store = Store::open(&url, Options::default()).await?;
    let column = |name| ColumnSpec {
        name,
        ty: Type::Int,
        nullable: false,
        default: Value::Null,
        references: None,
        was: None,
        renamed: Vec::new(),
    };
    let table = |name| TableSpec {
        was: None,
        name,
        columns: vec![column("id")],
        key: vec!["id"],
        indexes: Vec::new(),
    };
    let plan = store.plan(&[table("first"), table("second")]).await?;
    store.apply(&plan).await?;
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(write(store.clone(), task))).collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// One row in each of two tables, as one unit; then the id on a line of its own.
async fn write(store: Store, task: i64) -> Result<()> {
    for round in 0.. {
        let id = round * TASKS + task;
        let row = |table| {
            let rows = vec![vec![id.into()]];
            Insert { table, columns: vec!["id"], rows, conflict: OnConflict::Fail }.build()
        };
        let rows = [row("first"), row("second")];
        store.write(|tx| Box::pin(async move { tx.batch(&rows).await })).await?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{id}")?;
        out.flush()?;
    }
    Ok(())
}
