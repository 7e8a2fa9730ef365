//! `serve`: answers requests until the process is asked to end.

use tokio::signal::unix::{SignalKind, signal};

use super::say;
use crate::app::{App, Running};
use crate::error::Result;
use crate::forms;

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Where to listen, as in 127.0.0.1:3000
    #[arg(long, value_name = "ADDRESS", env = "WF_ADDR")]
    addr: Option<String>,
}

impl Serve {
    /// What was said behind the word `serve`, or else before it.
    pub(super) fn or(self, before: Self) -> Self {
        Self { addr: self.addr.or(before.addr) }
    }
}

pub(super) async fn run(mut app: App, serve: Serve) -> Result<()> {
    // Before it says that it answers: whoever reads that may end it at once.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    if let Some(address) = serve.addr {
        app.address = address;
    }
    let address = app.address.clone();
    let (mut running, hooks) = Running::open(app).await?;
    let listener = running.bind(&address).await?;
    running.begin(hooks).await?;
    say(&format!("answers at {}", running.url()));
    forms::idle(running.core()).await?.iter().for_each(|line| say(line));
    if let Some(code) = running.setup_code().await? {
        let page = running.page().map(|page| format!("{page}/setup?code={code}"));
        say(&first_administrator(running.url(), page.as_deref(), &code));
    }
    running
        .serve(listener, async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            say("finishing what has begun; a second signal ends at once");
            tokio::spawn(async move {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                std::process::exit(130);
            });
        })
        .await
}

/// How to make the first user; the password is too short to be taken as it stands.
fn first_administrator(url: &str, page: Option<&str>, code: &str) -> String {
    let page = page.map(|page| format!("\n  open {page}\n\nor\n")).unwrap_or_default();
    format!(
        "there is no user yet; make the first one, of role `root`, within a day:\n{page}\
         \n  curl -X POST '{url}/api/auth:setup' \\\n    \
         -d '{{\"code\": \"{code}\", \"nickname\": \"admin\", \"password\": \"…\"}}'\n"
    )
}
