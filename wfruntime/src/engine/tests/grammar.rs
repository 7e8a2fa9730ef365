//! Bodies of `workflow!`, run on the engine and run again after a restart.

mod blocks;
mod nested;
#[cfg(feature = "request")]
mod requests;

use jiff::SignedDuration;

use super::*;
use crate::Workflow;
use crate::store::sql::Op;

/// A world with these workflows, on a clock that stands still.
async fn world<W: Workflow>() -> World {
    World::still(&[*W::META]).await
}

/// The amounts paid, in the order in which they were.
async fn paid(world: &World) -> Vec<i64> {
    let definition = Payment::definition();
    let columns = definition.columns.iter().map(|column| (column.name, column.kind.ty()));
    let query = crate::store::sql::Select {
        table: definition.table(),
        columns: columns.collect(),
        filter: Condition::always(),
        order: vec![("id", false)],
        limit: None,
        offset: None,
    };
    let rows = world.core.store.read(&query.build().unbounded()).await.expect("payments");
    let amount = definition.columns.len() - 1;
    rows.iter().map(|row| row[amount].as_int().expect("a number")).collect()
}

/// Another process goes on with what this one began.
async fn restarted<W: Workflow>(world: World) -> World {
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let next = world.beside(&[*W::META]).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    next
}

/// Until all that was due has been done: a timer that fires leaves its execution ready.
async fn at_rest(world: &World) {
    let now = world.core.clock.now();
    let due = Condition::Compare("due_at", Op::Lte, now.into());
    let waits = Condition::In("state", vec![Value::Null, "waiting".into()]);
    let works = Condition::Not(Box::new(waits));
    let rests = async {
        loop {
            world.settled().await;
            let due = count(world, crate::execution::TIMERS, due.clone()).await;
            if due + count(world, EXECUTIONS, works.clone()).await == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    soon(rests).await;
}

async fn count(world: &World, table: &'static str, filter: Condition) -> i64 {
    let rows = world.core.store.read(&Count { table, filter }.build()).await.expect("a count");
    rows[0][0].as_int().expect("a number")
}

/// Moves the clock by days, one at a time, until the execution has ended.
async fn after_days(world: &World, id: i64) -> (Status, Option<String>) {
    loop {
        at_rest(world).await;
        let execution = world.found(id).await.0;
        if execution.status != Status::Started {
            return (execution.status, execution.error);
        }
        world.core.clock.advance(SignedDuration::from_hours(24));
    }
}

async fn keys(world: &World, id: i64) -> Vec<String> {
    let (_, jobs) = world.found(id).await;
    let mut keys: Vec<String> = jobs.into_iter().map(|job| job.key).collect();
    keys.sort_unstable();
    keys
}

workflow! {
    /// Pays by how much is asked for.
    #[post_action(mode = "local", key = "grammar_choice")]
    choice<Claim> {
        let title = data.title.clone();
        match data.amount {
            0 => end,
            amount if amount > 1000 => {
                create Payment { claim: data.id, amount: 1000 };
                end failed "{title} asks for {amount}";
            }
            amount @ 1..=9 => create Payment { claim: data.id, amount },
            _ => (),
        }
        match title.as_str() {
            "Berlin" | "Bonn" => create Payment { claim: data.id, amount: data.amount };,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_match_takes_the_first_arm_that_fits() {
    let world = world::<choice>().await;
    for (amount, outcome, payments) in [
        (0, (Status::Resolved, None), vec![]),
        (5, (Status::Resolved, None), vec![5, 5]),
        (500, (Status::Resolved, None), vec![500]),
        (5000, (Status::Failed, Some("Berlin asks for 5000".to_owned())), vec![1000]),
    ] {
        let before = paid(&world).await.len();
        let claim = world.claim(amount).await;
        let id = world.fire_for("grammar_choice", &claim).await;
        assert_eq!(world.outcome(id).await, outcome, "{amount}");
        assert_eq!(paid(&world).await[before..], payments, "{amount}");
    }
}

workflow! {
    /// Pays in parts, some of them not at all.
    #[post_action(mode = "local", key = "grammar_loops")]
    loops<Claim> {
        let parts = vec![1, 2, 3, 4, 5];
        for part in parts {
            if part == 2 {
                continue;
            }
            for (index, share) in [10, 20, 30].into_iter().enumerate() {
                if index == 1 {
                    if part == 1 { continue; } else { break; }
                }
                let paid = create Payment { claim: data.id, amount: part * share };
                let Some(first) = find Payment where amount == paid.amount else { continue; };
                require first.amount == paid.amount;
            }
            if parts[2] == part {
                break;
            }
        }
        for _ in 0..1 {}
        update data { title: "Paid" };
    }
}

#[tokio::test]
async fn loops_nest_and_each_pass_has_keys_of_its_own() {
    let world = world::<loops>().await;
    let id = world.fire("grammar_loops").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(paid(&world).await, [10, 30, 30]);
    assert_eq!(
        keys(&world, id).await,
        [
            "for#1.0/for#1.0/first",
            "for#1.0/for#1.0/paid",
            "for#1.0/for#1.2/first",
            "for#1.0/for#1.2/paid",
            "for#1.2/for#1.0/first",
            "for#1.2/for#1.0/paid",
            "update#1",
        ]
    );
}

workflow! {
    /// Pays a little each day.
    #[post_action(mode = "local", key = "grammar_days")]
    days<Claim> {
        let start = run today();
        for day in 1..=3 {
            create Payment { claim: data.id, amount: day };
            match day {
                1 => sleep 1 day,
                2 => sleep std::time::Duration::from_secs(24 * 3600),
                _ => sleep until start + SignedDuration::from_hours(96),
            }
        }
        sleep until start;
        create Payment { claim: data.id, amount: 4 };
    }
}

#[expect(clippy::unused_async, reason = "`run` calls it")]
async fn today() -> Result<Timestamp> {
    Ok(start_of_time())
}

#[tokio::test]
async fn a_loop_that_sleeps_goes_on_after_a_restart() {
    let world = world::<days>().await;
    let id = world.fire("grammar_days").await;
    world.settled().await;
    assert_eq!(paid(&world).await, [1]);
    let world = restarted::<days>(world).await;
    assert_eq!(paid(&world).await, [1]);
    world.core.clock.advance(SignedDuration::from_hours(25));
    let second = async {
        while paid(&world).await.len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    soon(second).await;
    world.settled().await;
    let world = restarted::<days>(world).await;
    assert_eq!(paid(&world).await, [1, 2]);
    assert_eq!(after_days(&world, id).await, (Status::Resolved, None));
    assert_eq!(paid(&world).await, [1, 2, 3, 4]);
}

workflow! {
    /// Counts what was paid.
    #[post_action(mode = "local", key = "grammar_reads")]
    reads<Claim> {
        for amount in [30, 10, 20, 40] {
            create Payment { claim: data.id, amount };
        }
        let many = count Payment where amount > 10;
        require many == 3, "{many} are more than 10";
        let all = list Payment order amount desc limit 3;
        let amounts: Vec<i64> = all.iter().map(|payment| payment.amount).collect();
        require amounts == [40, 30, 20];
        let Some(least) = find Payment where amount > 10 order amount, id desc else {
            end failed "nothing paid";
        };
        require least.amount == 20;
        let total = sum Payment.amount where claim == data.id;
        let middle = average Payment.amount;
        let lowest = min Payment.amount;
        let highest = max Payment.amount where amount < 40;
        require total == Some(100), "{total}";
        require middle == Some(25.0), "{middle}";
        require lowest == Some(10) && highest == Some(30);
        let mut mine = data.clone();
        update data { title: "Counted" };
        refresh mine;
        require mine.title == "Counted";
        let gone = delete Payment where amount == 10 || amount == 20;
        require gone == 2;
        for payment in all {
            if payment.amount == 40 {
                delete payment;
            }
        }
    }
}

#[tokio::test]
async fn records_are_summed_up_sorted_and_deleted() {
    let world = world::<reads>().await;
    let id = world.fire("grammar_reads").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(paid(&world).await, [30]);
}

workflow! {
    /// Pays when somebody says how much.
    #[post_action(mode = "local", key = "grammar_ask")]
    asks<Claim> {
        for round in 1..=2 {
            let paid = ask "Pay {data.title}, part {round}" {
                by: [Id::<User>::new(5), Id::<User>::new(6)],
                /// How much
                #[field(range = 1..=1000)]
                amount: i64,
                reference: Option<String>,
            };
            create Payment { claim: data.id, amount: paid.amount, reference: paid.reference };
        }
        let more = ask "More?" { by: Id::<User>::new(5), within: 2 days, amount: i64 };
        require more.is_none();
        let Some(late) = ask "Late?" { by: Id::<User>::new(5), within: 1 day, amount: i64 } else {
            ask "Really?" { by: Id::<User>::new(5), within: 1 day, sure: bool };
            end;
        };
        create Payment { claim: data.id, amount: late.amount };
    }
}

#[tokio::test]
async fn an_ask_gives_its_fields_in_each_pass_and_ends_with_its_time() {
    let mut world = world::<asks>().await;
    let id = world.fire("grammar_ask").await;
    world.settled().await;
    for round in 1..=2 {
        world = restarted::<asks>(world).await;
        let task = world.task_of(id).await;
        assert_eq!(task.title, format!("Pay Berlin, part {round}"));
        let fields = serde_json::json!(task.fields);
        assert_eq!(fields[0]["title"], "How much");
        let values = serde_json::json!({"amount": round, "reference": format!("part {round}")});
        let given = crate::engine::tasks::Submission::values(&values);
        world.core.engine.submit(&person(5, "x"), task.id, given).await.expect("an answer");
        world.settled().await;
    }
    assert_eq!(paid(&world).await, [1, 2]);
    let failed = (Status::Failed, Some("nobody answered in time".to_owned()));
    assert_eq!(after_days(&world, id).await, failed);
    assert_eq!(paid(&world).await, [1, 2]);
}

workflow! {
    /// Calls the others and looks at what they say.
    #[post_action(mode = "local", key = "grammar_calls")]
    calls<Claim> {
        call small(data);
        let big = call large(data.id);
        require !big.is_resolved();
        create Payment { claim: data.id, amount: 2 };
        call large(data);
        create Payment { claim: data.id, amount: 3 };
    }

    /// Pays a little.
    #[post_action(mode = "local", key = "grammar_small")]
    small<Claim> {
        sleep 1 day;
        create Payment { claim: data.id, amount: 1 };
    }

    /// Pays nothing.
    #[post_action(mode = "local", key = "grammar_large")]
    large<Claim> {
        end failed "{data.amount} is too much";
    }
}

#[tokio::test]
async fn a_called_workflow_that_fails_ends_the_caller() {
    let metas = [*calls::META, *small::META, *large::META];
    let world = World::still(&metas).await;
    let id = world.fire("grammar_calls").await;
    world.settled().await;
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let world = world.beside(&metas).await;
    world.core.engine.start().await.expect("an engine");
    let failed = (Status::Failed, Some("500 is too much".to_owned()));
    assert_eq!(after_days(&world, id).await, failed);
    assert_eq!(paid(&world).await, [1, 2]);
    assert_eq!(keys(&world, id).await, ["big", "call#1", "call#2", "create#1"]);
}

workflow! {
    /// Calls from blocks within blocks.
    #[post_action(mode = "local", key = "grammar_deep")]
    deep<Claim> {
        for _ in 0..1 {
            parallel {
                { call small(data); }
                { if data.amount > 5 { call self::large(data); } }
            }
        }
        match data.amount {
            0 => call calls(data),
            _ => (),
        }
    }
}

#[test]
fn the_start_knows_all_calls_of_a_body() {
    let called = deep::META.calls.iter().map(|(called, _)| called().key).collect::<Vec<_>>();
    assert_eq!(called, ["grammar_small", "grammar_large", "grammar_calls"]);
}
