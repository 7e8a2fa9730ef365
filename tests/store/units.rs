//! Units of work: what they see, what stays of them, what others notice of them.

use std::sync::mpsc;

use wfruntime::store::sql::{Condition, Query};
use wfruntime::store::{Options, Store};
use wfruntime::{Error, ErrorKind, Result, Type, Value};

use crate::database::{Database, author, book, ids, insert, numbers, run, select};

/// Keeps the writer busy until the sender is used or dropped, so that what is queued meanwhile
/// becomes one group.
fn hold(store: &Store) -> (mpsc::Sender<()>, impl Future<Output = Result<()>> + use<>) {
    let (release, held) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let store = store.clone();
    let task = tokio::spawn(async move {
        store
            .write(move |_| {
                Box::pin(async move {
                    begun.send(())?;
                    // Either way it goes on.
                    let _ = held.recv();
                    Ok(())
                })
            })
            .await
    });
    tokio::task::block_in_place(|| begins.recv()).expect("the unit begins");
    (release, async move { task.await? })
}

pub(crate) async fn all_or_nothing(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    let failed = run(&store, vec![author(2, "Bob"), author(3, "Ann")]).await;
    assert_eq!(failed.expect_err("twice the same name").kind(), ErrorKind::Conflict);
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    let refused: Result<()> = store
        .write(|tx| {
            Box::pin(async move {
                tx.execute(&author(4, "Dan")).await?;
                Err(Error::invalid("no", "not today"))
            })
        })
        .await;
    assert_eq!(refused.expect_err("its own error").all()[0].code, "no");
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    Ok(())
}

pub(crate) async fn what_follows_a_commit_needs_no_caller(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    let (release, held) = hold(&store);
    let (follows, followed) = mpsc::channel();
    let mut calls = Vec::new();
    // The one in the middle fails, the last one panics behind its commit.
    for (id, name) in [(2, "Bob"), (3, "Ann"), (4, "Cid"), (5, "Dan")] {
        let follows = follows.clone();
        calls.push(Box::pin(store.write_then(
            move |tx| Box::pin(async move { tx.execute(&author(id, name)).await }),
            move |_| {
                let told = follows.send(id);
                assert!(id != 5 && told.is_ok(), "a bug in what follows");
            },
        )));
    }
    for call in &mut calls {
        assert!(futures_util::poll!(call.as_mut()).is_pending());
    }
    drop(calls);
    drop(release);
    held.await?;
    // Comes behind all of them: the writer lives.
    run(&store, vec![author(6, "Eve")]).await?;
    assert_eq!(followed.try_iter().collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1, 2, 4, 5, 6]);
    Ok(())
}

fn buggy() -> u64 {
    panic!("a bug in a unit")
}

pub(crate) async fn a_failing_unit_disturbs_nobody(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    let (release, held) = hold(&store);
    let first = store.write(|tx| Box::pin(async move { tx.execute(&author(2, "Bob")).await }));
    let failing = run(&store, vec![author(3, "Cid"), author(4, "Ann")]);
    let panicking = store.write(|tx| {
        Box::pin(async move {
            tx.execute(&author(5, "Eve")).await?;
            Ok(buggy())
        })
    });
    let pending = store.write(|tx| {
        Box::pin(async move {
            tx.execute(&author(6, "Fay")).await?;
            std::future::pending::<Result<u64>>().await
        })
    });
    let stubborn = store.write(|tx| {
        Box::pin(async move {
            tx.execute(&author(7, "Gus")).await?;
            let _ = tx.execute(&author(8, "Ann")).await;
            Ok(1)
        })
    });
    let dangling = run(&store, vec![author(9, "Hal"), book(1, 99, "Nobody's")]);
    let last = run(&store, vec![author(10, "Ida")]);
    let all = async { tokio::join!(first, failing, panicking, pending, stubborn, dangling, last) };
    // The first poll queues them all; then the writer may go on.
    let all = futures_util::future::maybe_done(all);
    tokio::pin!(all);
    std::future::poll_fn(|cx| {
        let _ = all.as_mut().poll(cx);
        std::task::Poll::Ready(())
    })
    .await;
    drop(release);
    held.await?;
    all.as_mut().await;
    let (first, failing, panicking, pending, stubborn, dangling, last) =
        all.take_output().expect("all are answered");
    assert_eq!(first?, 1);
    assert_eq!(failing.expect_err("twice the same name").kind(), ErrorKind::Conflict);
    let panicked = panicking.expect_err("it panicked");
    assert!(panicked.to_string().contains("a bug in a unit"), "{panicked}");
    assert_eq!(pending.expect_err("it waited").kind(), ErrorKind::Internal);
    assert_eq!(stubborn.expect_err("a statement failed").kind(), ErrorKind::Internal);
    assert_eq!(dangling.expect_err("no such author").kind(), ErrorKind::Conflict);
    assert_eq!(last?, [1]);
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1, 2, 10]);
    assert_eq!(ids(&store, "books", Condition::always()).await?, [0_i64; 0]);
    Ok(())
}

pub(crate) async fn units_run_in_order(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let mut answers = Vec::new();
    let (release, held) = hold(&store);
    for id in 1..=200_i64 {
        // Each finds all before it.
        let count = select("authors", &[("id", Type::Int)], Condition::always()).build();
        let store = store.clone();
        let mut answer = Box::pin(async move {
            let unit = store.write(move |tx| {
                Box::pin(async move {
                    let before = tx.query(&count).await?.len();
                    tx.execute(&author(id, &format!("author {id}"))).await?;
                    Ok(before)
                })
            });
            unit.await
        });
        assert!(futures_util::poll!(&mut answer).is_pending());
        answers.push(answer);
    }
    drop(release);
    held.await?;
    for (index, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.await?, index);
    }
    Ok(())
}

pub(crate) async fn a_unit_sees_its_own_writes(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let seen = store
        .write(|tx| {
            Box::pin(async move {
                tx.execute(&author(1, "Ann")).await?;
                let all = select("authors", &[("name", Type::Text)], Condition::always());
                tx.query(&all.build()).await
            })
        })
        .await?;
    assert_eq!(seen, [vec![Value::from("Ann")]]);
    Ok(())
}

pub(crate) async fn a_snapshot_stays(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    let all = select("authors", &[("id", Type::Int)], Condition::always()).build();
    let mut snapshot = store.snapshot().await?;
    run(&store, vec![author(2, "Bob")]).await?;
    assert_eq!(numbers(&snapshot.query(&all).await?), [1]);
    assert_eq!(numbers(&store.read(&all).await?), [1, 2]);
    run(&store, vec![author(3, "Cid")]).await?;
    assert_eq!(numbers(&snapshot.query(&all).await?), [1]);
    drop(snapshot);
    let mut later = store.snapshot().await?;
    assert_eq!(numbers(&later.query(&all).await?), [1, 2, 3]);
    let written = later.query(&author(4, "Dan")).await;
    assert!(written.is_err(), "a snapshot does not write");
    Ok(())
}

pub(crate) async fn a_full_queue_refuses(database: &Database) -> Result<()> {
    let store = database.library_with(Options { queue: 3, ..Options::default() }).await?;
    let (release, held) = hold(&store);
    let mut waiting = Vec::new();
    for id in 1..=3 {
        let mut answer = Box::pin(run(&store, vec![author(id, &format!("author {id}"))]));
        assert!(futures_util::poll!(&mut answer).is_pending());
        waiting.push(answer);
    }
    let refused = run(&store, vec![author(4, "too late")]).await.expect_err("it is full");
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert_eq!(refused.all()[0].code, "busy");
    let mut reserved = Box::pin(store.write_reserved(|tx| {
        Box::pin(async move { tx.execute(&author(5, "in its own place")).await })
    }));
    assert!(futures_util::poll!(&mut reserved).is_pending());
    let thread = std::thread::spawn({
        let store = store.clone();
        move || store.write_blocking(|tx| Box::pin(async { tx.execute(&author(6, "too")).await }))
    });
    drop(release);
    held.await?;
    for answer in waiting {
        answer.await?;
    }
    reserved.await?;
    tokio::task::block_in_place(|| thread.join()).expect("the thread ends well")?;
    run(&store, vec![author(7, "in time")]).await?;
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1, 2, 3, 5, 6, 7]);
    Ok(())
}

pub(crate) async fn shutdown_finishes_what_waits(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let (release, held) = hold(&store);
    let mut waiting = Vec::new();
    for id in 1..=100 {
        let mut answer = Box::pin(run(&store, vec![author(id, &format!("author {id}"))]));
        assert!(futures_util::poll!(&mut answer).is_pending());
        waiting.push(answer);
    }
    let mut closing = Box::pin(store.shutdown());
    assert!(futures_util::poll!(&mut closing).is_pending());
    let refused = run(&store, vec![author(101, "too late")]).await.expect_err("it closes");
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    drop(release);
    held.await?;
    for answer in waiting {
        answer.await?;
    }
    closing.await?;
    store.shutdown().await?;
    let read = ids(&store, "authors", Condition::always()).await;
    assert_eq!(read.expect_err("it is closed").kind(), ErrorKind::Unavailable);
    let again = database.open().await?;
    assert_eq!(ids(&again, "authors", Condition::always()).await?.len(), 100);
    Ok(())
}

pub(crate) async fn what_was_answered_is_there_after_reopening(database: &Database) -> Result<()> {
    let store = database.library().await?;
    run(&store, vec![author(1, "Ann"), book(1, 1, "One")]).await?;
    // Without a shutdown: the last handle waits for the writer.
    drop(store);
    let store = database.open().await?;
    assert_eq!(ids(&store, "books", Condition::always()).await?, [1]);
    Ok(())
}

pub(crate) async fn a_unit_runs_though_nobody_waits(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let (release, held) = hold(&store);
    {
        let mut answer = Box::pin(run(&store, vec![author(1, "Ann")]));
        assert!(futures_util::poll!(&mut answer).is_pending());
    }
    drop(release);
    held.await?;
    // Answered after the one before it.
    run(&store, vec![author(2, "Bob")]).await?;
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1, 2]);
    Ok(())
}

pub(crate) async fn threads_write_too(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let writer = store.clone();
    let thread = std::thread::spawn(move || {
        writer.write_blocking(|tx| Box::pin(async move { tx.execute(&author(1, "Ann")).await }))
    });
    let changed = tokio::task::block_in_place(|| thread.join()).expect("the thread ends well")?;
    assert_eq!(changed, 1);
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1]);
    Ok(())
}

pub(crate) async fn others_are_noticed(database: &Database) -> Result<()> {
    let store = database.library().await?;
    let before = store.data_version().await?;
    run(&store, vec![author(1, "Ann")]).await?;
    assert_eq!(store.data_version().await?, before, "its own writes are no news");
    let beside = database.open_with(Options { lock: false, ..Options::default() }).await?;
    assert_eq!(ids(&beside, "authors", Condition::always()).await?, [1]);
    run(&beside, vec![author(2, "Bob")]).await?;
    assert_ne!(store.data_version().await?, before);
    assert_eq!(ids(&store, "authors", Condition::always()).await?, [1, 2]);
    Ok(())
}

pub(crate) async fn long_reads_leave_the_task(database: &Database) -> Result<()> {
    let store = database.library_with(Options { readers: 1, ..Options::default() }).await?;
    let rows = (1..=1000).map(|id| vec![id.into(), format!("author {id}").into()]).collect();
    run(&store, vec![insert("authors", &["id", "name"], rows).build()]).await?;
    let all = select("authors", &[("id", Type::Int)], Condition::always()).build();
    let long = all.clone().unbounded();
    let reads = (0..8).map(|_| store.read(&long));
    for rows in futures_util::future::join_all(reads).await {
        assert_eq!(rows?.len(), 1000);
    }
    // One reader is kept; several at once still answer.
    let mut first = store.snapshot().await?;
    let mut second = store.snapshot().await?;
    assert_eq!(first.query(&all).await?, second.query(&all).await?);
    Ok(())
}
