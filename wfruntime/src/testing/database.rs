//! An empty database for each test, on the store that one's program runs on.

use std::any::Any;

use crate::error::Result;

/// Names the server, as in `postgres://postgres@localhost/postgres`.
const SERVER: &str = "WF_TEST_SERVER";

/// An empty database of a test, gone when dropped.
///
/// It is a file in a temporary folder. If the environment variable `WF_TEST_SERVER` names a
/// PostgreSQL server, as in `postgres://postgres@localhost/postgres` (feature `postgres`), it is a
/// database there instead, made from the one that the URL names; its user must be allowed to make
/// databases. [`TestApp`](super::TestApp) starts on one.
pub struct TestDatabase {
    url: String,
    /// What is gone with it: the folder, or the database on the server.
    _until: Box<dyn Any + Send + Sync>,
}

impl TestDatabase {
    /// Makes one; where it is on a server, blocks until the server has it.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, or the server does not make the database.
    pub fn new() -> Result<Self> {
        if let Some(server) = std::env::var(SERVER).ok().filter(|server| !server.is_empty()) {
            return Self::on(&server);
        }
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Ok(Self { url, _until: Box::new(folder) })
    }

    /// Makes one on a PostgreSQL server, whatever the environment says.
    ///
    /// # Errors
    ///
    /// If the server does not make it.
    #[cfg(feature = "postgres")]
    pub fn on(server: &str) -> Result<Self> {
        let database = server::Database::new(server)?;
        Ok(Self { url: database.url(), _until: Box::new(database) })
    }

    #[cfg(not(feature = "postgres"))]
    fn on(_: &str) -> Result<Self> {
        let text = format!(
            "`{SERVER}` asks for tests on PostgreSQL, which this program is built without; switch \
             on wfruntime's feature `postgres`"
        );
        Err(crate::error::Error::new(crate::error::ErrorKind::Startup, "database_url", text))
    }

    /// What [`App::new`](crate::App::new) is given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl std::fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestDatabase").field("url", &self.url).finish_non_exhaustive()
    }
}

#[cfg(feature = "postgres")]
mod server {
    use std::sync::atomic::{AtomicU32, Ordering};

    use crate::error::{Error, Result};
    use crate::store::postgres;

    /// A database on a server.
    pub(super) struct Database {
        server: String,
        name: String,
    }

    impl Database {
        pub(super) fn new(server: &str) -> Result<Self> {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            // No other run on that server had this process number at this moment.
            let moment = jiff::Timestamp::now().as_microsecond();
            let name = format!("wf_test_{moment}_{}_{count}", std::process::id());
            let database = Self { server: server.to_owned(), name };
            database.command(&format!("CREATE DATABASE {}", database.name))?;
            Ok(database)
        }

        /// The server's URL, with this database in the place of its own.
        pub(super) fn url(&self) -> String {
            let (start, query) = match self.server.split_once('?') {
                Some((start, query)) => (start, format!("?{query}")),
                None => (&*self.server, String::new()),
            };
            let start = start.rsplit_once('/').map_or(start, |(server, _)| server);
            format!("{start}/{}{query}", self.name)
        }

        /// On a thread of its own: the test's may belong to a runtime, which must not be blocked.
        fn command(&self, sql: &str) -> Result<()> {
            std::thread::scope(|scope| {
                let run = || {
                    let runtime = tokio::runtime::Builder::new_current_thread();
                    let runtime = { runtime }.enable_all().build()?;
                    runtime.block_on(postgres::command(&self.server, sql))
                };
                let ended = scope.spawn(run).join();
                ended.unwrap_or_else(|_| Err(Error::internal("a command to the server broke down")))
            })
        }
    }

    impl Drop for Database {
        fn drop(&mut self) {
            // Whoever is still connected belongs to the test, which is over.
            let gone = self.command(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
            if let Err(error) = gone {
                tracing::warn!(%error, "the database of a test stays");
            }
        }
    }
}
