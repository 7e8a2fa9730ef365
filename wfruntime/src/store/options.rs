//! How a store is opened.

use std::time::Duration;

/// How a [`super::Store`] is opened.
///
/// ```
/// use wfruntime::store::Options;
///
/// let beside_a_server = Options { lock: false, ..Options::default() };
/// # assert!(Options::default().lock && !beside_a_server.lock);
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// How many units may wait for the writer; further ones are refused.
    pub queue: usize,
    /// How many units are committed together at most.
    pub group: usize,
    /// How many connections are kept for reading.
    pub readers: usize,
    /// What an answered write survives.
    pub durability: Durability,
    /// Whether this process serves the database: a second server is refused.
    pub lock: bool,
    /// Whether a database that is not there is made.
    pub create: bool,
    /// How long to wait for another process that is writing.
    pub busy: Duration,
    /// On PostgreSQL, how many connections may read at once, besides the one that writes.
    #[cfg(feature = "postgres")]
    pub connections: usize,
    /// On PostgreSQL, how long to try to reach the server.
    #[cfg(feature = "postgres")]
    pub connect: Duration,
    /// On PostgreSQL, how long one statement may take.
    #[cfg(feature = "postgres")]
    pub statement: Duration,
    /// On PostgreSQL, how long a transaction may rest before the server ends it.
    #[cfg(feature = "postgres")]
    pub idle: Duration,
}

/// What an answered write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// A power cut: each group is flushed to the disk.
    #[default]
    Full,
    /// The end of the process, but not a power cut, which may lose the last moments.
    Normal,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue: 1024,
            group: 64,
            readers: std::thread::available_parallelism().map_or(4, |cores| cores.get() * 2),
            durability: Durability::Full,
            lock: true,
            create: true,
            busy: Duration::from_secs(5),
            #[cfg(feature = "postgres")]
            connections: 32,
            #[cfg(feature = "postgres")]
            connect: Duration::from_secs(10),
            #[cfg(feature = "postgres")]
            statement: Duration::from_mins(1),
            #[cfg(feature = "postgres")]
            idle: Duration::from_mins(1),
        }
    }
}
