//! `openapi`: what a role may ask for over HTTP.

use super::say;
use crate::app::App;
use crate::auth::ROOT;
use crate::error::Result;
use crate::http::openapi::for_role;

#[derive(Debug, clap::Args)]
pub(super) struct Openapi {
    /// The role; `anonymous` is who is not signed in
    #[arg(long, value_name = "ROLE", default_value = ROOT)]
    role: String,
}

pub(super) fn run(app: &App, openapi: &Openapi) -> Result<()> {
    let registry = crate::registry::global();
    registry.check()?;
    say(&for_role(registry, &app.settings, &openapi.role)?);
    Ok(())
}
