//! The way into this module: one action, asked for and answered.

use std::sync::Arc;

use super::{Answer, Request, Verb, read};
use crate::auth::Access;
use crate::core::Core;
use crate::error::{Error, Result};

/// Carries out one action.
///
/// # Errors
/// What is wrong with it, before anything was written; what goes wrong after the commit stands
/// in the answer.
pub async fn perform(core: &Arc<Core>, request: Request) -> Result<Answer> {
    let access = Access::of(core, &request.identity);
    match request.verb {
        Verb::List | Verb::Get => {
            let (data, selection) = read::read(core, &access, &request).await?;
            Ok(Answer {
                outcome: Ok(()),
                data,
                selection,
                messages: Vec::new(),
                workflows: Vec::new(),
                errors: Vec::new(),
                committed: false,
            })
        }
        _ => Err(Error::internal("writing is not there yet")),
    }
}
