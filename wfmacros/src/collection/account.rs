//! What `#[collection(account)]` asks of the struct.

use syn::DeriveInput;

use super::parse::SourceField;
use crate::diag::{Errors, message};

/// The fields that signing in needs, with their types.
pub(crate) const FIELDS: [(&str, &str); 3] =
    [("nickname", "String"), ("email", "Option<String>"), ("roles", "Roles")];

/// Reports the ones that are not there; what type they have, rustc checks.
pub(crate) fn check(item: &DeriveInput, fields: &[SourceField], errors: &mut Errors) {
    let missing: Vec<String> = FIELDS
        .iter()
        .filter(|(name, _)| !fields.iter().any(|field| field.ident == name))
        .map(|(name, ty)| format!("`{name}: {ty}`"))
        .collect();
    if missing.is_empty() {
        return;
    }
    errors.at(
        &item.ident,
        message(
            format!("missing in an account: {}", missing.join(", ")),
            Some("the records of an account collection are the users who sign in"),
            None,
        ),
    );
}
