//! Who a request comes from, and in which role.

use std::sync::Arc;

use axum::http::request::Parts;

use super::ANONYMOUS;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::{Actor, Identity};
use crate::store::BoxFuture;

/// The program's own way to say who a request comes from.
pub(crate) type Identify = Arc<dyn Fn(Parts) -> BoxFuture<'static, Option<Identity>> + Send + Sync>;

/// Who a request comes from: by `Authorization: Bearer`, by `?token=`, or by what the program
/// put in place of sign-in; the role is the one of `X-Role`, or else the user's first.
///
/// # Errors
///
/// [`ErrorKind::Unauthenticated`] for a token that is not valid, or for a user who does not exist,
/// [`ErrorKind::Forbidden`] for a role that the user does not hold.
pub(crate) async fn identify(core: &Core, parts: &Parts) -> Result<Identity> {
    let asked = asked_role(parts)?;
    if let Some(identify) = &core.auth.identify {
        let identity = identify(parts.clone()).await.unwrap_or_else(Identity::anonymous);
        let Some(user) = identity.user else { return nobody(asked) };
        exists(core, &user).await?;
        return match asked {
            Some(role) => in_role(user, Some(role)),
            None => Ok(Identity { user: Some(user), role: identity.role }),
        };
    }
    match token(parts)? {
        Some(token) => in_role(core.auth.sessions.user(core, token).await?, asked),
        None => nobody(asked),
    }
}

/// Fails unless the user whom the program names is a record of the account collection: what they
/// write refers to it.
async fn exists(core: &Core, user: &Actor) -> Result<()> {
    let account = core.auth.account;
    if account.find(core, user.id).await?.is_some() {
        return Ok(());
    }
    let message = format!(
        "the identity names user {}, who does not exist in `{}`",
        user.id,
        account.definition.name()
    );
    Err(Error::new(ErrorKind::Unauthenticated, "unknown_user", message))
}

/// The token of a request, from its header or its query.
///
/// # Errors
///
/// [`ErrorKind::Unauthenticated`] for a header of another kind.
pub(crate) fn token(parts: &Parts) -> Result<Option<&str>> {
    let Some(header) = parts.headers.get(axum::http::header::AUTHORIZATION) else {
        // A token has only characters that stand for themselves in a query.
        let query = parts.uri.query().unwrap_or_default();
        return Ok(query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    };
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).unzip();
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        return Ok(token.map(str::trim));
    }
    Err(Error::new(
        ErrorKind::Unauthenticated,
        "token_malformed",
        "expected the header `Authorization: Bearer <token>`",
    ))
}

fn asked_role(parts: &Parts) -> Result<Option<&str>> {
    let Some(header) = parts.headers.get("x-role") else { return Ok(None) };
    let role = header.to_str().map_err(|_| {
        Error::new(ErrorKind::Forbidden, "role_not_held", "`X-Role` has to be the name of a role")
    })?;
    Ok(Some(role.trim()).filter(|role| !role.is_empty()))
}

fn nobody(asked: Option<&str>) -> Result<Identity> {
    match asked {
        None | Some(ANONYMOUS) => Ok(Identity::anonymous()),
        Some(role) => Err(Error::new(
            ErrorKind::Unauthenticated,
            "unauthenticated",
            format!("sign in to act in the role `{role}`"),
        )),
    }
}

/// The user in the role asked for, or else the first; without any role what anybody may.
fn in_role(user: Actor, asked: Option<&str>) -> Result<Identity> {
    let role = match asked {
        Some(asked) if user.roles.iter().any(|role| role == asked) => asked.to_owned(),
        Some(asked) => {
            let held = user.roles.join("`, `");
            let held = if held.is_empty() { "none".to_owned() } else { format!("`{held}`") };
            let message =
                format!("user `{}` does not hold the role `{asked}`; held: {held}", user.nickname);
            return Err(Error::new(ErrorKind::Forbidden, "role_not_held", message));
        }
        None => user.roles.first().cloned().unwrap_or_else(|| ANONYMOUS.to_owned()),
    };
    Ok(Identity { user: Some(user), role })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    fn ada() -> Actor {
        let roles = vec!["employee".to_owned(), "supervisor".to_owned()];
        Actor { id: 7, nickname: "Ada".into(), email: None, roles }
    }

    #[test]
    fn a_token_is_in_the_header_or_in_the_query() {
        for (uri, headers, expected) in [
            ("/", &[][..], Ok(None)),
            ("/?token=abc", &[], Ok(Some("abc"))),
            ("/?a=1&token=abc&b", &[], Ok(Some("abc"))),
            ("/?mytoken=abc", &[], Ok(None)),
            ("/?token=abc", &[("authorization", "bearer  xyz ")], Ok(Some("xyz"))),
            ("/", &[("authorization", "Basic xyz")], Err("token_malformed")),
            ("/", &[("authorization", "xyz")], Err("token_malformed")),
            ("/", &[("authorization", "")], Err("token_malformed")),
        ] {
            let parts = parts(uri, headers);
            let found = token(&parts).map_err(|error| error.all()[0].code.clone());
            assert_eq!(found, expected.map_err(str::to_owned), "{uri} {headers:?}");
        }
    }

    #[test]
    fn the_role_is_one_that_the_user_holds() -> Result<()> {
        assert_eq!(in_role(ada(), None)?.role, "employee");
        assert_eq!(in_role(ada(), Some("supervisor"))?.role, "supervisor");
        let error = in_role(ada(), Some("root")).expect_err("not held");
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        assert_eq!(
            error.to_string(),
            "user `Ada` does not hold the role `root`; held: `employee`, `supervisor`"
        );
        let plain = in_role(Actor { roles: Vec::new(), ..ada() }, None)?;
        assert_eq!(plain.role, ANONYMOUS);
        Ok(())
    }

    #[test]
    fn nobody_has_no_role_but_anonymous() -> Result<()> {
        assert_eq!(nobody(Some(ANONYMOUS))?, Identity::anonymous());
        let error = nobody(Some("root")).expect_err("nobody");
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        Ok(())
    }
}
