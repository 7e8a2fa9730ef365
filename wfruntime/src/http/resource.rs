//! From a path and a query to the action on a collection that they ask for.

use super::path::Route;
use super::query::{Params, id, no_id};
use crate::action::read::link;
use crate::action::{self, Request, Target, Through, Verb};
use crate::collection::Definition;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Identity;
use crate::spelling::{instead, quoted};

/// The actions that every collection has.
const ACTIONS: [(&str, Verb); 8] = [
    ("list", Verb::List),
    ("get", Verb::Get),
    ("create", Verb::Create),
    ("update", Verb::Update),
    ("destroy", Verb::Destroy),
    ("updateOrCreate", Verb::UpdateOrCreate),
    ("firstOrCreate", Verb::FirstOrCreate),
    ("trigger", Verb::Trigger),
];

/// The actions on the links of a record; a to-one association has no `add`.
const LINKS: [(&str, Verb); 3] = [("add", Verb::Add), ("remove", Verb::Remove), ("set", Verb::Set)];

/// An action on a collection, found, but not yet asked for by anybody.
pub(super) struct Asked {
    pub(super) collection: &'static Definition,
    pub(super) through: Option<Through>,
    pub(super) verb: Verb,
    id: Option<i64>,
}

impl Asked {
    /// Finds the collection, the association and the action that a path names.
    pub(super) fn find(core: &Core, route: &Route, action: &str) -> Result<Self> {
        let mut through = None;
        let collection = if let Some((source, id)) = &route.through {
            let source = collection(core, source)?;
            let association = link::association(source, &route.resource)
                .ok_or_else(|| unknown_association(source, &route.resource))?;
            through = Some(Through { collection: source, id: path_id(id)?, association });
            source.associations[association].target()
        } else {
            collection(core, &route.resource)?
        };
        let is_to_many =
            |through: &Through| !through.collection.associations[through.association].is_to_one();
        let links = match &through {
            None => &[],
            Some(through) if is_to_many(through) => &LINKS[..],
            Some(_) => &LINKS[1..],
        };
        let actions = ACTIONS.iter().chain(links);
        let verb = actions.clone().find(|(name, _)| *name == action).map(|(_, verb)| *verb);
        // An own action is one of the collection, not of an association that leads to it.
        let own = || core.registry.action(collection, action).filter(|_| through.is_none());
        let Some(verb) = verb.or_else(|| own().map(|own| Verb::Own(own.name))) else {
            let own = core.registry.actions().iter().filter(|own| {
                through.is_none() && core.registry.declared((own.collection)()) == Some(collection)
            });
            let legal = actions.map(|(name, _)| *name).chain(own.map(|own| own.name));
            let shown =
                [super::forms::ACTION, super::history::ACTION, action::EXPORT, action::IMPORT];
            let shown = shown.into_iter();
            let legal: Vec<&str> = legal.chain(shown.filter(|_| through.is_none())).collect();
            return Err(no_action(&route.resource, action, &legal));
        };
        let id = route.id.as_deref().map(path_id).transpose()?;
        Ok(Self { collection, through, verb, id })
    }

    /// Whether it only reads.
    pub(super) fn reads(&self) -> bool {
        matches!(self.verb, Verb::List | Verb::Get)
    }

    /// Whether the body is what the action makes of it, not values of records.
    pub(super) fn takes_any(&self) -> bool {
        matches!(self.verb, Verb::Own(_) | Verb::Trigger | Verb::Add | Verb::Remove | Verb::Set)
    }

    /// Whether `{"values": …}` is a wrapper, and no value of a field of this name.
    pub(super) fn unwraps(&self) -> bool {
        let definition = self.collection;
        !matches!(self.verb, Verb::Own(_))
            && definition.column("values").is_none()
            && definition.association("values").is_none()
    }

    /// The request, as `identity` asks it; its body is added later.
    pub(super) fn request(self, identity: Identity, mut params: Params) -> Result<Request> {
        let mut ids = params.ids();
        if let Some(id) = self.id {
            if ids.is_some() {
                let message = "the path names the record already; leave out `filterByTk`";
                params.faults.push(Fault::new("duplicate_target", message).at("filterByTk"));
            }
            ids = Some(vec![id]);
        }
        let is_keyed = matches!(self.verb, Verb::UpdateOrCreate | Verb::FirstOrCreate);
        if !params.filter_keys.is_empty() && !is_keyed {
            let message = "it says by which fields `updateOrCreate` and `firstOrCreate` find a \
                           record; leave it out";
            params.faults.push(Fault::new("no_effect", message).at("filterKeys"));
        }
        if !params.faults.is_empty() {
            return Err(Error::faults(ErrorKind::Invalid, params.faults));
        }
        Ok(Request {
            identity,
            collection: self.collection,
            through: self.through,
            verb: self.verb,
            target: Target { ids, filter: params.filter },
            keys: params.filter_keys,
            only: None,
            once: None,
            upserts: false,
            values: None,
            triggers: params.triggers,
            button: params.button,
            view: params.view,
        })
    }
}

/// The collection of this name.
pub(super) fn collection(core: &Core, name: &str) -> Result<&'static Definition> {
    core.registry.named(name).ok_or_else(|| {
        let names = core.registry.collections().iter().map(|collection| collection.name());
        let message = format!("unknown collection {}{}", quoted(name), instead(name, names));
        Error::new(ErrorKind::NotFound, "unknown_collection", message)
    })
}

fn unknown_association(definition: &Definition, name: &str) -> Error {
    let names = definition.associations.iter().map(|association| association.json);
    let names = names.filter(|name| link::association(definition, name).is_some());
    let message = format!(
        "unknown association {} of `{}`{}",
        quoted(name),
        definition.name(),
        instead(name, names)
    );
    Error::new(ErrorKind::NotFound, "unknown_association", message)
}

fn path_id(text: &str) -> Result<i64> {
    id(text).ok_or_else(|| Error::invalid("invalid_id", no_id(text)))
}

fn no_action(resource: &str, action: &str, legal: &[&str]) -> Error {
    let message = format!(
        "unknown action {} of `{resource}`{}",
        quoted(action),
        instead(action, legal.iter().copied())
    );
    Error::new(ErrorKind::NotFound, "unknown_action", message)
}
