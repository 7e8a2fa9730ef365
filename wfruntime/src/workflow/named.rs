//! Naming a workflow by its function, where a value is expected: `fire(expense_review)`.

use std::any::TypeId;

use super::{Workflow, WorkflowMeta};
use crate::registry;

/// A workflow, named by its function.
///
/// `M` only tells the ways of naming apart; nobody writes it.
#[diagnostic::on_unimplemented(
    message = "this is not a workflow",
    label = "not made by `#[post_action]` or `workflow!`",
    note = "name the workflow by its path, as in `fire(expense_review)`"
)]
pub trait Named<M> {
    /// What was declared.
    fn meta(&self) -> Option<&'static WorkflowMeta>;
}

/// Marks what is named by its type.
#[derive(Debug, Clone, Copy)]
pub enum ByType {}

impl<W: Workflow> Named<ByType> for W {
    fn meta(&self) -> Option<&'static WorkflowMeta> {
        Some(W::META)
    }
}

impl<F, A, B, R> Named<(A, B, R)> for F
where
    F: Fn(A, B) -> R + 'static,
{
    fn meta(&self) -> Option<&'static WorkflowMeta> {
        registry::global().workflow_of(TypeId::of::<F>())
    }
}
