//! Roles and own actions: each name once, each with a collection that exists.

use std::any::TypeId;
use std::collections::HashMap;

use super::RegistryFault;
use crate::action::{ActionMeta, EXPORT, IMPORT};
use crate::auth::{ADMIN, BUILT_IN, ROOT, RoleMeta};
use crate::collection::{CollectionMeta, Definition, Location};
use crate::spelling;

/// Finds what declarations name.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) collections: &'a HashMap<TypeId, &'static Definition>,
}

impl Names<'_> {
    /// The definition of a collection; a fault if it is not registered.
    pub(super) fn collection(
        self,
        meta: &CollectionMeta,
        at: Location,
        faults: &mut Vec<RegistryFault>,
    ) -> Option<&'static Definition> {
        let found = self.collections.get(&(meta.type_id)()).copied();
        if found.is_none() {
            let message = format!("the collection `{}` is not registered", meta.rust);
            faults.push(RegistryFault::at(at, message));
        }
        found
    }
}

/// The own actions, sorted, each of a registered collection.
pub(super) fn actions(
    mut declared: Vec<&'static ActionMeta>,
    names: Names,
    faults: &mut Vec<RegistryFault>,
) -> Vec<&'static ActionMeta> {
    let place = |action: &ActionMeta| ((action.collection)().name, action.name);
    declared.sort_by_key(|action| (place(action), action.location));
    for pair in declared.windows(2) {
        if place(pair[0]) == place(pair[1]) {
            let (collection, name) = place(pair[1]);
            faults.push(RegistryFault::at(
                pair[1].location,
                format!(
                    "duplicate action `{collection}:{name}`\n= note: the other one is declared at {}\n= help: rename one of the functions",
                    pair[0].location
                ),
            ));
        }
    }
    declared.dedup_by_key(|action| place(action));
    declared.retain(|action| {
        names.collection((action.collection)(), action.location, faults).is_some()
    });
    declared
}

/// The declared roles, sorted, without those of built-in names.
pub(super) fn roles(
    mut declared: Vec<&'static RoleMeta>,
    names: Names,
    actions: &[&'static ActionMeta],
    faults: &mut Vec<RegistryFault>,
) -> Vec<&'static RoleMeta> {
    declared.sort_by_key(|role| (role.name, role.location));
    for pair in declared.windows(2) {
        if pair[0].name == pair[1].name {
            faults.push(RegistryFault::at(
                pair[1].location,
                format!(
                    "duplicate role `{}`\n= note: the other one is declared at {}\n= help: write all that it may do in one place",
                    pair[1].name, pair[0].location
                ),
            ));
        }
    }
    declared.dedup_by_key(|role| role.name);
    declared.retain(|role| ![ROOT, ADMIN].contains(&role.name));
    for role in &declared {
        for grant in role.grants {
            let Some(definition) = names.collection((grant.collection)(), grant.location, faults)
            else {
                continue;
            };
            let built_in = ["view", "create", "update", "destroy", EXPORT, IMPORT];
            let needed = match grant.verb {
                EXPORT => "view",
                IMPORT => "create",
                verb => verb,
            };
            if !grants(role, definition, needed) {
                let (rust, verb) = (definition.meta.rust, grant.verb);
                let message = format!(
                    "the role `{}` may {verb} `{rust}`, but not {needed} it\n\
                     = note: `{verb}` covers the fields that `{needed}` does\n\
                     = help: add `{needed}`",
                    role.name
                );
                faults.push(RegistryFault::at(grant.location, message));
            }
            if !built_in.contains(&grant.verb) && !has(actions, definition, grant.verb) {
                let message = unknown_action(actions, &built_in, definition, grant.verb);
                faults.push(RegistryFault::at(grant.location, message));
            }
        }
    }
    declared
}

/// Whether a role may use a verb on a collection.
fn grants(role: &RoleMeta, definition: &Definition, verb: &str) -> bool {
    let is_it = |collection: &CollectionMeta| (collection.type_id)() == (definition.meta.type_id)();
    role.grants.iter().any(|grant| grant.verb == verb && is_it((grant.collection)()))
}

/// Whether a collection has an own action of this name.
pub(super) fn has(actions: &[&ActionMeta], definition: &Definition, name: &str) -> bool {
    let of = |action: &&&ActionMeta| {
        action.name == name && ((action.collection)().type_id)() == (definition.meta.type_id)()
    };
    actions.iter().any(|action| of(&action))
}

/// What to say of an action that a collection does not have; `built_in` are those it has anyway.
pub(super) fn unknown_action(
    actions: &[&'static ActionMeta],
    built_in: &[&'static str],
    definition: &Definition,
    name: &str,
) -> String {
    let own = actions.iter().filter(|action| has(&[action], definition, action.name));
    let known = own.map(|action| action.name).chain(built_in.iter().copied());
    let instead = spelling::instead(name, known);
    let rust = definition.meta.rust;
    format!(
        "unknown action `{name}` of `{rust}`{instead}\n= help: the program's own actions are declared with `#[action({rust})]`"
    )
}

/// What to say of a role that does not exist; nothing if it does.
pub(super) fn unknown_role(roles: &[&'static RoleMeta], name: &str) -> Option<String> {
    if BUILT_IN.contains(&name) || roles.iter().any(|role| role.name == name) {
        return None;
    }
    let instead = spelling::instead(name, roles.iter().map(|role| role.name));
    Some(format!(
        "unknown role `{name}`{instead}\n= help: declare it: `role! {{ {name} {{ … }} }}`"
    ))
}
