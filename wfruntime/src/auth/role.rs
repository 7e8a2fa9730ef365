//! A role as `role!` declares it: plain data, not yet resolved or checked.

use crate::collection::{CollectionMeta, Location};

/// What a role may do.
#[derive(Debug, Clone, Copy)]
pub struct RoleMeta {
    /// Its name, as `X-Role` sends it: `employee`.
    pub name: &'static str,
    /// For people: the first line of the doc comment, or the name in words.
    pub title: &'static str,
    /// What it may do with which collection.
    pub grants: &'static [GrantMeta],
    /// The keys of the workflows it may name, each with where.
    pub workflows: &'static [(&'static str, Location)],
    /// Whether it sees and decides tasks assigned to it.
    pub tasks: bool,
    /// Where it is declared.
    pub location: Location,
}

/// One verb that a role may use on one collection.
#[derive(Debug, Clone, Copy)]
pub struct GrantMeta {
    /// The collection.
    pub collection: fn() -> &'static CollectionMeta,
    /// `view`, `create`, `update`, `destroy`, or the name of an own action (`submit`).
    pub verb: &'static str,
    /// The Rust names of the fields it is limited to; all if `None`.
    pub fields: Option<&'static [&'static str]>,
    /// Whether only for records that the user created.
    pub own: bool,
    /// Where it is declared.
    pub location: Location,
}

/// A role as `inventory` collects it; nothing but the registry reads it.
#[derive(Clone, Copy)]
pub struct RegisteredRole(pub &'static RoleMeta);

inventory::collect!(RegisteredRole);
