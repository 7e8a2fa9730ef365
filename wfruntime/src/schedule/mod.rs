//! The moments of schedules, as they are declared and as they come.
//!
//! It knows calendars, time zones and values of date fields; it refuses to know executions and
//! tables.

mod cron;
mod planned;

use std::time::Duration;

pub use cron::Cron;
pub(crate) use planned::Planned;

/// When a `#[schedule]` runs, as its macro declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the arguments of `#[schedule]`, by their names")]
pub struct Schedule {
    pub plan: Plan,
    /// The name of a time zone of the IANA database.
    pub timezone: &'static str,
    /// A date, or a date and a time, in the time zone.
    pub start: Option<&'static str>,
    pub end: Option<&'static str>,
    /// How often it runs; for each record, if it goes by a field.
    pub repeat: Option<u32>,
    pub catch_up: CatchUp,
    /// The plan as it is shown to people, and by which a change of it is noticed.
    pub text: &'static str,
}

impl Schedule {
    /// What stands in for one whose arguments mean nothing.
    #[doc(hidden)]
    pub const BARE: Self = Self {
        plan: Plan::Every(Duration::from_secs(3600)),
        timezone: "UTC",
        start: None,
        end: None,
        repeat: None,
        catch_up: CatchUp::Latest,
        text: "",
    };
}

/// What the moments of a schedule follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// The calendar.
    Cron(Cron),
    /// A length of time that passes again and again.
    Every(Duration),
    /// A field of each record.
    Field {
        /// Its Rust name.
        name: &'static str,
        /// How long after it, in milliseconds; before it if negative.
        offset: i64,
        /// How long after the first moment the next one comes.
        every: Option<Duration>,
    },
}

/// What becomes of moments that passed while nothing ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CatchUp {
    /// Each of them runs.
    All,
    /// The latest of them runs; of each record, if it goes by a field.
    Latest,
    /// None of them runs.
    None,
}
