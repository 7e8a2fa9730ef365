//! Reads the records of a collection, all of one moment, by their ids, and writes them down.

use super::Format;
use crate::action::rows;
use crate::collection::json::value_to_json;
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::store::Snapshot;
use crate::store::sql::{Condition, Op, Query as _};
use crate::value::{Type, Value};

/// How many records are read at once.
const PAGE: u64 = 500;

/// Records on their way into a file, a page at a time.
pub(crate) struct Export {
    view: Snapshot,
    definition: &'static Definition,
    columns: Vec<usize>,
    filter: Condition,
    format: Format,
    /// The id of the last record.
    last: i64,
    /// How many there were.
    pub(crate) count: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Beginning,
    Within,
    Done,
}

impl Export {
    /// All of a collection with all fields, hidden ones too.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) async fn all(
        core: &Core,
        definition: &'static Definition,
        format: Format,
    ) -> Result<Self> {
        let columns = (0..definition.columns.len()).collect();
        Self::of(core, definition, (columns, Condition::always()), format).await
    }

    /// These columns of the records that fit.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub(crate) async fn of(
        core: &Core,
        definition: &'static Definition,
        (columns, filter): (Vec<usize>, Condition),
        format: Format,
    ) -> Result<Self> {
        let view = core.store.snapshot().await?;
        let (last, count, state) = (0, 0, State::Beginning);
        Ok(Self { view, definition, columns, filter, format, last, count, state })
    }

    /// What follows in the file; nothing at its end.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.state == State::Done {
            return Ok(None);
        }
        let id = self.definition.columns[Definition::ID].name;
        let behind = Condition::Compare(id, Op::Gt, self.last.into());
        let mut select = rows::select(self.definition, self.filter.clone().and(behind));
        select.limit = Some(PAGE);
        let read = self.view.query(&select.build()).await?;
        let page: Vec<Row> = rows::from_values(self.definition, read).collect();
        let written = match self.format {
            Format::Csv => self.csv(&page)?,
            Format::Json => self.json(&page),
        };
        match page.last() {
            Some(end) => (self.last, self.state) = (end.id(), State::Within),
            None => self.state = State::Done,
        }
        self.count += page.len() as u64;
        Ok(Some(written))
    }

    fn csv(&self, page: &[Row]) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let columns = || self.columns.iter().map(|index| &self.definition.columns[*index]);
        if self.state == State::Beginning {
            writer.write_record(columns().map(|column| column.json))?;
        }
        for row in page {
            let values = self.columns.iter().map(|index| &row.values[*index]);
            let cells = columns().zip(values).map(|(column, value)| cell(column.kind.ty(), value));
            writer.write_record(cells)?;
        }
        writer.into_inner().map_err(|error| Error::internal(error.to_string()))
    }

    fn json(&self, page: &[Row]) -> Vec<u8> {
        let mut text = String::new();
        let mut is_first = self.state == State::Beginning;
        if is_first {
            text.push('[');
        }
        for row in page {
            text.push_str(if std::mem::take(&mut is_first) { "\n{" } else { ",\n{" });
            for (place, index) in self.columns.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let (name, value) = (self.definition.columns[*index].json, &row.values[*index]);
                text.push_str(&format!("{comma}\"{name}\":{}", value_to_json(value)));
            }
            text.push('}');
        }
        if page.is_empty() {
            text.push_str("\n]\n");
        }
        text.into_bytes()
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
