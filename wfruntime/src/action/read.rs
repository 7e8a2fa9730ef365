//! `list` and `get`: which records, in which order, with which of their fields and associations.
//!
//! It reads, and shows what the role may see; it refuses to know how the question arrived.

pub(crate) mod link;
mod load;
mod order;
mod plan;
mod selection;

use crate::action::{AnswerData, Request, Through, Verb};
use crate::auth::Access;
use crate::collection::json::Selection;
use crate::collection::{AssociationKind, Definition};
use crate::core::{Core, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;
use crate::store::sql::{Condition, Exists, Query, Select};
use crate::value::Type;
use plan::Plan;

pub(crate) use load::{Branch, Source, load};
pub(crate) use selection::{Shown, resolve};

/// Answers [`Verb::List`] or [`Verb::Get`], and says what of the records to show.
///
/// # Errors
/// [`ErrorKind::Invalid`] with all that is wrong; [`ErrorKind::Forbidden`] for what the role may
/// not view; [`ErrorKind::NotFound`] for a record that is not there, or not to be seen.
pub(crate) async fn read(
    core: &Core,
    access: &Access,
    request: &Request,
) -> Result<(AnswerData, Selection)> {
    read_from(&core.store, &core.settings, access, request).await
}

async fn read_from(
    store: &Store,
    settings: &Settings,
    access: &Access,
    request: &Request,
) -> Result<(AnswerData, Selection)> {
    let plan = Plan::check(settings, access, request)?;
    let selection = plan.shown.selection.clone();
    if let Some(through) = request.through {
        reach(store, access, through).await?;
    }
    let answer = match request.verb {
        Verb::Get => plan.get(store).await?,
        _ => plan.list(store).await?,
    };
    Ok((answer, selection))
}

/// Fails unless the record through which a request goes is there, and to be seen.
///
/// # Errors
/// [`ErrorKind::Forbidden`], [`ErrorKind::NotFound`], and those of the store.
pub(crate) async fn reach(store: &Store, access: &Access, through: Through) -> Result<()> {
    let definition = through.collection;
    let grant = access.may(Verb::Get, definition)?;
    let association = &definition.associations[through.association];
    if !grant.fields.has_association(through.association) {
        let message = format!(
            "role `{}` may not view `{}` of `{}`",
            access.role(),
            association.json,
            definition.name()
        );
        return Err(Error::new(ErrorKind::Forbidden, "forbidden_field", message));
    }
    let id = definition.columns[Definition::ID].name;
    let scope = grant.scope(definition, access.user());
    let select = Select {
        table: definition.table(),
        columns: vec![(id, Type::Int)],
        filter: scope.into_iter().fold(Condition::eq(id, through.id), Condition::and),
        order: Vec::new(),
        limit: Some(1),
        offset: None,
    };
    match store.read(&select.build()).await?.is_empty() {
        true => Err(no_record(definition, through.id)),
        false => Ok(()),
    }
}

/// The condition on the associated collection that keeps what does not belong to the record out.
pub(crate) fn within(through: Through) -> Condition {
    let source = through.collection;
    let association = &source.associations[through.association];
    let target = association.target();
    let id = |definition: &Definition| definition.columns[Definition::ID].name;
    match association.kind {
        AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
            Condition::eq(target.columns[by].name, through.id)
        }
        AssociationKind::BelongsTo { column } => Condition::Exists(Box::new(Exists {
            table: source.table(),
            inner: source.columns[column].name,
            outer: id(target),
            filter: Condition::eq(id(source), through.id),
        })),
        AssociationKind::BelongsToMany { through: between, source: near, target: far } => {
            let between = link::through(between);
            Condition::Exists(Box::new(Exists {
                table: between.table(),
                inner: between.columns[far].name,
                outer: id(target),
                filter: Condition::eq(between.columns[near].name, through.id),
            }))
        }
    }
}

/// The error for a record that is not there, or not to be seen.
pub(crate) fn no_record(definition: &Definition, id: i64) -> Error {
    let message = format!("there is no record {id} in `{}`", definition.name());
    Error::new(ErrorKind::NotFound, "not_found", message)
}

#[cfg(test)]
mod tests;
