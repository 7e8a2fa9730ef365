//! Declared workflows to definitions: names to indexes, keys once, actions and roles that exist.

use super::names::{self, Names};
use super::{RegistryFault, calls, webhooks};
use crate::action::ActionMeta;
use crate::auth::RoleMeta;
use crate::collection::{Definition, Location};
use crate::schedule::{Plan, Planned};
use crate::workflow::{Mode, Trigger, WorkflowMeta};

/// A workflow as the registry resolved it.
#[derive(Debug)]
pub struct WorkflowDefinition {
    /// What was declared.
    pub meta: &'static WorkflowMeta,
    /// The collection of the records that it is about, if it is about any.
    pub collection: Option<&'static Definition>,
    /// The associations to load, as paths of indexes: the first into `collection`'s, the next
    /// into its target's.
    pub appends: Vec<Vec<usize>>,
    /// Indexes of the columns of which one must have changed; any if empty.
    pub changed: Vec<usize>,
    /// When it runs, if it is a schedule.
    pub(crate) planned: Option<Planned>,
}

impl WorkflowDefinition {
    /// Whether it is about records of this collection.
    #[must_use]
    pub fn is_of(&self, collection: &Definition) -> bool {
        self.collection.is_some_and(|of| of == collection)
    }

    /// Whether it fires after this action without being named.
    #[must_use]
    pub fn fires_on(&self, collection: &Definition, action: &str) -> bool {
        self.meta.trigger.is_post_action()
            && self.meta.mode == Mode::Global
            && self.is_of(collection)
            && self.meta.on.contains(&action)
    }
}

/// The workflows in force, and the older versions of them.
type Resolved = (Vec<&'static WorkflowDefinition>, Vec<&'static WorkflowDefinition>);

/// Resolves what was declared, sorted by key; what has a fault is left out.
pub(super) fn resolve(
    mut declared: Vec<&'static WorkflowMeta>,
    names: Names,
    roles: &[&'static RoleMeta],
    actions: &[&'static ActionMeta],
    faults: &mut Vec<RegistryFault>,
) -> Resolved {
    declared.sort_by_key(|meta| (meta.key, meta.version, meta.location));
    for pair in declared.windows(2).filter(|pair| pair[0].key == pair[1].key) {
        check_versions(pair[0], pair[1], faults);
    }
    declared.dedup_by_key(|meta| (meta.key, meta.version));
    calls::check(&declared, faults);
    let mut resolved = Vec::with_capacity(declared.len());
    for meta in declared {
        for (role, at) in named_roles(meta) {
            if let Some(message) = names::unknown_role(roles, role) {
                faults.push(RegistryFault::at(at, message));
            }
        }
        let Some(of) = meta.collection else {
            let (appends, changed) = (Vec::new(), Vec::new());
            let planned = planned(meta, None, faults);
            let collection = None;
            let definition = WorkflowDefinition { meta, collection, appends, changed, planned };
            resolved.push(&*Box::leak(Box::new(definition)));
            continue;
        };
        let Some(collection) = names.collection(of(), meta.location, faults) else {
            continue;
        };
        // Those of the other triggers were checked by their macros.
        let named: &[&str] = if meta.trigger.is_post_action() { meta.on } else { &[] };
        for action in named {
            let built_in = ["create", "update"];
            if !built_in.contains(action) && !names::has(actions, collection, action) {
                let message = names::unknown_action(actions, &built_in, collection, action);
                faults.push(RegistryFault::at(meta.location, message));
            }
        }
        let appends = meta.appends.iter().filter_map(|path| follow(collection, path)).collect();
        let column = |name: &str| collection.columns.iter().position(|column| column.rust == name);
        let changed = meta.changed.iter().filter_map(|name| column(name)).collect();
        let planned = planned(meta, Some(collection), faults);
        let collection = Some(collection);
        let definition = WorkflowDefinition { meta, collection, appends, changed, planned };
        resolved.push(&*Box::leak(Box::new(definition)));
    }
    let mut in_force: Vec<&'static WorkflowDefinition> = Vec::with_capacity(resolved.len());
    let mut older = Vec::new();
    for workflow in resolved {
        if in_force.last().is_some_and(|last| last.meta.key == workflow.meta.key) {
            older.extend(in_force.pop());
        }
        in_force.push(workflow);
    }
    webhooks::check(&in_force, faults);
    (in_force, older)
}

/// When a schedule runs; none if its words mean nothing.
fn planned(
    meta: &'static WorkflowMeta,
    collection: Option<&'static Definition>,
    faults: &mut Vec<RegistryFault>,
) -> Option<Planned> {
    let Trigger::Schedule(schedule) = meta.trigger else { return None };
    let column = match schedule.plan {
        Plan::Field { name, .. } => {
            collection.and_then(|of| of.columns.iter().position(|column| column.rust == name))
        }
        Plan::Cron(_) | Plan::Every(_) => None,
    };
    let planned = Planned::new(schedule, column);
    planned.map_err(|message| faults.push(RegistryFault::at(meta.location, message))).ok()
}

/// Reports what keeps two workflows of one key from being versions of one workflow.
fn check_versions(
    one: &'static WorkflowMeta,
    other: &'static WorkflowMeta,
    faults: &mut Vec<RegistryFault>,
) {
    let key = one.key;
    if one.version == other.version {
        let (at, version) = (one.location, one.version);
        let which = if version == 1 { String::new() } else { format!(" version {version} of") };
        let message = format!(
            "duplicate{which} workflow `{key}`\n= note: the other one is declared at {at}\n= help: give one of them another key, `key = \"…\"`, or the new one a `version`",
        );
        faults.push(RegistryFault::at(other.location, message));
        return;
    }
    let [first, second] = [one, other].map(|meta| meta.collection.map(|collection| collection()));
    let [of_first, of_second] = [first, second].map(|it| it.map(|it| (it.type_id)()));
    if of_first != of_second {
        let [first, second] = [first, second].map(|it| it.map_or("no record", |it| it.rust));
        let message = format!(
            "version {} of the workflow `{key}` is about `{}`, version {} about `{}`\n= note: version {} is declared at {}\n= help: a workflow of another collection needs another key: `key = \"…\"`",
            other.version, second, one.version, first, one.version, one.location
        );
        faults.push(RegistryFault::at(other.location, message));
    }
}

fn named_roles(meta: &'static WorkflowMeta) -> impl Iterator<Item = (&'static str, Location)> {
    let allowed = meta.allow.iter().map(|role| (*role, meta.location));
    allowed.chain(meta.roles.iter().copied())
}

/// The indexes of a path that rustc has checked; none if an association on it has a fault.
pub(super) fn follow(collection: &'static Definition, path: &[&str]) -> Option<Vec<usize>> {
    let mut at = collection;
    let mut indexes = Vec::with_capacity(path.len());
    for name in path {
        let index = at.associations.iter().position(|association| association.rust == *name)?;
        indexes.push(index);
        at = at.associations[index].target.get()?;
    }
    Some(indexes)
}

#[cfg(test)]
mod tests;
