//! How the function of a workflow ends.

use crate::error::{Error, Result};

/// What a function with `#[post_action]` can return: nothing, or why it broke.
///
/// Its error is any that `?` turns into an [`Error`].
#[diagnostic::on_unimplemented(
    message = "a post action cannot return `{Self}`",
    label = "expected `Result<()>`",
    note = "how it ends becomes the status of its execution; nobody waits for a value"
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
