//! An application: what it is made of, started inside a program or run as a command line.
//!
//! It puts the parts together; it refuses to know what they do.

mod open;
mod running;
mod schema;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::request::Parts;

pub use running::Running;

pub(crate) use open::{Purpose, close, open};
pub(crate) use schema::{plan, tables};

use crate::auth::Identify;
use crate::clock::Clock;
use crate::core::{Settings, States};
use crate::error::Result;
use crate::identity::Identity;
use crate::retention::Retention;
use crate::store::BoxFuture;
use crate::watch::Link;
use crate::webhook::Secrets;

/// What is done once an application has started and before it listens.
pub(crate) type OnStart = Box<dyn FnOnce(Running) -> BoxFuture<'static, Result<()>> + Send>;

/// An application over the declared collections, workflows and roles of the program.
///
/// [`App::run`] is a command line over it; [`App::start`] puts it into a program that has its own.
///
/// ```no_run
/// use wfruntime::App;
///
/// # async fn example() -> wfruntime::Result<()> {
/// App::new("sqlite://claims.db").run().await
/// # }
/// ```
pub struct App {
    pub(crate) database: String,
    pub(crate) address: String,
    pub(crate) settings: Settings,
    states: States,
    clock: Clock,
    identify: Option<Identify>,
    pub(crate) secrets: Secrets,
    pub(crate) link: Link,
    metrics: Option<String>,
    routes: axum::Router,
    /// Locked by nobody: it lets a reference to the application cross an `await` in a task.
    on_start: Mutex<Vec<OnStart>>,
}

impl App {
    /// An application on the database at `url`, as in `sqlite://claims.db`.
    ///
    /// The command line and the environment variable `WF_DATABASE` can name another one.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            database: url.into(),
            address: "127.0.0.1:3000".to_owned(),
            settings: Settings::default(),
            states: States::default(),
            clock: Clock::default(),
            identify: None,
            secrets: Secrets::default(),
            link: Link::default(),
            metrics: None,
            routes: axum::Router::new(),
            on_start: Mutex::default(),
        }
    }

    /// Where it listens when it is run, `127.0.0.1:3000` by default.
    ///
    /// The command line and the environment variable `WF_ADDR` can name another one.
    #[must_use]
    pub fn addr(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// Puts something of the program's into the application, reached by its type with
    /// `cx.state::<X>()`.
    #[must_use]
    pub fn state<X: Send + Sync + 'static>(mut self, state: X) -> Self {
        self.states = self.states.with(state);
        self
    }

    /// Serves no web page: only what stands below `/api`, and the program's own routes.
    #[cfg(feature = "page")]
    #[must_use]
    pub fn without_page(self) -> Self {
        self.settings(|settings| settings.page = false)
    }

    /// Changes limits and times.
    ///
    /// ```
    /// # use wfruntime::App;
    /// let app = App::new("sqlite://claims.db").settings(|settings| settings.page_limit = 100);
    /// ```
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Ignores unknown keys in `triggerWorkflows` instead of refusing the request, as NocoBase
    /// does.
    #[must_use]
    pub fn lenient_triggers(self) -> Self {
        self.settings(|settings| settings.lenient_triggers = true)
    }

    /// Runs one execution at a time, in the order they were made.
    #[must_use]
    pub fn sequential(self) -> Self {
        self.settings(|settings| settings.parallel = 1)
    }

    /// How long finished executions are kept, by the status they ended with: 90 days by default.
    ///
    /// Older ones are removed in small units while the program serves; one whose caller is still
    /// under way stays until that has ended.
    #[must_use]
    pub fn retention(self, kept: Retention) -> Self {
        self.settings(|settings| settings.retention = kept)
    }

    /// How often the same workflow may stand in one chain of calls: once by default, so that none
    /// is called within itself.
    #[must_use]
    pub fn stack_limit(self, times: u32) -> Self {
        self.settings(|settings| settings.stack_limit = times.max(1))
    }

    /// Lets `request` nodes go to these networks, addresses and hosts (feature `request`), which
    /// are not public; more than one call adds up.
    ///
    /// ```
    /// # use wfruntime::App;
    /// let app = App::new("sqlite://claims.db").allow_requests_to(["10.0.0.0/8", "intranet.example"]);
    /// ```
    #[cfg(feature = "request")]
    #[must_use]
    pub fn allow_requests_to<T: Into<String>>(self, to: impl IntoIterator<Item = T>) -> Self {
        self.settings(|settings| settings.requests_to.extend(to.into_iter().map(Into::into)))
    }

    /// Says who a request comes from, in place of tokens and sign-in.
    ///
    /// The identity's user has to be a record of the account collection, by its id: `createdBy`
    /// refers to it. If there is no such record, the request is answered with 401. `X-Role` can
    /// pick another one of the user's roles.
    ///
    /// ```
    /// # use wfruntime::{App, Identity};
    /// let app = App::new("sqlite://claims.db").identify(|parts| async move {
    ///     let user = parts.extensions.get::<wfruntime::Actor>()?.clone();
    ///     Some(Identity { role: user.roles.first()?.clone(), user: Some(user) })
    /// });
    /// ```
    #[must_use]
    pub fn identify<F, R>(mut self, identify: F) -> Self
    where
        F: Fn(Parts) -> R + Send + Sync + 'static,
        R: Future<Output = Option<Identity>> + Send + 'static,
    {
        self.identify = Some(Arc::new(move |parts| Box::pin(identify(parts))));
        self
    }

    /// Gives a secret with which other systems sign their calls of [`webhook`](macro@crate::webhook)s.
    ///
    /// A webhook names its secret; without a name it is the key of the workflow. What the program
    /// does not give is read from the environment: `WF_WEBHOOK_PAYMENTS` for `payments`. Of one
    /// name there may be several, so that one can be replaced while calls come in; in the
    /// environment a space stands between them.
    ///
    /// ```
    /// # use wfruntime::App;
    /// # fn read_from_the_vault() -> String { String::new() }
    /// let app = App::new("sqlite://claims.db").webhook_secret("payments", read_from_the_vault());
    /// ```
    #[must_use]
    pub fn webhook_secret(mut self, name: impl Into<String>, secret: impl Into<String>) -> Self {
        self.secrets.add(name.into(), secret.into());
        self
    }

    /// Tells of each span of the framework's own that somebody listens to, before it is entered:
    /// so they and a tracer of the program's own become one trace.
    ///
    /// The text is the `traceparent` of what the span comes from, where that is no span around it
    /// in this process: of the caller's, or of the request that fired an execution. What is given
    /// back is the `traceparent` of the span itself, which goes on to executions and to other
    /// services. [`docs::watching`](crate::docs::watching) shows it with OpenTelemetry.
    ///
    /// ```
    /// # use wfruntime::App;
    /// let app = App::new("sqlite://claims.db").on_span(|span, comes_from| {
    ///     println!("{:?} comes from {comes_from:?}", span.metadata().map(|it| it.name()));
    ///     None
    /// });
    /// ```
    #[must_use]
    pub fn on_span<F>(mut self, link: F) -> Self
    where
        F: Fn(&tracing::Span, Option<&str>) -> Option<String> + Send + Sync + 'static,
    {
        self.link = Link(Some(Arc::new(link)));
        self
    }

    /// Answers `/metrics` for Prometheus, to whoever names this token: off by default.
    ///
    /// It is sent as `Authorization: Bearer …`, and is no user's: who watches may read nothing
    /// else. [`docs::watching`](crate::docs::watching) says what is counted. The start fails if
    /// the token has fewer than 16 characters.
    ///
    /// ```
    /// # use wfruntime::App;
    /// let mut app = App::new("sqlite://claims.db");
    /// if let Ok(token) = std::env::var("METRICS_TOKEN") {
    ///     app = app.metrics(token);
    /// }
    /// ```
    #[must_use]
    pub fn metrics(mut self, token: impl Into<String>) -> Self {
        self.metrics = Some(token.into());
        self
    }

    /// Adds routes of the program's own behind the same address.
    ///
    /// Their handlers can take [`crate::http::Actions`], so that workflows fire after what they
    /// do.
    #[must_use]
    pub fn merge(mut self, routes: axum::Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Reads the time from another clock: in tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Does something once the application has started, before it answers the first request.
    ///
    /// ```
    /// # use wfruntime::{App, Running};
    /// let app = App::new("sqlite://claims.db").on_start(|running: Running| async move {
    ///     println!("answers at {}", running.url());
    ///     Ok(())
    /// });
    /// ```
    #[must_use]
    pub fn on_start<F, R>(mut self, hook: F) -> Self
    where
        F: FnOnce(Running) -> R + Send + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        let hooks = self.on_start.get_mut().unwrap_or_else(PoisonError::into_inner);
        hooks.push(Box::new(move |running| Box::pin(hook(running))));
        self
    }

    /// Opens the database, brings it up to date and starts the engine; listens nowhere.
    ///
    /// # Errors
    ///
    /// All that is declared wrongly, at once; a database that cannot be opened, that another
    /// server holds, or whose tables need a change that could lose data.
    pub async fn start(self) -> Result<Running> {
        let (running, hooks) = Running::open(self).await?;
        running.begin(hooks).await?;
        Ok(running)
    }
}
