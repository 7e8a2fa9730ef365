//! Killed at the edges of a moment, started again: none lost, none twice.

use std::time::Duration;

use rusqlite::Connection;

use crate::child::{Program, wait_for};

/// How many ticks of which moments there are.
fn ticks(program: &Program) -> (i64, i64, i64) {
    let Ok(database) = Connection::open(program.database()) else { return (0, 0, 0) };
    let text = "SELECT count(*), count(DISTINCT second), coalesce(max(second) - min(second), 0) \
                FROM ticks";
    let counts = database.query_row(text, (), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    counts.unwrap_or((0, 0, 0))
}

#[test]
fn every_edge_of_a_moment_can_be_the_last() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_ticking"));
    for edge in ["at_moment:2", "after_moment:2", "before_node:1", "after_node:1", "at_moment:1"] {
        program.start_with(&["--addr", "127.0.0.1:0"], &[("WF_CRASH_AT", edge)]);
        wait_for(edge, || program.is_gone().then_some(()));
        let _ = program.ended();
    }
    program.start();
    let (before, ..) = ticks(&program);
    wait_for("ticks", || (ticks(&program).0 > before + 2).then_some(()));
    assert!(program.terminate().success());
    std::thread::yield_now();
    program.start();
    std::thread::park_timeout(Duration::from_millis(1500));
    assert!(program.terminate().success());
    let (count, moments, seconds) = ticks(&program);
    assert_eq!(count, moments, "a moment ran twice");
    assert_eq!(moments, seconds + 1, "a moment was lost");
}
