//! The forms and buttons that a role is shown: those with which it can get through.

use serde::Serialize;

use super::definition::{Asked, Button, Fires, Form, New};
use crate::action::read::no_record;
use crate::action::{Verb, authorise, rows};
use crate::answer;
use crate::auth::{Access, Grant, owner_column};
use crate::collection::{AssociationKind, DefaultValue, Definition, Row};
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
    /// Those that are pressed on all records that are selected.
    several: Vec<ShownButton>,
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
    /// For which of the records that were asked about it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: There,
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
    /// What a new record there is made of, where the role may make one, or each of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<ShownNew>,
    #[serde(flatten)]
    links: Option<ShownLinks>,
}

/// What can be done with the records that are linked, and that could be.
#[derive(Debug, Clone, Copy, Serialize)]
struct ShownLinks {
    /// Whether records that are there can be linked.
    picks: bool,
    /// Whether those linked can be changed, in the fields of a new one.
    changes: bool,
    /// Whether a link can be taken away.
    releases: bool,
}

#[derive(Debug, Serialize)]
struct ShownNew {
    fields: Vec<ShownField>,
}

#[derive(Debug, Serialize)]
struct ShownButton {
    name: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'static str>,
    action: &'static str,
    workflows: Vec<ShownWorkflow>,
    /// For which of the records that were asked about it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: There,
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

/// The forms of a collection as `access` is shown them; of records those that one of them has now.
///
/// # Errors
/// [`crate::ErrorKind::Forbidden`] if the role may do nothing with the collection,
/// [`crate::ErrorKind::NotFound`] for a single record that is not there, or not to be seen.
pub(crate) async fn shown(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    ids: Option<&[i64]>,
) -> Result<ShownForms> {
    let may = |verb| access.grant(verb, definition).is_some();
    if ids.is_some() || !(may(Verb::Create) || may(Verb::Update)) {
        access.may(Verb::Get, definition)?;
    }
    let records = match ids {
        Some(ids) => Some(seen(core, access, definition, ids).await?),
        None => None,
    };
    let view = View { core, access, definition, records };
    let (mut forms, mut rows, mut several) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(declared) = core.registry.forms(definition) {
        for form in &declared.forms {
            forms.extend(view.form(form).await?);
        }
        for button in &declared.rows {
            if let Some((_, there)) = view.reaches(button.verb(None)) {
                let buttons = if button.meta.is_for_several { &mut several } else { &mut rows };
                buttons.extend(view.button(None, button, &there).await?);
            }
        }
    }
    let (collection, title) = (definition.name(), definition.meta.title);
    Ok(ShownForms { collection, title, forms, rows, several })
}

/// The records that the role may see.
async fn seen(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    ids: &[i64],
) -> Result<Vec<Row>> {
    let scope = access.may(Verb::Get, definition)?.scope(definition, access.user());
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(rows::CHUNK) {
        let filter = scope.iter().cloned().fold(rows::with_ids(definition, chunk), Condition::and);
        let read = core.store.read(&rows::select(definition, filter).build()).await?;
        found.extend(rows::from_values(definition, read));
    }
    match ids {
        [one] if found.is_empty() => Err(no_record(definition, *one)),
        _ => Ok(found),
    }
}

/// The records for which something is there; `None` where it is not asked about any.
type There = Option<Vec<i64>>;

/// Who looks, and at what.
struct View<'a> {
    core: &'a Core,
    access: &'a Access,
    definition: &'static Definition,
    records: Option<Vec<Row>>,
}

impl View<'_> {
    /// A form with the fields that the role may write; none if it has no button left.
    async fn form(&self, form: &Form) -> Result<Option<ShownForm>> {
        if form.is_add() && self.records.is_some() {
            return Ok(None);
        }
        let verb = if form.is_add() { Verb::Create } else { Verb::Update };
        let Some((grant, there)) = self.reaches(verb) else { return Ok(None) };
        let fields: Vec<ShownField> =
            form.fields.iter().filter_map(|asked| self.field(form, &grant, *asked)).collect();
        let records = self.fulfil(&there, form.meta.when).await?;
        let may = |column: usize| form.has_column(column) && grant.fields.has_column(column);
        let mut buttons = Vec::new();
        for button in form.buttons.iter().filter(|_| !fields.is_empty()) {
            if !form.is_add() || self.is_complete(may, button) {
                buttons.extend(self.button(Some(form), button, &records).await?);
            }
        }
        if buttons.is_empty() {
            return Ok(None);
        }
        let (kind, action) = if form.is_add() { ("add", "create") } else { ("edit", "update") };
        let meta = form.meta;
        let (name, title, help) = (meta.name, meta.title, meta.help);
        Ok(Some(ShownForm { name, title, help, kind, action, fields, buttons, records }))
    }

    /// A button, if the role may press it, and its condition holds for one of the records.
    async fn button(
        &self,
        form: Option<&Form>,
        button: &Button,
        there: &There,
    ) -> Result<Option<ShownButton>> {
        if authorise::button(self.access, form, button).is_err() {
            return Ok(None);
        }
        let records = self.fulfil(there, button.meta.when).await?;
        if records.as_ref().is_some_and(Vec::is_empty) {
            return Ok(None);
        }
        let mut workflows = Vec::with_capacity(button.fires.len());
        for fires in &button.fires {
            workflows.push(self.workflow(fires).await?);
        }
        let meta = button.meta;
        let (name, title, help) = (meta.name, meta.title, meta.help);
        let action = if form.is_some_and(Form::is_add) { "create" } else { "update" };
        Ok(Some(ShownButton { name, title, help, action, workflows, records }))
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

    /// A field that the role may write.
    fn field(&self, form: &Form, grant: &Grant, asked: Asked) -> Option<ShownField> {
        match asked {
            Asked::Column(index) if grant.fields.has_column(index) => {
                let field = ShownField::of(self.definition, index, form.is_add())?;
                let association = self.definition.columns[index].association;
                let new = association.and_then(|index| self.new_one(form.new_at(index)?));
                Some(ShownField { new, ..field })
            }
            Asked::Links(index) if grant.fields.has_association(index) => self.links(form, index),
            Asked::Column(_) | Asked::Links(_) => None,
        }
    }

    /// Links to many records, as far as the role may make, take or fill in any.
    fn links(&self, form: &Form, index: usize) -> Option<ShownField> {
        let association = &self.definition.associations[index];
        let (target, new) = (association.target(), form.new_at(index));
        let changing = self.access.grant(Verb::Update, target);
        let by = match association.kind {
            AssociationKind::HasMany { by } => Some(by),
            _ => None,
        };
        // The column that says where a record belongs is its own.
        let moves = |by| changing.as_ref().is_some_and(|grant| grant.fields.has_column(by));
        let links = by.map_or(self.access.grant(Verb::Get, target).is_some(), moves);
        if !form.is_add() && !links {
            // The records that are not named are no longer linked: it takes the right to that.
            return None;
        }
        let picks = links && (by.is_none() || new.is_none());
        let picks = picks && self.access.grant(Verb::List, target).is_some();
        let columns = new.map_or(&[][..], |new| &new.columns);
        let may_change = changing
            .as_ref()
            .is_some_and(|grant| columns.iter().all(|index| grant.fields.has_column(*index)));
        let changes = form.changes_at(association, index) && may_change;
        let releases = by.is_none_or(|by| target.columns[by].nullable);
        let new = new.and_then(|new| self.new_one(new));
        if !picks && !changes && new.is_none() {
            return None;
        }
        let mut members = self.definition.meta.members.iter();
        let member = members.find(|member| member.rust == association.rust)?;
        Some(ShownField {
            described: answer::Field::of_links(member)?,
            association: Some(association.json),
            collection: Some(target.name()),
            new,
            links: Some(ShownLinks { picks, changes, releases }),
        })
    }

    /// The new record behind an association, with the fields that the role may write; none if it
    /// could not be made of them.
    fn new_one(&self, new: &New) -> Option<ShownNew> {
        let association = &self.definition.associations[new.association];
        let target = association.target();
        let grant = self.access.grant(Verb::Create, target)?;
        let may = |column: &usize| grant.fields.has_column(*column);
        let is_back = |index: usize| match association.kind {
            AssociationKind::HasMany { by } => by == index,
            _ => false,
        };
        let is_whole = target.columns.iter().enumerate().all(|(index, column)| {
            let is_given = new.columns.contains(&index) && may(&index);
            column.system || !column.is_required() || is_given || is_back(index)
        });
        let fields: Vec<_> = new
            .columns
            .iter()
            .filter(|column| may(column))
            .filter_map(|column| ShownField::of(target, *column, true))
            .collect();
        (is_whole && !fields.is_empty()).then_some(ShownNew { fields })
    }

    /// What the role may do so, and with which of the records.
    fn reaches(&self, verb: Verb) -> Option<(Grant, There)> {
        let grant = self.access.grant(verb, self.definition)?;
        let is_own = |row: &Row| {
            let owner = row.values[owner_column(row.definition)].as_int();
            owner.is_some() && owner == self.access.user()
        };
        let reached = |row: &&Row| !grant.own || is_own(row);
        let there = self.records.as_ref();
        let there = there.map(|rows| rows.iter().filter(reached).map(Row::id).collect());
        Some((grant, there))
    }

    /// Those of the records for which the condition holds.
    async fn fulfil(&self, there: &There, when: Option<fn() -> Condition>) -> Result<There> {
        let (Some(ids), Some(when)) = (there, when) else { return Ok(there.clone()) };
        let mut fulfil = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(rows::CHUNK) {
            let filter = rows::with_ids(self.definition, chunk).and(when());
            let read = self.core.store.read(&rows::select(self.definition, filter).build()).await?;
            fulfil.extend(rows::from_values(self.definition, read).map(|row| row.id()));
        }
        Ok(Some(fulfil))
    }

    /// Whether a new record can be made with values for these columns and the button's.
    fn is_complete(&self, may: impl Fn(usize) -> bool, button: &Button) -> bool {
        let nobody = self.access.user().is_none();
        self.definition.columns.iter().enumerate().all(|(index, column)| {
            let has_no_user =
                !column.nullable && matches!(column.default(), Some(DefaultValue::User)) && nobody;
            let is_needed = !column.system && (column.is_required() || has_no_user);
            !is_needed || may(index) || button.sets(index)
        })
    }
}

impl ShownField {
    /// A column as a field to fill in.
    fn of(definition: &Definition, column: usize, is_new: bool) -> Option<Self> {
        let column = &definition.columns[column];
        let member = definition.meta.members.iter().find(|member| member.rust == column.rust)?;
        let association = column.association.map(|index| &definition.associations[index]);
        Some(Self {
            described: answer::Field::of_column(member, is_new)?,
            association: association.map(|association| association.json),
            collection: association.map(|association| association.target().name()),
            new: None,
            links: None,
        })
    }
}
