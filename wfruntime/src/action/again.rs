//! What somebody else was in between of is tried again.

/// How often; each time somebody else came through.
const MOST: usize = 50;

/// Counts the tries of one request.
#[derive(Debug)]
pub(super) struct Tries(usize);

impl Tries {
    /// The first one.
    pub(super) const fn first() -> Self {
        Self(1)
    }

    /// Whether there is another one, which is counted.
    pub(super) const fn another(&mut self) -> bool {
        self.0 += 1;
        self.0 <= MOST
    }
}
