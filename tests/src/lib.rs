//! Holds the workspace's own tests: `ui`, `tidy` and the ones that run whole programs.

mod sql;

pub use sql::sql;
