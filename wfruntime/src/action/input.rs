//! The body of a request, read against its collection: every fault in it, or checked values.
//!
//! It refuses to know the database: whether a linked record exists is asked later.

mod links;

use serde_json::value::RawValue;

use super::Verb;
use super::button::Pressed;
use super::faults::{Faults, Path};
use super::object::{Name, Seen};
use crate::auth::{Access, Grant};
use crate::collection::json::{Entries, value_from_raw};
use crate::collection::{Association, AssociationKind, Column, DefaultValue, Definition, Id};
use crate::error::{Fault, Result};
use crate::spelling::{instead, quoted};
use crate::value::Value;

/// How many associations deep the objects of a request may be nested.
const DEPTH: usize = 16;

/// The checked values of one record.
#[derive(Debug)]
pub(crate) struct Values {
    /// Its collection.
    pub(crate) definition: &'static Definition,
    /// The given columns by index, each once; references to a record are in `links`.
    pub(crate) columns: Vec<(usize, Value)>,
    /// The given associations, each once.
    pub(crate) links: Vec<Link>,
}

/// What was given for an association.
#[derive(Debug)]
pub(crate) struct Link {
    /// Its index.
    pub(crate) association: usize,
    /// The records, in the order they were given.
    pub(crate) targets: Vec<Target>,
    /// Those that are to be linked no longer, where others stay; `None` if no others do.
    pub(crate) taken: Option<Vec<i64>>,
    /// Where it stands in the body.
    pub(crate) field: String,
}

impl Link {
    /// Whether a record that is linked is so no longer.
    pub(crate) fn takes(&self, id: i64) -> bool {
        match &self.taken {
            Some(taken) => taken.contains(&id),
            None => self.targets.iter().all(|target| target.id != Some(id)),
        }
    }
}

impl Values {
    /// Indexes of the columns that the object gives, with those of its references.
    pub(crate) fn given(&self) -> Vec<usize> {
        let references = self
            .links
            .iter()
            .filter_map(|link| own_column(&self.definition.associations[link.association]));
        self.columns.iter().map(|(index, _)| *index).chain(references).collect()
    }

    /// The given value of a column.
    pub(crate) fn value(&self, column: usize) -> Option<&Value> {
        self.columns.iter().find(|(index, _)| *index == column).map(|(_, value)| value)
    }
}

/// A record given for an association: linked if only `id` is there, created if only `values`
/// are, linked and updated if both are.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) id: Option<i64>,
    pub(crate) values: Option<Values>,
    /// Whether it has to be linked already.
    pub(crate) stays: bool,
    /// Where it stands in the body.
    pub(crate) field: String,
}

/// Whether an object makes a record or changes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Create,
    Update,
}

/// Reads bodies and gathers their faults.
pub(crate) struct Reader<'r> {
    access: &'r Access,
    faults: &'r mut Faults,
    limit: usize,
    /// Records seen so far, nested ones too.
    records: usize,
    /// The button that was pressed with the values.
    pressed: Option<&'r Pressed>,
}

impl<'r> Reader<'r> {
    /// A reader for what `access` may write, at most `limit` records.
    pub(crate) fn new(access: &'r Access, faults: &'r mut Faults, limit: usize) -> Self {
        Self { access, faults, limit, records: 0, pressed: None }
    }

    /// The same for the values with which a button is pressed, if one is.
    pub(crate) fn pressed(self, pressed: Option<&'r Pressed>) -> Self {
        Self { pressed, ..self }
    }

    /// The values of a new record, or of several if the body is an array.
    ///
    /// `implied` is a column that the request's place sets: `/api/categories/1/posts`.
    pub(crate) fn create(
        &mut self,
        definition: &'static Definition,
        grant: &Grant,
        body: &str,
        implied: Option<usize>,
    ) -> Given {
        let target =
            At { definition, grant, purpose: Purpose::Create, implied, depth: 0, only: None };
        if !body.starts_with('[') {
            return Given::One(self.object(&target, body, Path::Root).map(|(_, values)| values));
        }
        Given::Many(self.array(body, Path::Root, |reader, body, path| {
            reader.object(&target, body, path).map(|(_, values)| values)
        }))
    }

    /// The changed values of one record or of all that a request names.
    pub(crate) fn update(
        &mut self,
        definition: &'static Definition,
        grant: &Grant,
        body: &str,
    ) -> Option<Values> {
        let target =
            At { definition, grant, purpose: Purpose::Update, implied: None, depth: 0, only: None };
        self.object(&target, body, Path::Root).map(|(_, values)| values)
    }

    /// The changed values of several records, each with its `id`.
    pub(crate) fn updates(
        &mut self,
        definition: &'static Definition,
        grant: &Grant,
        body: &str,
    ) -> Vec<(i64, Values)> {
        let target =
            At { definition, grant, purpose: Purpose::Update, implied: None, depth: 0, only: None };
        self.array(body, Path::Root, |reader, body, path| {
            let (id, values) = reader.keyed(&target, body, path)?;
            if id.is_none() {
                let fault = path.field("id").fault("required", "`id` is required: which record?");
                reader.faults.invalid.push(fault);
            }
            Some((id?, values))
        })
    }

    fn array<T>(
        &mut self,
        body: &str,
        path: Path<'_>,
        mut element: impl FnMut(&mut Self, &str, Path<'_>) -> Option<T>,
    ) -> Vec<T> {
        let elements: Vec<&RawValue> = match serde_json::from_str(body) {
            Ok(elements) => elements,
            Err(_) => {
                let message = format!("expected an array, found {}", quoted(body));
                self.faults.invalid.push(path.fault("wrong_type", message));
                return Vec::new();
            }
        };
        if self.records + elements.len() > self.limit {
            let message = format!("one request can write {} records at most", self.limit);
            self.faults.invalid.push(path.fault("too_many", message));
            return Vec::new();
        }
        let elements = elements.into_iter().enumerate();
        elements.filter_map(|(index, body)| element(self, body.get(), path.index(index))).collect()
    }

    fn object(&mut self, at: &At<'_>, body: &str, path: Path<'_>) -> Option<(Option<i64>, Values)> {
        let entries = self.entries(body, path)?;
        Some((None, self.values(at, &entries, path)))
    }

    /// An object whose `id` says which record it is about.
    fn keyed(&mut self, at: &At<'_>, body: &str, path: Path<'_>) -> Option<(Option<i64>, Values)> {
        let mut entries = self.entries(body, path)?;
        let id = self.take_id(&mut entries, path);
        Some((id, self.values(at, &entries, path)))
    }

    fn entries<'b>(&mut self, body: &'b str, path: Path<'_>) -> Option<Entries<'b>> {
        self.records += 1;
        if self.records > self.limit {
            let message = format!("one request can write {} records at most", self.limit);
            self.faults.invalid.push(path.fault("too_many", message));
            return None;
        }
        let entries = serde_json::from_str(body).ok();
        if entries.is_none() {
            let message = format!("expected an object of values, found {}", quoted(body));
            self.faults.invalid.push(path.fault("wrong_type", message));
        }
        entries
    }

    fn take_id(&mut self, entries: &mut Entries<'_>, path: Path<'_>) -> Option<i64> {
        let at = entries.0.iter().position(|(name, _)| name == "id")?;
        let (_, id) = entries.0.remove(at);
        self.id(id.get(), path.field("id"))
    }

    fn id(&mut self, json: &str, path: Path<'_>) -> Option<i64> {
        match json.parse::<i64>() {
            Ok(id) if (1..=Id::<()>::MAX).contains(&id) => Some(id),
            _ => {
                let message = format!("expected an id, found {}", quoted(json));
                self.faults.invalid.push(path.fault("wrong_type", message));
                None
            }
        }
    }

    fn values(&mut self, at: &At<'_>, entries: &Entries<'_>, path: Path<'_>) -> Values {
        let definition = at.definition;
        let mut values = Values { definition, columns: Vec::new(), links: Vec::new() };
        let mut seen = Seen::new(definition);
        for (name, json) in &entries.0 {
            let (name, here) = (name.as_ref(), path.field(name));
            if let Some((index, _)) = definition.column(name) {
                if self.seen(&mut seen, at, Name::Column(index), here) {
                    self.column(at, index, json, here, &mut values);
                }
            } else if let Some((index, _)) = definition.association(name) {
                if self.seen(&mut seen, at, Name::Association(index), here) {
                    self.association(at, index, json.get(), here, &mut values);
                }
            } else {
                self.faults.invalid.push(here.fault("unknown_field", unknown(definition, name)));
            }
        }
        if at.purpose == Purpose::Create {
            self.required(at, &seen, path);
        }
        values
    }

    /// Judges a name before its value; false if the value is not to be looked at.
    fn seen(&mut self, seen: &mut Seen, at: &At<'_>, name: Name, here: Path<'_>) -> bool {
        let definition = at.definition;
        let (column, association) = match name {
            Name::Column(column) => (Some(column), definition.columns[column].association),
            Name::Association(index) => (own_column(&definition.associations[index]), Some(index)),
        };
        if column.is_some_and(|column| definition.columns[column].system) {
            self.faults.invalid.push(here.fault("system_field", "it is set by the system"));
            return false;
        }
        if column.is_some() && column == at.implied {
            self.faults.invalid.push(here.fault("implied", "it is set by the record around it"));
            return false;
        }
        if let Some((code, message)) =
            self.pressed_at(at).and_then(|by| by.refuses(column, association))
        {
            self.faults.invalid.push(here.fault(code, message));
            return false;
        }
        if at.only.is_some_and(|only| column.is_none_or(|column| !only.contains(&column))) {
            self.faults.invalid.push(here.fault("not_in_form", "it is no field of the form"));
            return false;
        }
        if let Some(earlier) = seen.mark(column, association, name) {
            let (code, message) = if earlier == name {
                ("duplicate_field", "it is given twice".to_owned())
            } else {
                let index = association.unwrap_or_default();
                let column = column.map_or("", |column| definition.columns[column].json);
                let association = definition.associations[index].json;
                ("both_given", format!("`{association}` and `{column}` are the same: give one"))
            };
            self.faults.invalid.push(here.fault(code, message));
            return false;
        }
        let granted = match name {
            Name::Column(column) => at.grant.fields.has_column(column),
            Name::Association(index) => at.grant.fields.has_association(index),
        };
        if !granted {
            let message = format!("role `{}` may not write this field", self.access.role());
            self.faults.forbidden.push(here.fault("forbidden_field", message));
        }
        true
    }

    fn column(
        &mut self,
        at: &At<'_>,
        index: usize,
        json: &RawValue,
        here: Path<'_>,
        values: &mut Values,
    ) {
        let column = &at.definition.columns[index];
        match (value_from_raw(column, json), column.association) {
            (Ok(Value::Int(id)), Some(association)) => {
                let field = here.to_string();
                let target =
                    Target { id: Some(id), values: None, stays: false, field: field.clone() };
                self.may_link(at, association, target.id, here);
                values.links.push(Link { association, targets: vec![target], taken: None, field });
            }
            (Ok(value), _) => values.columns.push((index, value)),
            (Err(fault), _) => self.faults.invalid.push(fault.at(here.to_string())),
        }
    }

    fn association(
        &mut self,
        at: &At<'_>,
        index: usize,
        json: &str,
        here: Path<'_>,
        values: &mut Values,
    ) {
        let association = &at.definition.associations[index];
        if at.depth == DEPTH {
            let message = format!("objects can be nested {DEPTH} levels deep at most");
            self.faults.invalid.push(here.fault("too_deep", message));
            return;
        }
        let moves = matches!(
            association.kind,
            AssociationKind::HasOne { .. } | AssociationKind::HasMany { .. }
        );
        let changes = at.purpose == Purpose::Update;
        let differs = changes && !association.is_to_one() && json.starts_with('{');
        if moves && changes && !differs {
            // Those that are not named any more are changed.
            self.may_link(at, index, None, here);
        }
        let mut taken = None;
        let targets = if differs {
            let (targets, gone) = self.difference(at, index, json, here);
            taken = Some(gone);
            targets
        } else if !association.is_to_one() {
            self.array(json, here, |reader, json, path| reader.target(at, index, json, path))
        } else if json == "null" {
            match own_column(association) {
                Some(column) if at.definition.columns[column].nullable => {
                    values.columns.push((column, Value::Null));
                    return;
                }
                Some(_) => {
                    let message = format!("`{}` cannot be null", association.json);
                    self.faults.invalid.push(here.fault("null", message));
                    return;
                }
                None => Vec::new(),
            }
        } else {
            self.target(at, index, json, here).into_iter().collect()
        };
        values.links.push(Link { association: index, targets, taken, field: here.to_string() });
    }

    /// One record given for an association: an id, or an object.
    fn target(&mut self, at: &At<'_>, index: usize, json: &str, path: Path<'_>) -> Option<Target> {
        let field = path.to_string();
        if !json.starts_with('{') {
            let id = self.id(json, path)?;
            self.may_link(at, index, Some(id), path);
            return Some(Target { id: Some(id), values: None, stays: false, field });
        }
        let association = &at.definition.associations[index];
        let target = association.target();
        let mut entries = self.entries(json, path)?;
        let is_keyed = entries.0.iter().any(|(name, _)| name == "id");
        let id = self.take_id(&mut entries, path);
        if is_keyed && (id.is_none() || entries.0.is_empty()) {
            self.may_link(at, index, id, path);
            return Some(Target { id: Some(id?), values: None, stays: false, field });
        }
        let (verb, purpose) = match is_keyed {
            true => (Verb::Update, Purpose::Update),
            false => (Verb::Create, Purpose::Create),
        };
        if is_keyed {
            self.may_link(at, index, id, path);
        }
        let mut only = None;
        if let Some(pressed) = self.pressed_at(at) {
            match pressed.new_at(association, index, !is_keyed) {
                Ok(new) => only = Some(new.columns.as_slice()),
                Err((code, message)) => {
                    self.faults.invalid.push(path.fault(code, message));
                    return None;
                }
            }
        }
        let grant = self.granted(verb, target, path);
        let implied = match association.kind {
            AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => Some(by),
            _ => None,
        };
        let depth = at.depth + 1;
        let nested = At { definition: target, grant: &grant, purpose, implied, depth, only };
        let values = self.values(&nested, &entries, path);
        Some(Target { id, values: Some(values), stays: false, field })
    }

    /// The pressed button, which is about the outermost object alone.
    fn pressed_at(&self, at: &At<'_>) -> Option<&'r Pressed> {
        self.pressed.filter(|_| at.depth == 0)
    }

    /// Linking a record needs the right to see it, or to change it where its own column says
    /// where it belongs.
    fn may_link(&mut self, at: &At<'_>, index: usize, id: Option<i64>, path: Path<'_>) {
        let association = &at.definition.associations[index];
        let target = association.target();
        match association.kind {
            AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
                let grant = self.granted(Verb::Update, target, path);
                if !grant.fields.has_column(by) {
                    let message = format!(
                        "role `{}` may not write `{}` of `{}`",
                        self.access.role(),
                        target.columns[by].json,
                        target.name()
                    );
                    self.faults.forbidden.push(path.fault("forbidden_field", message));
                }
            }
            // Everyone may refer to themself.
            _ if target.meta.account && id.is_some() && id == self.access.user() => {}
            _ => {
                self.granted(Verb::Get, target, path);
            }
        }
    }

    fn granted(&mut self, verb: Verb, definition: &Definition, path: Path<'_>) -> Grant {
        self.access.may(verb, definition).unwrap_or_else(|error| {
            for fault in error.all() {
                self.faults.forbidden.push(path.fault(&fault.code, fault.message.clone()));
            }
            Grant::ALL
        })
    }

    fn required(&mut self, at: &At<'_>, seen: &Seen, path: Path<'_>) {
        for (index, column) in at.definition.columns.iter().enumerate() {
            if column.system || seen.columns[index].is_some() || at.implied == Some(index) {
                continue;
            }
            if self.pressed_at(at).is_some_and(|pressed| pressed.sets(index)) {
                continue;
            }
            // A default `user` gives nothing where nobody is signed in.
            let has_no_user = !column.nullable
                && matches!(column.default(), Some(DefaultValue::User))
                && self.access.user().is_none();
            if column.is_required() || has_no_user {
                let association =
                    column.association.map(|index| &at.definition.associations[index]);
                let name = association.map_or(column.json, |association| association.json);
                let fault = path.field(name).fault("required", format!("`{name}` is required"));
                self.faults.invalid.push(fault);
            }
        }
    }
}

/// The object being read: whose record it is and what may be written of it.
struct At<'a> {
    definition: &'static Definition,
    grant: &'a Grant,
    purpose: Purpose,
    implied: Option<usize>,
    depth: usize,
    /// The columns that a form asks for, if it is one behind an association of its own.
    only: Option<&'a [usize]>,
}

/// What a body holds.
#[derive(Debug)]
pub(crate) enum Given {
    /// An object; nothing if it had faults.
    One(Option<Values>),
    /// An array of objects, without those that had faults.
    Many(Vec<Values>),
}

/// The column of the own table that holds an association's reference.
fn own_column(association: &Association) -> Option<usize> {
    match association.kind {
        AssociationKind::BelongsTo { column } => Some(column),
        _ => None,
    }
}

/// The value of a column as part of a key: of a reference its id, or an object with its id.
///
/// # Errors
/// What is wrong with it.
pub(super) fn key_value(column: &Column, json: &RawValue) -> Result<Value, Fault> {
    if column.association.is_some() && json.get().starts_with('{') {
        let entries = serde_json::from_str::<Entries<'_>>(json.get()).ok();
        let entries = entries.map(|entries| entries.0).unwrap_or_default();
        let Some((_, id)) = entries.iter().find(|(name, _)| name == "id") else {
            let message = "a new record is no key: give the `id` of one that is stored";
            return Err(Fault::new("wrong_type", message));
        };
        return value_from_raw(column, id);
    }
    value_from_raw(column, json)
}

/// Whether a body is an array of objects.
pub(crate) fn is_array(body: &str) -> bool {
    body.starts_with('[')
}

/// The text of a body; an empty object if there was none.
pub(crate) fn body(values: Option<&RawValue>) -> &str {
    values.map_or("{}", |values| values.get().trim())
}

fn unknown(definition: &Definition, name: &str) -> String {
    let columns = definition.columns.iter();
    let columns = columns.filter(|column| !column.system && !column.options.hidden);
    let is_ours = |association: &&Association| {
        own_column(association).is_some_and(|column| definition.columns[column].system)
    };
    let associations = definition.associations.iter().filter(|it| !is_ours(it));
    let associations = associations.map(|association| association.json);
    let names = columns.map(|column| column.json).chain(associations);
    let collection = definition.name();
    format!("unknown field {} of `{collection}`{}", quoted(name), instead(name, names))
}
