//! What a list of the framework's own records is asked with: which of them, in which order, which
//! part, and what of each.

use std::cmp::Ordering;

use axum::response::Response;
use serde_json::Value;

use super::members::kind;
use super::wanted::{self, Wanted};
use super::{Call, Page, page};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::http::query::Params;
use crate::spelling::{instead, quoted};
use crate::store::sql::{Condition, Name};

/// A field of a resource of the framework's own.
#[derive(Debug)]
pub(super) struct Field {
    /// As it is answered.
    pub(super) name: &'static str,
    /// The column that holds it.
    pub(super) column: Name,
    pub(super) kind: Kind,
}

/// What a field holds, and so what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Id,
    Text,
    Flag,
    /// One of these.
    Word(&'static [&'static str]),
    /// A moment: a list is narrowed to a range of it.
    Moment,
    /// Only shown.
    Shown,
}

impl Field {
    pub(super) const fn new(name: &'static str, column: Name, kind: Kind) -> Self {
        Self { name, column, kind }
    }

    /// A field that is only shown.
    pub(super) const fn shown(name: &'static str) -> Self {
        Self::new(name, "", Kind::Shown)
    }

    fn is_filtered(&self) -> bool {
        self.kind != Kind::Shown
    }
}

/// Which of its fields a record is answered with.
#[derive(Debug)]
pub(super) struct Fields(Vec<&'static str>);

impl Fields {
    /// Reads `fields` and `except`.
    ///
    /// # Errors
    ///
    /// Each name that is none.
    pub(super) fn read(params: &Params, fields: &'static [Field]) -> Result<Self> {
        let mut faults = Vec::new();
        let shown = shown(params, fields, &mut faults);
        checked(faults).map(|()| Self(shown))
    }

    /// The record with these fields alone.
    pub(super) fn of(&self, mut record: Value) -> Value {
        if let Some(members) = record.as_object_mut() {
            members.retain(|name, _| self.0.contains(&name.as_str()));
        }
        record
    }
}

/// A list that is asked for.
pub(super) struct Listing {
    filter: Vec<(&'static Field, Wanted)>,
    sort: Vec<(&'static Field, bool)>,
    fields: Fields,
    pub(super) page: Page,
}

impl Listing {
    /// Reads what a call asks of a list of records with these fields.
    ///
    /// # Errors
    ///
    /// All that is wrong, by name.
    pub(super) fn read(call: &Call<'_>, fields: &'static [Field]) -> Result<Self> {
        let (params, mut faults) = (call.params, Vec::new());
        let filter = filter(params.filter.as_ref(), fields, &mut faults);
        let sort = sort(&params.view.sort, fields, &mut faults);
        let shown = shown(params, fields, &mut faults);
        let page = page(call, &mut faults);
        checked(faults)?;
        Ok(Self { filter, sort, fields: Fields(shown), page })
    }

    /// The filter, for the store.
    pub(super) fn condition(&self) -> Condition {
        let all = self.filter.iter().map(|(field, wanted)| wanted.condition(field.column));
        Condition::All(all.collect())
    }

    /// The columns to sort by, with whether descending; the id last, the newest first.
    pub(super) fn order(&self) -> Vec<(Name, bool)> {
        let mut order: Vec<_> =
            self.sort.iter().map(|(field, descending)| (field.column, *descending)).collect();
        if !order.iter().any(|(column, _)| *column == "id") {
            order.push(("id", true));
        }
        order
    }

    /// The answer with the records that the store found, and how many there are in all.
    pub(super) fn answer(&self, records: impl Iterator<Item = Value>, count: u64) -> Response {
        let records: Vec<_> = records.map(|record| self.fields.of(record)).collect();
        self.page.answer(&records, count)
    }

    /// The answer out of all records there are, which no store has.
    pub(super) fn of_all(&self, mut records: Vec<Value>) -> Response {
        records.retain(|record| {
            self.filter.iter().all(|(field, wanted)| wanted.holds(&record[field.name]))
        });
        records.sort_by(|a, b| {
            let by = |(field, descending): &(&Field, bool)| {
                let order = compare(&a[field.name], &b[field.name]);
                if *descending { order.reverse() } else { order }
            };
            self.sort.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        let count = records.len();
        let (skip, take) = (self.page.offset, self.page.limit);
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let part = records.into_iter().skip(number(skip)).take(number(take));
        self.answer(part, u64::try_from(count).unwrap_or(u64::MAX))
    }
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => a.as_str().cmp(&b.as_str()),
    }
}

fn checked(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
}

/// The field of this name, of those that `fits`; if there is none, a fault says which there are.
fn find(
    fields: &'static [Field],
    name: &str,
    fits: impl Fn(&Field) -> bool,
    (parameter, faults): (&str, &mut Vec<Fault>),
) -> Option<&'static Field> {
    let found = fields.iter().find(|field| field.name == name);
    if let Some(field) = found
        && fits(field)
    {
        return found;
    }
    let legal = fields.iter().filter(|field| fits(field)).map(|field| field.name);
    let what = if found.is_some() { "this list knows no" } else { "unknown field" };
    let message = if found.is_some() {
        let legal: Vec<_> = legal.map(|name| format!("`{name}`")).collect();
        format!("{what} `{parameter}` by {}; expected {}", quoted(name), legal.join(", "))
    } else {
        format!("{what} {}{}", quoted(name), instead(name, legal))
    };
    let code =
        if found.is_some() { format!("invalid_{parameter}") } else { "unknown_field".into() };
    faults.push(Fault::new(&code, message).at(parameter));
    None
}

fn shown(params: &Params, fields: &'static [Field], faults: &mut Vec<Fault>) -> Vec<&'static str> {
    let mut named = |names: &[String], parameter: &str| -> Vec<&'static str> {
        let found = names.iter().filter_map(|name| {
            find(fields, name, |_| true, (parameter, &mut *faults)).map(|field| field.name)
        });
        found.collect()
    };
    let (kept, left_out) =
        (named(&params.view.fields, "fields"), named(&params.view.except, "except"));
    let all = fields.iter().map(|field| field.name);
    all.filter(|name| {
        (params.view.fields.is_empty() || kept.contains(name)) && !left_out.contains(name)
    })
    .collect()
}

fn sort(
    names: &[String],
    fields: &'static [Field],
    faults: &mut Vec<Fault>,
) -> Vec<(&'static Field, bool)> {
    let mut order: Vec<(&'static Field, bool)> = Vec::new();
    for item in names {
        let (name, descending) = match item.strip_prefix('-') {
            Some(name) => (name, true),
            None => (item.strip_prefix('+').unwrap_or(item), false),
        };
        let sorts = |field: &Field| field.kind != Kind::Shown;
        let Some(field) = find(fields, name, sorts, ("sort", &mut *faults)) else { continue };
        if order.iter().any(|(known, _)| known.name == name) {
            let message = format!("`{name}` stands twice in `sort`");
            faults.push(Fault::new("invalid_sort", message).at("sort"));
        }
        order.push((field, descending));
    }
    order
}

/// The fields of a filter with what is wanted of them: `{"status": "error"}`, also written
/// `{"status": {"$eq": "error"}}`, and `{"status": {"$in": ["error", "aborted"]}}`; of a text also
/// `{"title": {"$includes": "receipts"}}`, and of a moment `{"createdAt": {"$gte": "2026-03-01T00:00:00Z"}}`.
fn filter(
    filter: Option<&Value>,
    fields: &'static [Field],
    faults: &mut Vec<Fault>,
) -> Vec<(&'static Field, Wanted)> {
    let Some(filter) = filter else { return Vec::new() };
    let Some(members) = filter.as_object() else {
        let message = "`filter` is an object of fields and their values: `{\"status\": \"…\"}`";
        faults.push(Fault::new("invalid_filter", message).at("filter"));
        return Vec::new();
    };
    let mut all = Vec::with_capacity(members.len());
    for (name, given) in members {
        let found = find(fields, name, Field::is_filtered, ("filter", &mut *faults));
        let Some(field) = found else { continue };
        let at = format!("filter.{name}");
        match wanted::read(field.kind, given) {
            Ok(wanted) => {
                let unfit = wanted.values().iter().filter_map(|value| unfit(field, value));
                faults.extend(unfit.map(|fault| fault.at(&*at)));
                all.push((field, wanted));
            }
            Err(fault) => faults.push(fault.at(at)),
        }
    }
    all
}

/// What is wrong with comparing a field with this value.
fn unfit(field: &Field, value: &Value) -> Option<Fault> {
    let name = field.name;
    let expected = match (field.kind, value) {
        (Kind::Id, Value::Number(number)) if number.is_i64() => return None,
        (Kind::Flag, Value::Bool(_)) | (Kind::Text, Value::String(_)) => return None,
        (Kind::Word(words), Value::String(word)) => {
            if words.contains(&word.as_str()) {
                return None;
            }
            let instead = instead(word, words.iter().copied());
            let message = format!("unknown {name} {}{instead}", quoted(word));
            return Some(Fault::new("unknown_choice", message));
        }
        (Kind::Id, _) => "a whole number",
        (Kind::Flag, _) => "`true` or `false`",
        _ => "a string",
    };
    let message = format!("`{name}` must be {expected}, found {}", kind(value));
    Some(Fault::new("wrong_type", message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: &[Field] = &[
        Field::new("id", "id", Kind::Id),
        Field::new("status", "status", Kind::Word(&["open", "closed"])),
        Field::new("userId", "user_id", Kind::Id),
        Field::new("title", "title", Kind::Text),
        Field::new("dueAt", "due_at", Kind::Moment),
        Field::shown("chain"),
    ];

    fn told(faults: &[Fault]) -> String {
        faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_filter_names_fields_and_values() {
        for (given, expected) in [
            (json!({ "status": "open", "userId": { "$eq": 7 } }), ""),
            (json!({ "status": { "$in": ["open", "closed"] } }), ""),
            (json!([]), "`filter` is an object of fields and their values: `{\"status\": \"…\"}`"),
            (json!({ "stats": "open" }), "unknown field `stats`; did you mean `status`?"),
            (json!({ "status": "opn" }), "unknown status `opn`; did you mean `open`?"),
            (json!({ "status": null }), "`status` must be a string, found null"),
            (json!({ "userId": "7" }), "`userId` must be a whole number, found a string"),
            (
                json!({ "userId": { "$gt": 7 } }),
                "unknown operator `$gt`; expected one of `$eq`, `$in`",
            ),
            (json!({ "userId": { "$in": 7 } }), "`$in` must be an array, found a number"),
            (json!({ "userId": {} }), "expected one operator: `$eq` or `$in`"),
            (
                json!({ "dueAt": { "$gte": "2026-01-01T00:00:00Z", "$lt": "2026-02-01T00:00Z" } }),
                "",
            ),
            (
                json!({ "dueAt": { "$eq": "2026-01-01T00:00:00Z" } }),
                "unknown operator `$eq`; expected one of `$gt`, `$gte`, `$lt`, `$lte`",
            ),
            (
                json!({ "dueAt": { "$gt": "yesterday" } }),
                "`$gt` takes a moment as in `2026-03-01T12:00:00Z`, found `yesterday`",
            ),
            (json!({ "dueAt": 1 }), "expected an operator: `$gt`, `$gte`, `$lt` or `$lte`"),
            (json!({ "title": { "$includes": "receipts" } }), ""),
            (json!({ "title": { "$search": "Receipts" } }), ""),
            (
                json!({ "title": { "$includes": 7 } }),
                "`$includes` must be a string, found a number",
            ),
            (
                json!({ "chain": "x" }),
                "this list knows no `filter` by `chain`; expected `id`, `status`, `userId`, \
                 `title`, `dueAt`",
            ),
        ] {
            let mut faults = Vec::new();
            let found = filter(Some(&given), FIELDS, &mut faults);
            assert_eq!(told(&faults), expected, "{given}");
            assert!(
                !expected.is_empty() || found.len() == given.as_object().map_or(0, |it| it.len())
            );
        }
    }

    #[test]
    fn a_list_is_sorted_by_fields_that_have_an_order() {
        for (names, expected) in [
            (&["-dueAt", "id"][..], ""),
            (
                &["chain"],
                "this list knows no `sort` by `chain`; expected `id`, `status`, `userId`, `title`, \
                 `dueAt`",
            ),
            (&["statu"], "unknown field `statu`; did you mean `status`?"),
            (&["id", "-id"], "`id` stands twice in `sort`"),
        ] {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            let mut faults = Vec::new();
            sort(&names, FIELDS, &mut faults);
            assert_eq!(told(&faults), expected);
        }
    }
}
