//! `/api/openapi.json`: what a role may ask for over HTTP, as OpenAPI describes it.
//!
//! It is made from the registry for one role and names nothing that the role may not use. It
//! refuses to know requests: what is described is read from the same tables that answer them.

mod collection;
mod node;
mod operation;
mod parts;
mod record;
mod schema;
mod system;
mod value;
mod webhook;

use std::sync::Arc;

use crate::action::Verb;
use crate::action::read::link;
use crate::auth::{self, Access, Roles};
use crate::collection::{Association, Definition};
use crate::core::{Core, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::{Actor, Identity};
use crate::registry::Registry;
use crate::spelling::{instead, quoted};
use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::response::Response;
use node::Object;
use record::Names;

/// The path below `/api/`.
pub(super) const PATH: &str = "openapi.json";

/// The name of the way to sign in.
const TOKEN: &str = "token";

/// For whom the document is.
struct Caller<'a> {
    registry: &'a Registry,
    access: &'a Access,
    roles: &'a [&'static str],
    names: &'a Names,
}

impl Caller<'_> {
    /// Whether the role may reach the records that an association leads to.
    fn may_follow(&self, of: &'static Definition, association: &Association) -> bool {
        let index = link::association(of, association.json);
        self.access
            .grant(Verb::Get, of)
            .zip(index)
            .is_some_and(|(grant, index)| grant.fields.has_association(index))
    }
}

/// Answers the document for the role of the request.
///
/// # Errors
/// Whoever asks is not known.
pub(super) async fn answer(core: &Arc<Core>, parts: &Parts) -> Result<Response> {
    let identity = auth::identify(core, parts).await?;
    let access = core.auth.roles.access(&identity);
    let names = core.auth.roles.names();
    let document = document(core.registry, &core.settings, &access, &names, &server(parts));
    Ok(super::answer::json(axum::http::StatusCode::OK, serde_json::to_vec(&document)?))
}

/// Where the routes are nested, as a server of the document.
fn server(parts: &Parts) -> String {
    let original = parts.extensions.get::<OriginalUri>();
    let whole = original.map_or(parts.uri.path(), |OriginalUri(uri)| uri.path());
    let prefix = whole.strip_suffix(PATH).and_then(|path| path.strip_suffix("/api/"));
    match prefix {
        None | Some("") => "/".to_owned(),
        Some(prefix) => prefix.to_owned(),
    }
}

/// The document for somebody who is signed in with this role, as JSON on several lines.
///
/// # Errors
/// [`ErrorKind::Invalid`] if there is no such role.
pub(crate) fn for_role(registry: &Registry, settings: &Settings, role: &str) -> Result<String> {
    let roles = Roles::new(registry.roles().iter().copied(), |meta| registry.declared(meta));
    if !roles.is_known(role) {
        let names = roles.names();
        let message = format!("unknown role {}{}", quoted(role), instead(role, names));
        return Err(Error::new(ErrorKind::Invalid, "unknown_role", message));
    }
    let user = (role != auth::ANONYMOUS).then(|| Actor {
        id: 1,
        nickname: String::new(),
        email: None,
        roles: vec![role.to_owned()],
    });
    let access = roles.access(&Identity { user, role: role.to_owned() });
    let document = document(registry, settings, &access, &roles.names(), "/");
    Ok(serde_json::to_string_pretty(&document)?)
}

fn document(
    registry: &Registry,
    settings: &Settings,
    access: &Access,
    roles: &[&'static str],
    server: &str,
) -> Object {
    let names = Names::of(registry);
    let caller = Caller { registry, access, roles, names: &names };
    let mut operations = Vec::new();
    let (mut schemas, mut tags) = (Object::new(), Vec::new());
    for definition in registry.collections() {
        let usable = collection::operations(&caller, definition);
        if !usable.is_empty() {
            let tag = Object::new().with("name", definition.name());
            tags.push(schema::about(definition.meta.title, tag));
            operations.extend(usable);
        }
        for (name, shape) in record::schemas(&caller, definition) {
            schemas.add(name, shape);
        }
    }
    operations.extend(system::operations(&caller));
    operations.extend(webhook::operations(&caller));
    for (name, shape) in parts::schemas().into_iter().chain(system::schemas(&caller)) {
        schemas.add(name, shape);
    }
    let mut paths = Object::new();
    for mut operation in operations {
        if !operation.is_signed {
            operation.parameters.push(parts::shared("role"));
        }
        let (path, described) = operation.described();
        paths.add(path, described);
    }
    let bearer = Object::new().with("type", "http").with("scheme", "bearer");
    let bearer = schema::about("The token that `auth:signIn` gives out.", bearer);
    let components = Object::new()
        .with("schemas", schemas)
        .with("parameters", parts::parameters(settings.page_limit))
        .with("responses", parts::responses())
        .with("securitySchemes", Object::new().with(TOKEN, bearer));
    let text = format!(
        "What the role `{}` may ask for. The verbs of REST mean the same actions: `GET` and `POST` \
         of `/api/<collection>`, `GET`, `PATCH` and `DELETE` of `/api/<collection>/<id>`.",
        access.role()
    );
    let info = Object::new().with("title", "wf").with("version", env!("CARGO_PKG_VERSION"));
    Object::new()
        .with("openapi", "3.1.0")
        .with("info", schema::about(text, info))
        .with("servers", vec![Object::new().with("url", server)])
        .with("security", vec![Object::new().with(TOKEN, Vec::<Object>::new()), Object::new()])
        .with("tags", tags)
        .with("paths", paths)
        .with("components", components)
}
