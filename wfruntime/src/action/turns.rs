//! Updates of one record take turns: each sees what the one before it left.
//!
//! The store refuses an update of a record that was changed since it was read; taking turns only
//! keeps those of this process from having to try again.

use tokio::sync::{Mutex, MutexGuard};

const COUNT: usize = 256;

static TURNS: [Mutex<()>; COUNT] = [const { Mutex::const_new(()) }; COUNT];

/// Held while records are read, changed and stored.
#[derive(Default)]
pub(super) struct Turns(
    #[expect(dead_code, reason = "held until it is dropped")] Vec<MutexGuard<'static, ()>>,
);

/// Waits until nobody else in this process changes one of these records.
pub(super) async fn take(ids: impl IntoIterator<Item = i64>) -> Turns {
    let count = COUNT as u64;
    let turn = |id: i64| usize::try_from(id.unsigned_abs() % count).unwrap_or_default();
    let mut turns: Vec<usize> = ids.into_iter().map(turn).collect();
    // Everyone waits in the same order, so nobody waits for each other.
    turns.sort_unstable();
    turns.dedup();
    let mut held = Vec::with_capacity(turns.len());
    for turn in turns {
        held.push(TURNS[turn].lock().await);
    }
    Turns(held)
}
