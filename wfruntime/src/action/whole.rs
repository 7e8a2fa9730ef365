//! What of a collection a role may take out as a file, and bring in from one.

use super::read::resolve;
use super::{Verb, View, filter};
use crate::action::faults::Faults;
use crate::auth::Access;
use crate::collection::{AssociationKind, Column, Definition};
use crate::error::{Error, Result};
use crate::store::sql::Condition;

/// The verb of who takes records out as a file.
pub(crate) const EXPORT: &str = "export";

/// The verb of who brings records in from one.
pub(crate) const IMPORT: &str = "import";

/// The columns and records that a role may export: of what it may view, what is asked for.
///
/// # Errors
/// As of `list`; the role may not export.
pub(crate) fn exported(
    access: &Access,
    definition: &'static Definition,
    view: &View,
    asked: Option<&serde_json::Value>,
) -> Result<(Vec<usize>, Condition)> {
    access.may(Verb::Own(EXPORT), definition)?;
    let grant = access.may(Verb::List, definition)?;
    let mut faults = Faults::default();
    let asked = asked.map(|asked| filter::parse(definition, asked, access)).transpose();
    let asked = faults.keep(asked)?.flatten();
    let shown = faults.keep(resolve(definition, view, access))?;
    faults.check()?;
    let shown = shown.ok_or_else(|| Error::internal("a faultless export is incomplete"))?;
    let is_shown = |index: &usize| {
        let columns = shown.selection.columns.as_ref();
        columns.is_none_or(|columns| columns.get(*index).copied().unwrap_or(false))
    };
    let columns = (0..definition.columns.len()).filter(is_shown).collect();
    let scope = grant.scope(definition, access.user());
    Ok((columns, Condition::All(scope.into_iter().chain(asked).collect())))
}

/// Which columns a role may give in a file: those that it may create a record with, and of those
/// that refer to another collection only where it may view all of that.
///
/// What the runtime sets is for administrators, who bring in whole records.
///
/// # Errors
/// The role may not import.
pub(crate) fn imported(access: &Access, definition: &'static Definition) -> Result<Vec<bool>> {
    access.may(Verb::Own(IMPORT), definition)?;
    let grant = access.may(Verb::Create, definition)?;
    let is_reached = |column: &Column| {
        let Some(association) = column.association else { return true };
        let association = &definition.associations[association];
        let AssociationKind::BelongsTo { .. } = association.kind else { return true };
        access.grant(Verb::Get, association.target()).is_some_and(|grant| !grant.own)
    };
    let may = |(index, column): (usize, &Column)| {
        access.is_administrator()
            || (!column.system && grant.fields.has_column(index) && is_reached(column))
    };
    Ok(definition.columns.iter().enumerate().map(may).collect())
}
