//! JSON of rows and of single values, in both directions.
//!
//! Numbers, decimals and times survive unchanged: nothing exact goes through a float.

mod check;
mod fit;
mod read;
mod row;
mod write;

pub use read::{Token, value_from_json, value_from_raw};
pub use row::RowSeed;
pub use write::{RowJson, Selection, ValueJson, value_to_json};
