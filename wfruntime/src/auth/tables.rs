//! Where credentials and tokens are kept: never in the account collection itself.

use crate::store::schema::{ColumnSpec, IndexSpec, OnDelete, Reference, TableSpec};
use crate::store::sql::Name;
use crate::value::Type;

pub(super) const CREDENTIALS: Name = "wf_credentials";
pub(super) const TOKENS: Name = "wf_tokens";

/// The tables of this module; `account` is the table of the account collection.
pub(crate) fn tables(account: Name) -> Vec<TableSpec> {
    let user = || ColumnSpec {
        references: Some(Reference { table: account, on_delete: OnDelete::Cascade }),
        ..ColumnSpec::new("user_id", Type::Int)
    };
    let credentials = TableSpec {
        was: None,
        name: CREDENTIALS,
        columns: vec![
            user(),
            ColumnSpec::new("password", Type::Text),
            ColumnSpec::new("changed_at", Type::Timestamp),
        ],
        key: vec!["user_id"],
        indexes: Vec::new(),
    };
    let tokens = TableSpec {
        was: None,
        name: TOKENS,
        columns: vec![
            ColumnSpec::new("hash", Type::Bytes),
            user(),
            ColumnSpec::new("roles", Type::Text),
            ColumnSpec::new("created_at", Type::Timestamp),
            ColumnSpec::new("last_used", Type::Timestamp),
            ColumnSpec::new("expires_at", Type::Timestamp),
        ],
        key: vec!["hash"],
        indexes: vec![
            IndexSpec { columns: vec!["user_id"], unique: false, only: None },
            IndexSpec { columns: vec!["expires_at"], unique: false, only: None },
        ],
    };
    vec![credentials, tokens]
}
