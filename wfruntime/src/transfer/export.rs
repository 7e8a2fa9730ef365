//! Writes the records of a collection, all of one moment, by their ids.

use std::io::Write;

use super::Format;
use crate::action::rows;
use crate::collection::json::value_to_json;
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::Result;
use crate::store::sql::{Condition, Op, Query as _};
use crate::value::{Type, Value};

/// How many records are read at once.
const PAGE: u64 = 500;

/// Writes them with all fields, hidden ones too; how many there were.
///
/// # Errors
/// What cannot be read or written.
pub(crate) async fn export(
    core: &Core,
    definition: &'static Definition,
    format: Format,
    to: &mut impl Write,
    mut told: impl FnMut(u64),
) -> Result<u64> {
    let mut view = core.store.snapshot().await?;
    let mut writer = Writer::new(format, definition, to)?;
    let (mut count, mut last) = (0_u64, 0_i64);
    loop {
        let id = definition.columns[Definition::ID].name;
        let mut select = rows::select(definition, Condition::Compare(id, Op::Gt, last.into()));
        select.limit = Some(PAGE);
        let page: Vec<Row> =
            rows::from_values(definition, view.query(&select.build()).await?).collect();
        let Some(end) = page.last() else { break };
        last = end.id();
        for row in &page {
            writer.row(row)?;
            count += 1;
        }
        told(count);
    }
    writer.finish()?;
    Ok(count)
}

/// Writes rows in a format.
enum Writer<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W, bool),
}

impl<W: Write> Writer<W> {
    fn new(format: Format, definition: &Definition, mut to: W) -> Result<Self> {
        Ok(match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(to);
                writer.write_record(definition.columns.iter().map(|column| column.json))?;
                Self::Csv(Box::new(writer))
            }
            Format::Json => {
                to.write_all(b"[")?;
                Self::Json(to, false)
            }
        })
    }

    fn row(&mut self, row: &Row) -> Result<()> {
        let columns = row.definition.columns.iter().zip(&row.values);
        match self {
            Self::Csv(writer) => {
                let cells = columns.map(|(column, value)| cell(column.kind.ty(), value));
                writer.write_record(cells)?;
            }
            Self::Json(to, is_behind) => {
                to.write_all(if *is_behind { b",\n{" } else { b"\n{" })?;
                *is_behind = true;
                for (index, (column, value)) in columns.enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(to, "{comma}\"{}\":{}", column.json, value_to_json(value))?;
                }
                to.write_all(b"}")?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Json(mut to, _) => to.write_all(b"\n]\n").and_then(|()| to.flush())?,
        }
        Ok(())
    }
}

/// A value as a cell: nothing for null, texts as they are, else JSON.
fn cell(ty: Type, value: &Value) -> String {
    match (value_to_json(value), ty) {
        _ if value.is_null() => String::new(),
        (serde_json::Value::String(text), Type::Text) => text,
        (json, Type::Json) => json.to_string(),
        (serde_json::Value::String(text), _) => text,
        (json, _) => json.to_string(),
    }
}
