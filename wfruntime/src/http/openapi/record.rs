//! The records of a collection: as they are answered, and as they are sent.

use std::collections::HashMap;

use super::Caller;
use super::node::Object;
use super::schema::{about, any, exactly, id, list, member, named, object, one_of, or_null, text};
use super::value::{self, Way};
use crate::action::Verb;
use crate::action::read::link;
use crate::auth::Fields;
use crate::collection::{Association, AssociationKind, Column, Definition};
use crate::registry::Registry;

/// The names of the collections' schemas in the document.
pub(super) struct Names(HashMap<&'static str, &'static str>);

impl Names {
    /// The Rust name of a collection where it is the only one, else its resource name.
    pub(super) fn of(registry: &Registry) -> Self {
        let mut times: HashMap<&str, u32> = HashMap::new();
        for collection in registry.collections() {
            *times.entry(collection.meta.rust).or_default() += 1;
        }
        let name = |it: &&'static Definition| {
            let is_alone = times.get(it.meta.rust) == Some(&1);
            (it.name(), if is_alone { it.meta.rust } else { it.name() })
        };
        Self(registry.collections().iter().map(name).collect())
    }

    /// The name of a record's schema.
    pub(super) fn record(&self, collection: &Definition) -> &'static str {
        self.0.get(collection.name()).copied().unwrap_or(collection.meta.rust)
    }

    /// The name of the schema of a new one's values.
    pub(super) fn create(&self, collection: &Definition) -> String {
        format!("{}Create", self.record(collection))
    }

    /// The name of the schema of changed values.
    pub(super) fn update(&self, collection: &Definition) -> String {
        format!("{}Update", self.record(collection))
    }

    /// The name of the schema of changed values with the `id` of their record.
    pub(super) fn change(&self, collection: &Definition) -> String {
        format!("{}Change", self.record(collection))
    }
}

/// The schemas of a collection that the caller has something to do with, with their names.
pub(super) fn schemas(caller: &Caller<'_>, of: &'static Definition) -> Vec<(String, Object)> {
    let (mut schemas, title, names) = (Vec::with_capacity(4), of.meta.title, caller.names);
    if let Some(grant) = caller.access.grant(Verb::Get, of) {
        let record = object(answered(caller, of, &grant.fields));
        schemas.push((names.record(of).to_owned(), about(title, record)));
    }
    if let Some(grant) = caller.access.grant(Verb::Create, of) {
        let values = exactly(sent(caller, of, &grant.fields, true));
        schemas.push((names.create(of), about(format!("{title}: a new one"), values)));
    }
    if let Some(grant) = caller.access.grant(Verb::Update, of) {
        let values = sent(caller, of, &grant.fields, false);
        let changed = exactly(values.clone());
        let text = format!("{title}: changed values; what is left out stays");
        schemas.push((names.update(of), about(text, changed)));
        let keyed = exactly([member("id", true, id())].into_iter().chain(values));
        let text = format!("{title}: changed values of the one with this id");
        schemas.push((names.change(of), about(text, keyed)));
    }
    schemas
}

/// A record as it is answered; `fields` and `except` may leave any of it out.
fn answered(
    caller: &Caller<'_>,
    of: &'static Definition,
    fields: &Fields,
) -> Vec<(String, Object)> {
    let columns = of.columns.iter().enumerate();
    let shown =
        columns.filter(|(index, column)| !column.options.hidden && fields.has_column(*index));
    let columns = shown
        .map(|(_, column)| member(column.json, false, of_column(caller, of, column, Way::Out)));
    let may_see =
        |association: &&Association| caller.access.grant(Verb::Get, association.target()).is_some();
    let associations = associations(of, fields).filter(may_see).map(|association| {
        let shape = named(caller.names.record(association.target()));
        let shape = if association.is_to_one() { or_null(shape) } else { list(shape) };
        member(association.json, false, shape)
    });
    columns.chain(associations).collect()
}

/// The values of a record as they are sent.
fn sent(
    caller: &Caller<'_>,
    of: &'static Definition,
    fields: &Fields,
    is_new: bool,
) -> Vec<(String, Object)> {
    let columns = of.columns.iter().enumerate();
    let written = columns.filter(|(index, column)| !column.system && fields.has_column(*index));
    let columns = written.map(|(_, column)| {
        // A reference has two names, of which one is given.
        let is_needed = is_new && column.is_required() && column.association.is_none();
        member(column.json, is_needed, of_column(caller, of, column, Way::In))
    });
    let own = |association: &&Association| match association.kind {
        AssociationKind::BelongsTo { column } => !of.columns[column].system,
        _ => true,
    };
    let associations = associations(of, fields).filter(own).filter_map(|association| {
        let shape = linked(caller, association)?;
        let shape = match association.kind {
            AssociationKind::BelongsTo { column } if !of.columns[column].nullable => shape,
            _ if association.is_to_one() => or_null(shape),
            _ if is_new => list(shape),
            _ => any([list(shape.clone()), difference(caller, association, shape)]),
        };
        Some(member(association.json, false, shape))
    });
    columns.chain(associations).collect()
}

/// A record given for an association: an id, one to be linked, a new one, or a changed one; none
/// of them if the role may do nothing with it.
fn linked(caller: &Caller<'_>, association: &Association) -> Option<Object> {
    let (target, names) = (association.target(), caller.names);
    let may = |verb| caller.access.grant(verb, target).is_some();
    let links = match association.kind {
        AssociationKind::HasOne { .. } | AssociationKind::HasMany { .. } => may(Verb::Update),
        // Everyone may refer to themself.
        _ => may(Verb::Get) || (target.meta.account && caller.access.user().is_some()),
    };
    let mut shapes = Vec::with_capacity(4);
    if links {
        shapes.extend([id(), exactly([("id", id())])]);
    }
    if may(Verb::Create) {
        shapes.push(named(&names.create(target)));
    }
    if links && may(Verb::Update) {
        shapes.push(named(&names.change(target)));
    }
    (!shapes.is_empty()).then(|| any(shapes))
}

/// A change of links to many records: those that are not named stay.
fn difference(caller: &Caller<'_>, association: &Association, added: Object) -> Object {
    let target = association.target();
    let mut lists = vec![member("add", false, list(added)), member("remove", false, list(id()))];
    if caller.access.grant(Verb::Update, target).is_some() {
        let changed = list(named(&caller.names.change(target)));
        lists.push(member("change", false, changed));
    }
    exactly(lists)
}

fn of_column(caller: &Caller<'_>, of: &Definition, column: &Column, way: Way) -> Object {
    // The built-in account's roles are JSON to the store.
    if of.meta.account && column.rust == "roles" {
        return list(match way {
            Way::In => one_of(caller.roles.iter().copied()),
            Way::Out => text(),
        });
    }
    value::column(column, way)
}

/// The associations that a request can name.
fn associations(
    of: &'static Definition,
    fields: &Fields,
) -> impl Iterator<Item = &'static Association> {
    let covered: Vec<usize> =
        (0..of.associations.len()).filter(|index| fields.has_association(*index)).collect();
    covered
        .into_iter()
        .map(|index| &of.associations[index])
        .filter(|association| link::association(of, association.json).is_some())
}
