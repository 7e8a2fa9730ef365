//! An answer as it is meant: what `emit` turns into code without asking.

use syn::DeriveInput;

use crate::collection::model::{Derives, Field};
use crate::paths::Runtime;

pub(super) struct Model<'a> {
    pub(super) item: &'a DeriveInput,
    pub(super) runtime: Runtime,
    pub(super) title: String,
    pub(super) derives: Derives,
    pub(super) fields: Vec<Field<'a>>,
}
