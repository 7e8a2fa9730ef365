//! Whole collections as CSV and JSON, written and read a record at a time.
//!
//! It knows files and rows; it refuses to know who asks: what they may do was judged before.

mod export;
mod import;
mod objects;
mod source;

use std::path::Path;

pub(crate) use export::Export;
pub(crate) use import::{Extent, Progress, import};
pub(crate) use source::{Input, Source};

/// How records stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line for each record, behind a line with the names of the fields
    Csv,
    /// An array of objects, or one object after the other
    Json,
}

impl Format {
    /// The format that a file's name ends with.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            _ => None,
        }
    }
}
