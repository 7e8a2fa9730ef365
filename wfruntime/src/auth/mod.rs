//! Users, roles, tokens: who asks, and what they may do.
//!
//! It knows identities and grants; it refuses to know how an action is carried out.

mod access;
mod account;
mod identify;
mod names;
mod password;
mod role;
mod routes;
mod session;
mod setup;
mod sign_in;
mod table;
mod tables;
mod throttle;
mod token;
mod user;

pub(crate) use access::{ADMIN, ANONYMOUS, Access, BUILT_IN, Fields, Grant, ROOT, owner_column};
pub(crate) use identify::identify;
pub use role::{GrantMeta, RegisteredRole, RoleMeta};
pub use user::{User, UserAssociations, UserFields};

pub(crate) use access::Roles;
pub(crate) use account::{Account, NewUser, roles_of};
pub(crate) use identify::{Identify, token};
pub(crate) use names::Names;
pub(crate) use routes::{Need, SYSTEM_ROUTES, SystemRoute};
pub(crate) use setup::{FirstUser, Setup, set_up};
pub(crate) use sign_in::{
    Credentials, PasswordChange, change_password, reset_password, revoke_tokens, sign_in, sign_out,
};
pub(crate) use table::access_table;
pub(crate) use tables::tables;

use password::Passwords;
use session::Sessions;
use throttle::Throttle;

use std::sync::Arc;

use crate::change::{self, Write};
use crate::core::{Core, Settings};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::registry::Registry;
use crate::spelling;
use crate::store::Statement;

/// What an application knows of who may do what, and of who is signed in.
pub(crate) struct Auth {
    pub(crate) account: Account,
    pub(crate) roles: Roles,
    pub(crate) setup: Setup,
    sessions: Sessions,
    passwords: Passwords,
    throttle: Throttle,
    identify: Option<Identify>,
}

impl Auth {
    /// Resolves what the program declares; `identify` takes the place of sign-in.
    pub(crate) fn new(
        registry: &'static Registry,
        settings: &Settings,
        identify: Option<Identify>,
    ) -> Result<Self> {
        Ok(Self {
            account: Account::new(registry.account())?,
            roles: Roles::new(registry.roles().iter().copied(), |meta| registry.declared(meta)),
            setup: Setup::default(),
            sessions: Sessions::default(),
            passwords: Passwords::default(),
            throttle: Throttle::new(settings.sign_in_attempts, settings.sign_in_window),
            identify,
        })
    }

    /// Whether the program says who asks, so that nobody signs in here.
    pub(crate) fn signs_in_otherwise(&self) -> bool {
        self.identify.is_some()
    }

    /// To be called after a commit that may have changed a user, so that it holds at once.
    pub(crate) fn users_changed(&self) {
        self.sessions.forget();
    }
}

impl Access {
    /// What `identity` may do.
    #[must_use]
    pub(crate) fn of(core: &Core, identity: &crate::Identity) -> Self {
        core.auth.roles.access(identity)
    }
}

/// Makes a user of the named roles, and a token for it if `token`; collection events hear of it.
pub(crate) async fn add_user(
    core: &Arc<Core>,
    user: NewUser,
    password: Option<&str>,
    token: bool,
) -> Result<(crate::Actor, Option<String>)> {
    core.auth.roles.check(&user.roles)?;
    let (user, insert) = core.auth.account.insert(core, user)?;
    let mut statements = Vec::new();
    if let Some(password) = password {
        let hash = core.auth.passwords.hash(password).await?;
        statements.push(sign_in::set_password(core, user.id, hash));
    }
    let mut issued = None;
    if token {
        let (token, insert) = session::issue(core, &user)?;
        statements.push(insert);
        issued = Some(token);
    }
    let names = Names::of(core, user.id, &user.nickname, user.email.as_deref());
    write_user(core, insert, statements, names).await?;
    Ok((user, issued))
}

/// Writes a new user with what stands in other tables, unless somebody else has one of the names.
async fn write_user(
    core: &Arc<Core>,
    user: Write,
    others: Vec<Statement>,
    names: Names,
) -> Result<()> {
    let writes = std::iter::once(user).chain(others.into_iter().map(Write::Plain));
    let writes: Vec<Write> = writes.collect();
    let telling = change::judged(core, &writes).await?;
    let written = change::carry_out(core, move |tx| {
        Box::pin(async move {
            let told = change::write(tx, &writes, telling.as_ref()).await?;
            names.check(tx).await?;
            Ok(told)
        })
    });
    written.await.map_err(|error| core.registry.in_json(error))
}

impl Roles {
    /// Fails unless there is each of these roles and a user can hold it.
    pub(crate) fn check(&self, roles: &[String]) -> Result<()> {
        let unknown = roles.iter().filter(|role| !self.is_known(role) || *role == ANONYMOUS);
        let faults: Vec<_> = unknown
            .map(|role| {
                let instead = spelling::instead(role, self.names());
                let message = if role == ANONYMOUS {
                    format!("`{ANONYMOUS}` is who has not signed in; no user holds it{instead}")
                } else {
                    format!("unknown role {}{instead}", spelling::quoted(role))
                };
                Fault::new("unknown_role", message).at("roles")
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
    }
}
