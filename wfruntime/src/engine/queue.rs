//! Which executions may start: lines, limits and fairness, in bounded memory.
//!
//! It is plain data, without store or clock. What does not fit stays in the table alone, and the
//! queue says when and from where the runner has to read it.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use crate::execution::State;
use crate::trigger::Snapshot;
use crate::workflow::WorkflowMeta;

/// How many of one line are kept in memory.
const LINE: usize = 64;

/// An execution that waits for its start.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) workflow: &'static WorkflowMeta,
    pub(super) record: i64,
    /// Whether it was started before: it does not wait for its line.
    pub(super) resumed: bool,
    /// What it sees, if it was handed over by the action that fired it.
    pub(super) snapshot: Option<Arc<Snapshot>>,
}

type LineKey = (&'static str, i64);

/// What the runner has to do next.
#[derive(Debug)]
pub(super) enum Work {
    /// Claim these and run them.
    Claim(Vec<Entry>),
    /// Read the next ones in this state after this id.
    Page(State, i64),
    /// Read the next queued ones of this line.
    Line(&'static str, i64),
    /// Nothing now.
    Wait,
}

#[derive(Debug, Default)]
struct Line {
    /// How many hold it: at most one that it let start, and any number of resumed ones.
    busy: u32,
    waiting: VecDeque<Entry>,
    /// The table has more than is in memory.
    more: bool,
    /// The runner was told to read it.
    reading: bool,
}

#[derive(Debug, Default)]
struct Flow {
    ready: VecDeque<Entry>,
    running: usize,
    /// Whether it stands in `turns`.
    listed: bool,
    /// Some were left in the table since it had too many that its own limit holds back: all that
    /// follow stay there too, until a scan takes them in order.
    capped: bool,
}

/// The executions of one process that are queued or running.
#[derive(Debug)]
pub(super) struct Queue {
    /// How many may run at the same time.
    parallel: usize,
    /// How many may be in memory.
    limit: usize,
    /// By id; whether it was woken while it was running.
    known: HashMap<i64, bool>,
    lines: HashMap<LineKey, Line>,
    flows: HashMap<&'static str, Flow>,
    /// Workflows that have something to start and may; each gets a turn.
    turns: VecDeque<&'static str>,
    /// Lines to be read.
    thin: VecDeque<LineKey>,
    running: usize,
    backlog: Backlog,
}

/// What is in the table and not in memory.
#[derive(Debug)]
struct Backlog {
    /// There may be such.
    more: bool,
    reading: bool,
    state: State,
    after: i64,
    /// Something was left out since the scan began: another has to follow.
    missed: bool,
    /// The least id of what was left out: the next scan of queued ones begins there.
    from: i64,
    /// Whether the scan has to reach the end; else it stops once the workflows that it is for have
    /// enough again, since all else is in memory.
    to_end: bool,
    /// The workflows that it is for.
    hungry: Vec<&'static str>,
    /// The same of the next scan.
    next_to_end: bool,
    /// Came while the table was ahead of memory; they follow what the scan finds.
    behind: BTreeMap<i64, Entry>,
    /// Some of those were left out.
    spilled: bool,
}

impl Queue {
    pub(super) fn new(parallel: usize, limit: usize) -> Self {
        Self {
            parallel,
            limit,
            known: HashMap::new(),
            lines: HashMap::new(),
            flows: HashMap::new(),
            turns: VecDeque::new(),
            thin: VecDeque::new(),
            running: 0,
            backlog: Backlog {
                more: false,
                reading: false,
                state: State::Ready,
                after: 0,
                missed: false,
                from: i64::MAX,
                to_end: false,
                hungry: Vec::new(),
                next_to_end: false,
                behind: BTreeMap::new(),
                spilled: false,
            },
        }
    }

    /// Takes in an execution that was committed or woken.
    pub(super) fn add(&mut self, entry: Entry) {
        if let Some(again) = self.known.get_mut(&entry.id) {
            *again |= entry.resumed;
        } else if self.backlog.more {
            if self.backlog.behind.len() < self.limit / 4 && !self.backlog.spilled {
                self.backlog.behind.insert(entry.id, entry);
            } else {
                // All that follow as well, or they would overtake it.
                self.backlog.spilled = true;
                self.look_from(entry.id);
            }
        } else if self.known.len() >= self.limit {
            self.look_from(entry.id);
        } else {
            self.accept(entry);
        }
    }

    /// Looks into the table: something may be there that nobody told of.
    pub(super) fn look(&mut self) {
        self.look_from(0);
    }

    fn look_from(&mut self, id: i64) {
        self.leave_out(id);
        self.backlog.next_to_end = true;
        self.scan();
    }

    fn leave_out(&mut self, id: i64) {
        self.backlog.from = self.backlog.from.min(id);
    }

    fn scan(&mut self) {
        self.backlog.missed |= self.backlog.more;
        self.backlog.more = true;
    }

    fn accept(&mut self, entry: Entry) {
        // The one that was handed over knows what it sees; the one from the table does not.
        let entry = self.backlog.behind.remove(&entry.id).unwrap_or(entry);
        let cap = self.limit / 8;
        if !entry.resumed
            && entry.workflow.concurrency.is_some()
            && let Some(flow) = self.flows.get_mut(entry.workflow.key)
            && (flow.capped || flow.ready.len() >= cap)
        {
            flow.capped = true;
            self.leave_out(entry.id);
            return;
        }
        let Slot::Vacant(slot) = self.known.entry(entry.id) else { return };
        let line = self.lines.entry((entry.workflow.key, entry.record)).or_default();
        let behind = line.more || line.reading;
        if entry.resumed || (line.busy == 0 && line.waiting.is_empty() && !behind) {
            line.busy += 1;
            slot.insert(false);
            self.ready(entry);
        } else if behind || line.waiting.len() >= LINE {
            line.more = true;
        } else {
            slot.insert(false);
            let place = line.waiting.partition_point(|earlier| earlier.id < entry.id);
            line.waiting.insert(place, entry);
        }
    }

    fn ready(&mut self, entry: Entry) {
        let key = entry.workflow.key;
        let flow = self.flows.entry(key).or_default();
        let limit = limit(entry.workflow);
        flow.ready.push_back(entry);
        if !flow.listed && flow.running < limit {
            flow.listed = true;
            self.turns.push_back(key);
        }
    }

    /// What to do next; what it gives to claim counts as running.
    pub(super) fn next(&mut self, most: usize) -> Work {
        if let Some((key, record)) = self.thin.pop_front() {
            return Work::Line(key, record);
        }
        if self.may_read() {
            self.backlog.reading = true;
            if self.backlog.state == State::Ready && self.backlog.after == 0 {
                self.backlog.missed = false;
            }
            return Work::Page(self.backlog.state, self.backlog.after);
        }
        let entries = self.take(most);
        if entries.is_empty() { Work::Wait } else { Work::Claim(entries) }
    }

    /// Whether [`Self::next`] has something to do.
    pub(super) fn has_work(&self) -> bool {
        let starts = !self.turns.is_empty() && self.running < self.parallel;
        starts || !self.thin.is_empty() || self.may_read()
    }

    /// Whether the table is ahead of memory, and memory has room for more.
    fn may_read(&self) -> bool {
        let room = self.known.len() + self.backlog.behind.len() <= self.limit / 2;
        self.backlog.more && !self.backlog.reading && (room || self.is_dry())
    }

    /// Whether nothing in memory can start although there is room to run it.
    fn is_dry(&self) -> bool {
        self.turns.is_empty() && self.running < self.parallel && self.known.len() < self.limit
    }

    fn take(&mut self, most: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        while entries.len() < most && self.running < self.parallel {
            let Some(key) = self.turns.pop_front() else { break };
            let Some(flow) = self.flows.get_mut(key) else { continue };
            flow.listed = false;
            let Some(entry) = flow.ready.pop_front() else { continue };
            flow.running += 1;
            self.running += 1;
            if !flow.ready.is_empty() && flow.running < limit(entry.workflow) {
                flow.listed = true;
                self.turns.push_back(key);
            }
            entries.push(entry);
        }
        entries
    }

    /// An execution that was given to claim is final, waits, or is not this process's.
    pub(super) fn finished(&mut self, id: i64, workflow: &'static WorkflowMeta, record: i64) {
        self.running = self.running.saturating_sub(1);
        let key = workflow.key;
        if let Some(flow) = self.flows.get_mut(key) {
            flow.running = flow.running.saturating_sub(1);
            let refill = flow.capped && flow.ready.len() < self.limit / 16;
            if flow.ready.is_empty() {
                if flow.running == 0 && !flow.capped {
                    self.flows.remove(key);
                }
            } else if !flow.listed && flow.running < limit(workflow) {
                flow.listed = true;
                self.turns.push_back(key);
            }
            if refill {
                self.scan();
            }
        }
        let again = self.known.remove(&id) == Some(true);
        if let Some(line) = self.lines.get_mut(&(key, record)) {
            line.busy = line.busy.saturating_sub(1);
        }
        if again {
            self.add(Entry { id, workflow, record, resumed: true, snapshot: None });
        }
        self.advance((key, record));
    }

    fn advance(&mut self, key: LineKey) {
        let Some(line) = self.lines.get_mut(&key) else { return };
        if line.busy > 0 || line.reading {
            return;
        }
        if let Some(entry) = line.waiting.pop_front() {
            line.busy = 1;
            self.ready(entry);
        } else if line.more {
            line.reading = true;
            line.more = false;
            self.thin.push_back(key);
        } else {
            self.lines.remove(&key);
        }
    }

    /// Takes in what [`Work::Line`] asked for; `whole` if there was no more of it.
    pub(super) fn line_read(&mut self, key: LineKey, entries: Vec<Entry>, whole: bool) {
        let Some(line) = self.lines.get_mut(&key) else { return };
        line.reading = false;
        // What came meanwhile was left out: it comes with the next reading.
        let missed = std::mem::take(&mut line.more) || !whole;
        for entry in entries {
            self.accept(entry);
        }
        if let Some(line) = self.lines.get_mut(&key) {
            line.more |= missed;
        }
        self.advance(key);
    }

    /// Takes in what [`Work::Page`] asked for; `last` is the greatest id that was read.
    pub(super) fn page_read(&mut self, entries: Vec<Entry>, last: Option<i64>, whole: bool) {
        self.backlog.reading = false;
        for entry in entries {
            self.accept(entry);
        }
        if let Some(last) = last {
            self.backlog.after = last;
        }
        let fed = |key: &str| self.flows.get(key).is_some_and(|flow| flow.capped);
        let enough = !self.backlog.to_end && self.backlog.hungry.iter().all(|key| fed(key));
        let ended = whole || (enough && self.backlog.state == State::Queued);
        if !ended {
            return;
        }
        if self.backlog.state == State::Ready {
            let cap = self.limit / 8;
            let hungry =
                self.flows.iter_mut().filter(|(_, flow)| flow.capped && flow.ready.len() < cap);
            self.backlog.hungry.clear();
            for (key, flow) in hungry {
                flow.capped = false;
                self.backlog.hungry.push(key);
            }
            self.backlog.state = State::Queued;
            self.backlog.after = self.backlog.from.saturating_sub(1);
            self.backlog.from = i64::MAX;
            self.backlog.to_end = std::mem::take(&mut self.backlog.next_to_end);
            return;
        }
        self.backlog.state = State::Ready;
        self.backlog.after = 0;
        self.backlog.more = self.backlog.missed;
        self.backlog.spilled = false;
        for entry in std::mem::take(&mut self.backlog.behind).into_values() {
            self.accept(entry);
        }
    }

    /// The reading of a page or line failed: it is asked for again.
    pub(super) fn read_failed(&mut self, line: Option<LineKey>) {
        match line {
            Some(key) => self.thin.push_back(key),
            None => self.backlog.reading = false,
        }
    }

    /// A running one pauses for a while: another may run meanwhile.
    ///
    /// Returns whether it gave up its place; it has to take it again with [`Self::resume`].
    pub(super) fn pause(&mut self) -> bool {
        // With one at a time, the order is what counts; and those that pause are in memory.
        let may = self.parallel > 1 && self.known.len() < self.limit;
        if may {
            self.running = self.running.saturating_sub(1);
        }
        may
    }

    pub(super) fn resume(&mut self) {
        self.running += 1;
    }

    /// How many wait here for their start; nothing if more may be in the table anyway.
    pub(super) fn to_start(&self) -> Option<usize> {
        let partly = self.backlog.more
            || self.flows.values().any(|flow| flow.capped)
            || self.lines.values().any(|line| line.more || line.reading);
        let ready = self.flows.values().map(|flow| flow.ready.len());
        let waiting = self.lines.values().map(|line| line.waiting.len());
        (!partly).then(|| ready.chain(waiting).sum())
    }

    /// Whether nothing is queued or running as far as this process knows.
    pub(super) fn is_idle(&self) -> bool {
        self.known.is_empty() && !self.backlog.more && self.thin.is_empty()
    }
}

fn limit(workflow: &WorkflowMeta) -> usize {
    workflow.concurrency.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests;
