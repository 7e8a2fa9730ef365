//! One action, from the gate to its answer.

use std::sync::Arc;

use super::{
    Alone, Answer, Once, Request, Verb, associate, button, create, destroy, keyed, own, read,
    trigger, update,
};
use crate::auth::Access;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};

/// What can be asked for.
pub(crate) enum Asked {
    /// An action on records.
    Records(Request),
    /// Custom actions that are about none.
    Alone(Alone),
}

impl Asked {
    /// Keeps what it is known by if it is sent again.
    pub(crate) fn known_by(&mut self, once: Once) {
        match self {
            Self::Records(request) => request.once = Some(once),
            Self::Alone(alone) => alone.once = Some(once),
        }
    }
}

/// Carries out what is asked for and answers it.
///
/// # Errors
/// As [`perform`].
pub(crate) async fn perform_any(core: &Arc<Core>, asked: Asked) -> Result<Answer> {
    match asked {
        Asked::Records(request) => perform(core, request).await,
        Asked::Alone(alone) => {
            open(core)?;
            trigger::alone(core, &alone).await
        }
    }
}

/// Fails if the program ends.
pub(super) fn open(core: &Core) -> Result<()> {
    if core.engine.is_closing() {
        let message = "the server is shutting down";
        return Err(Error::new(ErrorKind::Unavailable, "shutting_down", message));
    }
    Ok(())
}

/// Carries out one action and answers it, whatever it was asked through.
///
/// What writes goes on to its end even if the caller does not wait for it.
///
/// # Errors
/// All faults of the request at once, what is wrong before what is forbidden; nothing was written
/// then. What goes wrong after the commit stands in the [`Answer`].
pub(crate) async fn perform(core: &Arc<Core>, request: Request) -> Result<Answer> {
    open(core)?;
    let takes_buttons = matches!(request.verb, Verb::Create | Verb::Update);
    if request.button.is_some() && !takes_buttons {
        return Err(button::none_here(request.verb.name()));
    }
    match request.verb {
        Verb::List | Verb::Get => {
            let access = Access::of(core, &request.identity);
            let (data, selection) = read::read(core, &access, &request).await?;
            Ok(Answer { selection, ..Answer::of(data) })
        }
        Verb::Create => create::create(core, &request).await,
        Verb::Update => update::update(core, &request).await,
        Verb::Destroy => destroy::destroy(core, &request).await,
        Verb::UpdateOrCreate | Verb::FirstOrCreate => keyed::perform(core, request).await,
        Verb::Add | Verb::Remove | Verb::Set => associate::associate(core, &request).await,
        Verb::Trigger => trigger::records(core, &request).await,
        Verb::Own(name) => own::call(core, request, name).await,
    }
}
