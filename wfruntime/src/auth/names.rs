//! Names to sign in with: no user takes one that another signs in with.
//!
//! A nickname or an email is one as soon as its user has a password. Without one, people may share
//! a nickname, but an email is never anybody else's nickname.

use super::tables::CREDENTIALS;
use crate::collection::Row;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::spelling::quoted;
use crate::store::sql::{Condition, Exists, Op, Query as _, Select};
use crate::store::{Statement, Tx};
use crate::value::{Type, Value};

/// Names that users are given, or are about to sign in with; asked for in the unit of the write.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<Given>);

#[derive(Debug)]
struct Given {
    field: &'static str,
    name: String,
    /// Finds another user who has the name.
    taken: Statement,
}

impl Names {
    /// Adds the names among the given columns of a user.
    pub(crate) fn add(&mut self, core: &Core, user: &Row, given: &[usize]) {
        let account = &core.auth.account;
        for column in account.names().filter(|column| given.contains(column)) {
            if let Some(name) = user.values[column].as_text() {
                self.push(core, user.id(), column, name);
            }
        }
    }

    /// All names of a user who has a password from now on.
    pub(super) fn of(core: &Core, id: i64, nickname: &str, email: Option<&str>) -> Self {
        let mut names = Self::default();
        let given = [Some(nickname), email];
        for (column, name) in core.auth.account.names().zip(given) {
            if let Some(name) = name {
                names.push(core, id, column, name);
            }
        }
        names
    }

    fn push(&mut self, core: &Core, id: i64, column: usize, name: &str) {
        // Where the program says who asks, nobody signs in by a name.
        if core.auth.signs_in_otherwise() {
            return;
        }
        let account = &core.auth.account;
        let (name, field) = (name.to_owned(), account.definition.columns[column].json);
        self.0.push(Given { field, taken: taken(core, id, column, &name), name });
    }

    /// Fails if another user has one of the names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] with each of them.
    pub(crate) async fn check(&self, tx: &mut Tx) -> Result<()> {
        let mut faults = Vec::new();
        for Given { field, name, taken } in &self.0 {
            if !tx.query(taken).await?.is_empty() {
                let message =
                    format!("another user signs in as {}; choose another {field}", quoted(name));
                faults.push(Fault::new("name_taken", message).at(*field));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Conflict, faults)) }
    }
}

/// The query for another user who has the name: in the other column, or in the same one and with
/// a password.
fn taken(core: &Core, id: i64, column: usize, name: &str) -> Statement {
    let account = &core.auth.account;
    let has = |column: usize| Condition::eq(account.definition.columns[column].name, name);
    let any = account.names().map(|other| match other == column {
        true => has(other).and(signs_in(core)),
        false => has(other),
    });
    let key = account.id_column();
    Select {
        table: account.definition.table(),
        columns: vec![(key, Type::Int)],
        filter: Condition::All(vec![
            Condition::Compare(key, Op::Ne, Value::Int(id)),
            Condition::Any(any.collect()),
        ]),
        order: Vec::new(),
        limit: Some(1),
        offset: None,
    }
    .build()
}

/// Holds for users who have a password.
pub(super) fn signs_in(core: &Core) -> Condition {
    Condition::Exists(Box::new(Exists {
        table: CREDENTIALS,
        inner: "user_id",
        outer: core.auth.account.id_column(),
        filter: Condition::always(),
    }))
}
