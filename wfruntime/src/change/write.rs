//! A write of a collection's rows, as a unit runs it.

use super::changes::Changes;
use super::doomed::Doomed;
use crate::action::read::{Branch, load};
use crate::action::rows;
use crate::collection::{Definition, Row};
use crate::error::Result;
use crate::registry::{Hearing, Registry};
use crate::store::sql::{Condition, Delete, Name, Query, Update};
use crate::store::{Expect, Statement, Tx, Values};

/// A write of rows; whatever writes a collection's rows makes one.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// Nobody listens.
    Plain(Statement),
    /// Somebody may listen to what it does.
    Heard(Box<Heard>),
}

/// A write that somebody may listen to.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    definition: &'static Definition,
    pub(super) hearing: &'static Hearing,
    statement: Statement,
    what: What,
}

/// Which rows a write is about.
#[derive(Debug, Clone)]
enum What {
    Insert(Row),
    Update(Condition),
    Delete(Condition),
}

impl Write {
    /// A new row.
    pub(crate) fn insert(registry: &'static Registry, row: &Row) -> Self {
        let statement = rows::insert(row);
        match registry.hearing(row.definition).filter(|hearing| hearing.has_events()) {
            None => Self::Plain(statement),
            Some(hearing) => {
                Self::heard(row.definition, hearing, statement, What::Insert(row.clone()))
            }
        }
    }

    /// A change of the rows that fit.
    pub(crate) fn update(
        registry: &'static Registry,
        definition: &'static Definition,
        update: Update,
        expect: Expect,
    ) -> Self {
        let statement = update.expect(expect);
        match registry.hearing(definition).filter(|hearing| hearing.has_events()) {
            None => Self::Plain(statement),
            Some(hearing) => {
                Self::heard(definition, hearing, statement, What::Update(update.filter))
            }
        }
    }

    /// The end of the rows that fit, and of what goes with them.
    pub(crate) fn delete(
        registry: &'static Registry,
        definition: &'static Definition,
        filter: Condition,
        expect: Expect,
    ) -> Self {
        let delete = Delete { table: definition.table(), filter };
        let statement = delete.expect(expect);
        match registry.hearing(definition) {
            None => Self::Plain(statement),
            Some(hearing) => {
                Self::heard(definition, hearing, statement, What::Delete(delete.filter))
            }
        }
    }

    fn heard(
        definition: &'static Definition,
        hearing: &'static Hearing,
        statement: Statement,
        what: What,
    ) -> Self {
        Self::Heard(Box::new(Heard { definition, hearing, statement, what }))
    }

    /// The table that it is about.
    pub(crate) fn table(&self) -> Name {
        match self {
            Self::Plain(statement) => statement.table,
            Self::Heard(heard) => heard.statement.table,
        }
    }

    /// Runs it, and says how many rows it changed.
    ///
    /// # Errors
    /// As [`Tx::execute`]; too many rows that somebody listens to.
    pub(crate) async fn execute(&self, tx: &mut Tx, changes: &mut Changes) -> Result<u64> {
        match self {
            Self::Plain(statement) => tx.execute(statement).await,
            Self::Heard(heard) => {
                let noted = heard.note(tx, changes).await?;
                let changed = tx.execute(&heard.statement).await?;
                heard.noted(tx, changes, noted).await?;
                Ok(changed)
            }
        }
    }

    /// Runs it, and gives what it returns.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub(crate) async fn query(&self, tx: &mut Tx, changes: &mut Changes) -> Result<Vec<Values>> {
        match self {
            Self::Plain(statement) => tx.query(statement).await,
            Self::Heard(heard) => {
                let noted = heard.note(tx, changes).await?;
                let returned = tx.query(&heard.statement).await?;
                heard.noted(tx, changes, noted).await?;
                Ok(returned)
            }
        }
    }
}

/// What is known of a write before it is run.
enum Noted {
    New,
    Before(Vec<Row>),
    Doomed(Doomed),
}

impl Heard {
    /// Reads what is about to change.
    async fn note(&self, tx: &mut Tx, changes: &Changes) -> Result<Noted> {
        match &self.what {
            What::Insert(_) => Ok(Noted::New),
            What::Update(filter) => {
                let before = read(tx, self.definition, filter.clone()).await?;
                changes.check(before.len())?;
                Ok(Noted::Before(before))
            }
            What::Delete(filter) => {
                let rows = read(tx, self.definition, filter.clone()).await?;
                Doomed::find(tx, self.definition, self.hearing, rows, changes)
                    .await
                    .map(Noted::Doomed)
            }
        }
    }

    /// Notes what has changed.
    async fn noted(&self, tx: &mut Tx, changes: &mut Changes, noted: Noted) -> Result<()> {
        match (noted, &self.what) {
            (Noted::New, What::Insert(row)) => changes.put(None, Some(row.clone())),
            (Noted::Before(before), _) => changed(tx, self.definition, before, changes).await,
            (Noted::Doomed(doomed), _) => doomed.note(tx, changes).await,
            (Noted::New, _) => Ok(()),
        }
    }
}

/// Notes rows that were changed, as they are now.
pub(super) async fn changed(
    tx: &mut Tx,
    definition: &'static Definition,
    before: Vec<Row>,
    changes: &mut Changes,
) -> Result<()> {
    let ids: Vec<i64> = before.iter().map(Row::id).collect();
    let mut before = before.into_iter().peekable();
    for chunk in ids.chunks(rows::CHUNK) {
        // Both are in the order of their ids.
        for after in read(tx, definition, rows::with_ids(definition, chunk)).await? {
            while before.next_if(|row| row.id() < after.id()).is_some() {}
            if let Some(before) = before.next_if(|row| row.id() == after.id()) {
                changes.put(Some(before), Some(after))?;
            }
        }
    }
    Ok(())
}

/// The rows that fit, by their ids.
pub(super) async fn read(
    tx: &mut Tx,
    definition: &'static Definition,
    filter: Condition,
) -> Result<Vec<Row>> {
    let read = tx.query(&rows::select(definition, filter).build()).await?;
    Ok(rows::from_values(definition, read).collect())
}

/// Loads with rows that are about to go what those who listen want to see of them.
pub(super) async fn load_appends(
    tx: &mut Tx,
    definition: &'static Definition,
    hearing: &Hearing,
    rows: &mut [Row],
    limit: usize,
) -> Result<()> {
    let paths = hearing.events().flat_map(|event| event.appends.iter().cloned());
    let branches = Branch::of_paths(definition, &paths.collect::<Vec<_>>());
    load(tx, rows, &branches, limit).await
}

/// Runs writes in their order, and notes what somebody listens to.
///
/// # Errors
/// As [`Write::execute`].
pub(super) async fn apply(tx: &mut Tx, writes: &[Write], changes: &mut Changes) -> Result<()> {
    let plain = |write: &'_ Write| matches!(write, Write::Plain(_));
    for several in writes.chunk_by(|one, next| plain(one) && plain(next)) {
        if let [write @ Write::Heard(_)] = several {
            write.execute(tx, changes).await?;
            continue;
        }
        let statements = several.iter().filter_map(|write| match write {
            Write::Plain(statement) => Some(statement),
            Write::Heard(_) => None,
        });
        tx.batch(statements).await?;
    }
    Ok(())
}
