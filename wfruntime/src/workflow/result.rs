//! How the function of a workflow ends.

use crate::error::{Error, Result};

/// What a function with `#[post_action]` can return: nothing, or why it broke.
///
/// Its error is any that `?` turns into an [`Error`].
#[diagnostic::on_unimplemented(
    message = "a post action cannot return `{Self}`",
    label = "expected `Result<()>`",
    note = "how it ends becomes the status of its execution; its error must be a `std::error::Error`"
)]
pub trait WorkflowResult {
    /// The same with the error of a workflow.
    ///
    /// # Errors
    /// The function's.
    fn into_result(self) -> Result<()>;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Error>> WorkflowResult for Result<(), E> {
    fn into_result(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

/// What a function that `run` calls can return: a value, or why it broke.
///
/// Its error is any that `?` turns into an [`Error`].
#[diagnostic::on_unimplemented(
    message = "`run` cannot call a function that returns `{Self}`",
    label = "expected a function that returns a `Result`",
    note = "an `Err` is tried again; a function that cannot fail returns `Ok(…)`"
)]
pub trait Ran {
    /// The value.
    type Value;

    /// The same with the error of a workflow.
    ///
    /// # Errors
    /// The function's.
    fn outcome(self) -> Result<Self::Value>;
}

#[diagnostic::do_not_recommend]
impl<R, E: Into<Error>> Ran for Result<R, E> {
    type Value = R;

    fn outcome(self) -> Result<R> {
        self.map_err(Into::into)
    }
}
