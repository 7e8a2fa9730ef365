//! The error of every fallible function: a kind, faults for the caller, a source for the log.

use std::fmt;
use std::time::Duration;

/// `Result` with this crate's [`Error`]; the error type can be another one.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as the answer's status and the engine's decisions need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request or the value is wrong: 400.
    Invalid,
    /// No valid token: 401.
    Unauthenticated,
    /// The role may not: 403.
    Forbidden,
    /// There is no such thing, or it may not be seen: 404.
    NotFound,
    /// The action's method is not the route's: 405.
    MethodNotAllowed,
    /// The request did not arrive in time: 408.
    Timeout,
    /// It contradicts what is stored: 409.
    Conflict,
    /// Larger than a limit: 413.
    TooLarge,
    /// In a form that is not read: 415.
    Unsupported,
    /// Understood, and refused: 422.
    Unprocessable,
    /// Too many attempts: 429.
    TooMany,
    /// Busy or shutting down; nothing was written: 503.
    Unavailable,
    /// A workflow's own condition said no.
    Failed,
    /// A workflow ended; control flow of [`crate::Context`], not a fault.
    Ended,
    /// The lease on the execution was lost; another process holds it.
    Fenced,
    /// The program is declared or started wrongly.
    Startup,
    /// Anything else: 500, told to the caller without its text.
    Internal,
}

/// One thing that is wrong, as the caller is told it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// What is wrong and what to do.
    pub message: String,
    /// A word for programs, in snake case: `unknown_field`.
    pub code: String,
    /// The JSON path of the value it is about: `category.title`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    #[serde(skip)]
    text: Text,
}

/// What a translation of a message needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Text {
    /// Whether this crate wrote the message: what programs say is not translated.
    is_ours: bool,
    /// What stands in it, by name.
    args: Vec<(&'static str, String)>,
}

/// Whether the caller is this crate, whatever folder it was built in.
#[track_caller]
fn is_ours() -> bool {
    let here = file!().strip_suffix("error.rs").unwrap_or_default();
    std::panic::Location::caller().file().starts_with(here)
}

impl Fault {
    /// A fault that is about no single field.
    #[track_caller]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let text = Text { is_ours: is_ours(), args: Vec::new() };
        Self { message: message.into(), code: code.into(), field: None, text }
    }

    /// The same fault with something that stands in its message, for translations.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "names and numbers, written where they are")]
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.text.args.push((name, value.to_string()));
        self
    }

    /// The same fault with the line of a file that it is about.
    pub(crate) fn in_line(&self, line: u64) -> Self {
        let message = format!("line {line}: {}", self.message);
        Self { message, ..self.clone() }.with("line", line)
    }

    /// What stands in the message, by name; nothing if the program wrote it, and not this crate.
    #[cfg(feature = "page")]
    pub(crate) fn args(&self) -> Option<&[(&'static str, String)]> {
        self.text.is_ours.then_some(&self.text.args)
    }

    /// The same fault, about `field`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// An error: its [`ErrorKind`], the faults a caller may read, and what caused it.
///
/// Any [`std::error::Error`] converts into it with `?` (as [`ErrorKind::Internal`]), so it
/// implements `Display` and `Debug` but not `std::error::Error` itself, like `anyhow::Error`.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    faults: Vec<Fault>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    retry_after: Option<Duration>,
}

impl Error {
    /// An error with one fault.
    #[track_caller]
    pub fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self::faults(kind, vec![Fault::new(code, message)])
    }

    /// An error with all its faults.
    #[must_use]
    pub fn faults(kind: ErrorKind, faults: Vec<Fault>) -> Self {
        Self(Box::new(Inner { kind, faults, source: None, retry_after: None }))
    }

    /// Something that was read was changed before what follows from it was written.
    #[track_caller]
    pub(crate) fn overtaken(message: &str) -> Self {
        Self::new(ErrorKind::Conflict, "changed_meanwhile", message)
    }

    /// Whether something that was read was changed before what follows from it was written.
    #[must_use]
    pub(crate) fn is_overtaken(&self) -> bool {
        self.kind() == ErrorKind::Conflict
            && self.all().iter().any(|it| it.code == "changed_meanwhile")
    }

    /// An error whose text stays in the program: logged, never answered.
    #[track_caller]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, "internal", message)
    }

    /// A wrong request or value.
    #[track_caller]
    pub fn invalid(code: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, code, message)
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error with how long to wait before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// How long to wait before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The faults, in the order they were found; at least one.
    #[must_use]
    pub fn all(&self) -> &[Fault] {
        &self.0.faults
    }

    /// What caused it.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&fault.message)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    // `fn main() -> wfruntime::Result<()>` prints this: it is meant to be read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.faults.iter().enumerate() {
            let line = if index > 0 { "\n" } else { "" };
            // An answer has the field beside the message; here it would be lost.
            match fault.field.as_deref().filter(|field| !fault.message.contains(field)) {
                Some(field) => write!(f, "{line}`{field}`: {}", fault.message)?,
                None => write!(f, "{line}{}", fault.message)?,
            }
        }
        let mut source: Option<&dyn std::error::Error> =
            self.0.source.as_deref().map(|source| source as &dyn std::error::Error);
        while let Some(cause) = source {
            write!(f, "\ncaused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(source: E) -> Self {
        Self::internal(source.to_string()).with_source(source)
    }
}

impl From<Error> for Box<dyn std::error::Error + Send + Sync> {
    fn from(error: Error) -> Self {
        format!("{error:?}").into()
    }
}
