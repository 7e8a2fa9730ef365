//! JSON of rows and of single values, in both directions.
//!
//! Numbers, decimals and times survive unchanged: nothing exact goes through a float.

mod check;
mod entries;
mod fit;
mod read;
mod row;
mod slot;
mod write;

pub(crate) use entries::Entries;
pub(crate) use read::{value_from_json, value_from_raw};
pub(crate) use row::RowSeed;
pub(crate) use slot::{Choices, Slot, whole};
pub(crate) use write::{Selection, ValueJson, value_to_json};
