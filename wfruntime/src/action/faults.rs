//! Everything that is wrong with one request, gathered before it is answered.

use std::fmt;

use crate::error::{Error, ErrorKind, Fault, Result};

/// How many faults an answer tells: a body of a megabyte can have a hundred thousand.
const TOLD: usize = 100;

/// The faults of a request by how they are answered: what is wrong comes before what is
/// forbidden.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// What makes the request wrong: 400.
    pub(crate) invalid: Vec<Fault>,
    /// What the role may not: 403.
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

    /// Whether nothing was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.invalid.is_empty() && self.forbidden.is_empty()
    }

    /// Nothing, if there are no faults; what is wrong is told before what is forbidden.
    pub(crate) fn check(self) -> Result<()> {
        let (kind, mut faults) = match (self.invalid.is_empty(), self.forbidden.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => (ErrorKind::Forbidden, self.forbidden),
            (false, _) => (ErrorKind::Invalid, self.invalid),
        };
        faults.truncate(TOLD);
        Err(Error::faults(kind, faults))
    }
}

/// Where in the body a value stands: `comments[0].text`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The body itself.
    Root,
    /// A field of the object at a path.
    Field(&'p Path<'p>, &'p str),
    /// An element of the array at a path.
    Index(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    /// The path of a field of the object here.
    pub(crate) fn field(&'p self, name: &'p str) -> Self {
        Self::Field(self, name)
    }

    /// The path of an element of the array here.
    pub(crate) fn index(&'p self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// The fault, about the value here; about none if this is the whole body.
    pub(crate) fn fault(&self, code: &str, message: impl Into<String>) -> Fault {
        let fault = Fault::new(code, message);
        match self {
            Self::Root => fault,
            _ => fault.at(self.to_string()),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Path::Root, name) => f.write_str(name),
            Self::Field(object, name) => write!(f, "{object}.{name}"),
            Self::Index(array, index) => write!(f, "{array}[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_before_what_is_forbidden() {
        let fault = |code| Fault::new(code, code);
        assert!(Faults::default().check().is_ok());
        let both = Faults { invalid: vec![fault("b"), fault("c")], forbidden: vec![fault("a")] };
        let error = both.check().expect_err("two are wrong");
        assert_eq!((error.kind(), error.all().len()), (ErrorKind::Invalid, 2));
        let one = Faults { forbidden: vec![fault("a")], ..Faults::default() };
        let error = one.check().expect_err("one is forbidden");
        assert_eq!((error.kind(), error.all().len()), (ErrorKind::Forbidden, 1));
    }

    #[test]
    fn an_answer_stays_short_however_much_is_wrong() {
        let faults = Faults { invalid: vec![Fault::new("a", "a"); 5000], ..Faults::default() };
        assert_eq!(faults.check().expect_err("all are wrong").all().len(), TOLD);
    }

    #[test]
    fn a_path_reads_as_javascript_writes_it() {
        let root = Path::Root;
        let (first, comments) = (root.index(0), root.field("comments"));
        let third = comments.index(2);
        assert_eq!(first.field("title").to_string(), "[0].title");
        assert_eq!(third.field("text").to_string(), "comments[2].text");
    }
}
