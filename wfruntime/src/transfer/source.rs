//! A file of records, read against their collection: each is the values of a row, or its faults.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Format;
use super::objects::Objects;
use crate::collection::json::{Entries, value_from_raw};
use crate::collection::{Column, Definition};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::spelling::{instead, quoted};
use crate::value::{Type, Value};

/// The code of a field that the role may not write.
pub(super) const FORBIDDEN: &str = "forbidden_field";

/// A file of records of a collection.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) definition: &'static Definition,
    pub(crate) input: Input,
    pub(crate) format: Format,
    /// Which columns may be given; all if it is not said.
    pub(crate) may: Option<Arc<[bool]>>,
}

/// Where the records stand.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// In a file of the machine.
    File(PathBuf),
    /// In what somebody sent.
    Sent(Arc<[u8]>),
}

/// What is read, wherever it stands.
type Reader = Box<dyn Read + Send>;

impl Input {
    fn open(&self) -> std::io::Result<Reader> {
        Ok(match self {
            Self::File(file) => Box::new(File::open(file)?),
            Self::Sent(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> Error {
        let message = match self {
            Self::File(file) => format!("`{}` cannot be read: {error}", file.display()),
            Self::Sent(_) => format!("the body cannot be read: {error}"),
        };
        Error::invalid("input", message)
    }
}

/// The values of one record, by the index of their column; or what is wrong with them.
pub(super) type Given = Result<Vec<(usize, Value)>, Vec<Fault>>;

/// The records of a file, each with the line it begins in.
pub(super) enum Records {
    Csv {
        columns: Vec<usize>,
        records: csv::StringRecordsIntoIter<Reader>,
        definition: &'static Definition,
    },
    Json {
        objects: Objects<Reader>,
        source: Source,
    },
}

impl Source {
    /// Opens the file; what it says is read as the records are asked for.
    ///
    /// # Errors
    /// It cannot be read, or its first line names what is no field.
    pub(super) fn records(&self) -> Result<Records> {
        let definition = self.definition;
        let unreadable = |error: &dyn std::fmt::Display| self.input.unreadable(error);
        let file = self.input.open().map_err(|error| unreadable(&error))?;
        if self.format == Format::Json {
            return Ok(Records::Json { objects: Objects::new(file), source: self.clone() });
        }
        let mut reader = csv::Reader::from_reader(file);
        let names = reader.headers().map_err(|error| unreadable(&error))?;
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let column = self.column(name).map_err(|fault| match fault.code.as_str() {
                FORBIDDEN => Error::faults(ErrorKind::Forbidden, vec![fault]),
                _ => unreadable(&fault.message),
            })?;
            if columns.contains(&column) {
                return Err(unreadable(&format!("`{name}` stands twice in its first line")));
            }
            columns.push(column);
        }
        Ok(Records::Csv { columns, records: reader.into_records(), definition })
    }

    /// The column of a name in a file.
    fn column(&self, name: &str) -> Result<usize, Fault> {
        let definition = self.definition;
        let may = |index: usize| self.may.as_ref().is_none_or(|may| may[index]);
        if let Some((index, column)) = definition.column(name)
            && (may(index) || !column.options.hidden)
        {
            let message = format!("the role may not bring in `{name}`");
            return match may(index) {
                true => Ok(index),
                false => Err(Fault::new(FORBIDDEN, message).at(column.json)),
            };
        }
        let columns = definition.columns.iter().enumerate();
        let names = columns.filter(|(index, _)| may(*index)).map(|(_, column)| column.json);
        let message = format!("unknown field {}{}", quoted(name), instead(name, names));
        Err(Fault::new("unknown_field", message))
    }
}

impl Iterator for Records {
    type Item = (u64, Given);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Csv { columns, records, definition } => Some(match records.next()? {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    (line, cells(definition, columns, &record))
                }
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    (line, Err(vec![Fault::new("csv", error.to_string())]))
                }
            }),
            Self::Json { objects, source } => {
                let (line, text) = objects.next()?;
                let given = match text {
                    Ok(text) => object(source, &text),
                    Err(error) => Err(vec![Fault::new("json", error.to_string())]),
                };
                Some((line, given))
            }
        }
    }
}

fn cells(definition: &Definition, columns: &[usize], record: &csv::StringRecord) -> Given {
    let mut faults = Vec::new();
    let mut values = Vec::with_capacity(columns.len());
    for (index, cell) in columns.iter().zip(record) {
        match value_of(&definition.columns[*index], cell) {
            Ok(Some(value)) => values.push((*index, value)),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

/// The value of a cell; nothing if it is empty where a default can stand.
fn value_of(column: &Column, cell: &str) -> Result<Option<Value>, Fault> {
    let ty = column.kind.ty();
    if cell.is_empty() && column.nullable {
        return Ok(Some(Value::Null));
    }
    if cell.is_empty() && ty != Type::Text {
        return Ok(None);
    }
    let json = match ty {
        Type::Int | Type::Float | Type::Bool | Type::Json => cell.to_owned(),
        _ => serde_json::Value::from(cell).to_string(),
    };
    let json = RawValue::from_string(json).map_err(|_| {
        let message = format!("`{}` cannot be {}", column.json, quoted(cell));
        Fault::new("wrong_type", message).at(column.json)
    })?;
    value_from_raw(column, &json).map(Some)
}

fn object(source: &Source, text: &str) -> Given {
    let definition = source.definition;
    let entries: Entries<'_> = serde_json::from_str(text)
        .map_err(|error| vec![Fault::new("json", format!("it is no JSON: {error}"))])?;
    let mut faults = Vec::new();
    let mut values: Vec<(usize, Value)> = Vec::with_capacity(entries.0.len());
    for (name, json) in &entries.0 {
        let found = source.column(name);
        let value = found.and_then(|index| {
            if values.iter().any(|(given, _)| *given == index) {
                return Err(Fault::new("duplicate_field", format!("`{name}` is given twice")));
            }
            value_from_raw(&definition.columns[index], json).map(|value| (index, value))
        });
        match value {
            Ok(value) => values.push(value),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}
