//! Schedules: each moment once, whatever happens to the clock, the program and its records.

#[path = "../child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;
mod clock;
mod dates;
mod deploys;
mod killed;
mod model;
mod shown;

use wf_tests as _;
