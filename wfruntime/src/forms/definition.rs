//! Forms as the registry resolved them: columns, associations and workflows in place of names.

use super::meta::{ButtonMeta, FireMeta, FormKind, FormMeta};
use crate::action::Verb;
use crate::collection::{Association, AssociationKind, DefaultValue, Definition};
use crate::registry::WorkflowDefinition;

/// The forms and row buttons of a collection.
#[derive(Debug)]
pub(crate) struct Forms {
    /// The collection.
    pub(crate) collection: &'static Definition,
    /// Its forms.
    pub(crate) forms: Vec<Form>,
    /// The buttons of its records, of one or of several.
    pub(crate) rows: Vec<Button>,
}

/// A form of a collection.
#[derive(Debug)]
pub(crate) struct Form {
    /// What was declared.
    pub(crate) meta: &'static FormMeta,
    /// What people fill in, in the order of the form.
    pub(crate) fields: Vec<Asked>,
    /// Where a new record can be filled in.
    pub(crate) new: Vec<New>,
    /// Its buttons.
    pub(crate) buttons: Vec<Button>,
}

/// What a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A column, by its index.
    Column(usize),
    /// An association that leads to many records, by its index.
    Links(usize),
}

/// A new record behind an association of a form, or each of several.
#[derive(Debug)]
pub(crate) struct New {
    /// The index of the association.
    pub(crate) association: usize,
    /// Indexes of the columns of its target that people fill in.
    pub(crate) columns: Vec<usize>,
}

/// A button of a form or of a record.
#[derive(Debug)]
pub(crate) struct Button {
    /// What was declared.
    pub(crate) meta: &'static ButtonMeta,
    /// The columns that it sets, with their values.
    pub(crate) fixed: Vec<(usize, DefaultValue)>,
    /// What it fires.
    pub(crate) fires: Vec<Fires>,
}

/// A workflow that a button fires.
#[derive(Debug, Clone)]
pub(crate) struct Fires {
    /// What was declared.
    pub(crate) meta: &'static FireMeta,
    /// The workflow.
    pub(crate) workflow: &'static WorkflowDefinition,
    /// Associations from the button's record to the workflow's.
    pub(crate) path: Vec<usize>,
}

impl Forms {
    /// The button of this name, and the form that it is on.
    pub(crate) fn button(&self, name: &str) -> Option<(Option<&Form>, &Button)> {
        self.buttons().find(|(_, button)| button.meta.name == name)
    }

    /// All buttons, each with the form that it is on.
    pub(crate) fn buttons(&self) -> impl Iterator<Item = (Option<&Form>, &Button)> {
        let on_forms = self
            .forms
            .iter()
            .flat_map(|form| form.buttons.iter().map(move |button| (Some(form), button)));
        on_forms.chain(self.rows.iter().map(|button| (None, button)))
    }
}

impl Form {
    /// Whether it asks for the value of a column.
    pub(crate) fn has_column(&self, index: usize) -> bool {
        self.fields.contains(&Asked::Column(index))
    }

    /// Whether it asks for the records that an association leads to.
    pub(crate) fn has_links(&self, index: usize) -> bool {
        self.fields.contains(&Asked::Links(index))
    }

    /// The new record that can be filled in behind an association.
    pub(crate) fn new_at(&self, association: usize) -> Option<&New> {
        self.new.iter().find(|new| new.association == association)
    }

    /// Whether it changes the records behind an association, too: those that belong to the one that
    /// it changes, in their fields that it asks for.
    pub(crate) fn changes_at(&self, association: &Association, index: usize) -> bool {
        let are_its_own = matches!(association.kind, AssociationKind::HasMany { .. });
        !self.is_add() && are_its_own && self.new_at(index).is_some()
    }

    /// Whether it makes a record.
    pub(crate) fn is_add(&self) -> bool {
        self.meta.kind == FormKind::Add
    }
}

impl Button {
    /// What it does to a record, on the form that it is on: one that sets nothing only reads it.
    pub(crate) fn verb(&self, form: Option<&Form>) -> Verb {
        match form {
            Some(form) if form.is_add() => Verb::Create,
            None if self.fixed.is_empty() => Verb::Get,
            _ => Verb::Update,
        }
    }

    /// Whether it sets this column.
    pub(crate) fn sets(&self, column: usize) -> bool {
        self.fixed.iter().any(|(fixed, _)| *fixed == column)
    }
}
