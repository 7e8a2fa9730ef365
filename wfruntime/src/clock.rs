//! The time, from one place: the system's, or a test's.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The longest sleep: a machine's clock may be set, and timers must notice.
const LONGEST: Duration = Duration::from_secs(30);

/// Where an application reads the time; moments are cut to the microsecond.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved: microseconds since 1970.
    Manual(Arc<watch::Sender<i64>>),
}

impl Clock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(watch::Sender::new(start.as_microsecond())))
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let micros = match self {
            Self::System => Timestamp::now().as_microsecond(),
            Self::Manual(micros) => *micros.borrow(),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves a manual clock; does nothing to the system's.
    pub fn advance(&self, by: SignedDuration) {
        if let Self::Manual(micros) = self {
            let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            micros.send_modify(|micros| *micros = micros.saturating_add(by));
        }
    }

    /// Moves a manual clock on to a moment, never back; does nothing to the system's.
    #[cfg(feature = "testing")]
    pub(crate) fn advance_to(&self, moment: Timestamp) {
        if let Self::Manual(micros) = self {
            let due = moment.as_microsecond();
            micros.send_modify(|micros| *micros = due.max(*micros));
        }
    }

    /// Sets a manual clock, forwards or back; does nothing to the system's.
    #[cfg(feature = "testing")]
    pub(crate) fn set(&self, moment: Timestamp) {
        if let Self::Manual(micros) = self {
            micros.send_replace(moment.as_microsecond());
        }
    }

    /// Waits until this moment has come.
    pub async fn until(&self, moment: Timestamp) {
        match self {
            Self::System => loop {
                let left = moment.duration_since(Timestamp::now());
                let Ok(left) = Duration::try_from(left) else { return };
                if left.is_zero() {
                    return;
                }
                // tokio's timer counts milliseconds: never wake a moment too early.
                tokio::time::sleep(left.min(LONGEST)).await;
            },
            Self::Manual(micros) => {
                let mut moved = micros.subscribe();
                let due = moment.as_microsecond();
                // Fails only if the clock is gone, and we hold it.
                let _ = moved.wait_for(|micros| *micros >= due).await;
            }
        }
    }

    /// The moment this long after now.
    #[must_use]
    pub fn after(&self, time: Duration) -> Timestamp {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        self.now().checked_add(time).unwrap_or(Timestamp::MAX)
    }
}
