//! Which workflows an action fires: those that are named, and the global ones that listen.
//!
//! All of it is judged before anything is written, and every fault is told at once. It refuses to
//! know records: whether a condition holds for one is `firing`'s.

use std::collections::HashMap;

use super::parameter::{self, Item};
use crate::action::{Faults, Fired, FiredStatus, authorise};
use crate::auth::Access;
use crate::collection::{AssociationKind, Definition};
use crate::core::Core;
use crate::error::{Error, Fault, Result};
use crate::forms::{Button, Fires};
use crate::registry::WorkflowDefinition;
use crate::spelling::{closest, quoted};
use crate::workflow::{Mode, Trigger, WorkflowMeta};

/// The parameter's name, for the faults in it.
const PARAMETER: &str = "triggerWorkflows";

/// What an action fires, as far as it is known before the write.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Those that run before the write, in their order.
    pub(crate) before: Vec<Chosen>,
    /// Those to fire, in the order in which synchronous ones run.
    pub(crate) chosen: Vec<Chosen>,
    /// Those that were named and do not fire.
    pub(crate) idle: Vec<Fired>,
}

impl Matches {
    /// Adds a local workflow that the program itself fires, if it is not named already.
    ///
    /// # Errors
    /// It is one of another collection.
    pub(crate) async fn add(
        &mut self,
        core: &Core,
        definition: &'static Definition,
        meta: &'static WorkflowMeta,
    ) -> Result<()> {
        let workflow = core.registry.workflow(meta.key);
        let Some(workflow) = workflow.filter(|workflow| workflow.is_of(definition)) else {
            let (key, name) = (meta.key, definition.name());
            return Err(Error::internal(format!("`{key}` is no workflow of `{name}`")));
        };
        if !meta.trigger.is_post_action() {
            let key = meta.key;
            return Err(Error::internal(format!(
                "`fire` takes a post action, and `{key}` is none"
            )));
        }
        let is_there = self.chosen.iter().any(|chosen| chosen.workflow.meta.key == meta.key)
            || self.idle.iter().any(|idle| idle.key == meta.key);
        if is_there {
            return Ok(());
        }
        if !core.switches.is_enabled(&core.store, meta, core.clock.now()).await? {
            self.idle.push(idle(workflow, FiredStatus::Disabled));
            return Ok(());
        }
        let is_global = |chosen: &Chosen| chosen.workflow.meta.mode == Mode::Global;
        let at = self.chosen.iter().position(is_global).unwrap_or(self.chosen.len());
        self.chosen.insert(at, Chosen { workflow, path: Vec::new(), is_named: true });
        Ok(())
    }

    /// What was named and does not fire, for an action that fires nothing after it.
    pub(crate) fn passed_over(&self) -> Vec<Fired> {
        let named = self.chosen.iter().filter(|chosen| chosen.is_named);
        let skipped = named.map(|chosen| idle(chosen.workflow, FiredStatus::Skipped));
        self.idle.iter().cloned().chain(skipped).collect()
    }

    /// Whether associated records have to be loaded for one of them.
    pub(crate) fn load(&self) -> bool {
        let loads =
            |chosen: &Chosen| !chosen.path.is_empty() || !chosen.workflow.appends.is_empty();
        self.chosen.iter().any(loads)
    }
}

/// A workflow to fire for each record of an action.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) workflow: &'static WorkflowDefinition,
    /// Associations from the action's record to the workflow's; empty for the record itself.
    pub(crate) path: Vec<usize>,
    /// Whether the request named it.
    pub(crate) is_named: bool,
}

impl Chosen {
    /// Whether one execution has all records of the action.
    pub(super) fn is_several(&self) -> bool {
        self.workflow.meta.trigger.is_several()
    }

    /// Whether it sees of a record what others of its kind see.
    pub(super) fn is_plain(&self) -> bool {
        let workflow = self.workflow;
        self.path.is_empty() && workflow.appends.is_empty() && workflow.meta.input.is_none()
    }

    fn of(fires: &Fires) -> Self {
        Self { workflow: fires.workflow, path: fires.path.clone(), is_named: true }
    }
}

/// How a request names workflows.
#[derive(Clone, Copy)]
pub(crate) enum Named<'a> {
    /// In its `triggerWorkflows`, if it has one.
    In(Option<&'a str>),
    /// By a button; `true` if it writes nothing, so that nothing happened which others listen to.
    By(&'static Button, bool),
}

/// Finds what `action` on `definition` fires if a request names workflows so.
///
/// What a button fires was granted with the button.
///
/// # Errors
/// What the store says when it is asked for the switches.
pub(crate) async fn matches(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    action: &str,
    named: Named<'_>,
    faults: &mut Faults,
) -> Result<Matches> {
    let is_heard = !matches!(named, Named::By(_, true));
    let named = match named {
        Named::In(parameter) => {
            let items = parameter.map(parameter::parse).unwrap_or_default();
            self::named(core, access, definition, &items, faults)
        }
        Named::By(button, _) => button.fires.iter().map(Chosen::of).collect(),
    };
    let mut matches = Matches::default();
    let now = core.clock.now();
    for chosen in &named {
        let meta = chosen.workflow.meta;
        if !core.switches.is_enabled(&core.store, meta, now).await? {
            matches.idle.push(idle(chosen.workflow, FiredStatus::Disabled));
        } else if meta.trigger == Trigger::PreAction {
            // A global one is found by its `on`.
            if meta.mode == Mode::Local {
                matches.before.push(chosen.clone());
            }
        } else if meta.mode == Mode::Local {
            matches.chosen.push(chosen.clone());
        } else if !chosen.workflow.fires_on(definition, action) {
            matches.idle.push(idle(chosen.workflow, FiredStatus::Skipped));
        }
    }
    let listening = core.registry.workflows().iter().filter(|_| is_heard);
    for workflow in listening.filter(|workflow| workflow.fires_on(definition, action)) {
        if access.is_allowed_by(workflow.meta)
            && core.switches.is_enabled(&core.store, workflow.meta, now).await?
        {
            let is_named = named.iter().any(|named| std::ptr::eq(named.workflow, *workflow));
            matches.chosen.push(Chosen { workflow, path: Vec::new(), is_named });
        }
    }
    Ok(matches)
}

/// The global pre-actions that listen to one of these actions on `definition`, by their keys.
///
/// # Errors
/// What the store says when it is asked for the switches.
pub(crate) async fn before(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    actions: &[&str],
) -> Result<Vec<Chosen>> {
    let mut before = Vec::new();
    for workflow in core.registry.workflows() {
        let meta = workflow.meta;
        let listens = meta.trigger == Trigger::PreAction
            && meta.mode == Mode::Global
            && workflow.is_of(definition)
            && meta.on.iter().any(|on| actions.contains(on));
        if listens
            && access.is_allowed_by(meta)
            && core.switches.is_enabled(&core.store, meta, core.clock.now()).await?
        {
            before.push(Chosen { workflow, path: Vec::new(), is_named: false });
        }
    }
    Ok(before)
}

pub(crate) fn idle(workflow: &WorkflowDefinition, status: FiredStatus) -> Fired {
    Fired { key: workflow.meta.key, execution: None, status }
}

/// The named workflows in their order, without those that have a fault.
fn named(
    core: &Core,
    access: &Access,
    definition: &'static Definition,
    items: &[Item<'_>],
    faults: &mut Faults,
) -> Vec<Chosen> {
    let is_lenient = core.settings.lenient_triggers;
    let mut named: Vec<Chosen> = Vec::new();
    let mut seen: HashMap<&str, &Item<'_>> = HashMap::new();
    for item in items {
        if let Some(first) = seen.get(item.key) {
            let message = format!(
                "{} and {} name the same workflow with two paths: name it once",
                quoted(&first.text()),
                quoted(&item.text())
            );
            if !is_lenient {
                faults.invalid.push(fault("two_paths", message));
            }
            continue;
        }
        match resolve(core, definition, item) {
            Err(_) if is_lenient => continue,
            Err(found) => faults.invalid.push(found),
            Ok(chosen) => match authorise::workflow(access, chosen.workflow.meta) {
                Ok(()) => named.push(chosen),
                Err(error) => {
                    let told = error.all().iter().map(|fault| fault.clone().at(PARAMETER));
                    faults.forbidden.extend(told);
                }
            },
        }
        seen.insert(item.key, item);
    }
    named
}

fn resolve(core: &Core, definition: &'static Definition, item: &Item<'_>) -> Result<Chosen, Fault> {
    let Some(workflow) = core.registry.workflow(item.key) else {
        return Err(unknown(core, item.key));
    };
    if matches!(workflow.meta.trigger, Trigger::Schedule(_)) {
        let message = format!(
            "{}: `{}` is a schedule, which runs when its moment comes and takes no name",
            quoted(&item.text()),
            item.key
        );
        return Err(fault("schedule_named", message));
    }
    if matches!(workflow.meta.trigger, Trigger::Webhook(_)) {
        let message = format!(
            "{}: `{}` is a webhook, which runs when another system calls and takes no name",
            quoted(&item.text()),
            item.key
        );
        return Err(fault("webhook_named", message));
    }
    if workflow.meta.is_event() {
        let message = format!(
            "{}: `{}` runs on changes of data, whoever makes them: nobody names it",
            quoted(&item.text()),
            item.key
        );
        return Err(fault("event_named", message));
    }
    if matches!(workflow.meta.trigger, Trigger::CustomAction { .. }) {
        let resource = workflow.collection.map_or("workflows", |of| of.name());
        let message = format!(
            "{}: `{}` is a custom action, which writes nothing: use `{resource}:trigger`",
            quoted(&item.text()),
            item.key
        );
        return Err(fault("custom_named", message));
    }
    if item.path.is_some() && workflow.meta.trigger == Trigger::PreAction {
        let message = format!(
            "{}: `{}` runs before the write of the request's own records and takes no path",
            quoted(&item.text()),
            item.key
        );
        return Err(fault("before_path", message));
    }
    if item.path.is_some() && workflow.meta.mode == Mode::Global {
        let message = format!(
            "{}: `{}` is global and takes no path; it runs after each of its actions",
            quoted(&item.text()),
            item.key
        );
        return Err(fault("global_path", message));
    }
    let mut path = Vec::new();
    let mut at = definition;
    for word in item.path.iter().flatten() {
        let index = step(at, word)
            .map_err(|(code, reason)| fault(code, format!("{}: {reason}", quoted(&item.text()))))?;
        path.push(index);
        at = at.associations[index].target();
    }
    if !workflow.is_of(at) {
        let message = format!(
            "{}: the workflow is one of `{}`, and the record is one of `{}`",
            quoted(&item.text()),
            workflow.collection.map_or("no collection", |of| of.name()),
            at.name()
        );
        return Err(fault("other_collection", message));
    }
    Ok(Chosen { workflow, path, is_named: true })
}

/// The association of one word of a path.
fn step(definition: &Definition, word: &str) -> Result<usize, (&'static str, String)> {
    let collection = definition.name();
    if word.is_empty() {
        return Err(("empty_path", "a word of the path is empty".into()));
    }
    let found = definition.association(word).filter(|(_, association)| match association.kind {
        AssociationKind::BelongsTo { column } => !definition.columns[column].options.hidden,
        _ => true,
    });
    match found {
        Some((index, association)) if association.is_to_one() => Ok(index),
        Some(_) => Err((
            "to_many_path",
            format!("`{word}` of `{collection}` leads to many records, and a path to one"),
        )),
        None if definition.column(word).is_some_and(|(_, column)| !column.options.hidden) => {
            Err(("scalar_path", format!("`{word}` of `{collection}` is a field, no association")))
        }
        None => {
            let names = definition.associations.iter();
            let names = names.filter(|association| association.is_to_one());
            let hint = closest(word, names.map(|association| association.json));
            let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            let word = quoted(word);
            Err(("unknown_path", format!("`{collection}` has no association {word}{hint}")))
        }
    }
}

/// That there is no workflow of this key.
pub(super) fn unknown(core: &Core, key: &str) -> Fault {
    let keys = core.registry.workflows().iter().map(|workflow| workflow.meta.key);
    let hint = closest(key, keys).map(|key| format!("; did you mean `{key}`?"));
    let message = format!("unknown workflow {}{}", quoted(key), hint.unwrap_or_default());
    fault("unknown_workflow", message)
}

pub(super) fn fault(code: &str, message: String) -> Fault {
    Fault::new(code, message).at(PARAMETER)
}
