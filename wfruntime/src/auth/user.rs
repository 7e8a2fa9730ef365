//! The built-in account collection.

use crate::collection::Roles;

/// A user who signs in; `#[collection(account)]` on a collection of the program takes its place.
#[wfmacros::own_collection(account)]
pub struct User {
    /// What people call them.
    #[field(length = 1..=200)]
    pub nickname: String,
    /// Where mail reaches them.
    #[field(unique, length = 3..=320)]
    pub email: Option<String>,
    /// The roles they hold, the default one first.
    #[field(default = Roles::default())]
    pub roles: Roles,
}
