//! The webhooks of a program: each has a path of its own.

use super::{Registry, RegistryFault};
use crate::registry::WorkflowDefinition;
use crate::webhook::Hook;
use crate::workflow::Trigger;

impl Registry {
    /// The webhooks, sorted by key, each with how it is called.
    pub(crate) fn webhooks(
        &self,
    ) -> impl Iterator<Item = (&'static WorkflowDefinition, &'static Hook)> + use<'_> {
        webhooks(&self.workflows)
    }
}

fn webhooks<'a>(
    workflows: &'a [&'static WorkflowDefinition],
) -> impl Iterator<Item = (&'static WorkflowDefinition, &'static Hook)> + use<'a> {
    workflows.iter().copied().filter_map(|workflow| match workflow.meta.trigger {
        Trigger::Webhook(hook) => Some((workflow, hook)),
        _ => None,
    })
}

/// Reports those that are called at the same path.
pub(super) fn check(workflows: &[&'static WorkflowDefinition], faults: &mut Vec<RegistryFault>) {
    let mut all: Vec<_> = webhooks(workflows).collect();
    all.sort_by_key(|(workflow, hook)| (hook.path, workflow.meta.location));
    for pair in all.windows(2) {
        let [(first, _), (second, hook)] = pair else { continue };
        if pair[0].1.path == hook.path {
            let message = format!(
                "duplicate path `{}` of the webhooks `{}` and `{}`\n= note: the other one is declared at {}\n= help: give one of them another path",
                hook.path, first.meta.key, second.meta.key, first.meta.location
            );
            faults.push(RegistryFault::at(second.meta.location, message));
        }
    }
}
