//! One connection to the server, and how statements run on it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use tokio::task::JoinHandle;
use tokio_postgres::types::{BorrowToSql, Type as Server};
use tokio_postgres::{Client, Error as Said, Row, SimpleQueryMessage};

use super::super::render::PARAMETERS;
use super::super::{BoxFuture, Statement, Values};
use super::dialect::Texts;
use super::encoding::{self, Param};
use super::fault;
use super::place::Place;
use crate::error::Result;

/// The number of what each group of this store's processes writes.
pub(super) const WRITES: &str = "wf_writes";

/// The columns of an index, by its table and name.
type Indexes = HashMap<(String, String), Arc<[String]>>;

/// What all connections of a store share.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) place: Place,
    texts: Texts,
    /// The columns of indexes, by table and name: the server names an index alone.
    unique: Mutex<Indexes>,
    /// How many numbers of [`WRITES`] this process took.
    pub(super) taken: AtomicI64,
}

impl Common {
    pub(super) fn new(place: Place) -> Self {
        let (texts, unique, taken) = (Texts::default(), Mutex::default(), AtomicI64::new(0));
        Self { place, texts, unique, taken }
    }

    /// After a change of the tables.
    pub(super) fn forget_indexes(&self) {
        self.unique.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The columns of an index; asked for beside the transaction, which has failed.
    async fn columns(self: &Arc<Self>, table: &str, index: &str) -> Result<Arc<[String]>> {
        let key = (table.to_owned(), index.to_owned());
        let known = |key| {
            let unique = self.unique.lock().unwrap_or_else(PoisonError::into_inner);
            unique.get(key).map(Arc::clone)
        };
        if let Some(known) = known(&key) {
            return Ok(known);
        }
        let session = Session::open(self).await?;
        let rows = session.rows(INDEX_COLUMNS, &[table, index]).await?;
        session.close().await;
        let columns: Arc<[String]> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
        let mut unique = self.unique.lock().unwrap_or_else(PoisonError::into_inner);
        unique.insert(key, Arc::clone(&columns));
        Ok(columns)
    }
}

const INDEX_COLUMNS: &str = "SELECT a.attname::text FROM pg_index i \
    JOIN pg_class c ON c.oid = i.indexrelid \
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place) \
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
    WHERE i.indrelid = to_regclass(quote_ident($1)) AND c.relname = $2 ORDER BY k.place";

/// A connection.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) common: Arc<Common>,
    traffic: JoinHandle<()>,
}

impl Session {
    pub(super) async fn open(common: &Arc<Common>) -> Result<Self> {
        let (client, traffic) = common.place.connect().await?;
        Ok(Self { client, common: Arc::clone(common), traffic })
    }

    /// Says good-bye, and waits a moment until the server knows.
    pub(super) async fn close(self) {
        drop(self.client);
        let _ = tokio::time::timeout(Duration::from_secs(1), self.traffic).await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements of our own without values; the first column of each row, as text.
    pub(super) async fn simple(&self, sql: &str) -> Result<Vec<String>, Said> {
        let messages = self.client.simple_query(sql).await?;
        Ok(messages
            .into_iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect())
    }

    /// The same, with an error in the words of the store.
    pub(super) async fn own(&self, sql: &str) -> Result<Vec<String>> {
        self.simple(sql).await.map_err(|error| fault::own(error, self.common.place.name()))
    }

    /// The rows of a statement of our own.
    pub(super) async fn rows(&self, sql: &str, texts: &[&str]) -> Result<Vec<Row>> {
        let params = texts.iter().map(|text| (*text, Server::TEXT)).collect();
        let rows = self.typed(sql, params).await;
        rows.map(|(rows, _)| rows).map_err(|error| fault::own(error, self.common.place.name()))
    }

    /// Runs a statement and says how many rows it changed.
    pub(super) async fn execute(&self, statement: &Statement) -> Result<u64> {
        let (_, changed) = self.run(statement).await?;
        statement.expect.check(changed)?;
        Ok(changed)
    }

    /// The rows of a statement.
    pub(super) async fn query(&self, statement: &Statement) -> Result<Vec<Values>> {
        let (rows, _) = self.run(statement).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            found.push(encoding::decode(row, statement)?);
        }
        statement.expect.check(found.len() as u64)?;
        Ok(found)
    }

    async fn run(&self, statement: &Statement) -> Result<(Vec<Row>, u64)> {
        if statement.params.len() > PARAMETERS {
            return Err(fault::too_complex());
        }
        let text = self.common.texts.of(&statement.sql);
        // Without its values, which are people's.
        tracing::trace!(target: "wfruntime::sql", "{text}");
        let mut params = Vec::with_capacity(statement.params.len());
        for value in &statement.params {
            let param = Param(value);
            param.check()?;
            let ty = param.ty();
            params.push((param, ty));
        }
        match self.typed(&text, params).await {
            Ok(done) => Ok(done),
            Err(error) => Err(self.fault(error, statement).await),
        }
    }

    /// One round trip: the text, its values with their types, and what comes back.
    async fn typed<P: BorrowToSql>(
        &self,
        sql: &str,
        params: Vec<(P, Server)>,
    ) -> Result<(Vec<Row>, u64), Said> {
        let mut stream = std::pin::pin!(self.client.query_typed_raw(sql, params).await?);
        let mut rows = Vec::new();
        while let Some(row) = stream.try_next().await? {
            rows.push(row);
        }
        let changed = stream.rows_affected().unwrap_or_default();
        Ok((rows, changed))
    }

    async fn fault(&self, error: Said, statement: &Statement) -> crate::Error {
        let place = self.common.place.name();
        let index = error
            .as_db_error()
            .filter(|said| *said.code() == tokio_postgres::error::SqlState::UNIQUE_VIOLATION)
            .and_then(|said| Some((said.table()?.to_owned(), said.constraint()?.to_owned())));
        let columns = match index {
            Some((table, index)) => {
                self.common.columns(&table, &index).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "the fields of a conflict are not known");
                    Arc::default()
                })
            }
            None => Arc::default(),
        };
        fault::of(error, statement, &columns, place)
    }
}

/// How many questions to the server are open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asks(Arc<AtomicUsize>);

impl Asks {
    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// One more, until it is dropped.
    fn one(&self) -> Asked {
        self.0.fetch_add(1, Ordering::Relaxed);
        Asked(self.clone())
    }
}

struct Asked(Asks);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The connection of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    session: Arc<Session>,
    asks: Asks,
}

impl Connection {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session, asks: Asks::default() }
    }

    pub(crate) fn asks(&self) -> Asks {
        self.asks.clone()
    }

    pub(crate) fn execute<'a>(&'a self, statement: &'a Statement) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let _asked = self.asks.one();
            if statement.returns.is_empty() {
                return self.session.execute(statement).await;
            }
            Ok(self.session.query(statement).await?.len() as u64)
        })
    }

    pub(crate) fn query<'a>(
        &'a self,
        statement: &'a Statement,
    ) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(async move {
            let _asked = self.asks.one();
            self.session.query(statement).await
        })
    }

    /// All of them in one round trip: each is sent before the first is answered.
    pub(crate) fn batch<'a>(
        &'a self,
        statements: Vec<&'a Statement>,
    ) -> BoxFuture<'a, Result<Vec<u64>>> {
        Box::pin(async move {
            let _asked = self.asks.one();
            let mut all = Vec::with_capacity(statements.len());
            for statement in statements {
                all.push(self.execute(statement));
            }
            // Behind the first that failed the server refuses all others.
            join_all(all).await.into_iter().collect()
        })
    }

    /// A number that changes with what others wrote.
    pub(crate) fn data_version(&self) -> BoxFuture<'_, Result<i64>> {
        Box::pin(async move {
            let _asked = self.asks.one();
            let number = self.session.own(&format!("SELECT last_value FROM {WRITES}")).await?;
            let number = number.first().and_then(|text| text.parse::<i64>().ok());
            Ok(number.unwrap_or_default() - self.session.common.taken.load(Ordering::Relaxed))
        })
    }
}
