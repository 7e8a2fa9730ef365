//! What a pre-action is given: the values that were submitted, who asks, and for which records.

use std::fmt;
use std::marker::PhantomData;

use super::snapshot::Snapshot;
use crate::collection::{Collection, Decoder, FieldRef, FieldType, Id, Row};
use crate::error::Result;
use crate::identity::Actor;

/// What somebody asks to be written: the argument of every `#[pre_action]` function.
///
/// Nothing is written yet. An action on several objects has one pre-action for each; one that
/// writes the same into several records, or destroys them, has one for all of them.
#[derive(Debug, Clone)]
pub struct PreAction<T> {
    /// The submitted values, with what earlier pre-actions of the request set.
    pub data: Submitted<T>,
    /// The records that the request names: none on `create`, and none if a filter finds them.
    pub ids: Vec<Id<T>>,
    /// The action: `create`, `update`, `updateOrCreate` or `destroy`.
    pub action: String,
    /// Who asks; nobody if they have not signed in.
    pub user: Option<Actor>,
    /// In which role they ask.
    pub role: String,
}

impl<T: Collection> PreAction<T> {
    /// Gives the values of a snapshot their types.
    ///
    /// # Errors
    /// It is not about the values of one record.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self {
            data: Submitted::new(snapshot.record()?.clone(), snapshot.changed.clone()),
            ids: snapshot.ids.iter().copied().map(Id::new).collect(),
            action: snapshot.action.clone(),
            user: snapshot.user.clone(),
            role: snapshot.role.clone(),
        })
    }

    /// `data`, `ids`, `user` and `role`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> (Submitted<T>, Vec<Id<T>>, Option<Actor>, String) {
        (self.data, self.ids, self.user, self.role)
    }
}

/// Some values of a record of `T` that is not written yet.
///
/// ```
/// use wfruntime::prelude::*;
///
/// #[collection]
/// pub struct Claim { pub amount: Decimal, pub note: Option<String> }
///
/// #[pre_action(mode = "global", on = [create, update])]
/// async fn explain(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
///     // Not given: `None`. Given as null: `Some(None)`.
///     let note = claim.data.get(Claim::FIELDS.note);
///     let is_large = claim.data.get(Claim::FIELDS.amount).is_some_and(|it| it > dec!(500));
///     cx.require(!is_large || note.flatten().is_some(), "why is it so much?")
/// }
/// ```
pub struct Submitted<T> {
    row: Row,
    given: Vec<usize>,
    collection: PhantomData<fn() -> T>,
}

impl<T: Collection> Submitted<T> {
    fn new(row: Row, given: Vec<usize>) -> Self {
        Self { row, given, collection: PhantomData }
    }

    /// What was given for a field; nothing if it was left out.
    ///
    /// A reference to a record that is to be made together with this one is not there yet, and
    /// counts as left out.
    #[must_use]
    pub fn get<F: FieldType>(&self, field: FieldRef<T, F>) -> Option<F> {
        let is_it = |index: &&usize| self.row.definition.columns[**index].name == field.column();
        let index = self.given.iter().find(is_it)?;
        let value = self.row.values[*index].clone();
        F::decode(&mut Decoder::of_values(T::META.rust, vec![value])).ok()
    }

    /// Whether the field of this name was given: `due_on`, or as in JSON `dueOn`.
    #[must_use]
    pub fn contains(&self, field: &str) -> bool {
        self.given.iter().any(|index| {
            let column = &self.row.definition.columns[*index];
            column.rust == field || column.json == field
        })
    }
}

impl<T> Clone for Submitted<T> {
    fn clone(&self) -> Self {
        let (row, given) = (self.row.clone(), self.given.clone());
        Self { row, given, collection: PhantomData }
    }
}

impl<T> fmt::Debug for Submitted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = &self.row.definition.columns;
        let given = self.given.iter().filter(|index| !columns[**index].options.hidden);
        f.debug_map()
            .entries(given.map(|index| (columns[*index].json, &self.row.values[*index])))
            .finish()
    }
}
