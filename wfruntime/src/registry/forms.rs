//! Declared forms to definitions: names once, roles that exist and can press what names them.

use std::collections::BTreeMap;

use super::names::{self, Names};
use super::{RegistryFault, WorkflowDefinition};
use crate::auth::RoleMeta;
use crate::collection::{AssociationKind, Definition, Location};
use crate::forms::{
    Asked, Button, ButtonMeta, FireMeta, Fires, Form, FormKind, FormMeta, Forms, FormsMeta, New,
};

/// What forms name.
pub(super) struct Known<'a> {
    pub(super) names: Names<'a>,
    pub(super) roles: &'a [&'static RoleMeta],
    pub(super) workflows: &'a [&'static WorkflowDefinition],
}

impl Known<'_> {
    /// Resolves what was declared, a definition for each collection; what has a fault is left out.
    pub(super) fn resolve(
        &self,
        mut declared: Vec<&'static FormsMeta>,
        faults: &mut Vec<RegistryFault>,
    ) -> Vec<&'static Forms> {
        declared.sort_by_key(|meta| meta.location);
        let mut resolved: BTreeMap<&str, Forms> = BTreeMap::new();
        for meta in declared {
            let collection = (meta.collection)();
            let Some(collection) = self.names.collection(collection, meta.location, faults) else {
                continue;
            };
            let forms = resolved.entry(collection.name()).or_insert_with(|| Forms {
                collection,
                forms: Vec::new(),
                rows: Vec::new(),
            });
            for form in meta.forms {
                let earlier = forms.forms.iter().map(|form| (form.meta.name, form.meta.location));
                once(earlier, "form", form.name, form.location, faults);
                forms.forms.push(self.form(collection, form, faults));
            }
            for row in meta.rows {
                let earlier = forms.rows.iter().map(|row| (row.meta.name, row.meta.location));
                once(earlier, "button", row.name, row.location, faults);
                forms.rows.push(self.button(collection, None, row, faults));
            }
        }
        resolved.into_values().map(|forms| &*Box::leak(Box::new(forms))).collect()
    }

    fn form(
        &self,
        collection: &'static Definition,
        meta: &'static FormMeta,
        faults: &mut Vec<RegistryFault>,
    ) -> Form {
        let fields = meta.fields.iter().filter_map(|field| asked(collection, field)).collect();
        let buttons = meta.buttons.iter();
        let buttons = buttons.map(|it| self.button(collection, Some(meta), it, faults)).collect();
        self.exist(meta.allow, faults);
        let new = meta.new.iter().filter_map(|new| {
            let mut associations = collection.associations.iter();
            let association = associations.position(|known| known.rust == new.association)?;
            let target = collection.associations[association].target();
            let columns = new.fields.iter().filter_map(|field| column(target, field)).collect();
            let new = New { association, columns };
            belongs(collection, &new, meta.location, faults);
            Some(new)
        });
        Form { meta, fields, new: new.collect(), buttons }
    }

    fn button(
        &self,
        collection: &'static Definition,
        form: Option<&FormMeta>,
        meta: &'static ButtonMeta,
        faults: &mut Vec<RegistryFault>,
    ) -> Button {
        let fixed = meta.fixed.iter();
        let fixed = fixed.filter_map(|it| Some((column(collection, it.field)?, it.value)));
        let fires = meta.fires.iter().filter_map(|it| self.fires(collection, it)).collect();
        let button = Button { meta, fixed: fixed.collect(), fires };
        self.exist(meta.allow, faults);
        let verb = match form.map(|form| form.kind) {
            Some(FormKind::Add) => "create",
            None if meta.fixed.is_empty() => "view",
            _ => "update",
        };
        let named =
            if meta.allow.is_empty() { form.map_or(&[][..], |it| it.allow) } else { meta.allow };
        for (role, at) in named {
            if let Some(lack) = self.lack(collection, verb, &button, role) {
                let (rust, name) = (collection.meta.rust, meta.name);
                let message = format!(
                    "the role `{role}` cannot press `{name}` of `{rust}`: {lack}\n= note: `allow` narrows what `role!` grants\n= help: grant it to the role, or take the role out of `allow`"
                );
                faults.push(RegistryFault::at(*at, message));
            }
        }
        button
    }

    /// What a declared role lacks to press the button.
    fn lack(
        &self,
        collection: &Definition,
        verb: &str,
        button: &Button,
        role: &str,
    ) -> Option<String> {
        let role = self.roles.iter().find(|declared| declared.name == role)?;
        let may = role.grants.iter().any(|grant| {
            grant.verb == verb && ((grant.collection)().type_id)() == (collection.meta.type_id)()
        });
        if !may {
            return Some(format!("it may not `{verb}`"));
        }
        let lacks = |fires: &&Fires| {
            let workflow = fires.workflow.meta;
            let allows = workflow.allow.is_empty() || workflow.allow.contains(&role.name);
            !allows || role.workflows.iter().all(|(key, _)| *key != workflow.key)
        };
        let fires = button.fires.iter().find(lacks)?;
        Some(format!("it may not use the workflow `{}`", fires.workflow.meta.key))
    }

    /// A workflow with its path; rustc checked the names, and other faults tell of the rest.
    fn fires(&self, collection: &'static Definition, meta: &'static FireMeta) -> Option<Fires> {
        let key = (meta.workflow)().key;
        let workflow = self.workflows.iter().find(|workflow| workflow.meta.key == key)?;
        let path = super::workflows::follow(collection, meta.path)?;
        Some(Fires { meta, workflow, path })
    }

    fn exist(&self, roles: &[(&'static str, Location)], faults: &mut Vec<RegistryFault>) {
        for (role, at) in roles {
            if let Some(message) = names::unknown_role(self.roles, role) {
                faults.push(RegistryFault::at(*at, message));
            }
        }
    }
}

/// A field of a form; rustc checked the name.
fn asked(collection: &Definition, field: &str) -> Option<Asked> {
    let links = || {
        let mut associations = collection.associations.iter();
        associations.position(|known| known.rust == field && !known.is_to_one())
    };
    column(collection, field).map(Asked::Column).or_else(|| links().map(Asked::Links))
}

/// A fault if the new records of a `HasMany` name the reference back, or leave out another one:
/// which of the references that is, the compiler does not know.
fn belongs(collection: &Definition, new: &New, at: Location, faults: &mut Vec<RegistryFault>) {
    let association = &collection.associations[new.association];
    let AssociationKind::HasMany { by } = association.kind else { return };
    let target = association.target();
    let name = |index: usize| {
        let reference = target.columns[index].association;
        reference.map_or(target.columns[index].rust, |it| target.associations[it].rust)
    };
    let (rust, of) = (association.rust, collection.meta.rust);
    if new.columns.contains(&by) {
        let field = name(by);
        let message = format!(
            "the form asks for `{field}` in `{rust}` of `{of}`\n= note: it is set by the record around it\n= help: remove `{field}`"
        );
        faults.push(RegistryFault::at(at, message));
    }
    let columns = target.columns.iter().enumerate();
    for (index, column) in columns {
        let is_given = column.system || index == by || new.columns.contains(&index);
        if column.is_required() && !is_given {
            let field = name(index);
            let message = format!(
                "the form leaves out `{field}` in `{rust}` of `{of}`\n= note: it is no `Option` and has no default\n= help: write `{rust} {{ {field}, … }}`"
            );
            faults.push(RegistryFault::at(at, message));
        }
    }
}

fn column(collection: &Definition, field: &str) -> Option<usize> {
    collection.columns.iter().position(|column| column.rust == field)
}

/// A fault if the name was given before.
fn once(
    mut earlier: impl Iterator<Item = (&'static str, Location)>,
    what: &str,
    name: &str,
    at: Location,
    faults: &mut Vec<RegistryFault>,
) {
    if let Some((_, first)) = earlier.find(|(earlier, _)| *earlier == name) {
        let message = format!(
            "duplicate {what} `{name}` of a collection\n= note: the other one is declared at {first}\n= help: give one of them another name: `\"…\" as name`"
        );
        faults.push(RegistryFault::at(at, message));
    }
}

#[cfg(test)]
mod tests;
