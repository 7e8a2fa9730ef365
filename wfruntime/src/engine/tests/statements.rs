//! The statements of `workflow!`, each run to its end, and again by a process that takes over.
//!
//! Every workflow passes a `gate` after what it is about. In the second run the process dies in
//! there, so that another one answers all that stands before it from its jobs.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

use jiff::SignedDuration;

use super::*;
use crate::execution::JobStatus;
use crate::store::sql::Select;
use crate::workflow;
use crate::workflow::Workflow;

static CLOSED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
static REACHED: tokio::sync::Notify = tokio::sync::Notify::const_new();

/// Lets nothing pass that is closed.
async fn gate(key: &str) -> Result<()> {
    let is_closed = CLOSED.lock().expect("a lock").contains(key);
    if is_closed {
        REACHED.notify_one();
        std::future::pending::<()>().await;
    }
    Ok(())
}

async fn double(amount: i64) -> Result<i64> {
    Ok(amount * 2)
}

workflow! {
    #[post_action(mode = "local")]
    shadows<Claim> {
        let amount = data.amount;
        if amount > 10 {
            let amount = amount * 2;
            run gate("shadows");
            create Payment { claim: data.id, amount };
        }
        create Payment { claim: data.id, amount };
    }

    #[post_action(mode = "local")]
    finds<Claim> {
        create Payment { claim: data.id, amount: 7, reference: "a" };
        create Payment { claim: data.id, amount: 3, reference: "b" };
        let small = find Payment where claim == data.id && amount < 5;
        let large = find Payment where claim == data.id && amount > 50;
        run gate("finds");
        require small.is_some(), "none found";
        require large.is_some(), "no large one for {data.title}";
    }

    #[post_action(mode = "local")]
    binds<Claim> {
        let mut payment = create Payment { claim: data.id, amount: 7 };
        run gate("binds");
        update payment { amount: payment.amount + 1 };
        let doubled = run double(payment.amount);
        update payment { amount: doubled, reference: "paid" };
        require payment.amount == 16 && payment.reference.is_some();
    }

    #[post_action(mode = "local")]
    updates<Claim> {
        update data { amount: data.amount + 1 };
        run gate("updates");
        update data { title: "Rome", amount: data.amount * 2 };
        require data.amount == 1002 && data.title == "Rome", "{data.title}: {data.amount}";
    }

    #[post_action(mode = "local")]
    branches<Claim> {
        if data.amount > 1000 {
            run gate("branches");
            end failed "far too much";
        } else if data.amount > 100 {
            if data.title == "Rome" {
                end;
            } else if data.title == "Berlin" {
                run gate("branches");
                update data { title: "Bonn" };
            } else {
                end failed "{data.title}?";
            }
            create Payment { claim: data.id, amount: 100 };
        } else {
            run gate("branches");
            if data.amount < 0 {
                end;
            }
        }
        create Payment { claim: data.id, amount: 1 };
    }

    #[post_action(mode = "local")]
    otherwise<Claim> {
        let Some(payment) = find Payment where claim == data.id else {
            create Payment { claim: data.id, amount: 2 };
            run gate("otherwise");
            end failed "none for {data.title}";
        };
        create Payment { claim: data.id, amount: payment.amount };
    }

    #[post_action(mode = "local")]
    texts<Claim> {
        let payment = create Payment { claim: data.id, amount: 7 };
        run gate("texts");
        end failed "{{{data.title}}} {payment.reference}|{user}|{user.nickname}|{ data.amount } }}{{";
    }

    #[post_action(mode = "local")]
    deletes<Claim> {
        let payment = create Payment { claim: data.id, amount: 7 };
        delete payment;
        let found = find Payment where claim == data.id;
        run gate("deletes");
        require found.is_none(), "it is still there";
        delete data;
        update data { amount: 1 };
    }

    #[post_action(mode = "local")]
    updates_many<Claim> {
        create Payment { claim: data.id, amount: 1 };
        create Payment { claim: data.id, amount: 2 };
        create Payment { claim: data.id, amount: 30 };
        let changed = update Payment where claim == data.id && amount < 10 { amount: 10 };
        run gate("updates_many");
        let again = update Payment where reference.is_some() { amount: 0 };
        end failed "{changed} and {again}";
    }

    #[post_action(mode = "local")]
    before_and_user<Claim> {
        if let Some(before) = before {
            end failed "{before.amount}";
        }
        run gate("before_and_user");
        require user.is_none() && role == "employee";
    }

    #[post_action(mode = "local", retry = 1)]
    tries<Claim> {
        run flaky() retry 5;
        create Payment { claim: data.id, amount: 5 };
    }
}

/// Workflow, the claim's amount, status, error, the claim's title and amount, the payments.
type Case = (
    &'static WorkflowMeta,
    i64,
    Status,
    Option<&'static str>,
    Option<(&'static str, i64)>,
    &'static [i64],
);

fn cases() -> Vec<Case> {
    use Status::{Failed, Resolved};
    vec![
        (shadows::META, 500, Resolved, None, Some(("Berlin", 500)), &[500, 1000]),
        (finds::META, 5, Failed, Some("no large one for Berlin"), Some(("Berlin", 5)), &[3, 7]),
        (binds::META, 5, Resolved, None, Some(("Berlin", 5)), &[16]),
        (updates::META, 500, Resolved, None, Some(("Rome", 1002)), &[]),
        (updates::META, 5, Failed, Some("Rome: 12"), Some(("Rome", 12)), &[]),
        (branches::META, 2000, Failed, Some("far too much"), Some(("Berlin", 2000)), &[]),
        (branches::META, 500, Resolved, None, Some(("Bonn", 500)), &[1, 100]),
        (branches::META, 50, Resolved, None, Some(("Berlin", 50)), &[1]),
        (branches::META, -5, Resolved, None, Some(("Berlin", -5)), &[]),
        (otherwise::META, 5, Failed, Some("none for Berlin"), Some(("Berlin", 5)), &[2]),
        (texts::META, 5, Failed, Some("{Berlin} |||5 }{"), Some(("Berlin", 5)), &[7]),
        (deletes::META, 5, Failed, Some("the record no longer exists"), None, &[]),
        (updates_many::META, 5, Failed, Some("2 and 0"), Some(("Berlin", 5)), &[10, 10, 30]),
        (before_and_user::META, 5, Resolved, None, Some(("Berlin", 5)), &[]),
    ]
}

/// What a case left behind: the execution's end, the claim, the payments' amounts, the jobs.
async fn left(
    world: &World,
    id: i64,
) -> (Status, Option<String>, Option<(String, i64)>, Vec<i64>, Vec<String>) {
    let (status, error) = world.outcome(id).await;
    let claims = rows(world, Claim::definition()).await;
    let claim = claims.first().map(|row| {
        let claim = Record::<Claim>::from_row(row.clone()).expect("a claim");
        (claim.title.clone(), claim.amount)
    });
    let payments = rows(world, Payment::definition()).await.into_iter();
    let mut amounts: Vec<i64> =
        payments.map(|row| Record::<Payment>::from_row(row).expect("a payment").amount).collect();
    amounts.sort_unstable();
    let jobs = world.found(id).await.1;
    assert!(jobs.iter().all(|job| job.status != JobStatus::Pending), "{id}");
    let mut keys: Vec<String> = jobs.into_iter().map(|job| job.key).collect();
    keys.sort_unstable();
    (status, error, claim, amounts, keys)
}

async fn rows(world: &World, definition: &'static Definition) -> Vec<Row> {
    let select = Select {
        table: definition.table(),
        columns: definition.columns.iter().map(|column| (column.name, column.kind.ty())).collect(),
        filter: Condition::always(),
        order: vec![("id", false)],
        limit: None,
        offset: None,
    };
    let rows = world.core.store.read(&select.build()).await.expect("rows");
    rows.into_iter().map(|values| Row::new(definition, values)).collect()
}

#[tokio::test]
async fn every_statement_ends_the_same_with_and_without_a_crash() {
    for (meta, amount, status, error, claim, payments) in cases() {
        let key = meta.key;
        CLOSED.lock().expect("a lock").remove(key);
        let world = World::started(&[*meta]).await;
        let fired = world.claim(amount).await;
        let id = world.fire_for(key, &fired).await;
        let through = left(&world, id).await;
        let found = (through.0, through.1.as_deref(), &through.2, through.3.as_slice());
        let claim = claim.map(|(title, amount)| (title.to_owned(), amount));
        assert_eq!(found, (status, error, &claim, payments), "{key} {amount}");

        CLOSED.lock().expect("a lock").insert(key.to_owned());
        let dead = World::started(&[*meta]).await;
        let fired = dead.claim(amount).await;
        let id = dead.fire_for(key, &fired).await;
        soon(REACHED.notified()).await;
        crate::engine::lock(&dead.core.engine.tasks).abort_all();
        CLOSED.lock().expect("a lock").remove(key);
        let next = dead.beside(&[*meta]).await;
        next.core.engine.start().await.expect("an engine");
        assert_eq!(left(&next, id).await, through, "{key} {amount}, after a crash");
    }
}

static ATTEMPTS: AtomicU32 = AtomicU32::new(0);

async fn flaky() -> Result<u32> {
    match ATTEMPTS.fetch_add(1, Ordering::SeqCst) {
        0..4 => Err(Error::internal("no line")),
        attempts => Ok(attempts),
    }
}

#[tokio::test]
async fn a_run_that_fails_four_times_of_five_goes_on() {
    let world = World::still(&[*tries::META]).await;
    let id = world.fire("tries").await;
    // It rests between two attempts until the clock says so.
    soon(async {
        while matches!(world.status(id).await, Status::Queued | Status::Started) {
            world.core.clock.advance(SignedDuration::from_secs(60));
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let jobs = world.found(id).await.1;
    let tried = jobs.iter().find(|job| job.key == "run#1").expect("its job");
    assert_eq!((tried.status, tried.attempts), (JobStatus::Resolved, 5));
    assert_eq!(world.payments().await, 1);
}
