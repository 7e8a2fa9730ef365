//! Ten thousand executions that wait: what they cost, and that the right ones wake.

use std::path::Path;
use std::process::Command;

use futures_util::future::join_all;
use jiff::SignedDuration;

use super::*;
use crate::engine::signals::NewSignal;
use crate::store::sql::Select;
use crate::value::Type;

const WAITING: i64 = 10_000;
/// The most that they may cost, in KiB.
const MOST: u64 = 20 * 1024;
/// Names the database to a child process.
const DATABASE: &str = "WF_WAITING_DATABASE";

/// Waits for time, for a person or for a signal, as the amount says; then pays.
fn waits(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        match claim.amount % 3 {
            0 => cx.sleep(SignedDuration::from_hours(claim.amount)).await?,
            1 => cx.approve("Well?").by_role("boss").await.map(drop)?,
            _ => cx.signal("go").await.map(drop)?,
        }
        cx.create(Payment::new().claim(&claim).amount(claim.amount)).await.map(drop)
    })
}

async fn world_at(database: &Path) -> World {
    let url = format!("sqlite:{}", database.display());
    let store = Store::open(&url, Options::default()).await.expect("a store");
    let clock = Clock::manual(start_of_time());
    let core = core(store, &[workflow("waits", waits)], clock, Settings::default(), true).await;
    World { core, folder: Arc::new(tempfile::tempdir().expect("a folder")) }
}

/// The memory of this process that is in use, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches("kB").trim().parse().expect("a number")
}

/// What a process with this database needs once it has started.
async fn measured(database: &Path) -> u64 {
    let world = world_at(database).await;
    world.core.engine.start().await.expect("an engine");
    world.settled().await;
    memory()
}

/// Has a child process measure itself.
fn memory_with(database: &Path) -> u64 {
    let test = "engine::tests::memory::ten_thousand_waiting_executions_cost_little_and_wake";
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program);
    child.args([test, "--exact", "--nocapture"]).env(DATABASE, database);
    let output = child.output().expect("a child");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = text.split_once("MEMORY=").and_then(|(_, rest)| rest.split_whitespace().next());
    found.and_then(|found| found.parse().ok()).unwrap_or_else(|| panic!("it says {text}"))
}

#[tokio::test]
async fn ten_thousand_waiting_executions_cost_little_and_wake() {
    if let Some(database) = std::env::var_os(DATABASE) {
        println!("MEMORY={} ", measured(Path::new(&database)).await);
        return;
    }
    let none = World::still(&[workflow("waits", waits)]).await;
    close(&none).await;
    let world = World::still(&[workflow("waits", waits)]).await;
    for hundred in 0..WAITING / 100 {
        let fired = (1..=100).map(|one| {
            let world = &world;
            async move {
                let claim = world.claim(hundred * 100 + one).await;
                world.fire_for("waits", &claim).await
            }
        });
        join_all(fired).await;
    }
    world.settled().await;
    assert_eq!(count(&world, "state", "waiting").await, WAITING);
    close(&world).await;

    let database = |world: &World| world.folder.path().join("engine.db");
    let (without, with) = (memory_with(&database(&none)), memory_with(&database(&world)));
    assert!(with <= without + MOST, "{with} KiB with them, {without} without");

    let next = world_at(&database(&world)).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    assert_eq!(count(&next, "state", "waiting").await, WAITING);
    assert_eq!(count(&next, "epoch", 1_i64).await, WAITING, "none was read at the start");
    // Five of them wait for 15 hours at most.
    next.core.clock.advance(SignedDuration::from_hours(15));
    until_paid(&next, 5).await;
    let boss = person(3, "boss");
    let open = Condition::eq("open", true);
    let found = tasks::list(&next.core.store, &boss, open, Vec::new(), 1, 0).await;
    let (tasks, count_of_tasks) = found.expect("tasks");
    assert_eq!(count_of_tasks, 3334);
    next.decide(&boss, tasks[0].id, Outcome::Approved, None).await.expect("a decision");
    until_paid(&next, 6).await;
    let signal = NewSignal::new(&next.core, &boss, "go", &serde_json::json!(null));
    let id = waits_for_a_signal(&next).await;
    next.core.engine.signal(id, &signal.expect("a signal")).await.expect("it is sent");
    until_paid(&next, 7).await;
    assert_eq!(count(&next, "state", "waiting").await, WAITING - 7, "nobody else was woken");
}

/// Ends what runs, and lets go of the database, which another process opens then.
async fn close(world: &World) {
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    world.core.store.shutdown().await.expect("a closed database");
}

/// How many executions have this value in a column.
async fn count(world: &World, column: &'static str, value: impl Into<Value>) -> i64 {
    let query = Count { table: EXECUTIONS, filter: Condition::eq(column, value) };
    let rows = world.core.store.read(&query.build().unbounded()).await.expect("a count");
    rows[0][0].as_int().expect("a number")
}

async fn until_paid(world: &World, payments: i64) {
    let paid = async {
        while world.payments().await < payments {
            world.settled().await;
            tokio::task::yield_now().await;
        }
    };
    soon(paid).await;
    world.settled().await;
    assert_eq!(world.payments().await, payments);
}

/// One of the executions that wait for a signal.
async fn waits_for_a_signal(world: &World) -> i64 {
    let query = Select {
        table: execution::JOBS,
        columns: vec![("execution_id", Type::Int)],
        filter: Condition::eq("kind", "signal").and(Condition::eq("status", "pending")),
        order: Vec::new(),
        limit: Some(1),
        offset: None,
    };
    let rows = world.core.store.read(&query.build().unbounded()).await.expect("a job");
    rows[0][0].as_int().expect("an id")
}
