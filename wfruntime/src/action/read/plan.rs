//! A read, checked: the statement for its rows, for their number, and what to load with them.

use super::load::{self, Source};
use super::selection::{self, Shown};
use super::{no_record, order, within};
use crate::action::faults::Faults;
use crate::action::{AnswerData, Request, Verb, filter};
use crate::auth::Access;
use crate::collection::{AssociationKind, Definition, Row};
use crate::core::Settings;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::store::sql::{Condition, Count, Name, Query, Select};
use crate::store::{Statement, Store};
use crate::value::Value;

/// The size of a page if none is asked for.
const PAGE_SIZE: u64 = 20;

/// Up to this many rows are passed over on the caller's thread.
const SHORT: u64 = 1000;

/// A read, checked: it can only fail in the store.
pub(super) struct Plan {
    definition: &'static Definition,
    /// The record that was asked for by its id.
    id: Option<i64>,
    filter: Condition,
    order: Vec<(Name, bool)>,
    page: u64,
    page_size: u64,
    pub(super) shown: Shown,
    /// Whether it may have to look at many rows.
    is_long: bool,
    /// How many records one association may lead to.
    limit: usize,
}

impl Plan {
    /// Checks all of a request.
    pub(super) fn check(settings: &Settings, access: &Access, request: &Request) -> Result<Self> {
        let definition = request.collection;
        let grant = access.may(request.verb, definition)?;
        let mut faults = Faults::default();
        let filter = request.target.filter.as_ref();
        let filter = filter.map(|filter| filter::parse(definition, filter, access)).transpose();
        let filter = faults.keep(filter)?.flatten();
        let shown = faults.keep(selection::resolve(definition, &request.view, access))?;
        let order = faults.keep(order::parse(definition, &request.view.sort, access))?;
        let page_size = request.view.page_size.unwrap_or(PAGE_SIZE);
        faults.keep(check_page_size(page_size, settings.page_limit))?;
        let id = faults.keep(one_record(request))?.flatten();
        faults.check()?;
        let (Some(shown), Some(order)) = (shown, order) else {
            return Err(Error::internal("a faultless read is incomplete"));
        };
        let page = request.view.page.unwrap_or(1);
        let is_far = request.through.is_some_and(|through| {
            let association = &through.collection.associations[through.association];
            matches!(association.kind, AssociationKind::BelongsToMany { .. })
        });
        let scope = grant.scope(definition, access.user());
        let is_long =
            filter.is_some() || order.len() > 1 || is_far || page.saturating_mul(page_size) > SHORT;
        let ids = request.target.ids.as_ref().map(|ids| {
            let ids = ids.iter().copied().map(Value::Int).collect();
            Condition::In(definition.columns[Definition::ID].name, ids)
        });
        let within = request.through.map(within);
        Ok(Self {
            definition,
            id,
            filter: Condition::All([within, ids, scope, filter].into_iter().flatten().collect()),
            order,
            page,
            page_size,
            shown,
            is_long,
            limit: settings.rows_limit,
        })
    }

    /// The one record.
    pub(super) async fn get(self, store: &Store) -> Result<AnswerData> {
        let definition = self.definition;
        let id = self.id;
        let rows = if self.is_long {
            store
                .read_long(move |view| Box::pin(async move { self.rows(view, 1, 0).await }))
                .await?
        } else if self.shown.branches.is_empty() {
            self.rows(&mut &*store, 1, 0).await?
        } else {
            self.rows(&mut store.snapshot().await?, 1, 0).await?
        };
        match (rows.into_iter().next(), id) {
            (Some(row), _) => Ok(AnswerData::One(Box::new(row))),
            (None, Some(id)) => Err(no_record(definition, id)),
            (None, None) => {
                let message = format!("there is no such record in `{}`", definition.name());
                Err(Error::new(ErrorKind::NotFound, "not_found", message))
            }
        }
    }

    /// The page, and how many records there are in all.
    pub(super) async fn list(self, store: &Store) -> Result<AnswerData> {
        if self.is_long {
            return store
                .read_long(move |view| {
                    Box::pin(async move {
                        let rows = self.page(view).await?;
                        let count = match self.known_count(rows.len()) {
                            Some(count) => count,
                            None => counted(&view.query(&self.count()).await?),
                        };
                        Ok(self.answer(rows, count))
                    })
                })
                .await;
        }
        let mut view = store.snapshot().await?;
        let rows = self.page(&mut view).await?;
        drop(view);
        let count = match self.known_count(rows.len()) {
            Some(count) => count,
            // Counting a large table takes long; the number need not be of the same moment.
            None => counted(&store.read(&self.count().unbounded()).await?),
        };
        Ok(self.answer(rows, count))
    }

    fn offset(&self) -> u64 {
        (self.page - 1).saturating_mul(self.page_size)
    }

    async fn page(&self, source: &mut dyn Source) -> Result<Vec<Row>> {
        self.rows(source, self.page_size, self.offset()).await
    }

    /// The number of records, where the page shows it.
    fn known_count(&self, rows: usize) -> Option<u64> {
        let rows = u64::try_from(rows).ok()?;
        let is_last = rows < self.page_size && (rows > 0 || self.page == 1);
        is_last.then(|| self.offset() + rows)
    }

    fn count(&self) -> Statement {
        Count { table: self.definition.table(), filter: self.filter.clone() }.build()
    }

    fn answer(&self, rows: Vec<Row>, count: u64) -> AnswerData {
        AnswerData::Page { rows, count, page: self.page, page_size: self.page_size }
    }

    async fn rows(&self, source: &mut dyn Source, limit: u64, offset: u64) -> Result<Vec<Row>> {
        let (indexes, columns) = load::columns(self.definition, &self.shown.columns);
        let select = Select {
            table: self.definition.table(),
            columns,
            filter: self.filter.clone(),
            order: self.order.clone(),
            limit: Some(limit),
            offset: Some(offset).filter(|offset| *offset > 0),
        };
        let found = source.query(&select.build()).await?;
        let mut rows: Vec<Row> =
            found.into_iter().map(|values| load::row(self.definition, &indexes, values)).collect();
        load::load(source, &mut rows, &self.shown.branches, self.limit).await?;
        Ok(rows)
    }
}

fn counted(rows: &[Vec<Value>]) -> u64 {
    let count = rows.first().and_then(|row| row.first()).and_then(Value::as_int);
    count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

fn check_page_size(asked: u64, limit: u64) -> Result<()> {
    if asked <= limit {
        return Ok(());
    }
    let fault = Fault::new("invalid_page_size", format!("`pageSize` is at most {limit}"));
    Err(Error::faults(ErrorKind::Invalid, vec![fault.at("pageSize")]))
}

/// The id of the record that `get` asks for; none if it asks by filter or through an association.
fn one_record(request: &Request) -> Result<Option<i64>> {
    if request.verb != Verb::Get {
        return Ok(None);
    }
    let to_one = request
        .through
        .is_some_and(|through| through.collection.associations[through.association].is_to_one());
    match request.target.ids.as_deref() {
        Some([id]) => Ok(Some(*id)),
        None if request.target.filter.is_some() || to_one => Ok(None),
        found => {
            let message = match found {
                Some(_) => "`get` is about one record; use `list` for several",
                None => "`get` needs `filterByTk` or `filter`",
            };
            let fault = Fault::new("invalid_target", message).at("filterByTk");
            Err(Error::faults(ErrorKind::Invalid, vec![fault]))
        }
    }
}
