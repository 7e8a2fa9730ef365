//! JSON of rows and of single values, in both directions.
//!
//! Numbers, decimals and times survive unchanged: nothing exact goes through a float.

mod check;
mod fit;
mod read;
mod row;
mod write;

pub(crate) use read::value_from_raw;
pub(crate) use row::RowSeed;
pub(crate) use write::Selection;
