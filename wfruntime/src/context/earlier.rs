//! A record as it was before a node, and what of it holds for the record after the node.
//!
//! What was loaded with it stays. Where a reference changed, what it leads to now is loaded, and
//! kept in the node's job: replay gives the same.

use crate::action::read::{Branch, Source, load};
use crate::collection::{AssociationKind, Loaded, Row};
use crate::engine::run::Run;
use crate::error::Result;
use crate::value::Value;

/// A record before a node.
#[derive(Debug)]
pub(crate) struct Earlier {
    row: Row,
    /// What to load where a reference of it changed.
    branches: Vec<Branch>,
    limit: usize,
}

impl Earlier {
    /// Of a record of the workflow's collection, `appends` are loaded again; of another one, what
    /// was loaded with it.
    pub(super) fn of(run: &Run, row: Row) -> Self {
        let definition = row.definition;
        let mut paths = Vec::new();
        if let Some(workflow) = run.core.registry.resolved(run.workflow)
            && workflow.is_of(definition)
        {
            let appends = workflow.appends.iter().filter(|path| may_be_loaded(&row, path[0]));
            paths.extend(appends.cloned());
        }
        loaded_paths(&row, &[], &mut paths);
        let mut branches = Branch::of_paths(definition, &paths);
        branches.retain(|branch| reference(&row, branch.association).is_some());
        Self { row, branches, limit: run.core.settings.rows_limit }
    }

    /// The record's id.
    pub(super) fn id(&self) -> i64 {
        self.row.id()
    }

    /// Whether the reference of this association is another one in `row`.
    fn is_changed(&self, association: usize, row: &Row) -> bool {
        reference(row, association) != reference(&self.row, association)
    }

    /// Loads with `row`, which is the record now, what its changed references lead to.
    ///
    /// # Errors
    ///
    /// Those of the store; they lead to more records than one action may have.
    pub(crate) async fn load_changed(&self, source: &mut dyn Source, mut row: Row) -> Result<Row> {
        let changed = self.branches.iter();
        let changed: Vec<Branch> =
            changed.filter(|branch| self.is_changed(branch.association, &row)).cloned().collect();
        load(source, std::slice::from_mut(&mut row), &changed, self.limit).await?;
        Ok(row)
    }

    /// The row, with what was loaded with the record before, where that still fits.
    pub(super) fn keep(&self, mut row: Row) -> Row {
        for association in 0..row.definition.associations.len() {
            if row.loaded(association).is_some() || self.is_changed(association, &row) {
                continue;
            }
            if let Some(loaded) = self.row.loaded(association) {
                row.load(association, loaded.clone());
            }
        }
        row
    }
}

/// The id of the record to which a row refers; nothing if others refer to it.
fn reference(row: &Row, association: usize) -> Option<&Value> {
    match row.definition.associations[association].kind {
        AssociationKind::BelongsTo { column } => Some(&row.values[column]),
        _ => None,
    }
}

/// Whether an association was loaded, as far as can be seen: what is empty leads to nothing.
fn may_be_loaded(row: &Row, association: usize) -> bool {
    row.loaded(association).is_some() || reference(row, association).is_some_and(Value::is_null)
}

/// The paths of all that was loaded with a row, each behind `before`.
fn loaded_paths(row: &Row, before: &[usize], paths: &mut Vec<Vec<usize>>) {
    for (association, loaded) in row.loaded.iter().enumerate() {
        let Some(loaded) = loaded else { continue };
        let path = [before, &[association]].concat();
        match loaded {
            Loaded::One(one) => {
                one.iter().for_each(|row| loaded_paths(row, &path, paths));
            }
            Loaded::Many(many) => {
                many.iter().for_each(|row| loaded_paths(row, &path, paths));
            }
        }
        paths.push(path);
    }
}
