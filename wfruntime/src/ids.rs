//! Ids of records and executions: 53 bits, ordered by time, unique across processes.
//!
//! 32 bits of seconds since 2024, 5 bits of process number (leased from a row), 16 bits of
//! sequence. A spent sequence borrows from the next second, and a clock that goes back does not:
//! an id is never below one issued before it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::Clock;

/// 2024-01-01T00:00:00Z, in seconds since 1970.
const EPOCH: i64 = 1_704_067_200;
const SEQUENCE_BITS: u32 = 16;
const PROCESS_BITS: u32 = 5;

/// Makes ids for one process.
#[derive(Debug)]
pub(crate) struct Ids {
    process: u64,
    /// Seconds and sequence of the last id, without the process number: 48 bits.
    last: AtomicU64,
}

impl Ids {
    /// The number of processes that can make ids at the same time.
    pub(crate) const PROCESSES: u64 = 1 << PROCESS_BITS;

    /// Ids of the process with this number (below [`Self::PROCESSES`]), all above `largest`.
    #[must_use]
    pub(crate) fn new(process: u64, largest: i64) -> Self {
        let largest = u64::try_from(largest).unwrap_or(0);
        let seconds = largest >> (SEQUENCE_BITS + PROCESS_BITS);
        // Below the largest there may be any id of its second, from whatever process: all of it is
        // passed over.
        let last = (seconds << SEQUENCE_BITS) | ((1 << SEQUENCE_BITS) - 1);
        Self { process: process % Self::PROCESSES, last: AtomicU64::new(last) }
    }

    /// The next id.
    pub(crate) fn next(&self, clock: &Clock) -> i64 {
        let now = seconds(clock) << SEQUENCE_BITS;
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = now.max(last + 1);
            match self.last.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return self.compose(next),
                Err(seen) => last = seen,
            }
        }
    }

    /// The largest id that a process may have made by now: all of this second.
    pub(crate) fn latest(&self, clock: &Clock) -> i64 {
        let last = self.last.load(Ordering::Relaxed) >> SEQUENCE_BITS;
        let seconds = seconds(clock).max(last);
        let all = (1 << (SEQUENCE_BITS + PROCESS_BITS)) - 1;
        i64::try_from((seconds << (SEQUENCE_BITS + PROCESS_BITS)) | all).unwrap_or(i64::MAX)
    }

    /// Passes over the second in which another process made this id: none of it is made again.
    pub(crate) fn pass(&self, id: i64) {
        let seconds = u64::try_from(id).unwrap_or(0) >> (SEQUENCE_BITS + PROCESS_BITS);
        let all = (seconds << SEQUENCE_BITS) | ((1 << SEQUENCE_BITS) - 1);
        self.last.fetch_max(all, Ordering::Relaxed);
    }

    /// Whether one of these processes could make this id, now or later.
    pub(crate) fn may_follow(id: i64, processes: &[u64], clock: &Clock) -> bool {
        let id = u64::try_from(id).unwrap_or(0);
        let process = (id >> SEQUENCE_BITS) % Self::PROCESSES;
        id >> (SEQUENCE_BITS + PROCESS_BITS) >= seconds(clock) && processes.contains(&process)
    }

    fn compose(&self, next: u64) -> i64 {
        let sequence = next & ((1 << SEQUENCE_BITS) - 1);
        let seconds = next >> SEQUENCE_BITS;
        let id = (((seconds << PROCESS_BITS) | self.process) << SEQUENCE_BITS) | sequence;
        i64::try_from(id).unwrap_or(i64::MAX)
    }
}

/// The seconds since the epoch of ids.
fn seconds(clock: &Clock) -> u64 {
    u64::try_from(clock.now().as_second() - EPOCH).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    fn clock() -> Clock {
        Clock::manual(Timestamp::from_second(EPOCH + 1000).unwrap_or_default())
    }

    #[test]
    fn ids_rise_when_a_second_is_spent_and_when_the_clock_goes_back() {
        let (clock, ids) = (clock(), Ids::new(3, 0));
        let mut last = 0;
        for step in 0..200_000 {
            if step == 100_000 {
                clock.advance(SignedDuration::from_secs(-500));
            }
            let id = ids.next(&clock);
            assert!(id > last && id < 1 << 53);
            last = id;
        }
    }

    #[test]
    fn ids_begin_above_all_issued_whatever_the_process_number() {
        let clock = clock();
        let (zero, one) = (Ids::new(0, 0), Ids::new(1, 0));
        let mut issued: Vec<i64> = (0..100).map(|_| zero.next(&clock)).collect();
        // The largest is another process's, early in the same second.
        issued.push(one.next(&clock));
        let largest = issued.iter().copied().max().unwrap_or_default();
        let again = Ids::new(0, largest);
        assert!((0..200).map(|_| again.next(&clock)).all(|id| id > largest));
    }

    #[test]
    fn an_id_that_came_from_elsewhere_is_not_made_again() {
        let clock = clock();
        let (here, there) = (Ids::new(1, 0), Ids::new(1, 0));
        let came: Vec<i64> = (0..100).map(|_| there.next(&clock)).collect();
        let latest = here.latest(&clock);
        for id in &came {
            assert!(*id <= latest, "it was made by now");
            assert!(Ids::may_follow(*id, &[0, 1], &clock) && !Ids::may_follow(*id, &[0], &clock));
            here.pass(*id);
        }
        assert!((0..200).all(|_| !came.contains(&here.next(&clock))));
        clock.advance(SignedDuration::from_secs(1));
        assert!(!Ids::may_follow(came[0], &[0, 1], &clock), "its second is over");
        assert!(there.next(&clock) > latest);
    }

    #[test]
    fn processes_never_make_the_same_id() {
        let clock = clock();
        let (one, two) = (Ids::new(1, 0), Ids::new(2, 0));
        let ids: std::collections::HashSet<i64> =
            (0..1000).flat_map(|_| [one.next(&clock), two.next(&clock)]).collect();
        assert_eq!(ids.len(), 2000);
    }
}
