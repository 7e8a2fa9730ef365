//! `user add`: makes a user, beside a running server too.

use std::io::BufRead as _;

use super::{beside, say};
use crate::app::App;
use crate::auth::{self, NewUser};
use crate::error::Result;

#[derive(Debug, clap::Subcommand)]
pub(super) enum User {
    /// Makes a user
    Add(Add),
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// What people call the user, and a name to sign in with
    nickname: String,
    /// A role the user holds; several in the order given, the first is the default
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// Where mail reaches the user, and another name to sign in with
    #[arg(long)]
    email: Option<String>,
    /// Makes a token and prints it, alone, on the last line
    #[arg(long)]
    token: bool,
    /// Reads the user's password from the first line of the standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(app: &App, User::Add(add): User) -> Result<()> {
    let password = add.password_stdin.then(first_line).transpose()?;
    let user = NewUser { nickname: add.nickname, email: add.email, roles: add.roles };
    let made =
        beside(app, async |core| auth::add_user(core, user, password.as_deref(), add.token).await);
    let (user, token) = made.await?;
    say(&format!("user `{}` has the id {}", user.nickname, user.id));
    if let Some(token) = token {
        say(&token);
    }
    Ok(())
}

fn first_line() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
