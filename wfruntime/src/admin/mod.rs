//! The web page: for the people of the business to work on, for the developer to watch.
//!
//! It is drawn on the server, and asks the routes below `/api` in the same process as a program
//! outside would: what a role may not ask for there cannot stand on the page. It refuses to know
//! tables and the engine.

#[cfg(feature = "openapi-page")]
mod api;
mod ask;
mod assets;
mod data;
mod executions;
mod guard;
mod inputs;
mod layout;
mod live;
mod pick;
mod place;
mod session;
mod show;
mod tasks;
mod text;
mod users;
mod workflows;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::core::Core;
use axum::response::Redirect;

/// Where the page is, below the prefix of the router.
pub(crate) const ROOT: &str = "/admin";

/// Routes of the page, before they know their application.
type Pages = Router<Arc<Core>>;

/// The routes of the page.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    let pages = Router::new()
        .route("/", get(layout::home))
        .route("/sign-in", get(session::sign_in_form).post(session::sign_in))
        .route("/setup", get(session::setup_form).post(session::set_up))
        .route("/sign-out", post(session::sign_out))
        .route("/choose", post(session::choose))
        .route("/tasks", get(tasks::list))
        .route("/tasks/{id}", get(tasks::one).post(tasks::submit))
        .route("/tasks/{id}/delegate", post(tasks::delegate))
        .route("/workflows", get(workflows::list))
        .route("/workflows/{key}", get(workflows::one))
        .route("/workflows/{key}/switch", post(workflows::switch_it))
        .route("/executions", get(executions::list))
        .route("/executions/{id}", get(executions::one))
        .route("/executions/{id}/cancel", post(executions::cancel))
        .route("/executions/{id}/rerun", post(executions::rerun))
        .route("/users", get(users::list).post(users::add))
        .route("/users/{id}", get(users::one))
        .route("/users/{id}/roles", post(users::set_roles))
        .route("/users/{id}/password", post(users::set_password))
        .route("/users/{id}/revoke", post(users::revoke))
        .route("/users/{id}/destroy", post(users::destroy))
        .route("/password", get(users::password_form).post(users::change_password))
        .merge(data::routes())
        .route("/live", get(live::changes))
        .route("/assets/{name}", get(assets::asset));
    #[cfg(feature = "openapi-page")]
    let pages = pages.route("/api", get(api::page)).route("/api.json", get(api::document));
    let guard = from_fn_with_state(Arc::clone(core), guard::guard);
    let pages = pages.fallback(layout::nowhere).layer(guard);
    // Relative: it works below any prefix.
    let slash = get(async || Redirect::to("../admin"));
    Router::new().nest(ROOT, pages).route("/admin/", slash).with_state(Arc::clone(core))
}
