//! What was measured, and the rows of the table.

use std::collections::BTreeMap;
use std::fmt;

/// One run of the load.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    /// Requests answered a second.
    pub(super) rate: f64,
    /// Milliseconds.
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) errors: u64,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) ours: String,
    pub(super) theirs: String,
    pub(super) ratio: Option<f64>,
    pub(super) goal: &'static str,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = self.ratio.map(|ratio| format!("**{ratio:.2}**")).unwrap_or_default();
        let Self { what, ours, theirs, goal, .. } = self;
        write!(f, "| {what} | {ours} | {theirs} | {ratio} | {goal} |")
    }
}

/// All runs of the load, by side and number of connections, and the finished rows.
#[derive(Default)]
pub(super) struct Figures {
    loads: BTreeMap<(&'static str, u32), Vec<Load>>,
    rows: Vec<Row>,
}

impl Figures {
    pub(super) fn load(&mut self, side: &'static str, connections: u32, load: Load) {
        println!(
            "{side:24} {connections:3} connections: {:7.0} requests/s, p50 {:.1} ms, p99 {:.1} ms, {} errors",
            load.rate, load.p50, load.p99, load.errors
        );
        self.loads.entry((side, connections)).or_default().push(load);
    }

    pub(super) fn row(&mut self, row: Row) {
        println!("{row}");
        self.rows.push(row);
    }

    /// The medians of a side's rounds.
    pub(super) fn median(&self, side: &'static str, connections: u32) -> Load {
        let loads = self.loads.get(&(side, connections)).map_or(&[][..], Vec::as_slice);
        let of = |figure: fn(&Load) -> f64| median(loads.iter().map(figure).collect());
        Load {
            rate: of(|load| load.rate),
            p50: of(|load| load.p50),
            p99: of(|load| load.p99),
            errors: loads.iter().map(|load| load.errors).sum(),
        }
    }

    /// A row for two sides under the same load.
    pub(super) fn compare(
        &mut self,
        what: &str,
        (ours, theirs): (&'static str, &'static str),
        connections: u32,
        goal: &'static str,
    ) {
        let (ours, theirs) = (self.median(ours, connections), self.median(theirs, connections));
        let cell = |load: Load| {
            let errors =
                if load.errors > 0 { format!(", {} errors", load.errors) } else { String::new() };
            format!("{:.0}/s, p50 {:.1}, p99 {:.1} ms{errors}", load.rate, load.p50, load.p99)
        };
        let row = Row {
            what: format!("{what}, {connections} connections"),
            ours: cell(ours),
            theirs: cell(theirs),
            ratio: Some(ours.rate / theirs.rate),
            goal,
        };
        self.row(row);
    }

    pub(super) fn rows(self) -> Vec<Row> {
        self.rows
    }
}

/// The middle one; 0 if there is none.
pub(super) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
