//! Slows down who guesses passwords: by account and by address.
//!
//! Kept in memory, of bounded size: a restart forgets it, and that helps nobody who guesses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The most accounts and addresses that are watched, by default.
const CAPACITY: usize = 20_000;

/// Who is trying.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Account(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Attempts {
    failed: u32,
    since: Timestamp,
}

/// Failed attempts to sign in.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// How many attempts an account has within the window; an address has five times as many.
    attempts: u32,
    window: SignedDuration,
    /// The most accounts and addresses that are watched.
    capacity: usize,
    seen: Mutex<HashMap<Who, Attempts>>,
}

impl Throttle {
    pub(crate) fn new(attempts: u32, window: Duration) -> Self {
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        Self { attempts: attempts.max(1), window, capacity: CAPACITY, seen: Mutex::default() }
    }

    /// Counts an attempt as failed, before it is made: parallel ones get no free tries.
    ///
    /// Says how long to wait if there were too many.
    pub(crate) fn begin(
        &self,
        account: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Duration> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= self.capacity {
            seen.retain(|_, attempts| self.left(*attempts, now).is_some());
        }
        let who = [
            (Some(account_of(account)), self.attempts),
            (address.map(Who::Address), self.attempts.saturating_mul(5)),
        ];
        let who = who.into_iter().filter_map(|(who, most)| Some((who?, most)));
        let wait = who.clone().filter_map(|(who, most)| {
            let attempts = seen.get(&who).filter(|attempts| attempts.failed >= most)?;
            self.left(*attempts, now)
        });
        if let Some(wait) = wait.max() {
            return Err(wait);
        }
        for (who, _) in who {
            if seen.len() >= self.capacity && !seen.contains_key(&who) {
                forget_oldest(&mut seen);
            }
            let attempts = seen.entry(who).or_insert(Attempts { failed: 0, since: now });
            if self.left(*attempts, now).is_none() {
                *attempts = Attempts { failed: 0, since: now };
            }
            attempts.failed += 1;
        }
        Ok(())
    }

    /// Forgets the attempts on an account, and the last one from the address: it was right.
    pub(crate) fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(&account_of(account));
        if let Some(attempts) = address.and_then(|address| seen.get_mut(&Who::Address(address))) {
            attempts.failed = attempts.failed.saturating_sub(1);
        }
    }

    /// What is left of the window; nothing if it is over.
    fn left(&self, attempts: Attempts, now: Timestamp) -> Option<Duration> {
        let left = self.window - now.duration_since(attempts.since);
        Duration::try_from(left).ok().filter(|left| !left.is_zero())
    }
}

/// An account however it is written; a long one is cut, so that nobody fills the memory.
fn account_of(account: &str) -> Who {
    Who::Account(account.trim().chars().take(128).flat_map(char::to_lowercase).collect())
}

fn forget_oldest(seen: &mut HashMap<Who, Attempts>) {
    let oldest = seen.iter().min_by_key(|(_, attempts)| attempts.since);
    if let Some(oldest) = oldest.map(|(who, _)| who.clone()) {
        seen.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    const MINUTE: Duration = Duration::from_secs(60);

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn an_account_is_closed_after_its_attempts_and_opens_again() {
        let (clock, throttle) = (Clock::manual(Timestamp::UNIX_EPOCH), Throttle::new(3, MINUTE));
        for _ in 0..3 {
            assert_eq!(throttle.begin("ada", None, clock.now()), Ok(()));
        }
        clock.advance(SignedDuration::from_secs(20));
        assert_eq!(throttle.begin(" ADA ", None, clock.now()), Err(Duration::from_secs(40)));
        assert_eq!(throttle.begin("bob", None, clock.now()), Ok(()));
        clock.advance(SignedDuration::from_secs(40));
        assert_eq!(throttle.begin("ada", None, clock.now()), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_closed() {
        let (now, throttle) = (Timestamp::UNIX_EPOCH, Throttle::new(2, MINUTE));
        for account in 0..10 {
            assert_eq!(throttle.begin(&account.to_string(), address(1), now), Ok(()));
        }
        assert!(throttle.begin("another", address(1), now).is_err());
        assert_eq!(throttle.begin("another", address(2), now), Ok(()));
    }

    #[test]
    fn success_opens_the_account_and_costs_the_address_nothing() {
        let (now, throttle) = (Timestamp::UNIX_EPOCH, Throttle::new(1, MINUTE));
        for _ in 0..20 {
            assert_eq!(throttle.begin("ada", address(1), now), Ok(()));
            throttle.succeeded("ada", address(1));
        }
    }

    #[test]
    fn the_memory_it_takes_is_bounded() {
        let throttle = Throttle { capacity: 50, ..Throttle::new(1, MINUTE) };
        for account in 0..80 {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(account);
            assert_eq!(throttle.begin(&account.to_string(), None, now), Ok(()));
        }
        let seen = throttle.seen.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(seen.len(), 50);
        assert!(seen.contains_key(&account_of("79")), "the oldest ones are forgotten");
    }
}
