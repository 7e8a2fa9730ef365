//! Users, roles, tokens: who asks, and what they may do.

mod role;

pub use role::{GrantMeta, RegisteredRole, RoleMeta};
