//! `updateOrCreate` and `firstOrCreate`: the record that has the same key, or a new one.
//!
//! What is done in the end is an update, a create or a read, judged and fired as such. That nobody
//! else made the record meanwhile is asked in the unit that makes it.

use std::sync::Arc;

use super::again::Tries;
use super::faults::{Faults, Path};
use super::input::{self, key_value};
use super::read::within;
use super::{Answer, Request, Verb, create, read, rows, update};
use crate::auth::Access;
use crate::collection::json::Entries;
use crate::collection::{AssociationKind, Definition, Row, same_key};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::spelling::{instead, quoted};
use crate::store::sql::{Condition, Query as _, Select};
use crate::store::{Statement, Tx};
use crate::trigger::{self, Named};
use crate::value::{Type, Value};

/// The parameter's name, for the faults in it.
const PARAMETER: &str = "filterKeys";

/// The code of the error by which [`is_taken`] knows it.
const TAKEN: &str = "key_taken";

/// Carries out an `updateOrCreate` or a `firstOrCreate`.
///
/// # Errors
/// All faults of the request at once; nothing was written then.
pub(super) async fn perform(core: &Arc<Core>, mut request: Request) -> Result<Answer> {
    let access = Access::of(core, &request.identity);
    let only = key(&access, &request)?;
    request.only = Some(only);
    let asked = request.verb;
    request.upserts = asked == Verb::UpdateOrCreate;
    let mut tries = Tries::first();
    loop {
        match attempt(core, &access, &mut request, asked).await {
            Err(error) if (error.is_overtaken() || is_taken(&error)) && tries.another() => {}
            done => return done,
        }
    }
}

async fn attempt(
    core: &Arc<Core>,
    access: &Access,
    request: &mut Request,
    asked: Verb,
) -> Result<Answer> {
    let found = first(core, request).await?;
    request.target.ids = found.map(|id| vec![id]);
    let done = match (found, asked) {
        (None, _) => {
            request.verb = Verb::Create;
            return create::create(core, request).await;
        }
        (Some(_), Verb::FirstOrCreate) => {
            request.verb = Verb::Get;
            get(core, access, request).await
        }
        (Some(_), _) => {
            request.verb = Verb::Update;
            update::update(core, request).await
        }
    };
    match done {
        // It was there a moment ago: it is another one now, or none.
        Err(error)
            if error.kind() == ErrorKind::NotFound && first(core, request).await? != found =>
        {
            Err(taken())
        }
        done => done,
    }
}

/// The record that was found: nothing is written, and nothing fires.
async fn get(core: &Arc<Core>, access: &Access, request: &Request) -> Result<Answer> {
    let mut faults = Faults::default();
    let named = Named::In(request.triggers.as_deref());
    trigger::matches(core, access, request.collection, "create", named, &mut faults).await?;
    faults.check()?;
    let (data, selection) = read::read(core, access, request).await?;
    let answer = Answer { selection, ..Answer::of(data) };
    if let Some(once) = &request.once {
        once.keep_alone(core, &answer).await?;
    }
    Ok(answer)
}

/// The first record that has the key, by its id.
async fn first(core: &Core, request: &Request) -> Result<Option<i64>> {
    let Some(only) = &request.only else { return Ok(None) };
    let found = core.store.read(&any(request.collection, only).unbounded()).await?;
    Ok(found.first().and_then(|values| values.first()).and_then(Value::as_int))
}

/// The id of the first record that fits.
pub(super) fn any(definition: &'static Definition, only: &Condition) -> Statement {
    let id = definition.columns[Definition::ID].name;
    Select {
        table: definition.table(),
        columns: vec![(id, Type::Int)],
        filter: only.clone(),
        order: vec![(id, false)],
        limit: Some(1),
        offset: None,
    }
    .build()
}

/// Fails if somebody else made one of these records; asked in the unit that would make it.
///
/// # Errors
/// [`ErrorKind::Conflict`], for which [`is_taken`] holds.
pub(super) async fn keep_absent(tx: &mut Tx, absent: &[Statement]) -> Result<()> {
    for absent in absent {
        if !tx.query(absent).await?.is_empty() {
            return Err(taken());
        }
    }
    Ok(())
}

/// Whether a write failed because the record with its key came or went since it was looked for.
pub(super) fn is_taken(error: &Error) -> bool {
    error.kind() == ErrorKind::Conflict && error.all().iter().any(|fault| fault.code == TAKEN)
}

/// The error for which [`is_taken`] holds.
pub(super) fn taken() -> Error {
    let message = "a record with this key was made or removed meanwhile";
    Error::new(ErrorKind::Conflict, TAKEN, message)
}

/// Which records have the key that the request's body gives, among those that the role may see.
///
/// # Errors
/// All that is wrong with the key, and what the role may not filter by.
fn key(access: &Access, request: &Request) -> Result<Condition> {
    let definition = request.collection;
    let mut faults = Faults::default();
    let grant = faults.keep(access.may(Verb::Get, definition))?;
    if request.target.ids.is_some() || request.target.filter.is_some() {
        let message = "`filterKeys` says which record: leave out `filterByTk` and `filter`";
        faults.invalid.push(Fault::new("two_targets", message));
    }
    if request.keys.is_empty() {
        let message = "by which fields is the record found? `filterKeys=title` says it";
        faults.invalid.push(Fault::new("required", message).at(PARAMETER));
    }
    let body = input::body(request.values.as_deref());
    let Ok(entries) = serde_json::from_str::<Entries<'_>>(body) else {
        let message = "expected an object with the values of one record";
        faults.invalid.push(Fault::new("wrong_type", message));
        faults.check()?;
        return Err(Error::internal("a body without values"));
    };
    let mut values: Vec<Option<Value>> = vec![None; definition.columns.len()];
    let mut keys = Vec::with_capacity(request.keys.len());
    for name in &request.keys {
        let Some((index, association)) = column(definition, name) else {
            let message = unknown(definition, access, name);
            faults.invalid.push(Fault::new("unknown_field", message).at(PARAMETER));
            continue;
        };
        let column = &definition.columns[index];
        if !access.may_view_field(definition, index) {
            let message = format!("role `{}` may not find records by `{name}`", access.role());
            faults.forbidden.push(Fault::new("forbidden_field", message).at(PARAMETER));
        }
        keys.push(column.name);
        let is_it = |given: &str| given == column.json || association.is_some_and(|it| given == it);
        if let Some((given, json)) = entries.0.iter().find(|(given, _)| is_it(given)) {
            match key_value(column, json) {
                Ok(value) => values[index] = Some(value),
                Err(fault) => faults.invalid.push(fault.at(Path::Root.field(given).to_string())),
            }
        }
    }
    let is_told = !faults.invalid.is_empty();
    let same = same_key(definition, &keys, &values);
    let same = if is_told { same.ok() } else { faults.keep(same)? };
    faults.check()?;
    let scope = grant.and_then(|grant| grant.scope(definition, access.user()));
    let within = request.through.map(within);
    Ok(Condition::All([same, scope, within].into_iter().flatten().collect()))
}

/// The column of a field that a request can name, and the association whose reference it is.
fn column(definition: &Definition, name: &str) -> Option<(usize, Option<&'static str>)> {
    let index = match definition.column(name) {
        Some((index, _)) => index,
        None => match definition.associations[read::link::association(definition, name)?].kind {
            AssociationKind::BelongsTo { column } => column,
            _ => return None,
        },
    };
    let column = &definition.columns[index];
    let association = column.association.map(|index| definition.associations[index].json);
    (!column.system && !column.options.hidden).then_some((index, association))
}

fn unknown(definition: &Definition, access: &Access, name: &str) -> String {
    let names = definition.columns.iter().enumerate();
    let names =
        names.filter(|(index, column)| !column.system && access.may_view_field(definition, *index));
    let hint = instead(name, names.map(|(_, column)| column.json));
    let collection = definition.name();
    format!("{} is no field of `{collection}` that a key can have{hint}", quoted(name))
}

/// The first stored record that fits.
///
/// # Errors
/// The store's.
pub(super) async fn stored(
    core: &Core,
    definition: &'static Definition,
    only: Condition,
) -> Result<Option<Row>> {
    let mut select = rows::select(definition, only);
    select.limit = Some(1);
    let read = core.store.read(&select.build().unbounded()).await?;
    Ok(rows::from_values(definition, read).next())
}
