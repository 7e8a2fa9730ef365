//! What is wrong with several parts of a request, told at once.

use crate::error::{Error, ErrorKind, Fault, Result};

/// Collects what is wrong with several parts of a request, so that it is told at once.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) invalid: Vec<Fault>,
    pub(crate) forbidden: Vec<Fault>,
}

impl Faults {
    /// The value, or nothing after its faults were kept; other errors are passed on.
    pub(crate) fn keep<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                match error.kind() {
                    ErrorKind::Invalid => self.invalid.extend_from_slice(error.all()),
                    ErrorKind::Forbidden => self.forbidden.extend_from_slice(error.all()),
                    _ => return Err(error),
                }
                Ok(None)
            }
        }
    }

    /// Nothing, if there are no faults; what is wrong is told before what is forbidden.
    pub(crate) fn check(self) -> Result<()> {
        match (self.invalid.is_empty(), self.forbidden.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(Error::faults(ErrorKind::Forbidden, self.forbidden)),
            (false, _) => Err(Error::faults(ErrorKind::Invalid, self.invalid)),
        }
    }
}
