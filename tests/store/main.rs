//! What every store promises, and what each does besides.

mod conditions;
mod conformance;
mod database;
mod kill;
mod model;
mod plans;
mod postgres;
mod sqlite;
mod units;
mod values;

// A further store is a further line here, with what makes an empty database.
conformance::against!(on_sqlite, crate::database::sqlite);
conformance::against!(on_postgres, crate::database::postgres);
