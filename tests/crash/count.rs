//! What the database holds: orders, executions, marks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::child::{Program, wait_for};

/// The program's workflows.
const KEYS: [&str; 6] = ["expire", "pack", "receive", "release", "split", "weigh"];
/// What they leave for each order, besides its label.
const MARKS: [&str; 9] =
    ["received", "packed", "weighed", "expired", "left", "right", "raced", "slept", "winner 1"];
/// Executions that go on by themselves: all but those that wait for a person.
const MOVING: &str = "SELECT count(*) FROM wf_executions WHERE state IS NOT NULL \
    AND (state <> 'waiting' OR id IN (SELECT execution_id FROM wf_timers))";

/// The rows of one moment.
pub(crate) struct Count {
    /// Number by id.
    orders: BTreeMap<i64, i64>,
    /// Key, order and status.
    executions: Vec<(String, i64, String)>,
    /// How often each text was left for an order.
    marks: BTreeMap<(i64, String), u32>,
    /// Executions that wait for a person.
    pub(crate) waiting: usize,
    /// Open tasks and timers of executions that are at their ends.
    left_open: i64,
}

impl Count {
    /// Waits until every execution is final or waits for a person, and reads.
    pub(crate) fn at_rest(program: &Program) -> Self {
        let connection = open(program);
        wait_for("everything to come to rest", || (moving(&connection) == 0).then_some(()));
        let count = |sql: &str| -> i64 {
            connection.query_row(sql, [], |row| row.get(0)).expect("a count")
        };
        let ended = "execution_id IN (SELECT id FROM wf_executions WHERE state IS NULL)";
        let left_open = count(&format!("SELECT count(*) FROM wf_tasks WHERE open AND {ended}"))
            + count(&format!("SELECT count(*) FROM wf_timers WHERE {ended}"));
        let rows = |sql: &str| -> Vec<(String, i64, String)> {
            let mut statement = connection.prepare(sql).expect("a statement");
            let rows = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .expect("rows");
            rows.collect::<Result<_, _>>().expect("rows")
        };
        let executions = rows("SELECT key, record_id, status FROM wf_executions");
        let orders = rows("SELECT '', id, CAST(number AS TEXT) FROM orders");
        let mut marks = BTreeMap::new();
        for (_, order, text) in rows("SELECT '', order_id, text FROM marks") {
            *marks.entry((order, text)).or_default() += 1;
        }
        let orders = orders
            .into_iter()
            .map(|(_, id, number)| (id, number.parse().expect("a number")))
            .collect();
        let waiting = executions.iter().filter(|(_, _, status)| status == "started").count();
        Self { orders, executions, marks, waiting, left_open }
    }

    /// One execution for each order and workflow, none besides, every node once, nothing lost.
    pub(crate) fn check(&self, what: &str, answered: &[i64]) {
        assert_eq!(self.left_open, 0, "{what}: tasks or timers of what is at its end");
        let numbers: BTreeSet<i64> = self.orders.values().copied().collect();
        assert_eq!(numbers.len(), self.orders.len(), "{what}: an order twice");
        for number in answered {
            assert!(numbers.contains(number), "{what}: order {number} was answered and is lost");
        }
        let mut fired: BTreeMap<(i64, &str), u32> = BTreeMap::new();
        for (key, order, status) in &self.executions {
            assert!(self.orders.contains_key(order), "{what}: an execution without a commit");
            *fired.entry((*order, key)).or_default() += 1;
            let waits = key == "release" && status == "started";
            assert!(waits || status == "resolved", "{what}: {key} of {order} is {status}");
        }
        for (order, number) in &self.orders {
            for key in KEYS {
                let count = fired.get(&(*order, key)).copied().unwrap_or(0);
                assert_eq!(count, 1, "{what}: executions of {key} for order {number}");
            }
            for text in MARKS.into_iter().chain([format!("label {number}").as_str()]) {
                let count = self.marks.get(&(*order, text.to_owned())).copied().unwrap_or(0);
                assert_eq!(count, 1, "{what}: `{text}` of order {number}");
            }
        }
        let released = self
            .executions
            .iter()
            .filter(|(key, _, status)| key == "release" && status == "resolved")
            .count();
        let marked = self.marks.iter().filter(|((_, text), _)| text == "released");
        let marked: u32 = marked.map(|(_, count)| *count).sum();
        assert_eq!(released, marked as usize, "{what}: releases and their marks");
    }
}

/// How many executions are under way, whether or not the program runs.
pub(crate) fn in_flight(program: &Program) -> i64 {
    moving(&open(program))
}

fn moving(connection: &Connection) -> i64 {
    connection.query_row(MOVING, [], |row| row.get(0)).expect("a count")
}

/// The database as it is: nothing of it is changed, not even its log is copied.
fn open(program: &Program) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(program.database(), flags).expect("the database");
    connection.busy_timeout(Duration::from_secs(5)).expect("a timeout");
    connection
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} orders, {} executions ({} waiting), {} marks, none lost, none twice",
            self.orders.len(),
            self.executions.len(),
            self.waiting,
            self.marks.values().sum::<u32>()
        )
    }
}
