//! What each route needs of each role, as text for people and for a test that holds it.

use super::access::Roles;
use super::routes::{Need, SYSTEM_ROUTES};
use super::{ADMIN, ANONYMOUS, Access, Grant, ROOT};
use crate::action::{EXPORT, IMPORT, Verb, authorise};
use crate::collection::Definition;
use crate::identity::{Actor, Identity};
use crate::registry::Registry;
use crate::text;
use crate::workflow::{Mode, Trigger};

const NO: &str = "-";
const YES: &str = "yes";

/// What each role may do: a row for each route, a column for each role.
pub(crate) fn access_table(registry: &Registry) -> String {
    let roles = Roles::new(registry.roles().iter().copied(), |meta| registry.declared(meta));
    let declared = registry.roles().iter().map(|role| role.name);
    let names: Vec<_> = [ANONYMOUS]
        .into_iter()
        .chain(declared.filter(|name| *name != ANONYMOUS))
        .chain([ADMIN, ROOT])
        .collect();
    let columns: Vec<_> = names.iter().map(|name| roles.access(&identity(name))).collect();
    let mut rows = Vec::new();
    let mut row = |route: String, cell: &dyn Fn(&Access) -> String| {
        rows.push(std::iter::once(route).chain(columns.iter().map(cell)).collect());
    };
    for collection in registry.collections() {
        let verbs = [
            ("list|get", Verb::Get),
            ("create", Verb::Create),
            ("update", Verb::Update),
            ("destroy", Verb::Destroy),
            (EXPORT, Verb::Own(EXPORT)),
            (IMPORT, Verb::Own(IMPORT)),
        ];
        let own = registry
            .actions()
            .iter()
            .filter(|action| registry.declared((action.collection)()) == Some(*collection));
        let own = own.map(|action| (action.name, Verb::Own(action.name)));
        for (name, verb) in verbs.into_iter().chain(own) {
            row(format!("{}:{name}", collection.name()), &|access| {
                let grant = access.grant(verb, collection);
                grant.map_or_else(|| NO.to_owned(), |grant| granted(collection, &grant))
            });
        }
    }
    for forms in registry.collections().iter().filter_map(|it| registry.forms(it)) {
        for (form, button) in forms.buttons() {
            let (collection, name) = (forms.collection, button.meta.name);
            row(format!("{}?button={name}", collection.name()), &|access| {
                let may = access.grant(button.verb(form), collection).is_some();
                yes(may && authorise::button(access, form, button).is_ok())
            });
        }
    }
    for workflow in registry.workflows() {
        let local = workflow.meta.mode == Mode::Local;
        let how = if local { "named" } else { "fired" };
        row(format!("{} ({how})", workflow.meta.key), &|access| {
            let may = if local {
                access.may_workflow(workflow.meta)
            } else {
                access.is_allowed_by(workflow.meta)
            };
            yes(may)
        });
    }
    for route in &SYSTEM_ROUTES {
        row(format!("{}:{}", route.resource, route.action), &|access| {
            let meets = access.meets(route.need);
            if meets && route.need == Need::Tasks && !access.is_root() {
                return "assigned".to_owned();
            }
            yes(meets && (route.need != Need::Workflows || may_trigger(registry, access)))
        });
    }
    let headings: Vec<_> = std::iter::once("route").chain(names).collect();
    text::table(&headings, &rows)
}

/// Whether a role has one of the custom actions that are about no record.
fn may_trigger(registry: &Registry, access: &Access) -> bool {
    registry.workflows().iter().any(|workflow| {
        let is_custom = matches!(workflow.meta.trigger, Trigger::CustomAction { .. });
        is_custom && workflow.collection.is_none() && access.may_workflow(workflow.meta)
    })
}

fn yes(may: bool) -> String {
    if may { YES } else { NO }.to_owned()
}

/// Somebody in a role; nobody for `anonymous`.
fn identity(role: &str) -> Identity {
    let user = (role != ANONYMOUS).then(|| Actor {
        id: 1,
        nickname: role.to_owned(),
        email: None,
        roles: vec![role.to_owned()],
    });
    Identity { user, role: role.to_owned() }
}

fn granted(collection: &Definition, grant: &Grant) -> String {
    let declared: Vec<_> =
        collection.columns.iter().enumerate().filter(|(_, column)| !column.system).collect();
    let fields: Vec<_> = declared
        .iter()
        .filter(|(index, _)| grant.fields.has_column(*index))
        .map(|(_, column)| column.json)
        .collect();
    let own = if grant.own { " own" } else { "" };
    if fields.len() == declared.len() {
        return if grant.own { "own" } else { YES }.to_owned();
    }
    format!("({}){own}", fields.join(", "))
}
