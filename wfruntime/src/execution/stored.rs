//! How a snapshot stands in the database: JSON with the names that answers use.
//!
//! All columns are kept, hidden ones too, so that a workflow sees them; whoever shows a stored
//! context to a caller leaves them out.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::collection::{Definition, Row};
use crate::error::{Error, Result};
use crate::identity::Actor;
use crate::trigger::{About, Share, Snapshot};

/// The JSON text of a snapshot.
pub(crate) fn write_snapshot(snapshot: &Snapshot) -> Result<String> {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Data<R> {
        Nothing,
        One(R),
        Several(Vec<R>),
    }
    /// Of the one record, or of each.
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Each<T> {
        One(T),
        All(Vec<Option<T>>),
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Context<'a, R> {
        data: Data<R>,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Each<R>>,
        action: &'a str,
        changed: Each<Vec<&'a str>>,
        #[serde(skip_serializing_if = "<[i64]>::is_empty")]
        ids: &'a [i64],
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<&'a Value>,
        user: &'a Option<Actor>,
        role_name: &'a str,
    }
    let columns = snapshot.about.records().first().map(|row| row.definition.columns.as_slice());
    let columns = columns.unwrap_or_default();
    let names = |changed: &[usize]| -> Vec<&str> {
        changed.iter().filter_map(|index| Some(columns.get(*index)?.json)).collect()
    };
    let each = &snapshot.each;
    Ok(serde_json::to_string(&Context {
        data: match &snapshot.about {
            About::Nothing => Data::Nothing,
            About::One(row) => Data::One(row.snapshot()),
            About::Several(rows) => Data::Several(rows.iter().map(Row::snapshot).collect()),
        },
        before: match &snapshot.before {
            Some(before) => Some(Each::One(before.snapshot())),
            None if each.iter().all(|share| share.before.is_none()) => None,
            None => Some(Each::All(
                each.iter().map(|share| share.before.as_ref().map(Row::snapshot)).collect(),
            )),
        },
        action: &snapshot.action,
        changed: match each.is_empty() {
            true => Each::One(names(&snapshot.changed)),
            false => Each::All(each.iter().map(|share| Some(names(&share.changed))).collect()),
        },
        ids: &snapshot.ids,
        input: snapshot.input.as_ref(),
        user: &snapshot.user,
        role_name: &snapshot.role,
    })?)
}

/// The snapshot of a JSON text, for records of `definition`.
pub(crate) fn read_snapshot(
    text: &str,
    definition: Option<&'static Definition>,
) -> Result<Snapshot> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Changed {
        One(Vec<String>),
        Each(Vec<Vec<String>>),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Context<'a> {
        #[serde(borrow, default)]
        data: Option<&'a RawValue>,
        #[serde(borrow, default)]
        before: Option<&'a RawValue>,
        action: String,
        changed: Changed,
        #[serde(default)]
        ids: Vec<i64>,
        #[serde(default)]
        input: Option<Value>,
        user: Option<Actor>,
        role_name: String,
    }
    let context: Context = serde_json::from_str(text)?;
    let row = |row: &RawValue| {
        let none = || Error::internal("a stored record of a workflow without a collection");
        Row::from_json(definition.ok_or_else(none)?, row.get())
    };
    let index = |name: &String| definition?.column(name).map(|(index, _)| index);
    let about = match context.data {
        None => About::Nothing,
        Some(data) if data.get().starts_with('[') => {
            let rows: Vec<&RawValue> = serde_json::from_str(data.get())?;
            About::Several(rows.into_iter().map(row).collect::<Result<_>>()?)
        }
        Some(data) => About::One(row(data)?),
    };
    let indexes = |names: &[String]| names.iter().filter_map(index).collect();
    let (changed, mut each): (Vec<usize>, Vec<Share>) = match &context.changed {
        Changed::One(names) => (indexes(names), Vec::new()),
        Changed::Each(each) => {
            let share = |names: &Vec<String>| Share { before: None, changed: indexes(names) };
            (Vec::new(), each.iter().map(share).collect())
        }
    };
    let before = match context.before {
        Some(before) if before.get().starts_with('[') => {
            let rows: Vec<Option<&RawValue>> = serde_json::from_str(before.get())?;
            for (share, before) in each.iter_mut().zip(rows) {
                share.before = before.map(row).transpose()?;
            }
            None
        }
        before => before.map(row).transpose()?,
    };
    Ok(Snapshot {
        about,
        before,
        action: context.action,
        changed,
        each,
        ids: context.ids,
        input: context.input,
        user: context.user,
        role: context.role_name,
    })
}

/// The JSON text of a record with what was loaded.
pub(crate) fn write_row(row: &Row) -> Result<String> {
    Ok(serde_json::to_string(&row.snapshot())?)
}

/// The record of a JSON text.
pub(crate) fn read_row(text: &str, definition: &'static Definition) -> Result<Row> {
    Row::from_json(definition, text)
}
