//! `auth:…`, and what `users:…` has beside the actions of a collection.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::response::Response;
use serde_json::json;

use super::{Call, data};
use crate::action::Verb;
use crate::auth::{self, Access, Credentials, FirstUser, PasswordChange, ROOT};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;

/// `auth:signIn`
pub(super) async fn sign_in(call: &Call<'_>) -> Result<Response> {
    let mut body = call.members()?;
    let account = body.text(&["account", "email", "nickname", "username"]);
    let credentials = Credentials { account, password: body.text(&["password"]) };
    // Clients of NocoBase send more than that.
    body.check_known()?;
    Ok(data(auth::sign_in(call.core, credentials, address(call)).await?))
}

/// `auth:signOut`
pub(super) async fn sign_out(call: &Call<'_>) -> Result<Response> {
    if let Some(token) = auth::token(call.parts)? {
        auth::sign_out(call.core, token).await?;
    }
    Ok(data(json!({})))
}

/// `auth:setup`
pub(super) async fn set_up(call: &Call<'_>) -> Result<Response> {
    let mut body = call.members()?;
    let first = FirstUser {
        code: body.text(&["code"]),
        nickname: body.text(&["nickname"]),
        password: body.text(&["password"]),
        email: body.optional_text("email"),
    };
    body.check()?;
    Ok(data(auth::set_up(call.core, first).await?))
}

/// `auth:check`
pub(super) fn check(identity: &Identity) -> Result<Response> {
    let mut user = serde_json::to_value(&identity.user)?;
    if let Some(user) = user.as_object_mut() {
        user.insert("role".to_owned(), identity.role.clone().into());
    }
    Ok(data(user))
}

/// `users:changePassword`, `users:setPassword` and `users:revokeTokens`
pub(super) async fn users(
    action: &str,
    call: &Call<'_>,
    identity: &Identity,
    access: &Access,
) -> Result<Response> {
    if action == "changePassword" {
        let mut body = call.members()?;
        let (old_password, new_password) =
            (body.text(&["oldPassword"]), body.text(&["newPassword"]));
        body.check()?;
        let change = PasswordChange { old_password, new_password };
        let changed = auth::change_password(call.core, identity, change, address(call));
        return Ok(data(changed.await?));
    }
    let id = call.number()?;
    let mut body = call.members()?;
    let password = (action == "setPassword").then(|| body.text(&["password"]));
    body.check()?;
    let account = call.core.auth.account;
    access.may(Verb::Update, account.definition)?;
    let user = account.find(call.core, id).await?.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "not_found", format!("there is no user {id}"))
    })?;
    let is_root = user.roles.iter().any(|role| role == ROOT);
    if is_root && !access.is_root() && access.user() != Some(id) {
        let what = if password.is_some() { "set the password" } else { "revoke the tokens" };
        let message = format!("role `{}` may not {what} of users of role `{ROOT}`", access.role());
        return Err(Error::new(ErrorKind::Forbidden, "forbidden", message));
    }
    match password {
        Some(password) => auth::reset_password(call.core, &user, &password).await?,
        None => auth::revoke_tokens(call.core, &user).await?,
    }
    Ok(data(json!({})))
}

/// Where the request comes from, if it came over the network.
fn address(call: &Call<'_>) -> Option<IpAddr> {
    let connected = call.parts.extensions.get::<ConnectInfo<SocketAddr>>();
    connected.map(|ConnectInfo(address)| address.ip())
}
