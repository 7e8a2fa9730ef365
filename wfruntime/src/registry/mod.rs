//! What `inventory` collected from the program: sorted, checked, every fault reported at once.
//!
//! Nothing else iterates `inventory`. It refuses to know requests and executions.

mod calls;
mod collections;
mod forms;
mod hearing;
mod inverse;
mod names;
#[cfg(test)]
mod tests;
mod webhooks;
mod workflows;

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use crate::action::{ActionMeta, RegisteredAction};
use crate::answer::{AnswerMeta, RegisteredAnswer};
use crate::auth::{RegisteredRole, RoleMeta};
use crate::collection::{Collection, CollectionMeta, Definition, Location, RegisteredCollection};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::forms::{Forms, FormsMeta, RegisteredForms};
use crate::schedule::Planned;
use crate::workflow::{RegisteredWorkflow, WorkflowMeta};

pub(crate) use hearing::Hearing;
use names::Names;
pub use workflows::WorkflowDefinition;

/// The registry of this process, built at its first use.
pub fn global() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        Registry::build(Declared {
            collections: inventory::iter::<RegisteredCollection>
                .into_iter()
                .map(|it| it.0)
                .collect(),
            workflows: inventory::iter::<RegisteredWorkflow>.into_iter().map(|it| it.0).collect(),
            roles: inventory::iter::<RegisteredRole>.into_iter().map(|it| it.0).collect(),
            actions: inventory::iter::<RegisteredAction>.into_iter().map(|it| it.0).collect(),
            answers: inventory::iter::<RegisteredAnswer>.into_iter().map(|it| it.0).collect(),
            forms: inventory::iter::<RegisteredForms>.into_iter().map(|it| it.0).collect(),
        })
    })
}

/// What `inventory` collected, in no particular order.
#[derive(Default)]
struct Declared {
    collections: Vec<&'static CollectionMeta>,
    workflows: Vec<&'static WorkflowMeta>,
    roles: Vec<&'static RoleMeta>,
    actions: Vec<&'static ActionMeta>,
    answers: Vec<&'static AnswerMeta>,
    forms: Vec<&'static FormsMeta>,
}

/// Something the program declares wrongly, which only the whole program shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistryFault {
    /// Where it is declared; nowhere if it is about what is missing.
    pub location: Option<Location>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl RegistryFault {
    pub(crate) fn at(location: Location, message: impl Into<String>) -> Self {
        Self { location: Some(location), message: message.into() }
    }
}

impl fmt::Display for RegistryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = self.location {
            write!(f, "{location}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// All that the program declared.
#[derive(Debug)]
pub struct Registry {
    collections: Vec<&'static Definition>,
    by_name: HashMap<&'static str, &'static Definition>,
    by_type: HashMap<TypeId, &'static Definition>,
    account: &'static Definition,
    workflows: Vec<&'static WorkflowDefinition>,
    older: Vec<&'static WorkflowDefinition>,
    roles: Vec<&'static RoleMeta>,
    actions: Vec<&'static ActionMeta>,
    forms: Vec<&'static Forms>,
    hearings: hearing::Hearings,
    faults: Vec<RegistryFault>,
}

impl Registry {
    fn build(declared: Declared) -> Self {
        let mut faults = Vec::new();
        let resolved = collections::resolve(declared.collections, &mut faults);
        let names = Names { collections: &resolved.by_type };
        let actions = names::actions(declared.actions, names, &mut faults);
        let roles = names::roles(declared.roles, names, &actions, &mut faults);
        let (workflows, older) =
            workflows::resolve(declared.workflows, names, &roles, &actions, &mut faults);
        let known = forms::Known { names, roles: &roles, workflows: &workflows };
        let forms = known.resolve(declared.forms, &mut faults);
        for member in declared.answers.iter().flat_map(|answer| answer.members) {
            collections::compiled(member, &mut faults);
        }
        let by_name = resolved.visible.iter().map(|found| (found.name(), *found)).collect();
        let hearings = hearing::resolve(&resolved.visible, &workflows);
        faults.sort();
        Self {
            collections: resolved.visible,
            by_name,
            by_type: resolved.by_type,
            account: resolved.account,
            workflows,
            older,
            roles,
            actions,
            forms,
            hearings,
            faults,
        }
    }

    /// The collections, sorted by name.
    #[must_use]
    pub fn collections(&self) -> &[&'static Definition] {
        &self.collections
    }

    /// The store's error with fields by their JSON names, where it names columns.
    pub(crate) fn in_json(&self, error: Error) -> Error {
        let json = |place: &str| -> Option<&'static str> {
            let (table, column) = place.split_once('.')?;
            let definition = self.collections.iter().find(|it| it.table() == table)?;
            definition.columns.iter().find(|it| it.name == column).map(|it| it.json)
        };
        let named = |fault: &Fault| fault.field.as_deref().and_then(json);
        if !error.all().iter().any(|fault| named(fault).is_some()) {
            return error;
        }
        let faults = error.all().iter().map(|fault| match named(fault) {
            Some(name) => fault.clone().at(name),
            None => fault.clone(),
        });
        Error::faults(error.kind(), faults.collect())
    }

    /// The collection of this resource name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'static Definition> {
        self.by_name.get(name).copied()
    }

    /// The collection whose records are the users who sign in.
    #[must_use]
    pub fn account(&self) -> &'static Definition {
        self.account
    }

    /// The collection of a Rust type.
    ///
    /// # Panics
    /// Never for a type with `#[collection]`, which registers it.
    #[must_use]
    pub fn collection<T: Collection>(&self) -> &'static Definition {
        self.declared(T::META).expect("`#[collection]` registers the type")
    }

    /// The collection that was declared so.
    #[must_use]
    pub fn declared(&self, meta: &CollectionMeta) -> Option<&'static Definition> {
        self.by_type.get(&(meta.type_id)()).copied()
    }

    /// The workflows, sorted by key: of each the version in force.
    #[must_use]
    pub fn workflows(&self) -> &[&'static WorkflowDefinition] {
        &self.workflows
    }

    /// The versions of workflows that are not in force any more.
    #[must_use]
    pub fn older_versions(&self) -> &[&'static WorkflowDefinition] {
        &self.older
    }

    /// The schedules, sorted by key, each with when it runs.
    pub(crate) fn schedules(
        &self,
    ) -> impl Iterator<Item = (&'static WorkflowDefinition, &'static Planned)> + use<'_> {
        self.workflows.iter().copied().filter_map(|it| Some((it, it.planned.as_ref()?)))
    }

    /// The columns of a collection that schedules go by.
    pub(crate) fn dates_of(
        &self,
        definition: &'static Definition,
    ) -> impl Iterator<Item = &'static str> + use<'_> {
        let of_it = self.schedules().filter(move |(workflow, _)| workflow.is_of(definition));
        of_it.filter_map(move |(_, planned)| Some(definition.columns.get(planned.column?)?.name))
    }

    /// This version of a workflow as it was resolved.
    #[must_use]
    pub(crate) fn resolved(&self, meta: &WorkflowMeta) -> Option<&'static WorkflowDefinition> {
        let all = self.workflow(meta.key).into_iter().chain(self.older.iter().copied());
        let is_it = |it: &&WorkflowMeta| it.key == meta.key && it.version == meta.version;
        all.into_iter().find(|workflow| is_it(&workflow.meta))
    }

    /// The workflow of this key, in the version in force.
    #[must_use]
    pub fn workflow(&self, key: &str) -> Option<&'static WorkflowDefinition> {
        let at = self.workflows.binary_search_by(|workflow| workflow.meta.key.cmp(key)).ok()?;
        self.workflows.get(at).copied()
    }

    /// The workflow whose function has this type.
    #[must_use]
    pub fn workflow_of(&self, function: TypeId) -> Option<&'static WorkflowMeta> {
        let is_it = |meta: &WorkflowMeta| meta.function.is_some_and(|of| of() == function);
        let all = self.workflows.iter().chain(&self.older);
        let named = all.map(|workflow| workflow.meta).find(|meta| is_it(meta))?;
        // Whichever version is named, the one in force fires.
        self.workflow(named.key).map(|workflow| workflow.meta)
    }

    /// Who hears of changes of a collection, if anybody does.
    pub(crate) fn hearing(&self, collection: &Definition) -> Option<&'static Hearing> {
        if self.hearings.is_empty() {
            return None;
        }
        self.hearings.get(&hearing::address(collection)).copied()
    }

    /// The collection events, in no particular order.
    pub(crate) fn events(&self) -> impl Iterator<Item = &'static WorkflowDefinition> + use<'_> {
        self.hearings.values().flat_map(|hearing| hearing.events())
    }

    /// The declared roles, sorted by name; the built-in ones stand in [`crate::auth::BUILT_IN`].
    #[must_use]
    pub fn roles(&self) -> &[&'static RoleMeta] {
        &self.roles
    }

    /// The declared role of this name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&'static RoleMeta> {
        self.roles.iter().copied().find(|role| role.name == name)
    }

    /// The program's own actions, sorted by collection and name.
    #[must_use]
    pub fn actions(&self) -> &[&'static ActionMeta] {
        &self.actions
    }

    /// The own action of this name on a collection.
    #[must_use]
    pub fn action(&self, collection: &Definition, name: &str) -> Option<&'static ActionMeta> {
        let of = |action: &ActionMeta| {
            action.name == name && self.declared((action.collection)()) == Some(collection)
        };
        self.actions.iter().copied().find(|action| of(action))
    }

    /// The forms and buttons of a collection, if it has any.
    pub(crate) fn forms(&self, collection: &Definition) -> Option<&'static Forms> {
        self.forms.iter().copied().find(|forms| forms.collection == collection)
    }

    /// What is declared wrongly, sorted by place.
    #[must_use]
    pub fn faults(&self) -> &[RegistryFault] {
        &self.faults
    }

    /// Nothing, if everything fits.
    ///
    /// # Errors
    /// All faults at once, as [`ErrorKind::Startup`].
    pub fn check(&self) -> Result<()> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let faults =
            self.faults.iter().map(|fault| Fault::new("declaration", fault.to_string())).collect();
        Err(Error::faults(ErrorKind::Startup, faults))
    }
}
