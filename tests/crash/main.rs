//! Killed at every durable edge, started again, counted: nothing lost, nothing twice.

#[path = "../child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;
mod count;
mod load;
mod writes;

use std::os::unix::process::ExitStatusExt as _;

use child::{Program, wait_for};
use count::{Count, in_flight};
use load::{Load, post_and_leave};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_crash-program");

/// What a process dies of that aborts itself, as it does at an edge.
const SIGABRT: i32 = 6;

/// A program that runs, with a buyer and a checker.
struct Shop {
    program: Program,
    buyer: String,
    checker: String,
}

impl Shop {
    fn open() -> Self {
        let mut program = Program::new(EXECUTABLE);
        program.start();
        let (buyer, checker) = (program.user("Bea", "buyer"), program.user("Chris", "checker"));
        Self { program, buyer, checker }
    }

    /// Starts the program again, to be killed at `edge`, and loads it until it is.
    fn crash_at(&mut self, edge: &str) -> Load {
        let _ = self.program.terminate();
        self.program.start_with(&["--addr", "127.0.0.1:0"], &[("WF_CRASH_AT", edge)]);
        let load = Load::run(&self.program, &self.buyer, &self.checker);
        wait_for(edge, || self.program.is_gone().then_some(()));
        let status = self.program.ended();
        assert_eq!(status.signal(), Some(SIGABRT), "{edge}: {status}");
        assert!(in_flight(&self.program) > 0, "{edge}: nothing was under way");
        load.end()
    }

    /// Waits until nothing moves, counts, then has everything released and counts again.
    fn settle(&mut self, what: &str, answered: &[i64]) {
        let waiting = Count::at_rest(&self.program);
        waiting.check(what, answered);
        load::release_all(&self.program, &self.checker);
        let done = Count::at_rest(&self.program);
        done.check(what, answered);
        println!("{what}: {} answered; {done}", answered.len());
        assert_eq!(done.waiting, 0, "{what}");
    }
}

#[test]
fn every_edge_can_be_the_last_moment() {
    // The number behind the colon is which of those moments it is: not always the first.
    let edges = [
        "before_commit:9",
        "after_commit:9",
        "at_claim:3",
        "after_claim:3",
        "before_node:7",
        "after_node:7",
        "before_call:3",
        "after_call:3",
        "at_suspend:5",
        "after_suspend:5",
        "at_timer:3",
        "after_timer:3",
        "at_decision:2",
        "after_decision:2",
        "at_completion:6",
        "before_branches:4",
        "after_branches:3",
    ];
    let mut shop = Shop::open();
    let mut answered = Vec::new();
    for edge in edges {
        let mut load = shop.crash_at(edge);
        shop.program.start();
        // Whether they were carried out is not known: sent again, each is there once.
        load::repeat(&shop.program, &shop.buyer, &mut load);
        answered.extend(load.answered);
        shop.settle(edge, &answered);
    }
    assert!(!answered.is_empty());
}

#[test]
fn killed_at_any_time() {
    let mut shop = Shop::open();
    let mut answered = Vec::new();
    for requests in [5, 40, 120, 300] {
        let load = Load::run(&shop.program, &shop.buyer, &shop.checker);
        load.wait_for(requests);
        shop.program.kill();
        assert!(in_flight(&shop.program) > 0, "nothing was under way after {requests}");
        let mut load = load.end();
        shop.program.start();
        load::repeat(&shop.program, &shop.buyer, &mut load);
        answered.extend(load.answered);
        shop.settle(&format!("kill -9 after {requests}"), &answered);
    }
}

#[test]
fn asked_to_end_under_load() {
    let mut shop = Shop::open();
    let load = Load::run(&shop.program, &shop.buyer, &shop.checker);
    load.wait_for(100);
    wait_for("work", || (in_flight(&shop.program) > 0).then_some(()));
    let status = shop.program.terminate();
    assert!(status.success(), "{status}");
    assert!(in_flight(&shop.program) > 0, "all was done before it ended");
    let load = load.end();
    assert!(load.answered.len() >= 100);
    shop.program.start();
    shop.settle("SIGTERM", &load.answered);
}

#[test]
fn the_client_is_gone_before_the_answer() {
    let mut shop = Shop::open();
    for number in 0..20 {
        post_and_leave(&shop.program, &shop.buyer, 1_000_000 + number, || {
            wait_for("the commit", || {
                let path = format!("/api/orders:list?filter={{\"number\":{}}}", 1_000_000 + number);
                let answer = shop.program.get(&shop.buyer, &path);
                (answer.body["meta"]["count"] == 1).then_some(())
            });
        });
    }
    let numbers: Vec<i64> = (0..20).map(|number| 1_000_000 + number).collect();
    shop.settle("20 clients gone", &numbers);
}
