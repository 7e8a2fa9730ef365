//! How a snapshot stands in the database: JSON with the names that answers use.
//!
//! All columns are kept, hidden ones too, so that a workflow sees them; whoever shows a stored
//! context to a caller leaves them out.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::collection::{Definition, Row};
use crate::error::Result;
use crate::identity::Actor;
use crate::trigger::Snapshot;

/// The JSON text of a snapshot.
pub(crate) fn write_snapshot(snapshot: &Snapshot) -> Result<String> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Context<'a, R> {
        data: R,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<R>,
        action: &'a str,
        changed: Vec<&'a str>,
        #[serde(skip_serializing_if = "<[i64]>::is_empty")]
        ids: &'a [i64],
        user: &'a Option<Actor>,
        role_name: &'a str,
    }
    let columns = &snapshot.data.definition.columns;
    let changed = snapshot.changed.iter().filter_map(|index| columns.get(*index));
    Ok(serde_json::to_string(&Context {
        data: snapshot.data.snapshot(),
        before: snapshot.before.as_ref().map(Row::snapshot),
        action: &snapshot.action,
        changed: changed.map(|column| column.json).collect(),
        ids: &snapshot.ids,
        user: &snapshot.user,
        role_name: &snapshot.role,
    })?)
}

/// The snapshot of a JSON text, for a record of `definition`.
pub(crate) fn read_snapshot(text: &str, definition: &'static Definition) -> Result<Snapshot> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Context<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
        #[serde(borrow, default)]
        before: Option<&'a RawValue>,
        action: String,
        changed: Vec<String>,
        #[serde(default)]
        ids: Vec<i64>,
        user: Option<Actor>,
        role_name: String,
    }
    let context: Context = serde_json::from_str(text)?;
    let row = |row: &RawValue| Row::from_json(definition, row.get());
    let changed = context.changed.iter().filter_map(|name| definition.column(name));
    Ok(Snapshot {
        data: row(context.data)?,
        before: context.before.map(row).transpose()?,
        action: context.action,
        changed: changed.map(|(index, _)| index).collect(),
        ids: context.ids,
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
