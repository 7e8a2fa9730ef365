//! What `inventory` collected from the program: sorted, checked, every fault reported at once.
//!
//! Nothing else iterates `inventory`. It refuses to know requests and executions.

mod collections;
mod inverse;

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use crate::collection::{Collection, CollectionMeta, Definition, Location, RegisteredCollection};
use crate::error::{Error, ErrorKind, Fault, Result};

/// The registry of this process, built at its first use.
pub fn global() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let collections = inventory::iter::<RegisteredCollection>.into_iter();
        Registry::build(collections.map(|registered| registered.0).collect())
    })
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
    faults: Vec<RegistryFault>,
}

impl Registry {
    fn build(declared: Vec<&'static CollectionMeta>) -> Self {
        let mut faults = Vec::new();
        let resolved = collections::resolve(declared, &mut faults);
        let by_name = resolved.visible.iter().map(|found| (found.name(), *found)).collect();
        faults.sort();
        Self {
            collections: resolved.visible,
            by_name,
            by_type: resolved.by_type,
            account: resolved.account,
            faults,
        }
    }

    /// The collections, sorted by name.
    #[must_use]
    pub fn collections(&self) -> &[&'static Definition] {
        &self.collections
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
