//! The people of a task: what they are called, and who can be handed one.

use serde_json::Value;

use super::members::IdOrText;
use crate::auth::Access;
use crate::core::Core;
use crate::engine::tasks::Task;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::{Actor, Identity};
use crate::spelling::quoted;

/// The tasks as they are answered, with the nicknames of those who decide and hand on.
pub(super) async fn named(core: &Core, tasks: &[Task]) -> Result<Vec<Value>> {
    let mut shown = tasks.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
    let mut ids = Vec::new();
    each(&mut shown, |_, _, id| ids.push(id));
    ids.sort_unstable();
    ids.dedup();
    if !ids.is_empty() {
        let names = core.auth.account.nicknames(core, &ids).await?;
        each(&mut shown, |person, name, id| {
            person[name] = names.get(&id).map(String::as_str).into();
        });
    }
    Ok(shown)
}

/// Everybody who is named by an id, with the member that takes the nickname.
fn each(tasks: &mut [Value], mut then: impl FnMut(&mut Value, &str, i64)) {
    const PLACES: [(&str, &str, &str); 3] = [
        ("assignees", "userId", "nickname"),
        ("delegations", "from", "fromNickname"),
        ("delegations", "to", "toNickname"),
    ];
    for task in tasks {
        for (list, id, name) in PLACES {
            for person in task[list].as_array_mut().into_iter().flatten() {
                if let Some(id) = person[id].as_i64() {
                    then(person, name, id);
                }
            }
        }
    }
}

/// The user who is to decide: by id, or by the exact nickname or email.
///
/// By name nobody learns more than whether somebody who decides tasks is called so.
///
/// # Errors
/// [`ErrorKind::Invalid`] if there is no such user, or none who decides tasks; or several.
pub(super) async fn receiver(core: &Core, to: &IdOrText) -> Result<Actor> {
    let fault = |code: &str, message: String| {
        Error::faults(ErrorKind::Invalid, vec![Fault::new(code, message).at("to")])
    };
    let decides = |user: &Actor| {
        user.roles.iter().any(|role| {
            let identity = Identity { user: Some(user.clone()), role: role.clone() };
            Access::of(core, &identity).may_tasks()
        })
    };
    match to {
        IdOrText::Id(id) => {
            let Some(user) = core.auth.account.find(core, *id).await? else {
                return Err(fault("unknown_user", format!("there is no user {id}")));
            };
            if decides(&user) {
                return Ok(user);
            }
            let text = format!("{} holds no role that decides tasks", user.nickname);
            Err(fault("no_tasks", text))
        }
        IdOrText::Text(name) => {
            let name = name.trim();
            let mut users = core.auth.account.called(core, name).await?;
            users.retain(decides);
            let user = users.pop();
            match user.filter(|_| users.is_empty()) {
                Some(user) => Ok(user),
                None if users.is_empty() => {
                    let text = format!("nobody who decides tasks is called {}", quoted(name));
                    Err(fault("unknown_user", text))
                }
                None => {
                    let text =
                        format!("several are called {}: give the email or the id", quoted(name));
                    Err(fault("ambiguous_user", text))
                }
            }
        }
    }
}
