//! The store of wfruntime.

use std::path::Path;
use std::time::{Duration, Instant};

use wfruntime::store::schema::{ColumnSpec, TableSpec};
use wfruntime::store::sql::{Insert, OnConflict, Query as _};
use wfruntime::store::{Options, Statement, Store};
use wfruntime::{Type, Value};

use crate::{CALLERS, CONTEXT, Fallible};

/// Commits a second.
pub(crate) async fn commits(file: &Path, length: Duration) -> Fallible<f64> {
    let store = Store::open(&format!("sqlite://{}", file.display()), Options::default()).await?;
    let plan = store.plan(&tables()).await?;
    store.apply(&plan).await?;
    let start = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| tokio::spawn(call(store.clone(), caller, start + length)))
        .collect();
    let mut done = 0_u32;
    for caller in callers {
        done += caller.await??;
    }
    let rate = f64::from(done) / start.elapsed().as_secs_f64();
    store.shutdown().await?;
    Ok(rate)
}

async fn call(store: Store, caller: i64, end: Instant) -> wfruntime::Result<u32> {
    let mut done = 0;
    while Instant::now() < end {
        let unit = statements(i64::from(done) * CALLERS + caller);
        store.write(|tx| Box::pin(async move { tx.batch(&unit).await })).await?;
        done += 1;
    }
    Ok(done)
}

fn statements(id: i64) -> [Statement; 2] {
    let record = Insert {
        table: "claims",
        columns: vec!["id", "project", "amount", "status"],
        rows: vec![vec![id.into(), text("Berlin"), text("400.00"), text("submitted")]],
        conflict: OnConflict::Fail,
    };
    let execution = Insert {
        table: "executions",
        columns: vec!["id", "record", "status", "context"],
        rows: vec![vec![id.into(), id.into(), text("queued"), text(CONTEXT)]],
        conflict: OnConflict::Fail,
    };
    [record.build(), execution.build()]
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn tables() -> [TableSpec; 2] {
    let column = |name, ty| ColumnSpec {
        name,
        ty,
        nullable: false,
        default: Value::Null,
        references: None,
        was: None,
        renamed: Vec::new(),
    };
    let texts = |names: [&'static str; 3]| names.map(|name| column(name, Type::Text));
    let table = |name, mut columns: Vec<ColumnSpec>| {
        columns.insert(0, column("id", Type::Int));
        TableSpec { was: None, name, columns, key: vec!["id"], indexes: Vec::new() }
    };
    [
        table("claims", texts(["project", "amount", "status"]).into()),
        table(
            "executions",
            vec![
                column("record", Type::Int),
                column("status", Type::Text),
                column("context", Type::Text),
            ],
        ),
    ]
}
