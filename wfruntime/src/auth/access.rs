//! What a role may do: the declared grants as tables that a request only looks up.
//!
//! Deny by default. `root` may do all, `admin` all but what concerns `root`; every other role
//! exactly what `role!` grants it, `anonymous` included.

use std::collections::HashMap;
use std::sync::Arc;

use super::role::{GrantMeta, RoleMeta};
use crate::action::Verb;
use crate::collection::{CollectionMeta, Definition};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::store::sql::Condition;
use crate::workflow::WorkflowMeta;

/// The role that may do all.
pub(crate) const ROOT: &str = "root";
/// The role that may do all but what concerns [`ROOT`].
pub(crate) const ADMIN: &str = "admin";
/// The role of those who are not signed in.
pub(crate) const ANONYMOUS: &str = "anonymous";
/// The roles that exist without being declared.
pub(crate) const BUILT_IN: [&str; 3] = [ROOT, ADMIN, ANONYMOUS];

/// Which fields of a collection a grant covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fields {
    /// All of them.
    All,
    /// Those in the set.
    Only(Arc<FieldSet>),
}

/// Columns and associations by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldSet {
    columns: Box<[bool]>,
    associations: Box<[bool]>,
}

impl Fields {
    /// Whether the column of this index is covered.
    #[must_use]
    pub(crate) fn has_column(&self, index: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(set) => set.columns.get(index).copied().unwrap_or(false),
        }
    }

    /// Whether the association of this index is covered.
    #[must_use]
    pub(crate) fn has_association(&self, index: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(set) => set.associations.get(index).copied().unwrap_or(false),
        }
    }

    /// The fields of a grant; reading always covers the system columns, writing never.
    fn of(grant: &GrantMeta, definition: &Definition) -> Self {
        let view = grant.verb == "view";
        let account = definition.meta.account && !view;
        if grant.fields.is_none() && !account {
            return Self::All;
        }
        let named = |rust: &str| grant.fields.is_none_or(|fields| fields.contains(&rust));
        // Who may write `roles` may give himself any: only root and admin do.
        let reserved = |rust: &str| account && rust == "roles";
        let columns =
            definition
                .columns
                .iter()
                .map(|column| {
                    if column.system { view } else { named(column.rust) && !reserved(column.rust) }
                })
                .collect();
        let associations = definition
            .associations
            .iter()
            .map(|association| named(association.rust) || (view && is_system(association.rust)))
            .collect();
        Self::Only(Arc::new(FieldSet { columns, associations }))
    }
}

fn is_system(association: &str) -> bool {
    matches!(association, "created_by" | "updated_by")
}

/// What a role may do with one verb on one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// On which fields.
    pub fields: Fields,
    /// Only on records that the user created (of the account collection: on the own one).
    pub own: bool,
}

impl Grant {
    /// Everything.
    pub(crate) const ALL: Self = Self { fields: Fields::All, own: false };

    /// The condition that keeps the records of others out, if there is one.
    ///
    /// Nobody owns nothing: without a user it never holds.
    #[must_use]
    pub(crate) fn scope(&self, definition: &Definition, user: Option<i64>) -> Option<Condition> {
        if !self.own {
            return None;
        }
        let owner = definition.columns[owner_column(definition)].name;
        Some(user.map_or(Condition::Any(Vec::new()), |user| Condition::eq(owner, user)))
    }
}

/// The index of the column that says whose a record is.
#[must_use]
pub(crate) fn owner_column(definition: &Definition) -> usize {
    if definition.meta.account { Definition::ID } else { Definition::CREATED_BY }
}

/// The grants of one role on one collection.
#[derive(Debug, Default)]
struct Grants {
    view: Option<Grant>,
    create: Option<Grant>,
    update: Option<Grant>,
    destroy: Option<Grant>,
    own: Vec<(&'static str, Grant)>,
}

impl Grants {
    fn slot(&mut self, verb: &'static str) -> &mut Option<Grant> {
        match verb {
            "view" => &mut self.view,
            "create" => &mut self.create,
            "update" => &mut self.update,
            _ => &mut self.destroy,
        }
    }

    fn add(&mut self, verb: &'static str, grant: Grant) {
        match verb {
            "view" | "create" | "update" | "destroy" => *self.slot(verb) = Some(grant),
            own => self.own.push((own, grant)),
        }
    }

    fn get(&self, verb: Verb) -> Option<&Grant> {
        match verb {
            Verb::List | Verb::Get | Verb::Trigger => self.view.as_ref(),
            // What they write in the end is judged as what it is.
            Verb::Create | Verb::UpdateOrCreate | Verb::FirstOrCreate => self.create.as_ref(),
            // Links are written as their record is.
            Verb::Update | Verb::Add | Verb::Remove | Verb::Set => self.update.as_ref(),
            Verb::Destroy => self.destroy.as_ref(),
            Verb::Own(name) => {
                self.own.iter().find(|(own, _)| *own == name).map(|(_, grant)| grant)
            }
        }
    }
}

/// The grants of one declared role.
#[derive(Debug, Default)]
struct RoleTable {
    /// By the address of the definition: there is one for each collection in the process.
    grants: HashMap<usize, Grants>,
    workflows: Vec<&'static str>,
    tasks: bool,
}

fn address(definition: &Definition) -> usize {
    std::ptr::from_ref(definition).addr()
}

/// The declared roles, resolved once at start.
#[derive(Debug, Default, Clone)]
pub(crate) struct Roles {
    tables: HashMap<&'static str, Arc<RoleTable>>,
    nothing: Arc<RoleTable>,
}

impl Roles {
    /// Resolves the declared roles; `definition` finds the definition of a declared collection.
    pub(crate) fn new(
        roles: impl IntoIterator<Item = &'static RoleMeta>,
        definition: impl Fn(&'static CollectionMeta) -> Option<&'static Definition>,
    ) -> Self {
        let mut tables = HashMap::new();
        for role in roles {
            let mut table = RoleTable {
                workflows: role.workflows.iter().map(|(key, _)| *key).collect(),
                tasks: role.tasks,
                ..RoleTable::default()
            };
            for grant in role.grants {
                // A collection that is not registered is a fault, told at start.
                let Some(collection) = definition((grant.collection)()) else { continue };
                let fields = Fields::of(grant, collection);
                let grants = table.grants.entry(address(collection)).or_default();
                grants.add(grant.verb, Grant { fields, own: grant.own });
            }
            tables.insert(role.name, Arc::new(table));
        }
        Self { tables, nothing: Arc::default() }
    }

    /// Whether there is a role of this name that a user can hold.
    pub(crate) fn is_known(&self, role: &str) -> bool {
        BUILT_IN.contains(&role) || self.tables.contains_key(role)
    }

    /// The roles that a user can hold, sorted.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.tables.keys().copied().chain([ROOT, ADMIN]).collect();
        names.retain(|name| *name != ANONYMOUS);
        names.sort_unstable();
        names
    }

    /// What `identity` may do.
    pub(crate) fn access(&self, identity: &Identity) -> Access {
        let level = match identity.role.as_str() {
            ROOT => Level::Root,
            ADMIN => Level::Admin,
            role => Level::Declared(Arc::clone(self.tables.get(role).unwrap_or(&self.nothing))),
        };
        Access { role: identity.role.clone(), user: identity.user_id(), level }
    }
}

/// What one identity may do.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    role: String,
    user: Option<i64>,
    level: Level,
}

#[derive(Debug, Clone)]
enum Level {
    Root,
    Admin,
    Declared(Arc<RoleTable>),
}

impl Access {
    /// The role it is about.
    #[must_use]
    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    /// The user's id.
    #[must_use]
    pub(crate) fn user(&self) -> Option<i64> {
        self.user
    }

    /// Whether the role is `root` or `admin`.
    #[must_use]
    pub(crate) fn is_administrator(&self) -> bool {
        matches!(self.level, Level::Root | Level::Admin)
    }

    /// Whether the role is `root`.
    #[must_use]
    pub(crate) fn is_root(&self) -> bool {
        matches!(self.level, Level::Root)
    }

    /// What the role may do with `verb` on a collection.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if nothing.
    pub(crate) fn may(&self, verb: Verb, definition: &Definition) -> Result<Grant> {
        self.grant(verb, definition).ok_or_else(|| {
            let asked = match verb {
                Verb::List | Verb::Get | Verb::Trigger => "view",
                Verb::Create | Verb::UpdateOrCreate | Verb::FirstOrCreate => "create",
                Verb::Update | Verb::Add | Verb::Remove | Verb::Set => "update",
                Verb::Destroy => "destroy",
                Verb::Own(name) => name,
            };
            self.refuse(format!("role `{}` may not {asked} `{}`", self.role, definition.name()))
        })
    }

    /// What the role may do with `verb` on a collection, if anything.
    #[must_use]
    pub(crate) fn grant(&self, verb: Verb, definition: &Definition) -> Option<Grant> {
        match &self.level {
            Level::Root | Level::Admin => Some(Grant::ALL),
            Level::Declared(table) => table.grants.get(&address(definition))?.get(verb).cloned(),
        }
    }

    /// Whether the role may name the workflow, and what it does fires the workflow.
    ///
    /// `role!` grants, `allow` on the workflow narrows; `root` and `admin` need neither.
    #[must_use]
    pub(crate) fn may_workflow(&self, workflow: &WorkflowMeta) -> bool {
        match &self.level {
            Level::Root | Level::Admin => true,
            Level::Declared(table) => {
                table.workflows.contains(&workflow.key) && self.is_allowed_by(workflow)
            }
        }
    }

    /// Whether `allow` on the workflow lets the role through.
    #[must_use]
    pub(crate) fn is_allowed_by(&self, workflow: &WorkflowMeta) -> bool {
        self.is_administrator()
            || workflow.allow.is_empty()
            || workflow.allow.contains(&self.role.as_str())
    }

    /// Whether the role may see, filter and sort by a column.
    #[must_use]
    pub(crate) fn may_view_field(&self, definition: &Definition, column: usize) -> bool {
        !definition.columns[column].options.hidden
            && self
                .grant(Verb::Get, definition)
                .is_some_and(|grant| grant.fields.has_column(column))
    }

    /// Whether the role may see and decide the tasks that are assigned to it or its user.
    #[must_use]
    pub(crate) fn may_tasks(&self) -> bool {
        match &self.level {
            Level::Root | Level::Admin => true,
            Level::Declared(table) => table.tasks,
        }
    }

    fn refuse(&self, message: String) -> Error {
        // Nobody is told to sign in, where that may help.
        if self.user.is_none() && self.role == ANONYMOUS {
            return Error::new(
                ErrorKind::Unauthenticated,
                "unauthenticated",
                format!("{message}; sign in first"),
            );
        }
        Error::new(ErrorKind::Forbidden, "forbidden", message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::User;
    use crate::collection::{Collection as _, Location};
    use crate::identity::Actor;
    use crate::registry;

    const AT: Location = Location { file: "claims.rs", line: 1, column: 1 };
    const NOTHING: RoleMeta = RoleMeta {
        name: ANONYMOUS,
        title: "",
        grants: &[],
        workflows: &[],
        tasks: false,
        location: AT,
    };

    const fn grant(
        verb: &'static str,
        fields: Option<&'static [&'static str]>,
        own: bool,
    ) -> GrantMeta {
        GrantMeta { collection: || User::META, verb, fields, own, location: AT }
    }

    static CLERK: RoleMeta = RoleMeta {
        name: "clerk",
        grants: &[
            grant("view", Some(&["nickname"]), false),
            grant("update", None, true),
            grant("invite", Some(&[]), false),
        ],
        workflows: &[("welcome", AT), ("audit", AT)],
        tasks: true,
        ..NOTHING
    };
    static EVERYBODY: RoleMeta = RoleMeta { grants: &[grant("view", Some(&[]), false)], ..NOTHING };

    fn roles() -> Roles {
        Roles::new([&CLERK, &EVERYBODY], |meta| registry::global().declared(meta))
    }

    fn in_role(role: &str) -> Access {
        let user = Actor { id: 7, nickname: "Ada".into(), email: None, roles: vec![role.into()] };
        roles().access(&Identity { user: Some(user), role: role.to_owned() })
    }

    fn users() -> &'static Definition {
        registry::global().account()
    }

    fn column(json: &str) -> usize {
        users().column(json).expect("a column of users").0
    }

    fn workflow(key: &'static str, allow: &'static [&'static str]) -> WorkflowMeta {
        WorkflowMeta {
            key,
            collection: Some(|| User::META),
            allow,
            revision: 0,
            location: AT,
            ..WorkflowMeta::BARE
        }
    }

    #[test]
    fn what_is_not_granted_is_denied() {
        for (role, verb, may) in [
            ("clerk", Verb::List, true),
            ("clerk", Verb::Get, true),
            ("clerk", Verb::Update, true),
            ("clerk", Verb::Create, false),
            ("clerk", Verb::Destroy, false),
            ("clerk", Verb::Own("invite"), true),
            ("clerk", Verb::Own("expel"), false),
            ("unheard_of", Verb::Get, false),
            (ADMIN, Verb::Destroy, true),
            (ROOT, Verb::Own("expel"), true),
        ] {
            assert_eq!(in_role(role).grant(verb, users()).is_some(), may, "{role} {verb:?}");
        }
        let error = in_role("clerk").may(Verb::Create, users()).expect_err("denied");
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        assert_eq!(error.to_string(), "role `clerk` may not create `users`");
    }

    #[test]
    fn nobody_is_told_to_sign_in() {
        let nobody = roles().access(&Identity::anonymous());
        assert!(nobody.grant(Verb::Get, users()).is_some(), "granted to anonymous");
        let error = nobody.may(Verb::Update, users()).expect_err("denied");
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    }

    #[test]
    fn a_list_of_fields_covers_them_and_for_reading_the_system_fields() {
        let (clerk, users) = (in_role("clerk"), users());
        for (field, seen) in
            [("id", true), ("createdAt", true), ("nickname", true), ("email", false)]
        {
            assert_eq!(clerk.may_view_field(users, column(field)), seen, "{field}");
        }
        let update = clerk.grant(Verb::Update, users).expect("granted");
        assert!(update.fields.has_column(column("email")));
        assert!(!update.fields.has_column(column("id")), "set by the runtime");
    }

    #[test]
    fn a_declared_role_never_writes_roles() {
        let update = in_role("clerk").grant(Verb::Update, users()).expect("granted");
        assert!(!update.fields.has_column(column("roles")));
        assert!(Grant::ALL.fields.has_column(column("roles")));
    }

    #[test]
    fn own_users_are_the_user_and_nobody_owns_nothing() {
        let update = in_role("clerk").grant(Verb::Update, users()).expect("granted");
        assert_eq!(update.scope(users(), Some(7)), Some(Condition::eq("id", 7_i64)));
        assert_eq!(update.scope(users(), None), Some(Condition::Any(Vec::new())));
        assert_eq!(Grant::ALL.scope(users(), Some(7)), None);
    }

    #[test]
    fn a_workflow_needs_the_role_and_its_own_allow() {
        let clerk = in_role("clerk");
        assert!(clerk.may_workflow(&workflow("welcome", &[])));
        assert!(clerk.may_workflow(&workflow("welcome", &["clerk", "boss"])));
        assert!(!clerk.may_workflow(&workflow("audit", &["boss"])), "`allow` narrows");
        assert!(!clerk.may_workflow(&workflow("payday", &["clerk"])), "`allow` grants nothing");
        assert!(in_role(ADMIN).may_workflow(&workflow("audit", &["boss"])));
    }

    #[test]
    fn users_hold_known_roles_only() {
        let check = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            roles().check(&names).map_err(|error| error.to_string())
        };
        assert_eq!(check(&["clerk", ROOT, ADMIN]), Ok(()));
        let expected = "unknown role `clark`; did you mean `clerk`?";
        assert_eq!(check(&["clark"]), Err(expected.to_owned()));
        assert!(check(&[ANONYMOUS]).is_err(), "nobody's role is nobody's");
    }
}
