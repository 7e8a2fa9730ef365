//! Collections, their fields and associations, and records, typed and dynamic.
//!
//! It knows what a collection looks like and how a record turns into JSON and back; it refuses to
//! know requests, workflows and SQL.

mod definition;
mod meta;
mod row;

pub use definition::{Association, AssociationKind, Column, Definition};
pub use meta::{
    AssociationShape, ChoiceMeta, CollectionMeta, DefaultValue, FieldOptions, Kind, Location,
    MemberMeta, Range, Shape, Variant,
};
pub use row::{Loaded, Row};
