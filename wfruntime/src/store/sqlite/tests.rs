//! What can only be provoked from inside: a full disk, and what stands in the file.

use std::sync::mpsc;

use super::super::schema::{ColumnSpec, TableSpec};
use super::super::sql::{Condition, Count, Insert, OnConflict, Query};
use super::super::{Options, Statement, Store};
use crate::error::{ErrorKind, Result};
use crate::value::Type;

async fn notes() -> Result<Store> {
    let store = Store::open("sqlite://:memory:", Options::default()).await?;
    let columns = vec![ColumnSpec::new("id", Type::Int), ColumnSpec::new("body", Type::Text)];
    let table =
        TableSpec { was: None, name: "notes", columns, key: vec!["id"], indexes: Vec::new() };
    store.apply(&store.plan(&[table]).await?).await?;
    Ok(store)
}

fn note(id: i64, length: usize) -> Statement {
    let rows = vec![vec![id.into(), "x".repeat(length).into()]];
    let columns = vec!["id", "body"];
    Insert { table: "notes", columns, rows, conflict: OnConflict::Fail }.build()
}

async fn count(store: &Store) -> Result<Option<i64>> {
    let count = Count { table: "notes", filter: Condition::always() }.build();
    Ok(store.read(&count).await?.first().and_then(|row| row.first()?.as_int()))
}

/// Lets the file grow by this many pages and no further.
async fn limit(store: &Store, further: i64) -> Result<()> {
    let limited = store.write(move |tx| {
        Box::pin(async move {
            let connection = tx.inner.sqlite()?;
            let pages: i64 =
                connection.raw.pragma_query_value(None, "page_count", |row| row.get(0))?;
            connection.raw.pragma_update_and_check(
                None,
                "max_page_count",
                pages + further,
                |_| Ok(()),
            )?;
            Ok(())
        })
    });
    limited.await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_what_fits_goes_on() -> Result<()> {
    let store = notes().await?;
    store.write(|tx| Box::pin(async move { tx.execute(&note(1, 10)).await })).await?;
    limit(&store, 4).await?;
    // Held, so that all three are one group.
    let (release, held) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let holder = tokio::spawn({
        let store = store.clone();
        async move {
            let held = store.write(move |_| {
                Box::pin(async move {
                    begun.send(())?;
                    let _ = held.recv();
                    Ok(())
                })
            });
            held.await
        }
    });
    tokio::task::block_in_place(|| begins.recv())?;
    let write = |id, length| {
        store.write(move |tx| Box::pin(async move { tx.execute(&note(id, length)).await }))
    };
    let all = async { tokio::join!(write(2, 10), write(3, 1 << 20), write(4, 10)) };
    let mut all = Box::pin(all);
    assert!(futures_util::poll!(&mut all).is_pending());
    drop(release);
    let (before, too_large, after) = all.await;
    holder.await??;
    let error = too_large.expect_err("there is no room for it");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.all()[0].code, "disk_full");
    assert!(error.to_string().contains("free some space"), "{error}");
    // SQLite gives up all that is not yet committed; nobody is told that it is there.
    assert_eq!(before.expect_err("it was given up").all()[0].code, "disk_full");
    assert_eq!(after?, 1);
    assert_eq!(count(&store).await?, Some(2));
    limit(&store, 4000).await?;
    store.write(|tx| Box::pin(async move { tx.execute(&note(3, 1 << 20)).await })).await?;
    assert_eq!(count(&store).await?, Some(3));
    Ok(())
}

#[tokio::test]
async fn a_group_that_cannot_be_committed_fails_whole() -> Result<()> {
    let store = notes().await?;
    let lost = store.write(|tx| {
        Box::pin(async move {
            tx.execute(&note(1, 10)).await?;
            // As SQLite does by itself when the disk fails in the middle.
            let connection = tx.inner.sqlite()?;
            connection.raw.execute_batch("ROLLBACK")?;
            Ok(())
        })
    });
    assert_eq!(lost.await.expect_err("it is not there").kind(), ErrorKind::Unavailable);
    store.write(|tx| Box::pin(async move { tx.execute(&note(2, 10)).await })).await?;
    assert_eq!(count(&store).await?, Some(1));
    Ok(())
}
