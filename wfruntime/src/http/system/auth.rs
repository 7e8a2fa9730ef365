//! `auth:…`, and what `users:…` has beside the actions of a collection.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::response::Response;
use serde_json::json;

use super::{Call, data};
use crate::action::Verb;
use crate::auth::{self, Access, ROOT};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;

/// `auth:signIn`
pub(super) async fn sign_in(call: &Call<'_>) -> Result<Response> {
    Ok(data(auth::sign_in(call.core, call.read()?, address(call)).await?))
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
    Ok(data(auth::set_up(call.core, call.read()?).await?))
}

/// `auth:check`
pub(super) fn check(identity: &Identity) -> Result<Response> {
    let mut user = serde_json::to_value(&identity.user)?;
    if let Some(user) = user.as_object_mut() {
        user.insert("role".to_owned(), identity.role.clone().into());
    }
    Ok(data(user))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    password: String,
}

/// `users:changePassword` and `users:setPassword`
pub(super) async fn users(
    action: &str,
    call: &Call<'_>,
    identity: &Identity,
    access: &Access,
) -> Result<Response> {
    if action == "changePassword" {
        let change = auth::change_password(call.core, identity, call.read()?, address(call));
        return Ok(data(change.await?));
    }
    let id = call.number()?;
    let NewPassword { password } = call.read()?;
    let account = call.core.auth.account;
    access.may(Verb::Update, account.definition)?;
    let user = account.find(call.core, id).await?.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "not_found", format!("there is no user {id}"))
    })?;
    let is_root = user.roles.iter().any(|role| role == ROOT);
    if is_root && !access.is_root() && access.user() != Some(id) {
        let message =
            format!("role `{}` may not set the password of users of role `{ROOT}`", access.role());
        return Err(Error::new(ErrorKind::Forbidden, "forbidden", message));
    }
    auth::reset_password(call.core, id, &password).await?;
    Ok(data(json!({})))
}

/// Where the request comes from, if it came over the network.
fn address(call: &Call<'_>) -> Option<IpAddr> {
    let connected = call.parts.extensions.get::<ConnectInfo<SocketAddr>>();
    connected.map(|ConnectInfo(address)| address.ip())
}
