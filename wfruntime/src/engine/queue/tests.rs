//! The queue against a table in memory: whatever comes when, order and limits hold.

use std::collections::{BTreeMap, HashMap};

use super::*;
use crate::collection::{Collection, Location};
use crate::prelude::User;

const LIMIT: usize = 64;

fn meta(key: &'static str, concurrency: Option<u32>) -> &'static WorkflowMeta {
    Box::leak(Box::new(WorkflowMeta {
        key,
        title: key,
        collection: Some(|| <User as Collection>::META),
        concurrency,
        location: Location { file: "tests.rs", line: 1, column: 1 },
        ..WorkflowMeta::BARE
    }))
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }
}

struct World {
    queue: Queue,
    /// What is queued in the table, by id.
    table: BTreeMap<i64, (&'static WorkflowMeta, i64)>,
    running: Vec<Entry>,
    started: HashMap<LineKey, Vec<i64>>,
    done: usize,
    pages: usize,
}

impl World {
    fn new(parallel: usize) -> Self {
        Self {
            queue: Queue::new(parallel, LIMIT),
            table: BTreeMap::new(),
            running: Vec::new(),
            started: HashMap::new(),
            done: 0,
            pages: 0,
        }
    }

    fn commit(&mut self, id: i64, workflow: &'static WorkflowMeta, record: i64, told: bool) {
        self.table.insert(id, (workflow, record));
        if told {
            self.queue.add(Entry { id, workflow, record, resumed: false, snapshot: None });
        }
    }

    fn entries(&self, fits: impl Fn(i64, LineKey) -> bool, most: usize) -> (Vec<Entry>, bool) {
        let found =
            self.table.iter().filter(|(id, (meta, record))| fits(**id, (meta.key, *record)));
        let entry = |(id, (workflow, record)): (&i64, &(&'static WorkflowMeta, i64))| Entry {
            id: *id,
            workflow,
            record: *record,
            resumed: false,
            snapshot: None,
        };
        let entries: Vec<Entry> = found.map(entry).take(most).collect();
        let whole = entries.len() < most;
        (entries, whole)
    }

    /// Does what the queue asks for, once; whether it asked for anything.
    fn step(&mut self) -> bool {
        match self.queue.next(8) {
            Work::Wait => return false,
            Work::Claim(entries) => {
                for entry in entries {
                    assert!(self.table.remove(&entry.id).is_some(), "{} ran twice", entry.id);
                    let line = (entry.workflow.key, entry.record);
                    let same = |other: &&Entry| (other.workflow.key, other.record) == line;
                    assert_eq!(self.running.iter().filter(same).count(), 0, "one of a line");
                    self.started.entry(line).or_default().push(entry.id);
                    self.running.push(entry);
                }
            }
            Work::Page(State::Queued, after) => {
                self.pages += 1;
                let (entries, whole) = self.entries(|id, _| id > after, 16);
                let last = entries.last().map(|entry| entry.id);
                self.queue.page_read(entries, last, whole);
            }
            Work::Page(_, _) => self.queue.page_read(Vec::new(), None, true),
            Work::Line(key, record) => {
                let (entries, whole) = self.entries(|_, line| line == (key, record), LINE);
                self.queue.line_read((key, record), entries, whole);
            }
        }
        assert!(self.queue.known.len() <= LIMIT + 16 + LIMIT / 4, "memory is bounded");
        for (key, flow) in &self.queue.flows {
            let same = |entry: &&Entry| entry.workflow.key == *key;
            assert_eq!(self.running.iter().filter(same).count(), flow.running);
        }
        true
    }

    fn finish(&mut self, dice: &mut Dice) {
        if self.running.is_empty() {
            return;
        }
        let count = u64::try_from(self.running.len()).expect("a count");
        let at = usize::try_from(dice.below(count)).expect("an index");
        let entry = self.running.swap_remove(at);
        self.done += 1;
        self.queue.finished(entry.id, entry.workflow, entry.record);
    }

    fn drain(&mut self, dice: &mut Dice) {
        while self.step() || !self.running.is_empty() {
            self.finish(dice);
        }
        while self.step() {}
        assert!(self.table.is_empty(), "{} never started", self.table.len());
        assert!(self.queue.is_idle());
        for (line, started) in &self.started {
            assert!(started.is_sorted(), "{line:?}: {started:?}");
        }
    }
}

#[test]
fn everything_starts_once_and_in_the_order_of_its_line() {
    let workflows = [meta("free", None), meta("few", Some(2)), meta("single", Some(1))];
    for seed in 0..30 {
        let mut dice = Dice(seed);
        let mut world = World::new(4);
        for id in 1..2000 {
            let workflow = workflows[usize::try_from(dice.below(3)).expect("an index")];
            // Now and then a record that everybody wants.
            let record =
                if dice.below(3) == 0 { 1 } else { i64::try_from(dice.below(500)).expect("") };
            world.commit(id, workflow, record, true);
            for _ in 0..dice.below(4) {
                world.step();
            }
            if dice.below(3) > 0 {
                world.finish(&mut dice);
            }
        }
        world.drain(&mut dice);
        assert_eq!(world.done, 1999);
    }
}

#[test]
fn what_other_processes_wrote_is_found() {
    let mut world = World::new(4);
    let workflow = meta("free", None);
    for id in 1..1000 {
        world.commit(id, workflow, id % 7, false);
    }
    world.queue.look();
    world.drain(&mut Dice(1));
    assert_eq!(world.done, 999);
}

#[test]
fn a_workflow_with_a_limit_leaves_room_for_others() {
    let (single, free) = (meta("single", Some(1)), meta("free", None));
    let mut world = World::new(4);
    for id in 1..1000 {
        world.commit(id, single, id, true);
    }
    for id in 1000..1010 {
        world.commit(id, free, id, true);
    }
    let mut dice = Dice(3);
    for _ in 0..60 {
        while world.step() {}
        world.finish(&mut dice);
    }
    let free = (1000..1010).filter(|id| world.table.contains_key(id)).count();
    assert_eq!(free, 0, "the others are through");
    world.drain(&mut dice);
    assert!(world.pages < 1000, "nothing is read over and over: {} pages", world.pages);
}

#[test]
fn one_woken_while_it_runs_is_started_again() {
    let workflow = meta("free", None);
    let mut queue = Queue::new(4, LIMIT);
    let entry = |resumed| Entry { id: 1, workflow, record: 1, resumed, snapshot: None };
    queue.add(entry(false));
    assert!(matches!(queue.next(8), Work::Claim(entries) if entries.len() == 1));
    queue.add(entry(true));
    assert!(matches!(queue.next(8), Work::Wait));
    queue.finished(1, workflow, 1);
    assert!(matches!(queue.next(8), Work::Claim(entries) if entries[0].resumed));
    queue.finished(1, workflow, 1);
    assert!(queue.is_idle());
}
