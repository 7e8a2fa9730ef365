//! A store that refuses for a while: the engine waits, and no execution ends because of it.

use std::path::PathBuf;

use futures_util::FutureExt as _;

use super::*;
use crate::collection::Filter;
use crate::engine::queue::Entry;
use crate::execution::Fields;
use crate::store::Snapshot as View;
use crate::store::sql::Select;
use crate::value::Type;

/// While it lives, nobody can read: every reader is in use, and none can be opened.
struct Unreadable {
    _views: Vec<View>,
    file: PathBuf,
    away: PathBuf,
}

impl Unreadable {
    async fn begin(world: &World) -> Self {
        let mut views = Vec::new();
        for _ in 0..=Options::default().readers {
            views.push(world.core.store.snapshot().await.expect("a view"));
        }
        let file = world.folder.path().join("engine.db");
        let away = world.folder.path().join("away.db");
        std::fs::rename(&file, &away).expect("moved away");
        let query = crate::engine::journal::jobs_of(1);
        let refused = world.core.store.read(&query).await.expect_err("no reader is left");
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        Self { _views: views, file, away }
    }
}

impl Drop for Unreadable {
    fn drop(&mut self) {
        std::fs::rename(&self.away, &self.file).expect("moved back");
    }
}

/// The status as the writer sees it.
async fn stored_status(world: &World, id: i64) -> Status {
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("status", Type::Text)],
        filter: Condition::eq("id", id),
        order: Vec::new(),
        limit: None,
        offset: None,
    }
    .build();
    let unit = world.core.store.write(move |tx| Box::pin(async move { tx.query(&query).await }));
    let row = unit.await.expect("a read").pop().expect("an execution");
    Fields::new(row).word(Status::parse).expect("a status")
}

/// Lets other tasks of this thread go on.
async fn turns() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_node_that_reads_waits_until_the_store_can_be_read() {
    static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
    static FREE: tokio::sync::Notify = tokio::sync::Notify::const_new();
    let world = World::started(&[workflow("reads", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            STARTED.notify_one();
            FREE.notified().await;
            let found = cx.get(claim.id).await?;
            assert_eq!(found.map(|found| found.amount), Some(claim.amount));
            STARTED.notify_one();
            FREE.notified().await;
            assert_eq!(cx.count(Filter::<Claim>::all()).await?, 1);
            Ok(())
        })
    })])
    .await;
    let id = world.fire("reads").await;
    for _ in 0..2 {
        soon(STARTED.notified()).await;
        let unreadable = Unreadable::begin(&world).await;
        FREE.notify_one();
        turns().await;
        assert_eq!(stored_status(&world, id).await, Status::Started);
        drop(unreadable);
    }
    assert_eq!(ended(&world, id).await, Status::Resolved);
}

#[tokio::test]
async fn an_execution_whose_context_cannot_be_read_yet_waits() {
    let world = World::started(&[workflow("plain", |_| Box::pin(async { Ok(()) }))]).await;
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("plain", &claim, NewStatus::Queued)).await;
    let (id, workflow, record) = (execution.id, execution.workflow, execution.line());
    let unreadable = Unreadable::begin(&world).await;
    world.core.engine.queue().add(Entry { id, workflow, record, resumed: false, snapshot: None });
    world.core.engine.work.notify_one();
    while stored_status(&world, id).await == Status::Queued {
        tokio::task::yield_now().await;
    }
    turns().await;
    assert_eq!(stored_status(&world, id).await, Status::Started);
    drop(unreadable);
    assert_eq!(ended(&world, id).await, Status::Resolved);
}

#[tokio::test]
async fn a_full_queue_refuses_requests_and_not_the_engine() {
    let meta = workflow("waits", |call| {
        Box::pin(async move { call.cx.approve("Well?").by_role("boss").await.map(drop) })
    });
    let world = World::still(&[meta]).await;
    let id = world.fire("waits").await;
    world.settled().await;
    let (store, now) = (&world.core.store, world.core.clock.now());
    // The writer is busy, and as many as may wait do.
    let (free, held) = std::sync::mpsc::channel::<()>();
    let (begun, begins) = std::sync::mpsc::channel::<()>();
    let busy = store.write(move |_| {
        Box::pin(async move {
            begun.send(())?;
            Ok(held.recv().is_err())
        })
    });
    assert!(busy.now_or_never().is_none());
    // Else it would make room for others when it is taken out of the queue.
    begins.recv().expect("the unit begins");
    let refused = loop {
        if let Some(answer) = store.write(|_| Box::pin(async { Ok(()) })).now_or_never() {
            break answer.expect_err("the queue is full");
        }
    };
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    let mut refusals = Vec::new();
    let mut try_now = |what: &'static str, answer: Option<Result<()>>| {
        if let Some(Err(error)) = answer {
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            refusals.push(what);
        }
    };
    let aborted = control::end(store, id, Status::Aborted, now, "over").map(|it| it.map(drop));
    try_now("the end of an execution", aborted.now_or_never());
    try_now("its removal", control::destroy(store, id).now_or_never());
    try_now(
        "a look for others' writes",
        store.data_version().map(|it| it.map(drop)).now_or_never(),
    );
    assert_eq!(refusals, ["its removal"]);
    drop(free);
    assert_eq!(ended(&world, id).await, Status::Aborted);
}
