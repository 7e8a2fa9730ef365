//! How long finished executions are kept.

use std::time::Duration;

use crate::execution::Status;

/// How long finished executions are kept, by the status they ended with.
///
/// ```
/// use std::time::Duration;
/// use wfruntime::{App, Retention};
///
/// const DAY: Duration = Duration::from_secs(24 * 3600);
/// let kept = Retention::all(DAY * 30).error(DAY * 365).failed(DAY * 90);
/// let app = App::new("sqlite://claims.db").retention(kept);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    resolved: Duration,
    failed: Duration,
    error: Duration,
    aborted: Duration,
    rejected: Duration,
}

impl Retention {
    /// All of them for the same time.
    #[must_use]
    pub const fn all(kept: Duration) -> Self {
        Self { resolved: kept, failed: kept, error: kept, aborted: kept, rejected: kept }
    }

    /// Those that came to their end.
    #[must_use]
    pub const fn resolved(self, kept: Duration) -> Self {
        Self { resolved: kept, ..self }
    }

    /// Those of which a condition of their own said no.
    #[must_use]
    pub const fn failed(self, kept: Duration) -> Self {
        Self { failed: kept, ..self }
    }

    /// Those of which a node broke.
    #[must_use]
    pub const fn error(self, kept: Duration) -> Self {
        Self { error: kept, ..self }
    }

    /// Those that were cancelled, or took too long.
    #[must_use]
    pub const fn aborted(self, kept: Duration) -> Self {
        Self { aborted: kept, ..self }
    }

    /// Those to which a person said no.
    #[must_use]
    pub const fn rejected(self, kept: Duration) -> Self {
        Self { rejected: kept, ..self }
    }

    /// Each final status with its time.
    pub(crate) const fn by_status(self) -> [(Status, Duration); 5] {
        [
            (Status::Resolved, self.resolved),
            (Status::Failed, self.failed),
            (Status::Error, self.error),
            (Status::Aborted, self.aborted),
            (Status::Rejected, self.rejected),
        ]
    }
}

impl Default for Retention {
    /// 90 days.
    fn default() -> Self {
        Self::all(Duration::from_secs(90 * 24 * 3600))
    }
}
