//! A collection as the registry resolved it: columns, associations with both their ends.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::meta::{CollectionMeta, DefaultValue, FieldOptions, Kind};

/// A collection, resolved: one for each in the process, made by the registry.
#[derive(Debug)]
pub struct Definition {
    /// What was declared.
    pub meta: &'static CollectionMeta,
    /// System columns, then the declared ones in order.
    pub columns: Vec<Column>,
    /// `createdBy` and `updatedBy`, then the declared ones in order.
    pub associations: Vec<Association>,
    pub(crate) column_names: HashMap<&'static str, usize>,
    pub(crate) association_names: HashMap<&'static str, usize>,
}

/// A column of a [`Definition`].
#[derive(Debug)]
pub struct Column {
    /// The JSON name: `applicantId`.
    pub json: &'static str,
    /// The Rust name of the field: `applicant`.
    pub rust: &'static str,
    /// The column's name: `applicant_id`.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// What `#[field(…)]` said.
    pub options: FieldOptions,
    /// The to-one association whose reference it is.
    pub association: Option<usize>,
    /// Whether the runtime sets it and clients may not.
    pub system: bool,
    /// The compiled `pattern` of the options, for the whole text.
    pub(crate) pattern: Option<regex_lite::Regex>,
}

impl Column {
    /// The value of the column where none was given.
    #[must_use]
    pub fn default(&self) -> Option<DefaultValue> {
        self.options.default
    }

    /// Whether a new record must give it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        !self.system && !self.nullable && self.options.default.is_none()
    }
}

/// An association of a [`Definition`].
#[derive(Debug)]
pub struct Association {
    /// The JSON name: `applicant`.
    pub json: &'static str,
    /// The Rust name.
    pub rust: &'static str,
    /// How the two are linked.
    pub kind: AssociationKind,
    pub(crate) target: OnceLock<&'static Definition>,
}

impl Association {
    /// The collection at the other end.
    ///
    /// # Panics
    /// Never after the registry was built.
    #[must_use]
    pub fn target(&self) -> &'static Definition {
        self.target.get().expect("the registry resolves every association")
    }

    /// Whether it leads to at most one record.
    #[must_use]
    pub fn is_to_one(&self) -> bool {
        matches!(self.kind, AssociationKind::BelongsTo { .. } | AssociationKind::HasOne { .. })
    }
}

/// How two collections are linked; columns are indexes into the named side's `columns`.
#[derive(Debug, Clone, Copy)]
pub enum AssociationKind {
    /// The own column `column` holds the target's id.
    BelongsTo {
        /// Of this collection.
        column: usize,
    },
    /// The target's column `by` holds this one's id, at most once.
    HasOne {
        /// Of the target.
        by: usize,
    },
    /// The target's column `by` holds this one's id.
    HasMany {
        /// Of the target.
        by: usize,
    },
    /// Records of `through` hold both ids.
    BelongsToMany {
        /// The collection between.
        through: &'static CollectionMeta,
        /// Of `through`: this one's id.
        source: usize,
        /// Of `through`: the target's id.
        target: usize,
    },
}

impl Definition {
    /// Index of the column `id`.
    pub const ID: usize = 0;
    /// Index of the column `createdAt`.
    pub const CREATED_AT: usize = 1;
    /// Index of the column `updatedAt`.
    pub const UPDATED_AT: usize = 2;
    /// Index of the column `createdById`.
    pub const CREATED_BY: usize = 3;
    /// Index of the column `updatedById`.
    pub const UPDATED_BY: usize = 4;
    /// Number of system columns.
    pub const SYSTEM: usize = 5;
    /// Number of system associations: `createdBy` and `updatedBy`.
    pub const SYSTEM_ASSOCIATIONS: usize = 2;

    /// The resource name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.meta.name
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.meta.table
    }

    /// The column of a JSON name, with its index.
    #[must_use]
    pub fn column(&self, json: &str) -> Option<(usize, &Column)> {
        let index = *self.column_names.get(json)?;
        Some((index, &self.columns[index]))
    }

    /// The association of a JSON name, with its index.
    #[must_use]
    pub fn association(&self, json: &str) -> Option<(usize, &Association)> {
        let index = *self.association_names.get(json)?;
        Some((index, &self.associations[index]))
    }
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
