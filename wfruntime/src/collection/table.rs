//! The table of a collection, as the store creates it.

use super::definition::{AssociationKind, Column, Definition};
use super::meta::{DefaultValue, FieldOptions, Kind};
use crate::store::schema::{ColumnSpec, IndexSpec, Reference, TableSpec};
use crate::value::Value;

impl Definition {
    /// The table with its columns, references and indexes.
    #[must_use]
    pub fn table_spec(&self) -> TableSpec {
        TableSpec {
            name: self.table(),
            was: self.meta.was,
            columns: self.columns.iter().map(|column| self.column_spec(column)).collect(),
            key: vec![self.columns[Self::ID].name],
            indexes: self.columns.iter().filter_map(index).collect(),
        }
    }

    fn column_spec(&self, column: &Column) -> ColumnSpec {
        let default = match column.options.default {
            Some(DefaultValue::Value(default)) => default(),
            // The moment or the user of an action: there is none for rows that exist already.
            Some(DefaultValue::Now | DefaultValue::User) | None => Value::Null,
        };
        ColumnSpec {
            name: column.name,
            ty: column.kind.ty(),
            nullable: column.nullable,
            default,
            references: self.reference(column),
            was: column.options.was,
            renamed: match column.kind {
                Kind::Choice(choice) => choice.renamed(),
                _ => Vec::new(),
            },
        }
    }

    fn reference(&self, column: &Column) -> Option<Reference> {
        let association = &self.associations[column.association?];
        let AssociationKind::BelongsTo { .. } = association.kind else { return None };
        let table = association.target.get()?.table();
        Some(Reference { table, on_delete: column.options.on_delete })
    }
}

/// Unique and indexed columns, and every reference: a delete of the target looks for its rows.
fn index(column: &Column) -> Option<IndexSpec> {
    let FieldOptions { unique, index, .. } = column.options;
    let reference = matches!(column.kind, Kind::Reference);
    (unique || index || reference).then(|| IndexSpec {
        columns: vec![column.name],
        unique,
        only: None,
    })
}
