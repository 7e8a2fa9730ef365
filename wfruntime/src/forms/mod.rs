//! Forms and buttons: how people add and change records, and what that fires.
//!
//! It knows what was declared and what of it a role is shown; it refuses to know requests. A press
//! of a button is carried out by `action`.

mod checks;
mod definition;
mod idle;
mod meta;
mod shown;

pub(crate) use definition::{Asked, Button, Fires, Form, Forms, New};
pub(crate) use idle::idle;
#[cfg(test)]
pub(crate) use meta::FixedMeta;
pub(crate) use meta::{ButtonMeta, FireMeta, FormKind, FormMeta, FormsMeta, RegisteredForms};
pub(crate) use shown::shown;

/// What only generated code uses.
pub(crate) mod generated {
    pub use super::checks::{
        Judged, Told, fields_at, fire, fire_at, fixed, left_out, left_out_of_new, left_to_others,
        made_there, of_field, one,
    };
    pub use super::meta::*;
}
