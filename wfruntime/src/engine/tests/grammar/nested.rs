//! Blocks in blocks: a run with a new process after each wait ends as one without.

use super::*;

/// What became of an execution: how it ended, what it paid, and the keys of its jobs.
#[derive(Debug, PartialEq)]
struct Run {
    outcome: (Status, Option<String>),
    paid: Vec<i64>,
    keys: Vec<String>,
}

/// Runs a workflow to its end, a day at a time; each day by another process if `restarts`.
async fn run<W: Workflow>(restarts: bool) -> (World, i64, Run) {
    let mut world = world::<W>().await;
    let id = world.fire(W::KEY).await;
    loop {
        at_rest(&world).await;
        if world.status(id).await != Status::Started {
            break;
        }
        if restarts {
            world = restarted::<W>(world).await;
            at_rest(&world).await;
        }
        world.core.clock.advance(SignedDuration::from_hours(24));
    }
    let outcome = world.outcome(id).await;
    let mut paid = paid(&world).await;
    paid.sort_unstable();
    let keys = keys(&world, id).await;
    (world, id, Run { outcome, paid, keys })
}

/// The same of both runs, and the world of the one with restarts.
async fn both<W: Workflow>() -> (World, i64, Run) {
    let (_, _, at_once) = run::<W>(false).await;
    let (world, id, run) = run::<W>(true).await;
    assert_eq!(run, at_once);
    (world, id, run)
}

workflow! {
    /// Leaves loops that stand in branches, which stand in a loop.
    #[post_action(mode = "local", key = "nested_blocks")]
    blocks<Claim> {
        for round in 1..=3 {
            match round {
                1 => parallel {
                    {
                        for part in 1..=4 {
                            if part == 3 {
                                if round == 1 { break; }
                            }
                            sleep 1 day;
                            create Payment { claim: data.id, amount: part };
                        }
                    }
                    {
                        let first = race {
                            { sleep 2 days; }
                            { approve "Quick?" { by: role(boss) }; }
                        };
                        require first == 0;
                        create Payment { claim: data.id, amount: 10 };
                    }
                },
                2 => {
                    for part in 1..=3 {
                        if part == 1 {
                            sleep 1 day;
                            continue;
                        }
                        let Some(ten) = find Payment where amount == 10 else { break; };
                        create Payment { claim: data.id, amount: ten.amount * part };
                    }
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn loops_branches_and_choices_stand_within_each_other() {
    let (_, _, run) = both::<blocks>().await;
    assert_eq!(run.outcome, (Status::Resolved, None));
    assert_eq!(run.paid, [1, 2, 10, 20, 30]);
    let branch = "for#1.0/match#1.0/parallel#1";
    for key in [
        format!("{branch}.0/for#1.1/sleep#1"),
        format!("{branch}.1/first"),
        format!("{branch}.1/first.0/sleep#1"),
        "for#1.1/match#1.1/for#1.0/if#1.0/sleep#1".to_owned(),
        "for#1.1/match#1.1/for#1.2/ten".to_owned(),
    ] {
        assert!(run.keys.contains(&key), "{key} in {:?}", run.keys);
    }
}

workflow! {
    /// Ends in one branch while people are asked in the others.
    #[post_action(mode = "local", key = "nested_end")]
    ends<Claim> {
        parallel {
            { approve "First?" { by: role(boss) }; }
            {
                for pass in 0..2 {
                    ask "Second {pass}?" { by: role(boss), within: 3 days, note: String };
                }
            }
            {
                race {
                    { signal "never"; }
                    {
                        for day in 1..=5 {
                            if day == 2 { end failed "day {day}"; }
                            sleep 10 hours;
                        }
                    }
                }
            }
        }
        create Payment { claim: data.id, amount: 1 };
    }
}

#[tokio::test]
async fn an_end_in_a_branch_closes_what_the_others_wait_for() {
    let (world, id, run) = both::<ends>().await;
    assert_eq!(run.outcome, (Status::Failed, Some("day 2".to_owned())));
    assert_eq!(run.paid, Vec::<i64>::new());
    let of_it = Condition::eq("execution_id", id);
    let open = of_it.clone().and(Condition::eq("open", true));
    assert_eq!(count(&world, crate::execution::TASKS, of_it.clone()).await, 2);
    assert_eq!(count(&world, crate::execution::TASKS, open).await, 0);
    assert_eq!(count(&world, crate::execution::TIMERS, of_it).await, 0);
}

workflow! {
    /// Uses each node about records in passes that wait.
    #[post_action(mode = "local", key = "nested_records")]
    records<Claim> {
        for pass in 1..=2 {
            create Payment { claim: data.id, amount: pass, reference: format!("{pass}") };
            parallel {
                {
                    sleep 1 day;
                    let changed = update Payment where amount == pass { amount: 10 * pass };
                    require changed == 1;
                }
                { update data { amount: data.amount + 1 }; sleep 1 day; }
            }
            refresh data;
            sleep 1 day;
            let number = count Payment where amount > 0;
            let total = sum Payment.amount where amount > 0;
            let mean = average Payment.amount;
            let least = min Payment.amount;
            let most = max Payment.amount where claim == data.id;
            let latest = find Payment where amount > 1 order amount desc;
            let all = list Payment order amount desc limit 5;
            sleep 1 day;
            require number == u64::try_from(pass)? && i64::try_from(all.len())? == pass;
            require latest.map(|payment| payment.amount) == most;
            require total >= most && least <= most && mean.is_some();
        }
        let gone = delete Payment where amount == 10;
        sleep 1 day;
        require gone == 1;
        let Some(left) = find Payment where claim == data.id else { end failed "none is left"; };
        delete left;
        sleep 1 day;
        create Payment { claim: data.id, amount: data.amount };
    }
}

#[tokio::test]
async fn nodes_about_records_answer_from_their_jobs() {
    let (_, _, run) = both::<records>().await;
    assert_eq!(run.outcome, (Status::Resolved, None));
    assert_eq!(run.paid, [502]);
}

workflow! {
    /// Asks again until somebody answers in time, five times at most.
    #[post_action(mode = "local", key = "nested_waits")]
    waits<Claim> {
        for pass in 1..=5 {
            if pass > 1 {
                let form = ask "Pass {pass}" { by: role(boss), within: 2 days, note: String };
                if form.is_none() && pass == 3 { break; }
            } else {
                let won = race {
                    { signal "paid" within 30 days; }
                    { approve "Pay?" { by: role(boss), within: 1 day, otherwise: approved }; }
                    { sleep until start_of_time() + SignedDuration::from_hours(24 * 9); }
                };
                require won == 1, "{won} was first";
            }
            create Payment { claim: data.id, amount: pass };
        }
        let signal = signal "paid" within 1 day;
        require signal.is_none();
    }
}

#[tokio::test]
async fn waits_in_loops_and_conditions_go_on_where_they_were() {
    let (world, id, run) = both::<waits>().await;
    assert_eq!(run.outcome, (Status::Resolved, None));
    assert_eq!(run.paid, [1, 2]);
    let open = Condition::eq("execution_id", id).and(Condition::eq("open", true));
    assert_eq!(count(&world, crate::execution::TASKS, open).await, 0);
}
