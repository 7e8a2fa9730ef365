//! The graph of what executions did: of a function, whose nodes are known once they have run.
//!
//! The keys of jobs tell the loops, branches and scopes around them.

use super::sketch::{Drawn, Sketch, Way};

/// A job as it is drawn: its key and kind.
pub(crate) type Step = (String, String);

/// What stands one after the other in a run.
struct Item {
    node: Drawn,
    form: Form,
    /// The passes of a loop, or the branches of a block.
    parts: Vec<(u64, Vec<Item>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Node,
    Loop,
    /// Branches that run at the same time.
    Block,
}

/// From where the next node is reached, and in which case.
type Exits = Vec<(String, &'static str)>;

impl Sketch {
    /// The graph of runs, each with its jobs in the order in which it came to them.
    pub(crate) fn seen(trigger: String, runs: &[Vec<Step>]) -> Self {
        let root = drawn(String::new(), "post_action", trigger);
        let mut seen = Seen { nodes: vec![root], ways: Vec::new(), at: 0 };
        for run in runs {
            seen.at = 0;
            seen.steps(&items(run), vec![(String::new(), "")]);
        }
        seen.sketch()
    }
}

fn drawn(key: String, kind: &str, label: String) -> Drawn {
    Drawn { key, kind: kind.to_owned(), label, line: None }
}

/// A part of a key: the name of a block or loop, and its branch or pass.
enum Part<'k> {
    Branch(&'k str, u64),
    Pass(&'k str, u64),
    Scope,
}

fn part(text: &str) -> Part<'_> {
    let numbered =
        text.rsplit_once('.').and_then(|(name, number)| Some((name, number.parse().ok()?)));
    match numbered {
        Some((name, number)) if name.starts_with("parallel#") || name.starts_with("race#") => {
            Part::Branch(name, number)
        }
        Some((name, number)) => Part::Pass(name, number),
        None => Part::Scope,
    }
}

/// The key of a node in its graph: `for#1.17/create#1` is `for#1/create#1` there.
#[cfg(feature = "page")]
pub(crate) fn without_passes(key: &str) -> String {
    let Some((around, name)) = key.rsplit_once('/') else { return key.to_owned() };
    let parts = around.split('/').map(|text| match part(text) {
        Part::Pass(name, _) => name,
        Part::Branch(..) | Part::Scope => text,
    });
    parts.chain([name]).collect::<Vec<_>>().join("/")
}

/// The jobs of a run by what stands around them.
fn items(run: &[Step]) -> Vec<Item> {
    let mut items = Vec::new();
    for (key, kind) in run {
        let mut level = &mut items;
        let mut path = String::new();
        let (around, name) =
            key.rsplit_once('/').map_or((None, key.as_str()), |(a, n)| (Some(a), n));
        for text in around.into_iter().flat_map(|around| around.split('/')) {
            level = match part(text) {
                Part::Branch(block, branch) => {
                    let kind = block.split('#').next().unwrap_or_default();
                    let node = drawn(format!("{path}{block}"), kind, String::new());
                    path.push_str(text);
                    within(level, node, branch, Form::Block)
                }
                Part::Pass(name, pass) => {
                    let label = name.split('#').next().unwrap_or_default().to_owned();
                    let label = if label == "for" { String::new() } else { label };
                    let node = drawn(format!("{path}{name}"), "for", label);
                    path.push_str(name);
                    within(level, node, pass, Form::Loop)
                }
                Part::Scope => {
                    path.push_str(text);
                    level
                }
            };
            path.push('/');
        }
        let label = name.strip_prefix(kind.as_str()).unwrap_or(name).trim_start();
        let node = drawn(format!("{path}{name}"), kind, label.to_owned());
        let is_block = matches!(kind.as_str(), "parallel" | "race");
        let (form, node) = if is_block {
            (Form::Block, Drawn { label: String::new(), ..node })
        } else {
            (Form::Node, node)
        };
        level.push(Item { node, form, parts: Vec::new() });
    }
    items
}

/// The steps of one pass or branch of the loop or block with the key of `node`.
fn within(level: &mut Vec<Item>, node: Drawn, number: u64, form: Form) -> &mut Vec<Item> {
    let is_it = |item: &Item| item.form == form && item.node.key == node.key;
    let at = level.iter().rposition(is_it).unwrap_or_else(|| {
        level.push(Item { node, form, parts: Vec::new() });
        level.len() - 1
    });
    let parts = &mut level[at].parts;
    let at = parts.iter().position(|(known, _)| *known == number).unwrap_or_else(|| {
        parts.push((number, Vec::new()));
        parts.len() - 1
    });
    &mut parts[at].1
}

/// What several runs have shown.
struct Seen {
    nodes: Vec<Drawn>,
    /// By keys.
    ways: Vec<(String, String, &'static str)>,
    /// The node that was come to last.
    at: usize,
}

impl Seen {
    fn steps(&mut self, items: &[Item], mut entries: Exits) -> Exits {
        for Item { node, form, parts } in items {
            self.come_to(node, &entries);
            let key = || node.key.clone();
            entries = match form {
                Form::Node => vec![(key(), "")],
                Form::Loop => {
                    for (_, steps) in parts {
                        let mut back = self.steps(steps, vec![(key(), "each")]);
                        back.retain(|(from, _)| *from != node.key);
                        self.lead(&back, &node.key);
                    }
                    vec![(key(), "then")]
                }
                Form::Block if parts.is_empty() => vec![(key(), "")],
                Form::Block => {
                    let branches = parts.iter();
                    branches.flat_map(|(_, steps)| self.steps(steps, vec![(key(), "")])).collect()
                }
            };
        }
        entries
    }

    fn come_to(&mut self, node: &Drawn, entries: &Exits) {
        let known = self.nodes.iter().position(|known| known.key == node.key);
        self.at = known.unwrap_or_else(|| {
            let scope = node.key.rfind('/').map_or("", |end| &node.key[..=end]);
            let is_deeper = |other: &Drawn| {
                let rest = other.key.strip_prefix(scope);
                rest.is_some_and(|rest| rest.contains('/'))
            };
            let mut place = self.at + 1;
            // Behind the blocks and loops that it follows.
            while self.nodes.get(place).is_some_and(is_deeper) {
                place += 1;
            }
            self.nodes.insert(place, node.clone());
            place
        });
        self.lead(entries, &node.key);
    }

    fn lead(&mut self, entries: &Exits, to: &str) {
        for (from, label) in entries {
            let way = (from.clone(), to.to_owned(), *label);
            if !self.ways.contains(&way) {
                self.ways.push(way);
            }
        }
    }

    fn sketch(self) -> Sketch {
        let index = |key: &str| self.nodes.iter().position(|node| node.key == key);
        let ways = self.ways.iter().filter_map(|(from, to, label)| {
            Some(Way { from: index(from)?, to: index(to)?, label: (*label).to_owned() })
        });
        let edges = ways.collect();
        Sketch { edges, nodes: self.nodes }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::{Expect, expect};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
    fn check(runs: &[&[(&str, &str)]], expected: Expect) {
        let owned = |(key, kind): &(&str, &str)| ((*key).to_owned(), (*kind).to_owned());
        let runs: Vec<Vec<Step>> = runs.iter().map(|run| run.iter().map(owned).collect()).collect();
        let sketch = Sketch::seen("Order: create".to_owned(), &runs);
        let mut text = String::new();
        for node in &sketch.nodes {
            let ways = sketch.edges.iter().filter(|way| sketch.nodes[way.from] == *node);
            let ways: Vec<_> =
                ways.map(|way| format!("{} {}", way.label, sketch.nodes[way.to].key)).collect();
            let _ =
                writeln!(text, "{} | {} {} ->{}", node.key, node.kind, node.label, ways.join(","));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn runs_that_part_and_meet_again_are_one_graph() {
        check(
            &[
                &[("find Fee#1", "find"), ("run pay#1", "run"), ("update Order#1", "update")],
                &[("find Fee#1", "find"), ("create Fee#1", "create"), ("update Order#1", "update")],
                &[],
            ],
            expect![[r"
                 | post_action Order: create -> find Fee#1
                find Fee#1 | find Fee#1 -> run pay#1, create Fee#1
                create Fee#1 | create Fee#1 -> update Order#1
                run pay#1 | run pay#1 -> update Order#1
                update Order#1 | update Order#1 ->
            "]],
        );
    }

    #[test]
    fn loops_branches_and_scopes_are_read_from_the_keys() {
        check(
            &[
                &[
                    ("lines.0/run pick#1", "run"),
                    ("lines.1/run pick#1", "run"),
                    ("lines.1/update Line#1", "update"),
                    ("ship/run book#1", "run"),
                    ("parallel#1", "parallel"),
                    ("parallel#1.1/approve#1", "approve"),
                    ("parallel#1.0/race#1", "race"),
                    ("parallel#1.0/race#1.0/signal paid#1", "signal"),
                    ("parallel#1.0/race#1.1/sleep#1", "sleep"),
                    ("update Order#1", "update"),
                ],
                &[
                    ("ship/run book#1", "run"),
                    ("parallel#1", "parallel"),
                    ("parallel#1.1/approve#1", "approve"),
                    ("parallel#1.1/run print#1", "run"),
                    ("delete Order#1", "delete"),
                ],
            ],
            expect![[r#"
                 | post_action Order: create -> lines, ship/run book#1
                lines | for lines ->each lines/run pick#1,then ship/run book#1
                lines/run pick#1 | run pick#1 -> lines, lines/update Line#1
                lines/update Line#1 | update Line#1 -> lines
                ship/run book#1 | run book#1 -> parallel#1
                parallel#1 | parallel  -> parallel#1.1/approve#1, parallel#1.0/race#1
                parallel#1.1/approve#1 | approve #1 -> update Order#1, parallel#1.1/run print#1
                parallel#1.1/run print#1 | run print#1 -> delete Order#1
                parallel#1.0/race#1 | race  -> parallel#1.0/race#1.0/signal paid#1, parallel#1.0/race#1.1/sleep#1
                parallel#1.0/race#1.0/signal paid#1 | signal paid#1 -> update Order#1
                parallel#1.0/race#1.1/sleep#1 | sleep #1 -> update Order#1
                delete Order#1 | delete Order#1 ->
                update Order#1 | update Order#1 ->
            "#]],
        );
    }
}
