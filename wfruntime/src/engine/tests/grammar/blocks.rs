//! `parallel`, `race` and `signal` in bodies of `workflow!`.

use super::*;

workflow! {
    /// Pays in two ways at once, one of them later.
    #[post_action(mode = "local", key = "grammar_parallel")]
    both<Claim> {
        let share = data.amount / 2;
        parallel {
            {
                update data { title: "First" };
                sleep 1 day;
                create Payment { claim: data.id, amount: share, reference: data.title };
            }
            {
                for part in 1..=2 {
                    create Payment { claim: data.id, amount: part * share, reference: format!("{part}") };
                    sleep 1 day;
                }
            }
        }
        require data.title == "Berlin";
        refresh data;
        require data.title == "First";
        create Payment { claim: data.id, amount: 1 };
    }
}

#[tokio::test]
async fn parallel_branches_all_run_and_go_on_after_a_restart() {
    let world = world::<both>().await;
    let id = world.fire("grammar_parallel").await;
    world.settled().await;
    assert_eq!(paid(&world).await, [250]);
    let world = restarted::<both>(world).await;
    assert_eq!(after_days(&world, id).await, (Status::Resolved, None));
    let mut amounts = paid(&world).await;
    amounts.sort_unstable();
    assert_eq!(amounts, [1, 250, 250, 500]);
    assert_eq!(
        keys(&world, id).await,
        [
            "create#1",
            "parallel#1",
            "parallel#1.0/create#1",
            "parallel#1.0/sleep#1",
            "parallel#1.0/update#1",
            "parallel#1.1/for#1.0/create#1",
            "parallel#1.1/for#1.0/sleep#1",
            "parallel#1.1/for#1.1/create#1",
            "parallel#1.1/for#1.1/sleep#1",
            "refresh#1",
        ]
    );
}

workflow! {
    /// Ends in one branch while the other waits.
    #[post_action(mode = "local", key = "grammar_end_in_branch")]
    ends_early<Claim> {
        parallel {
            { sleep 20 days; create Payment { claim: data.id, amount: 1 }; }
            { sleep 1 day; end failed "{data.title} is closed"; }
        }
        create Payment { claim: data.id, amount: 2 };
    }
}

#[tokio::test]
async fn an_end_in_a_branch_ends_the_execution() {
    let world = world::<ends_early>().await;
    let id = world.fire("grammar_end_in_branch").await;
    let failed = (Status::Failed, Some("Berlin is closed".to_owned()));
    assert_eq!(after_days(&world, id).await, failed);
    assert_eq!(paid(&world).await, Vec::<i64>::new());
}

workflow! {
    /// Waits for a payment, or for the time it has.
    #[post_action(mode = "local", key = "grammar_race")]
    first<Claim> {
        for round in 1..=2 {
            let won = race {
                { sleep 3 days; }
                { sleep 1 day; create Payment { claim: data.id, amount: round }; }
                { signal "never"; }
            };
            match won {
                1 => continue,
                _ => end failed "{won} was first",
            }
        }
        race {
            { let paid = signal "paid" within 40 days; require paid.is_none(); }
            { sleep until start_of_time() + SignedDuration::from_hours(24 * 10); }
        }
        create Payment { claim: data.id, amount: 3 };
    }
}

#[tokio::test]
async fn the_first_branch_of_a_race_wins_also_after_a_restart() {
    let world = world::<first>().await;
    let id = world.fire("grammar_race").await;
    world.settled().await;
    let world = restarted::<first>(world).await;
    world.core.clock.advance(SignedDuration::from_hours(25));
    at_rest(&world).await;
    let world = restarted::<first>(world).await;
    assert_eq!(after_days(&world, id).await, (Status::Resolved, None));
    assert_eq!(paid(&world).await, [1, 2, 3]);
}

workflow! {
    /// Says that nothing came.
    #[post_action(mode = "local", key = "grammar_signal")]
    too_late<Claim> {
        signal "paid" within 2 days;
        create Payment { claim: data.id, amount: 1 };
    }
}

#[tokio::test]
async fn a_signal_that_does_not_come_in_time_ends_the_execution() {
    let world = world::<too_late>().await;
    let id = world.fire("grammar_signal").await;
    world.settled().await;
    let world = restarted::<too_late>(world).await;
    let failed = (Status::Failed, Some("no signal `paid` came in time".to_owned()));
    assert_eq!(after_days(&world, id).await, failed);
    assert_eq!(paid(&world).await, Vec::<i64>::new());
}
