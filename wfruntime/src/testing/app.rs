//! An application on a database of its own: started, at rest, later, stopped, started again.

use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::OnceCell;

use super::webhook::with_secrets;
use super::{Person, TestDatabase, fail};
use crate::app::{App, Running};
use crate::auth::{self, NewUser};
use crate::clock::Clock;
use crate::context::Within;
use crate::core::Core;
use crate::error::Result;
use crate::identity::Actor;

/// How long work may take to come to rest, by the machine's clock.
const PATIENCE: Duration = Duration::from_secs(60);
/// Tokens last as long as a test's years.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

type Build = dyn Fn(App) -> App + Send + Sync;

/// The program's application on a [`TestDatabase`], with a clock that the test moves.
///
/// A clone is the same one. The database is gone with the last of them, and of its [`Person`]s.
///
/// ```standalone_crate
/// use wfruntime::prelude::*;
/// use wfruntime::testing::TestApp;
///
/// #[collection]
/// pub struct Claim {
///     pub project: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let app = TestApp::start(|app| app).await;
/// let root = app.root().await;
/// let claim = root.create(Claim::new().project("Berlin")).await?;
/// assert_eq!(claim.project, "Berlin");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TestApp {
    inner: Arc<Inner>,
}

struct Inner {
    build: Box<Build>,
    clock: Clock,
    running: Mutex<Option<Running>>,
    root: OnceCell<(Actor, String)>,
    database: TestDatabase,
}

impl TestApp {
    /// Starts the application on an empty database, on Monday, 5 January 2026, at 9:00 UTC.
    ///
    /// `build` puts states, settings, routes and hooks into it, as the program's `main` does. It
    /// is called again when the application is started again.
    ///
    /// # Panics
    ///
    /// With all that is declared wrongly, if anything is.
    #[track_caller]
    pub fn start(
        build: impl Fn(App) -> App + Send + Sync + 'static,
    ) -> impl Future<Output = Self> + Send {
        let monday = Timestamp::constant(1_767_603_600, 0);
        Self::start_at(monday, build)
    }

    /// [`Self::start`] at another moment.
    ///
    /// # Panics
    ///
    /// As [`Self::start`].
    #[track_caller]
    pub fn start_at(
        moment: Timestamp,
        build: impl Fn(App) -> App + Send + Sync + 'static,
    ) -> impl Future<Output = Self> + Send {
        let (at, started) = (Location::caller(), Self::try_start_at(moment, build));
        async move {
            match started.await {
                Ok(app) => app,
                Err(error) => fail(at, format_args!("the application does not start:\n{error:?}")),
            }
        }
    }

    /// [`Self::start_at`] for tests of what keeps an application from starting.
    ///
    /// # Errors
    ///
    /// As [`App::start`].
    pub async fn try_start_at(
        moment: Timestamp,
        build: impl Fn(App) -> App + Send + Sync + 'static,
    ) -> Result<Self> {
        let app = Self {
            inner: Arc::new(Inner {
                build: Box::new(build),
                clock: Clock::manual(moment),
                running: Mutex::default(),
                root: OnceCell::new(),
                database: TestDatabase::new()?,
            }),
        };
        app.begin().await?;
        Ok(app)
    }

    async fn begin(&self) -> Result<()> {
        let inner = &*self.inner;
        let app = App::new(inner.database.url());
        let app = app.settings(|settings| settings.token_lifetime = CENTURY);
        let app = with_secrets((inner.build)(app));
        let running = app.clock(inner.clock.clone()).start().await?;
        running.core().engine.skip_pauses();
        *self.slot() = Some(running);
        Ok(())
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.inner.database
    }

    /// The application itself, for what this kit does not do.
    ///
    /// # Panics
    ///
    /// If it is stopped.
    #[must_use]
    #[track_caller]
    pub fn running(&self) -> Running {
        match &*self.slot() {
            Some(running) => running.clone(),
            None => fail(Location::caller(), "the application is stopped: call `restart` first"),
        }
    }

    #[track_caller]
    pub(super) fn core(&self) -> Arc<Core> {
        Arc::clone(self.running().core())
    }

    pub(super) fn slot(&self) -> MutexGuard<'_, Option<Running>> {
        self.inner.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is for the application.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Waits until no execution is queued or running: each is at its end, or waits for somebody.
    ///
    /// What is due by now is done. The pauses between the attempts of a node that breaks take
    /// none of the test's time: the clock goes on over them by itself.
    ///
    /// # Panics
    ///
    /// If something runs for more than 60 s.
    #[track_caller]
    pub fn rest(&self) -> impl Future<Output = ()> + Send {
        let (at, core) = (Location::caller(), self.core());
        async move {
            rest(&core, at).await;
        }
    }

    /// Lets time pass: goes from one timer to the next, and lets all work come to rest at each.
    ///
    /// A length of the standard library or of jiff: `app.advance(3.days())` with
    /// [`jiff::ToSpan`].
    ///
    /// # Panics
    ///
    /// As [`Self::rest`].
    #[track_caller]
    pub fn advance(&self, time: impl Within) -> impl Future<Output = ()> + Send {
        let (at, core) = (Location::caller(), self.core());
        let end = time.after(self.now()).unwrap_or_else(|error| fail(at, error));
        async move {
            loop {
                let due = rest(&core, at).await;
                if core.engine.is_crashed() {
                    return;
                }
                match due {
                    Some(due) if due <= end => core.clock.advance_to(due),
                    _ if core.clock.now() < end => core.clock.advance_to(end),
                    _ => return,
                }
            }
        }
    }

    /// Sets the clock, forwards or back, without a stop at what is due between; also while the
    /// application is stopped.
    ///
    /// So a test sees what becomes of moments that nobody was there for, and of a clock that was
    /// wrong.
    pub fn set_clock(&self, moment: Timestamp) {
        self.inner.clock.set(moment);
    }

    /// A new user who holds these roles, and acts in the first of them.
    ///
    /// # Panics
    ///
    /// If there is no such role.
    #[track_caller]
    pub fn user(&self, nickname: &str, roles: &[&str]) -> impl Future<Output = Person> + Send {
        let (at, core) = (Location::caller(), self.core());
        let new = NewUser {
            nickname: nickname.to_owned(),
            email: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let app = self.clone();
        async move {
            match auth::add_user(&core, new, None, true).await {
                Ok((actor, token)) => Person::new(app, Some(actor), token),
                Err(error) => fail(at, error),
            }
        }
    }

    /// A user who may do all, the same one at each call.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[track_caller]
    pub fn root(&self) -> impl Future<Output = Person> + Send {
        let (at, app) = (Location::caller(), self.clone());
        async move {
            let made = app.inner.root.get_or_try_init(|| app.make_root()).await;
            match made {
                Ok((actor, token)) => {
                    Person::new(app.clone(), Some(actor.clone()), Some(token.clone()))
                }
                Err(error) => fail(at, error),
            }
        }
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Person {
        Person::new(self.clone(), None, None)
    }

    async fn make_root(&self) -> Result<(Actor, String)> {
        let roles = vec!["root".to_owned()];
        let new = NewUser { nickname: "root".to_owned(), email: None, roles };
        let (actor, token) = auth::add_user(&self.core(), new, None, true).await?;
        Ok((actor, token.unwrap_or_default()))
    }

    pub(super) async fn start_again(&self) -> Result<()> {
        self.begin().await
    }
}

/// Waits for rest, or for the crash that a test asked for; when the next timer is due.
pub(super) async fn rest(core: &Core, at: &Location<'_>) -> Option<Timestamp> {
    let begun = Instant::now();
    loop {
        let rested = async {
            tokio::select! {
                biased;
                () = core.engine.crashed() => Ok(None),
                rested = core.engine.rest() => rested,
            }
        };
        match tokio::time::timeout(PATIENCE, rested).await {
            Ok(Ok(next)) => return next,
            Ok(Err(_)) if core.engine.is_crashed() => return None,
            Ok(Err(error)) => fail(at, format_args!("the application cannot go on:\n{error:?}")),
            // The time of tokio may be a paused one.
            Err(_) if begun.elapsed() < PATIENCE => {}
            Err(_) => {
                let running = super::execution::running(core).await;
                fail(at, format_args!("still running after 60 s:\n\n{running}"))
            }
        }
    }
}
