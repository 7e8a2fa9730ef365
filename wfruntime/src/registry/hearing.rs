//! Who hears of changes of which collection.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::WorkflowDefinition;
use crate::collection::{AssociationKind, Definition};
use crate::store::schema::OnDelete;
use crate::workflow::Trigger;

/// Who hears of what happens to the rows of a collection.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    events: Vec<&'static WorkflowDefinition>,
    /// Whose rows go or change with a row that is deleted, as far as somebody hears of that.
    pub(crate) followers: Vec<Follower>,
}

impl Hearing {
    /// Whether anybody listens to the collection itself.
    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Those that listen, by their keys.
    pub(crate) fn events(&self) -> impl Iterator<Item = &'static WorkflowDefinition> + use<'_> {
        self.events.iter().copied()
    }
}

impl Hearing {
    /// Whether it holds for a collection whose rows go or change with a deleted row.
    pub(crate) fn leads_to(&self, holds: &dyn Fn(&Self) -> bool) -> bool {
        let mut seen: Vec<*const Self> = vec![std::ptr::from_ref(self)];
        let mut open: Vec<&Self> = vec![self];
        while let Some(hearing) = open.pop() {
            for next in hearing.followers.iter().filter_map(Follower::hearing) {
                if holds(next) {
                    return true;
                }
                if !seen.contains(&std::ptr::from_ref(next)) {
                    seen.push(std::ptr::from_ref(next));
                    open.push(next);
                }
            }
        }
        false
    }
}

/// A collection whose column refers to another, and what becomes of its rows.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) definition: &'static Definition,
    pub(crate) column: usize,
    pub(crate) on_delete: OnDelete,
    hearing: OnceLock<&'static Hearing>,
}

impl Follower {
    /// Who hears of its collection.
    pub(crate) fn hearing(&self) -> Option<&'static Hearing> {
        self.hearing.get().copied()
    }
}

/// Who listens, by the collection's address; empty if nobody does.
pub(super) type Hearings = HashMap<usize, &'static Hearing>;

pub(super) fn address(definition: &Definition) -> usize {
    std::ptr::from_ref(definition).addr()
}

/// Finds who hears of what.
pub(super) fn resolve(
    collections: &[&'static Definition],
    workflows: &[&'static WorkflowDefinition],
) -> Hearings {
    let mut heard: HashMap<usize, Hearing> = HashMap::new();
    let is_event =
        |it: &&&WorkflowDefinition| matches!(it.meta.trigger, Trigger::CollectionEvent { .. });
    for event in workflows.iter().filter(is_event) {
        if let Some(collection) = event.collection {
            heard.entry(address(collection)).or_default().events.push(event);
        }
    }
    if heard.is_empty() {
        return Hearings::new();
    }
    // A delete that takes along what somebody hears of is itself heard of, and so on.
    while let Some((target, follower)) = next_follower(collections, &heard) {
        heard.entry(target).or_default().followers.push(follower);
    }
    let heard: Hearings =
        heard.into_iter().map(|(at, hearing)| (at, &*Box::leak(Box::new(hearing)))).collect();
    for follower in heard.values().flat_map(|hearing| &hearing.followers) {
        if let Some(hearing) = heard.get(&address(follower.definition)) {
            // It is empty until now.
            let _ = follower.hearing.set(hearing);
        }
    }
    heard
}

/// A reference whose end somebody hears of and that is not noted yet, with the collection it
/// refers to.
fn next_follower(
    collections: &[&'static Definition],
    heard: &HashMap<usize, Hearing>,
) -> Option<(usize, Follower)> {
    let belongs = |definition: &'static Definition| {
        let own = definition.associations.iter().skip(Definition::SYSTEM_ASSOCIATIONS);
        own.filter_map(|association| match association.kind {
            AssociationKind::BelongsTo { column } => Some((column, association.target.get()?)),
            _ => None,
        })
    };
    for definition in collections {
        let Some(hearing) = heard.get(&address(definition)) else { continue };
        for (column, target) in belongs(definition) {
            let on_delete = definition.columns[column].options.on_delete;
            let is_heard = match on_delete {
                OnDelete::Restrict => false,
                OnDelete::Cascade => true,
                OnDelete::SetNull => hearing.has_events(),
            };
            let is_noted = |it: &Follower| it.definition == *definition && it.column == column;
            let noted = heard.get(&address(target));
            let noted = noted.is_some_and(|hearing| hearing.followers.iter().any(is_noted));
            if is_heard && !noted {
                let hearing = OnceLock::new();
                let follower = Follower { definition, column, on_delete, hearing };
                return Some((address(target), follower));
            }
        }
    }
    None
}
