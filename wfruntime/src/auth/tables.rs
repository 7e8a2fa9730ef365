//! Where credentials and tokens are kept: never in the account collection itself.

use crate::store::schema::{ColumnSpec, IndexSpec, OnDelete, Reference, TableSpec};
use crate::store::sql::Name;
use crate::value::{Type, Value};

pub(super) const CREDENTIALS: Name = "wf_credentials";
pub(super) const TOKENS: Name = "wf_tokens";

/// The tables of this module; `account` is the table of the account collection.
pub(crate) fn tables(account: Name) -> Vec<TableSpec> {
    let user = || ColumnSpec {
        references: Some(Reference { table: account, on_delete: OnDelete::Cascade }),
        ..column("user_id", Type::Int)
    };
    let credentials = TableSpec {
        was: None,
        name: CREDENTIALS,
        columns: vec![
            user(),
            column("password", Type::Text),
            column("changed_at", Type::Timestamp),
        ],
        key: vec!["user_id"],
        indexes: Vec::new(),
    };
    let tokens = TableSpec {
        was: None,
        name: TOKENS,
        columns: vec![
            column("hash", Type::Bytes),
            user(),
            column("roles", Type::Text),
            column("created_at", Type::Timestamp),
            column("last_used", Type::Timestamp),
            column("expires_at", Type::Timestamp),
        ],
        key: vec!["hash"],
        indexes: vec![
            IndexSpec { columns: vec!["user_id"], unique: false, only: None },
            IndexSpec { columns: vec!["expires_at"], unique: false, only: None },
        ],
    };
    vec![credentials, tokens]
}

fn column(name: Name, ty: Type) -> ColumnSpec {
    ColumnSpec { name, ty, nullable: false, default: Value::Null, references: None, was: None }
}
