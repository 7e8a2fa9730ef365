//! What `forms!` says of a collection: constant data, not yet resolved or checked.

use crate::collection::{CollectionMeta, DefaultValue, Location};
use crate::store::sql::Condition;
use crate::workflow::WorkflowMeta;

/// The forms and row buttons that one block of `forms!` declares for a collection.
#[derive(Debug, Clone, Copy)]
pub struct FormsMeta {
    /// The collection.
    pub collection: fn() -> &'static CollectionMeta,
    /// Its forms, in the order in which they are written.
    pub forms: &'static [FormMeta],
    /// The buttons of its records, of one or of several, in the order in which they are written.
    pub rows: &'static [ButtonMeta],
    /// Where it is declared.
    pub location: Location,
}

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// A new record.
    Add,
    /// Changes of one that is there.
    Edit,
}

/// A form as it was written.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct FormMeta {
    pub kind: FormKind,
    pub name: &'static str,
    pub title: &'static str,
    pub help: Option<&'static str>,
    /// The Rust names of the fields and links to many records that people fill in.
    pub fields: &'static [&'static str],
    /// Of these, the associations behind which a new record can be filled in.
    pub new: &'static [NewMeta],
    /// For which records it is there.
    pub when: Option<fn() -> Condition>,
    /// The roles it is for, each with where; every role if empty.
    pub allow: &'static [(&'static str, Location)],
    pub buttons: &'static [ButtonMeta],
    pub location: Location,
}

/// An association of a form behind which a new record can be filled in, or several.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewMeta {
    pub association: &'static str,
    /// The Rust names of the new record's fields.
    pub fields: &'static [&'static str],
}

/// A button as it was written.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ButtonMeta {
    /// What requests call it: `resubmit`, of a form `claim.submit`.
    pub name: &'static str,
    pub title: &'static str,
    pub help: Option<&'static str>,
    /// Whether it is pressed on all records that are selected, and stands on none.
    pub is_for_several: bool,
    /// The values that the server sets.
    pub fixed: &'static [FixedMeta],
    /// What it fires.
    pub fires: &'static [FireMeta],
    /// For which records it is there.
    pub when: Option<fn() -> Condition>,
    /// The roles it is for, each with where; every role if empty.
    pub allow: &'static [(&'static str, Location)],
    pub location: Location,
}

/// A value that a button sets.
#[derive(Debug, Clone, Copy)]
pub struct FixedMeta {
    /// The Rust name of the field.
    pub field: &'static str,
    /// Its value, made for each press.
    pub value: DefaultValue,
}

/// A workflow that a button fires.
#[derive(Debug, Clone, Copy)]
pub struct FireMeta {
    /// The workflow.
    pub workflow: fn() -> &'static WorkflowMeta,
    /// The Rust names of the associations that lead to its record; the button's own if empty.
    pub path: &'static [&'static str],
    /// Where it is named.
    pub location: Location,
}

/// Forms as `inventory` collects them; nothing but the registry reads them.
#[derive(Clone, Copy)]
pub struct RegisteredForms(pub &'static FormsMeta);

inventory::collect!(RegisteredForms);
