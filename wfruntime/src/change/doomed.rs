//! What a delete takes along: rows that go with it, and rows that lose their reference.

use std::collections::HashSet;

use super::changes::Changes;
use super::write::{changed, load_appends, read};
use crate::action::rows;
use crate::collection::{Definition, Row};
use crate::error::Result;
use crate::registry::Hearing;
use crate::store::schema::OnDelete;
use crate::store::sql::Condition;
use crate::store::{BoxFuture, Tx};
use crate::value::Value;

/// The rows that a delete is about to end or to change, as far as somebody listens.
#[derive(Default)]
pub(super) struct Doomed {
    gone: Vec<Row>,
    bereft: Vec<(&'static Definition, Vec<Row>)>,
    seen: HashSet<(usize, i64)>,
}

impl Doomed {
    /// Finds what goes with `rows` of a collection.
    ///
    /// # Errors
    /// Too many rows, or what the store says.
    pub(super) async fn find(
        tx: &mut Tx,
        definition: &'static Definition,
        hearing: &'static Hearing,
        rows: Vec<Row>,
        changes: &Changes,
    ) -> Result<Self> {
        let mut doomed = Self::default();
        doomed.add(tx, definition, hearing, rows, changes).await?;
        Ok(doomed)
    }

    fn add<'d>(
        &'d mut self,
        tx: &'d mut Tx,
        definition: &'static Definition,
        hearing: &'static Hearing,
        mut rows: Vec<Row>,
        changes: &'d Changes,
    ) -> BoxFuture<'d, Result<()>> {
        Box::pin(async move {
            let address = std::ptr::from_ref(definition).addr();
            rows.retain(|row| self.seen.insert((address, row.id())));
            changes.check(self.seen.len())?;
            if rows.is_empty() {
                return Ok(());
            }
            let ids: Vec<i64> = rows.iter().map(Row::id).collect();
            if hearing.has_events() {
                load_appends(tx, definition, hearing, &mut rows, changes.limit()).await?;
                self.gone.append(&mut rows);
            }
            for follower in &hearing.followers {
                let column = follower.definition.columns[follower.column].name;
                for chunk in ids.chunks(rows::CHUNK) {
                    let refers = chunk.iter().copied().map(Value::from).collect();
                    let filter = Condition::In(column, refers);
                    let found = read(tx, follower.definition, filter).await?;
                    match follower.on_delete {
                        OnDelete::Cascade => {
                            let (definition, hearing) = (follower.definition, follower.hearing());
                            if let Some(hearing) = hearing {
                                self.add(tx, definition, hearing, found, changes).await?;
                            }
                        }
                        OnDelete::SetNull => self.bereft.push((follower.definition, found)),
                        OnDelete::Restrict => {}
                    }
                }
            }
            Ok(())
        })
    }

    /// Notes them, once they are gone or changed.
    pub(super) async fn note(self, tx: &mut Tx, changes: &mut Changes) -> Result<()> {
        for row in self.gone {
            changes.put(Some(row), None)?;
        }
        for (definition, rows) in self.bereft {
            changed(tx, definition, rows, changes).await?;
        }
        Ok(())
    }
}
