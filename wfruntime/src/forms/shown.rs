//! The forms and buttons that a role is shown: those with which it can get through.

use serde::Serialize;

use super::definition::{Button, Fires, Form, Forms};
use crate::action::read::no_record;
use crate::action::{Verb, authorise, rows};
use crate::answer;
use crate::auth::{Access, Grant, owner_column};
use crate::collection::{DefaultValue, Definition, Row};
use crate::core::Core;
use crate::error::Result;
use crate::store::sql::{Condition, Query as _};

/// What `/api/<collection>:forms` answers.
#[derive(Debug, Serialize)]
pub(crate) struct ShownForms {
    collection: &'static str,
    title: &'static str,
    forms: Vec<ShownForm>,
    rows: Vec<ShownButton>,
}

#[derive(Debug, Serialize)]
struct ShownForm {
    name: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'static str>,
    kind: &'static str,
    action: &'static str,
    fields: Vec<ShownField>,
    buttons: Vec<ShownButton>,
}

#[derive(Debug, Serialize)]
struct ShownField {
    #[serde(flatten)]
    described: answer::Field,
    /// Of a reference: the association, and the collection it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    association: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collection: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct ShownButton {
    name: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'static str>,
    action: &'static str,
    workflows: Vec<ShownWorkflow>,
}

#[derive(Debug, Serialize)]
struct ShownWorkflow {
    key: &'static str,
    title: &'static str,
    /// The path from the button's record to the workflow's.
    #[serde(skip_serializing_if = "Option::is_none")]
    association: Option<String>,
    enabled: bool,
}

/// The forms of a collection as `access` is shown them; of a record those that it has now.
///
/// # Errors
/// [`crate::ErrorKind::Forbidden`] if the role may do nothing with the collection,
/// [`crate::ErrorKind::NotFound`] for a record that is not there, or not to be seen.
pub(crate) async fn shown(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    record: Option<i64>,
) -> Result<ShownForms> {
    let may = |verb| access.grant(verb, definition).is_some();
    if record.is_some() || !(may(Verb::Create) || may(Verb::Update)) {
        access.may(Verb::Get, definition)?;
    }
    let record = match record {
        Some(id) => Some(seen(core, access, definition, id).await?),
        None => None,
    };
    let view = View { core, access, definition, record };
    let (mut forms, mut rows) = (Vec::new(), Vec::new());
    if let Some(declared) = core.registry.forms(definition) {
        for form in &declared.forms {
            forms.extend(view.form(form).await?);
        }
        rows = view.rows(declared).await?;
    }
    let (collection, title) = (definition.name(), definition.meta.title);
    Ok(ShownForms { collection, title, forms, rows })
}

/// The record, if the role may see it.
async fn seen(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    id: i64,
) -> Result<Row> {
    let scope = access.may(Verb::Get, definition)?.scope(definition, access.user());
    let filter = scope.into_iter().fold(rows::with_ids(definition, &[id]), Condition::and);
    let read = core.store.read(&rows::select(definition, filter).build()).await?;
    let found = rows::from_values(definition, read).next();
    found.ok_or_else(|| no_record(definition, id))
}

/// Who looks, and at what.
struct View<'a> {
    core: &'a Core,
    access: &'a Access,
    definition: &'static Definition,
    record: Option<Row>,
}

impl View<'_> {
    /// A form with the fields that the role may write; none if it has no button left.
    async fn form(&self, form: &Form) -> Result<Option<ShownForm>> {
        let verb = if form.is_add() { Verb::Create } else { Verb::Update };
        let (Some(grant), true) = (self.reaches(verb), self.has_record(form)) else {
            return Ok(None);
        };
        let columns: Vec<usize> =
            form.columns.iter().copied().filter(|index| grant.fields.has_column(*index)).collect();
        if columns.is_empty() || !self.holds(form.meta.when).await? {
            return Ok(None);
        }
        let mut buttons = Vec::new();
        for button in &form.buttons {
            if !form.is_add() || self.is_complete(&columns, button) {
                buttons.extend(self.button(Some(form), button).await?);
            }
        }
        if buttons.is_empty() {
            return Ok(None);
        }
        let (kind, action) = if form.is_add() { ("add", "create") } else { ("edit", "update") };
        let fields = columns.into_iter().filter_map(|index| self.field(form, index)).collect();
        let meta = form.meta;
        let (name, title, help) = (meta.name, meta.title, meta.help);
        Ok(Some(ShownForm { name, title, help, kind, action, fields, buttons }))
    }

    async fn rows(&self, forms: &Forms) -> Result<Vec<ShownButton>> {
        let mut buttons = Vec::new();
        for button in &forms.rows {
            if self.reaches(button.verb(None)).is_some() {
                buttons.extend(self.button(None, button).await?);
            }
        }
        Ok(buttons)
    }

    /// A button, if the role may press it and its condition holds for the record.
    async fn button(&self, form: Option<&Form>, button: &Button) -> Result<Option<ShownButton>> {
        let may = authorise::button(self.access, form, button).is_ok();
        if !may || !self.holds(button.meta.when).await? {
            return Ok(None);
        }
        let mut workflows = Vec::with_capacity(button.fires.len());
        for fires in &button.fires {
            workflows.push(self.workflow(fires).await?);
        }
        let meta = button.meta;
        let (name, title, help) = (meta.name, meta.title, meta.help);
        let action = if form.is_some_and(Form::is_add) { "create" } else { "update" };
        Ok(Some(ShownButton { name, title, help, action, workflows }))
    }

    async fn workflow(&self, fires: &Fires) -> Result<ShownWorkflow> {
        let (core, meta) = (self.core, fires.workflow.meta);
        let enabled = core.switches.is_enabled(&core.store, meta, core.clock.now()).await?;
        let mut at = self.definition;
        let mut names = Vec::with_capacity(fires.path.len());
        for index in &fires.path {
            names.push(at.associations[*index].json);
            at = at.associations[*index].target();
        }
        let association = (!names.is_empty()).then(|| names.join("."));
        Ok(ShownWorkflow { key: meta.key, title: meta.title, association, enabled })
    }

    fn field(&self, form: &Form, column: usize) -> Option<ShownField> {
        let column = &self.definition.columns[column];
        let members = self.definition.meta.members;
        let member = members.iter().find(|member| member.rust == column.rust)?;
        let described = answer::Field::of_column(member, form.is_add())?;
        let association = column.association.map(|index| &self.definition.associations[index]);
        Some(ShownField {
            described,
            association: association.map(|association| association.json),
            collection: association.map(|association| association.target().name()),
        })
    }

    /// What the role may do so, of the record if it is about one.
    fn reaches(&self, verb: Verb) -> Option<Grant> {
        let grant = self.access.grant(verb, self.definition)?;
        let owner =
            self.record.as_ref().map(|row| row.values[owner_column(row.definition)].as_int());
        let is_own = |owner: Option<i64>| owner.is_some() && owner == self.access.user();
        (!grant.own || owner.is_none_or(is_own)).then_some(grant)
    }

    /// A new record is made of none.
    fn has_record(&self, form: &Form) -> bool {
        !form.is_add() || self.record.is_none()
    }

    /// Whether the condition holds for the record, if this is about one.
    async fn holds(&self, when: Option<fn() -> Condition>) -> Result<bool> {
        let (Some(when), Some(record)) = (when, &self.record) else { return Ok(true) };
        let filter = rows::with_ids(self.definition, &[record.id()]).and(when());
        let read = self.core.store.read(&rows::select(self.definition, filter).build()).await?;
        Ok(!read.is_empty())
    }

    /// Whether a new record can be made with values for these columns and the button's.
    fn is_complete(&self, columns: &[usize], button: &Button) -> bool {
        let nobody = self.access.user().is_none();
        self.definition.columns.iter().enumerate().all(|(index, column)| {
            let has_no_user =
                !column.nullable && matches!(column.default(), Some(DefaultValue::User)) && nobody;
            let is_needed = !column.system && (column.is_required() || has_no_user);
            !is_needed || columns.contains(&index) || button.sets(index)
        })
    }
}
