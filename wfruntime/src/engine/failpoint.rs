//! Named moments at which a test can kill the process, as a power cut would.
//!
//! `WF_CRASH_AT=before_node` kills it at the first such moment, `WF_CRASH_AT=before_node:3` at
//! the third. Without the variable a moment costs one load.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

struct Crash {
    at: String,
    left: AtomicU32,
}

/// Ends the process if this is the moment that `WF_CRASH_AT` names.
pub(crate) fn failpoint(name: &str) {
    static CRASH: OnceLock<Option<Crash>> = OnceLock::new();
    let crash = CRASH.get_or_init(|| {
        let wanted = std::env::var("WF_CRASH_AT").ok()?;
        let (at, count) = wanted.split_once(':').unwrap_or((&wanted, "1"));
        Some(Crash { at: at.to_owned(), left: AtomicU32::new(count.parse().unwrap_or(1)) })
    });
    if let Some(crash) = crash
        && crash.at == name
        && crash.left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        // Nothing is flushed, dropped or answered: what kill -9 does.
        std::process::abort();
    }
}
