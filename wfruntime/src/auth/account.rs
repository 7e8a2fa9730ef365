//! The account collection as sign-in sees it: who a row is, and new rows.

use std::collections::HashMap;

use super::{ROOT, names};
use crate::change::Write;
use crate::collection::{Column, DefaultValue, Definition, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Actor;
use crate::store::Statement;
use crate::store::sql::{Condition, Count, Name, Place, Query as _, Select};
use crate::value::{Type, Value};

/// The account collection and the columns that sign-in needs of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) definition: &'static Definition,
    nickname: usize,
    email: Option<usize>,
    roles: usize,
}

/// How many users of one name are looked at.
const SAME_NAME: u64 = 20;

/// A user to be made.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    pub(crate) nickname: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
}

impl Account {
    /// Finds the columns; fails with what the collection lacks.
    pub(crate) fn new(definition: &'static Definition) -> Result<Self> {
        let find = |rust: &str| definition.columns.iter().position(|column| column.rust == rust);
        let required = |rust: &str, ty: Type| {
            find(rust).filter(|index| definition.columns[*index].kind.ty() == ty).ok_or_else(|| {
                let at = definition.meta.location;
                let message = format!(
                    "the account collection `{}` needs a field `{rust}`\n  --> {}:{}",
                    definition.meta.rust, at.file, at.line,
                );
                Error::new(ErrorKind::Startup, "account_field", message)
            })
        };
        let nickname = required("nickname", Type::Text)?;
        let roles = required("roles", Type::Json)?;
        Ok(Self { definition, nickname, email: find("email"), roles })
    }

    /// The name of the column `id`.
    pub(super) fn id_column(&self) -> Name {
        self.definition.columns[Definition::ID].name
    }

    /// The indexes of the columns with names to sign in with: the nickname, and the email if there
    /// is one.
    pub(crate) fn names(&self) -> impl Iterator<Item = usize> + use<> {
        std::iter::once(self.nickname).chain(self.email)
    }

    /// The index of the column `roles`.
    pub(crate) fn roles_column(&self) -> usize {
        self.roles
    }

    fn columns(&self) -> Vec<(&'static str, Type)> {
        let column = |index: usize| {
            let column = &self.definition.columns[index];
            (column.name, column.kind.ty())
        };
        let mut columns = vec![column(Definition::ID), column(self.nickname), column(self.roles)];
        columns.extend(self.email.map(column));
        columns
    }

    fn actor(values: Vec<Value>) -> Option<Actor> {
        let mut values = values.into_iter();
        let id = values.next()?.as_int()?;
        let nickname = values.next()?.as_text()?.to_owned();
        let roles = roles_of(&values.next()?);
        let email = values.next().and_then(|email| email.as_text().map(str::to_owned));
        Some(Actor { id, nickname, email, roles })
    }

    fn select(&self, filter: Condition, limit: u64) -> Statement {
        Select {
            table: self.definition.table(),
            columns: self.columns(),
            filter,
            order: Vec::new(),
            limit: Some(limit),
            offset: None,
        }
        .build()
    }

    /// The user of this id.
    pub(crate) async fn find(&self, core: &Core, id: i64) -> Result<Option<Actor>> {
        let filter = Condition::eq(self.definition.columns[Definition::ID].name, id);
        let rows = core.store.read(&self.select(filter, 1)).await?;
        Ok(rows.into_iter().next().and_then(Self::actor))
    }

    /// The user who signs in under this name, an email or a nickname; nobody if several do, which
    /// only an older database allows.
    pub(crate) async fn named(&self, core: &Core, name: &str) -> Result<Option<Actor>> {
        let names = self.names();
        let names =
            names.map(|index| Condition::eq(self.definition.columns[index].name, name)).collect();
        let filter = Condition::Any(names).and(names::signs_in(core));
        let mut rows = core.store.read(&self.select(filter, 2)).await?;
        let only = if rows.len() == 1 { rows.pop() } else { None };
        Ok(only.and_then(Self::actor))
    }

    /// The users who are called so, by nickname or email, whether they sign in or not; a few.
    pub(crate) async fn called(&self, core: &Core, name: &str) -> Result<Vec<Actor>> {
        let names = self.names();
        let names =
            names.map(|index| Condition::eq(self.definition.columns[index].name, name)).collect();
        let rows = core.store.read(&self.select(Condition::Any(names), SAME_NAME)).await?;
        Ok(rows.into_iter().filter_map(Self::actor).collect())
    }

    /// What the users of these ids are called, as far as there are any.
    pub(crate) async fn nicknames(&self, core: &Core, ids: &[i64]) -> Result<HashMap<i64, String>> {
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(500) {
            let ids: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
            let many = u64::try_from(ids.len()).unwrap_or(u64::MAX);
            let rows = self.select(Condition::In(self.id_column(), ids), many);
            let users = core.store.read(&rows).await?.into_iter().filter_map(Self::actor);
            found.extend(users.map(|user| (user.id, user.nickname)));
        }
        Ok(found)
    }

    /// Whether there is any user.
    pub(crate) async fn is_empty(&self, core: &Core) -> Result<bool> {
        let count = Count { table: self.definition.table(), filter: Condition::always() };
        let rows = core.store.read(&count.build()).await?;
        Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_int) == Some(0))
    }

    /// The query for a user who holds the role `root`.
    pub(crate) fn a_root(&self) -> Statement {
        let roles = self.definition.columns[self.roles].name;
        let name = format!("\"{ROOT}\"");
        self.select(Condition::Text(roles, Place::Anywhere, name), 1)
    }

    /// The write that makes a user, and who it is.
    pub(crate) fn insert(&self, core: &Core, user: NewUser) -> Result<(Actor, Write)> {
        let now = core.clock.now();
        let id = core.ids.next(&core.clock);
        let mut faults = Vec::new();
        if user.nickname.trim().is_empty() {
            faults.push(Fault::new("required", "a user needs a nickname").at("nickname"));
        }
        if user.email.is_some() && self.email.is_none() {
            faults.push(Fault::new("unknown_field", "users have no email here").at("email"));
        }
        let mut values = Vec::new();
        for (index, column) in self.definition.columns.iter().enumerate() {
            let value = match index {
                Definition::ID => id.into(),
                Definition::CREATED_AT | Definition::UPDATED_AT => now.into(),
                Definition::CREATED_BY | Definition::UPDATED_BY => Value::Null,
                index if index == self.nickname => user.nickname.clone().into(),
                index if index == self.roles => serde_json::json!(user.roles).into(),
                index if Some(index) == self.email => user.email.clone().into(),
                _ => match default_of(column, now) {
                    Ok(value) => value,
                    Err(fault) => {
                        faults.push(fault);
                        Value::Null
                    }
                },
            };
            faults.extend(column.check(&value).err());
            values.push(value);
        }
        if !faults.is_empty() {
            return Err(Error::faults(ErrorKind::Invalid, faults));
        }
        let insert = Write::insert(core.registry, &Row::new(self.definition, values));
        let NewUser { nickname, email, roles } = user;
        Ok((Actor { id, nickname, email, roles }, insert))
    }
}

/// The value of a field that a user made without a request does not give.
fn default_of(column: &Column, now: jiff::Timestamp) -> Result<Value, Fault> {
    match column.default() {
        Some(DefaultValue::Now) => Ok(now.into()),
        Some(DefaultValue::Value(value)) => Ok(value()),
        _ if column.nullable => Ok(Value::Null),
        _ => Err(Fault::new("required", format!("a user needs `{}`", column.json)).at(column.json)),
    }
}

/// The names in a stored list of roles.
pub(crate) fn roles_of(value: &Value) -> Vec<String> {
    let Value::Json(serde_json::Value::Array(roles)) = value else { return Vec::new() };
    roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect()
}
