//! Tables as the program declares them.

pub use super::plan::{Plan, Step};
use super::sql::Name;
use crate::value::{Type, Value};

/// A table as the program declares it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TableSpec {
    pub name: Name,
    /// The name it had before, if it was renamed.
    pub was: Option<Name>,
    pub columns: Vec<ColumnSpec>,
    /// Names of the columns of the primary key.
    pub key: Vec<Name>,
    /// Besides those of the references, which are made by themselves.
    pub indexes: Vec<IndexSpec>,
}

/// A column as the program declares it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ColumnSpec {
    pub name: Name,
    pub ty: Type,
    pub nullable: bool,
    /// The value that existing rows get when the column is added; `Null` if there is none.
    pub default: Value,
    /// The table whose `id` it refers to.
    pub references: Option<Reference>,
    /// The name it had before, if it was renamed.
    pub was: Option<Name>,
    /// Texts that are written otherwise now: how they were, and how they are.
    pub renamed: Vec<(Name, Name)>,
}

impl ColumnSpec {
    /// A column that is never null, and new rows of which always have a value.
    pub(crate) const fn new(name: Name, ty: Type) -> Self {
        let (default, references, was) = (Value::Null, None, None);
        Self { name, ty, nullable: false, default, references, was, renamed: Vec::new() }
    }

    /// The same, but for rows without a value.
    #[must_use]
    pub(crate) fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }
}

/// A foreign key on the `id` of another table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Reference {
    pub table: Name,
    pub on_delete: OnDelete,
}

/// What happens to a row when the row it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDelete {
    /// The delete is refused: 409.
    #[default]
    Restrict,
    /// The row is deleted too.
    Cascade,
    /// Its reference becomes null.
    SetNull,
}

/// An index as the program declares it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct IndexSpec {
    pub columns: Vec<Name>,
    pub unique: bool,
    /// Only rows where the column is one of the values, or is not null if none is named; all rows
    /// if `None`.
    pub only: Option<(Name, Vec<Value>)>,
}

impl TableSpec {
    /// The declared indexes, and one for each reference that none of them serves: without it,
    /// deleting a row searches the whole table for those that refer to it.
    pub(crate) fn all_indexes(&self) -> Vec<IndexSpec> {
        let mut indexes: Vec<IndexSpec> = Vec::new();
        for index in &self.indexes {
            if !indexes.contains(index) {
                indexes.push(index.clone());
            }
        }
        for column in self.columns.iter().filter(|column| column.references.is_some()) {
            let leads = |names: &[Name]| names.first() == Some(&column.name);
            let served = leads(&self.key)
                || indexes.iter().any(|index| index.only.is_none() && leads(&index.columns));
            if !served {
                indexes.push(IndexSpec { columns: vec![column.name], unique: false, only: None });
            }
        }
        indexes
    }
}
