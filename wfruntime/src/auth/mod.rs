//! Users, roles, tokens: who asks, and what they may do.
//!
//! It knows identities and grants; it refuses to know how an action is carried out.

mod access;
mod password;
mod role;
mod throttle;
mod token;
mod user;

pub use access::{ADMIN, ANONYMOUS, Access, BUILT_IN, FieldSet, Fields, Grant, ROOT, owner_column};
pub use role::{GrantMeta, RegisteredRole, RoleMeta};
pub use user::User;
