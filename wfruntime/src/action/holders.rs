//! What keeps a record from being destroyed: asked once the database has refused it.

use std::collections::VecDeque;

use crate::collection::{AssociationKind, Definition};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::store::schema::OnDelete;
use crate::store::sql::{Condition, Exists, Query as _, Select};
use crate::value::Type;

/// The code of the store's refusal.
const RESTRICT: &str = "restrict";

/// How many records one after the other are followed from the one that is destroyed.
const DEPTH: usize = 8;

/// How many references are looked at.
const QUESTIONS: usize = 200;

/// The error of a delete of the records that fit; if others held them, it names whose those are.
pub(super) async fn named(
    core: &Core,
    definition: &'static Definition,
    filter: &Condition,
    error: Error,
) -> Error {
    let is_held = error.kind() == ErrorKind::Conflict
        && error.all().iter().any(|fault| fault.code == RESTRICT);
    if !is_held {
        return error;
    }
    match holders(core, definition, filter).await {
        Ok(faults) if !faults.is_empty() => Error::faults(ErrorKind::Conflict, faults),
        // They have let go meanwhile, or cannot be asked: what the store said is true.
        _ => error,
    }
}

/// A fault for each reference that holds one of the records, or one that would go with them.
async fn holders(
    core: &Core,
    definition: &'static Definition,
    filter: &Condition,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let mut going = VecDeque::from([(definition, filter.clone(), 0)]);
    let mut asked = 0;
    while let Some((target, filter, depth)) = going.pop_front() {
        for other in core.registry.collections().iter().copied() {
            for (column, association) in references(other, target) {
                let column = &other.columns[column];
                let refers = Condition::Exists(Box::new(Exists {
                    table: target.table(),
                    inner: target.columns[Definition::ID].name,
                    outer: column.name,
                    filter: filter.clone(),
                }));
                asked += 1;
                if asked > QUESTIONS {
                    return Ok(faults);
                }
                match column.options.on_delete {
                    OnDelete::Restrict if is_there(core, other, refers.clone()).await? => {
                        let fault = told(other, association, target, definition);
                        if !faults.contains(&fault) {
                            faults.push(fault);
                        }
                    }
                    // In a circle there is no end to it.
                    OnDelete::Cascade if depth < DEPTH => {
                        going.push_back((other, refers, depth + 1));
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(faults)
}

/// The references of a collection to another: the column, and the association's name.
fn references(
    definition: &'static Definition,
    target: &'static Definition,
) -> impl Iterator<Item = (usize, &'static str)> {
    definition.associations.iter().filter_map(move |association| match association.kind {
        AssociationKind::BelongsTo { column } if association.target() == target => {
            Some((column, association.json))
        }
        _ => None,
    })
}

async fn is_there(core: &Core, definition: &Definition, filter: Condition) -> Result<bool> {
    let select = Select {
        table: definition.table(),
        columns: vec![(definition.columns[Definition::ID].name, Type::Int)],
        filter,
        order: Vec::new(),
        limit: Some(1),
        offset: None,
    };
    Ok(!core.store.read(&select.build().unbounded()).await?.is_empty())
}

fn told(other: &Definition, association: &str, target: &Definition, asked: &Definition) -> Fault {
    let (other, target) = (other.name(), target.name());
    let whom = if target == asked.name() {
        "it".to_owned()
    } else {
        format!("what would go with it, of `{target}`")
    };
    let message = format!("`{other}` still refer to {whom}, by `{association}`");
    Fault::new(RESTRICT, message)
}
