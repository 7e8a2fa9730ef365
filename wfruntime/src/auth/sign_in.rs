//! Signing in and out, and changing a password.

use std::net::IpAddr;

use super::tables::CREDENTIALS;
use super::token;
use super::{Names, session};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::{Actor, Identity};
use crate::store::Statement;
use crate::store::sql::{Condition, Insert, OnConflict, Query as _, Select};
use crate::value::{Type, Value};

/// What somebody signs in with: an email or a nickname, and the password.
pub(crate) struct Credentials {
    pub(crate) account: String,
    pub(crate) password: String,
}

/// What somebody changes his password with.
pub(crate) struct PasswordChange {
    pub(crate) old_password: String,
    pub(crate) new_password: String,
}

/// Somebody who has just signed in.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SignedIn {
    pub(crate) token: String,
    pub(crate) user: Actor,
}

/// Checks the credentials and gives out a token; takes the same time whatever is wrong.
pub(crate) async fn sign_in(
    core: &Core,
    credentials: Credentials,
    address: Option<IpAddr>,
) -> Result<SignedIn> {
    let Credentials { account, password } = credentials;
    begin(core, &account, address)?;
    let user = core.auth.account.named(core, &account).await?;
    let hash = match &user {
        Some(user) => stored(core, user.id).await?,
        None => None,
    };
    let fits = core.auth.passwords.verify(&password, hash).await?;
    let Some(user) = user.filter(|_| fits) else {
        return Err(wrong("wrong name or password"));
    };
    core.auth.throttle.succeeded(&account, address);
    let (token, insert) = session::issue(core, &user)?;
    let statements = vec![session::remove_expired(core.clock.now()), insert];
    write(core, statements, Names::default()).await?;
    Ok(SignedIn { token, user })
}

/// Takes back the token; that it is not valid is no fault.
pub(crate) async fn sign_out(core: &Core, token: &str) -> Result<()> {
    let Some(hash) = token::hash(token) else { return Ok(()) };
    write(core, vec![session::revoke(hash)], Names::default()).await?;
    core.auth.sessions.forget();
    Ok(())
}

/// Takes back all tokens of a user.
pub(crate) async fn revoke_tokens(core: &Core, user: &Actor) -> Result<()> {
    write(core, vec![session::revoke_all(user.id)], Names::default()).await?;
    core.auth.sessions.forget();
    Ok(())
}

/// Changes the password of who asks, takes back all tokens and gives out a new one.
pub(crate) async fn change_password(
    core: &Core,
    identity: &Identity,
    change: PasswordChange,
    address: Option<IpAddr>,
) -> Result<SignedIn> {
    let Some(user) = identity.user.clone() else {
        return Err(wrong("sign in first"));
    };
    // Not by the name: who holds a stolen token must not close the owner's account.
    let account = format!("#{}", user.id);
    begin(core, &account, address)?;
    let old = stored(core, user.id).await?;
    if !core.auth.passwords.verify(&change.old_password, old).await? {
        let fault = Fault::new("wrong_password", "the old password is wrong").at("oldPassword");
        return Err(Error::faults(ErrorKind::Invalid, vec![fault]));
    }
    core.auth.throttle.succeeded(&account, address);
    let hash = core.auth.passwords.hash(&change.new_password).await?;
    let (token, insert) = session::issue(core, &user)?;
    let set = set_password(core, user.id, hash);
    let statements = vec![set, session::revoke_all(user.id), insert];
    write(core, statements, Names::default()).await?;
    core.auth.sessions.forget();
    Ok(SignedIn { token, user })
}

/// Sets the password of a user, who has to sign in again.
pub(crate) async fn reset_password(core: &Core, user: &Actor, password: &str) -> Result<()> {
    let hash = core.auth.passwords.hash(password).await?;
    let statements = vec![set_password(core, user.id, hash), session::revoke_all(user.id)];
    let names = Names::of(core, user.id, &user.nickname, user.email.as_deref());
    write(core, statements, names).await?;
    core.auth.sessions.forget();
    Ok(())
}

/// The statement that stores a hashed password.
pub(super) fn set_password(core: &Core, user: i64, hash: String) -> Statement {
    Insert {
        table: CREDENTIALS,
        columns: vec!["user_id", "password", "changed_at"],
        rows: vec![vec![user.into(), hash.into(), core.clock.now().into()]],
        conflict: OnConflict::Replace(vec!["user_id"]),
    }
    .build()
}

/// Applies statements as one unit, unless somebody else has one of the names.
async fn write(core: &Core, statements: Vec<Statement>, names: Names) -> Result<()> {
    let unit = core.store.write(move |tx| {
        Box::pin(async move {
            tx.batch(&statements).await?;
            names.check(tx).await
        })
    });
    unit.await.map_err(|error| core.registry.in_json(error))
}

async fn stored(core: &Core, user: i64) -> Result<Option<String>> {
    let select = Select {
        table: CREDENTIALS,
        columns: vec![("password", Type::Text)],
        filter: Condition::eq("user_id", user),
        order: Vec::new(),
        limit: Some(1),
        offset: None,
    };
    let row = core.store.read(&select.build()).await?.pop();
    Ok(row.and_then(|row| row.first().and_then(Value::as_text).map(str::to_owned)))
}

fn begin(core: &Core, account: &str, address: Option<IpAddr>) -> Result<()> {
    core.auth.throttle.begin(account, address, core.clock.now()).map_err(|wait| {
        let seconds = wait.as_secs().max(1);
        let message = format!("too many attempts; try again in {seconds} s");
        Error::new(ErrorKind::TooMany, "too_many_attempts", message).with_retry_after(wait)
    })
}

fn wrong(message: &str) -> Error {
    let fault = Fault::new("unauthenticated", message).with("credentials", "");
    Error::faults(ErrorKind::Unauthenticated, vec![fault])
}
