//! A started application: its router, its address, and its end.

use std::future::Future;
use std::net::Ipv4Addr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::{App, OnStart, Purpose, close, open};
use crate::auth::{self, NewUser};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::http;

/// How long nodes in flight may take to finish once the application is asked to end; requests
/// have the time of the synchronous workflows more.
const GRACE: Duration = Duration::from_secs(5);

/// A started application; a clone is the same one.
#[derive(Clone)]
pub struct Running {
    core: Arc<Core>,
    router: axum::Router,
    url: String,
}

impl Running {
    /// Opens and starts all but the hooks, which are given back: they come last.
    pub(crate) async fn open(mut app: App) -> Result<(Self, Vec<OnStart>)> {
        let hooks = std::mem::take(&mut app.on_start);
        let hooks = hooks.into_inner().unwrap_or_else(PoisonError::into_inner);
        let routes = std::mem::take(&mut app.routes);
        let core = open(&app, Purpose::Serve).await?;
        let router = http::router(&core, routes);
        let running = Self { core, router, url: format!("http://{}", app.address) };
        running.core.engine.start().await?;
        Ok((running, hooks))
    }

    /// Runs what is to be done before the first request; if it fails, nothing goes on.
    pub(crate) async fn begin(&self, hooks: Vec<OnStart>) -> Result<()> {
        for hook in hooks {
            if let Err(error) = hook(self.clone()).await {
                self.shutdown().await?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Takes the address to listen at, and says so from now on.
    pub(crate) async fn bind(&mut self, address: &str) -> Result<TcpListener> {
        let bound = TcpListener::bind(address).await;
        let bound = bound.and_then(|listener| Ok((listener.local_addr()?, listener)));
        match bound {
            Ok((mut local, listener)) => {
                if local.ip().is_unspecified() {
                    local.set_ip(Ipv4Addr::LOCALHOST.into());
                }
                self.url = format!("http://{local}");
                Ok(listener)
            }
            Err(error) => {
                self.shutdown().await?;
                let message = format!(
                    "cannot listen at `{address}`: {error}\n\
                     = help: name another address: `--addr 127.0.0.1:3001`"
                );
                Err(Error::new(ErrorKind::Startup, "address", message))
            }
        }
    }

    /// The routes of the application; they can be nested under any prefix.
    ///
    /// ```no_run
    /// # use wfruntime::App;
    /// # async fn example() -> wfruntime::Result<()> {
    /// let wf = App::new("sqlite://claims.db").start().await?;
    /// let router: axum::Router = axum::Router::new().nest("/claims", wf.router());
    /// # Ok(()) }
    /// ```
    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// What it shares.
    #[must_use]
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Where it listens, or would by its settings: `http://127.0.0.1:3000`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its web page is, if it has one: `http://127.0.0.1:3000/admin`.
    #[cfg(feature = "page")]
    pub(crate) fn page(&self) -> Option<String> {
        self.core.settings.page.then(|| format!("{}{}", self.url, crate::admin::ROOT))
    }

    /// There is none without the feature.
    #[cfg(not(feature = "page"))]
    pub(crate) fn page(&self) -> Option<String> {
        None
    }

    /// Answers one request, as if it had come over the network.
    pub async fn answer(&self, request: Request) -> Response {
        match self.router().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Waits until no execution is queued or running; those that wait for something do not count.
    ///
    /// For tests, which look at what workflows did.
    pub async fn idle(&self) {
        self.core.engine.idle().await;
    }

    /// Makes a user who holds the roles, and gives a token for it.
    ///
    /// The user has no password: one can be set with `users:setPassword`.
    ///
    /// # Errors
    ///
    /// A role that does not exist; a user whom the database refuses.
    pub async fn add_user(&self, nickname: &str, roles: &[&str]) -> Result<String> {
        let user = NewUser {
            nickname: nickname.to_owned(),
            email: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let (_, token) = auth::add_user(&self.core, user, None, true).await?;
        token.ok_or_else(|| Error::internal("no token was made"))
    }

    /// The one-time code for the first administrator, if there is no user yet.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub async fn setup_code(&self) -> Result<Option<String>> {
        if self.core.auth.signs_in_otherwise()
            || !self.core.auth.account.is_empty(&self.core).await?
        {
            return Ok(None);
        }
        self.core.auth.setup.open(self.core.clock.now()).map(Some)
    }

    /// Lets what runs come to a stop, gives back what this process holds and closes the database.
    ///
    /// # Errors
    ///
    /// If something could not be written; nothing that was answered is lost.
    pub async fn shutdown(&self) -> Result<()> {
        close(&self.core, GRACE).await
    }

    /// Answers the requests at `listener` until `end`, then those that have begun, then shuts
    /// down.
    ///
    /// # Errors
    ///
    /// As [`Running::shutdown`].
    pub async fn serve(
        &self,
        listener: TcpListener,
        end: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        let settings = &self.core.settings;
        let limits = http::Limits {
            connections: settings.connections,
            head: settings.request_timeout,
            grace: settings.sync_timeout + GRACE,
        };
        let end = async {
            end.await;
            self.core.leaving.send_replace(true);
        };
        http::serve(listener, self.router(), limits, end).await;
        self.shutdown().await
    }
}
