//! What a post action of several records is given: all of them, who changed them, and how.

use super::post_action::Changed;
use super::snapshot::{About, Snapshot};
use crate::collection::{Collection, Record};
use crate::error::{Error, Result};
use crate::identity::Actor;

/// What happened to all records of one action: the argument of a post action with `batch = true`.
///
/// What holds for one record stands in lists in the order of `records`:
///
/// ```
/// use wfruntime::prelude::*;
///
/// #[collection]
/// struct Claim {
///     amount: Decimal,
/// }
///
/// /// Tells once by how much the claims of one request grew.
/// #[post_action(mode = "global", on = [update], changed = [amount], batch = true)]
/// async fn digest(batch: Batch<Claim>, cx: Context) -> Result<()> {
///     let mut more = Decimal::ZERO;
///     for (claim, before) in batch.records.iter().zip(&batch.before) {
///         more += claim.amount - before.as_ref().map_or(Decimal::ZERO, |before| before.amount);
///     }
///     let count = batch.records.len();
///     cx.run("mail", async || Ok(println!("{count} claims, {more} more"))).await
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Batch<T> {
    /// The records after the action, with the associations named in `appends`; at least one.
    pub records: Vec<Record<T>>,
    /// The action: `create`, `update`, or the name of one of the program's own.
    pub action: String,
    /// Who did it; nobody if they had not signed in.
    pub user: Option<Actor>,
    /// In which role they did it.
    pub role: String,
    /// Which fields the action changed, of each record.
    pub changed: Vec<Changed>,
    /// The records before the action; `None` for one that was created.
    pub before: Vec<Option<Record<T>>>,
}

/// What the bodies of `workflow!` name.
type Parts<T> = (Vec<Record<T>>, Vec<Option<Record<T>>>, Option<Actor>, String);

impl<T: Collection> Batch<T> {
    /// Gives the values of a snapshot their types.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self> {
        let About::Several(rows) = &snapshot.about else {
            return Err(Error::internal("an execution that is not about several records"));
        };
        // One that was run by hand follows no action.
        let share = |index: usize| snapshot.each.get(index);
        let before = (0..rows.len()).map(|index| {
            let before = share(index).and_then(|share| share.before.clone());
            before.map(Record::from_row).transpose()
        });
        let changed = rows.iter().enumerate().map(|(index, row)| {
            let changed = share(index).map(|share| share.changed.clone());
            Changed::of(row.definition, changed.unwrap_or_default())
        });
        Ok(Self {
            records: rows.iter().cloned().map(Record::from_row).collect::<Result<_>>()?,
            action: snapshot.action.clone(),
            user: snapshot.user.clone(),
            role: snapshot.role.clone(),
            changed: changed.collect(),
            before: before.collect::<Result<_>>()?,
        })
    }

    /// `records`, `before`, `user` and `role`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> Parts<T> {
        (self.records, self.before, self.user, self.role)
    }
}
