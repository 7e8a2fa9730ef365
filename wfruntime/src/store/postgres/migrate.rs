//! Changes of tables: in one transaction, and refused where a stored value would not survive.
//!
//! Tables are altered where they stand. Processes that start together follow one after the other:
//! what is there already is left as it is.

use std::fmt::Display;
use std::str::FromStr;

use futures_util::TryStreamExt as _;
use rust_decimal::Decimal;

use super::super::names::{names, quoted};
use super::super::plan::{Change, FoundColumn, is_ours};
use super::super::schema::{ColumnSpec, Plan, TableSpec};
use super::encoding;
use super::fault;
use super::session::Session;
use super::tables::{
    add_reference, column, create_index, create_table, declared, literal, of_column, text,
};
use super::writer::LOCK;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Type, Value};

impl Session {
    pub(super) async fn apply(&self, plan: &Plan) -> Result<()> {
        let impossible = plan.impossible();
        if !impossible.is_empty() {
            return Err(refused(impossible.join("\n")));
        }
        // Long tables take as long as they take.
        let begin =
            format!("BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK})");
        self.own(&begin).await?;
        let applied = match self.steps(plan).await {
            Ok(()) => self.own("COMMIT").await.map(drop),
            Err(error) => Err(error),
        };
        if applied.is_err() {
            // The connection is closed afterwards, whatever it answers.
            let _ = self.own("ROLLBACK").await;
        }
        applied
    }

    async fn steps(&self, plan: &Plan) -> Result<()> {
        let mut references: Vec<(&str, &ColumnSpec)> = Vec::new();
        for step in plan.steps() {
            match &step.change {
                Change::Create(table) => {
                    self.change(&create_table(table), &step.table).await?;
                    for index in table.all_indexes() {
                        self.change(&create_index(table.name, &index), &step.table).await?;
                    }
                    references.extend(table.columns.iter().map(|column| (table.name, column)));
                }
                Change::Add(table, spec) => {
                    let sql = format!(
                        "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}",
                        quoted(table),
                        column(spec)
                    );
                    self.change(&sql, &on(table, spec.name)).await?;
                    references.push((table, spec));
                }
                Change::Rename { table, from, to } => {
                    let sql = format!(
                        "ALTER TABLE {} RENAME COLUMN {} TO {}",
                        quoted(table),
                        quoted(from),
                        quoted(to)
                    );
                    self.change(&sql, &on(table, to)).await?;
                }
                Change::RenameTable { from, to } => {
                    let sql = format!("ALTER TABLE {} RENAME TO {}", quoted(from), quoted(to));
                    self.change(&sql, from).await?;
                }
                Change::Index(table, index) => {
                    let about = on(table, &index.columns.join(", "));
                    self.change(&create_index(table, index), &about).await?;
                }
                Change::DropIndex(name) => {
                    let sql = format!("DROP INDEX IF EXISTS {}", quoted(name));
                    self.change(&sql, &step.table).await?;
                }
                Change::Rebuild { table, found } => {
                    self.rebuild(table, found).await?;
                    references.extend(table.columns.iter().map(|column| (table.name, column)));
                }
                Change::Rewrite { table, column, from, to } => {
                    let (of, name) = (quoted(table), quoted(column));
                    let (from, to) = (text(from), text(to));
                    let sql = format!("UPDATE {of} SET {name} = {to} WHERE {name} = {from}");
                    self.change(&sql, &on(table, column)).await?;
                }
                Change::Reason | Change::Impossible => {}
            }
        }
        for (table, column) in references {
            self.refer(table, column).await?;
        }
        Ok(())
    }

    /// Brings a table to its declaration, column by column.
    async fn rebuild(&self, table: &TableSpec, found: &[FoundColumn]) -> Result<()> {
        let name = table.name;
        for index in self.indexes(name).await?.iter().filter(|index| is_ours(&index.name, name)) {
            self.change(&format!("DROP INDEX {}", quoted(&index.name)), name).await?;
        }
        for spec in &table.columns {
            match found.iter().find(|found| found.name == spec.name) {
                Some(found) => self.alter(table, spec, found).await?,
                None => {
                    let sql = format!("ALTER TABLE {} ADD COLUMN {}", quoted(name), column(spec));
                    self.change(&sql, &on(name, spec.name)).await?;
                }
            }
        }
        for found in found {
            let is_declared = table.columns.iter().any(|column| column.name == found.name);
            let in_key = table.key.iter().any(|column| *column == found.name);
            if !is_declared && !found.nullable && !in_key {
                self.column(name, &found.name, "DROP NOT NULL").await?;
            }
        }
        self.key(table).await?;
        for index in table.all_indexes() {
            let about = on(name, &index.columns.join(", "));
            self.change(&create_index(name, &index), &about).await?;
        }
        Ok(())
    }

    async fn alter(&self, table: &TableSpec, spec: &ColumnSpec, found: &FoundColumn) -> Result<()> {
        let name = table.name;
        for other in self.references(name).await? {
            let wanted = spec.references.as_ref().map(|to| (to.table, to.on_delete));
            let same = wanted == Some((other.table.as_str(), other.on_delete));
            if other.column == spec.name && !same {
                let constraint = quoted(&other.constraint);
                let sql = format!("ALTER TABLE {} DROP CONSTRAINT {constraint}", quoted(name));
                self.change(&sql, &on(name, spec.name)).await?;
            }
        }
        self.check_values(name, spec, found).await?;
        if found.ty != Some(spec.ty) {
            if found.default {
                self.column(name, spec.name, "DROP DEFAULT").await?;
            }
            let to = of_column(spec.ty);
            let using = converted(found, spec.ty).unwrap_or_else(|| quoted(spec.name));
            self.column(name, spec.name, &format!("TYPE {to} USING {using}")).await?;
        }
        let default = match &spec.default {
            Value::Null => "DROP DEFAULT".to_owned(),
            value => format!("SET DEFAULT {}", literal(value)),
        };
        self.column(name, spec.name, &default).await?;
        let in_key = table.key.contains(&spec.name);
        if spec.nullable && !found.nullable && !in_key {
            self.column(name, spec.name, "DROP NOT NULL").await?;
        } else if !spec.nullable && found.nullable {
            if spec.default != Value::Null {
                let column = quoted(spec.name);
                let value = literal(&spec.default);
                let fill = format!(
                    "UPDATE {} SET {column} = {value} WHERE {column} IS NULL",
                    quoted(name)
                );
                self.change(&fill, &on(name, spec.name)).await?;
            }
            self.column(name, spec.name, "SET NOT NULL").await?;
        }
        Ok(())
    }

    async fn column(&self, table: &str, column: &str, change: &str) -> Result<()> {
        let sql = format!("ALTER TABLE {} ALTER COLUMN {} {change}", quoted(table), quoted(column));
        self.change(&sql, &on(table, column)).await
    }

    /// The table's key, if it is another one.
    async fn key(&self, table: &TableSpec) -> Result<()> {
        let key = self
            .rows(
                "SELECT c.conname::text, ARRAY(SELECT a.attname::text FROM unnest(c.conkey) \
                 WITH ORDINALITY AS k (number, place) JOIN pg_attribute a \
                 ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place) \
                 FROM pg_constraint c WHERE c.contype = 'p' \
                 AND c.conrelid = to_regclass(quote_ident($1))",
                &[table.name],
            )
            .await?;
        let place = self.common.place.name();
        if let Some(row) = key.first() {
            let own = |error| fault::own(error, place);
            let (name, columns): (String, Vec<String>) =
                (row.try_get(0).map_err(own)?, row.try_get(1).map_err(own)?);
            if columns == table.key {
                return Ok(());
            }
            let drop =
                format!("ALTER TABLE {} DROP CONSTRAINT {}", quoted(table.name), quoted(&name));
            self.change(&drop, table.name).await?;
        }
        let add =
            format!("ALTER TABLE {} ADD PRIMARY KEY ({})", quoted(table.name), names(&table.key));
        self.change(&add, &on(table.name, &table.key.join(", "))).await
    }

    /// Adds a column's reference if it is not there, and all that is stored keeps it.
    async fn refer(&self, table: &str, column: &ColumnSpec) -> Result<()> {
        let Some(to) = &column.references else { return Ok(()) };
        if self.references(table).await?.iter().any(|found| found.column == column.name) {
            return Ok(());
        }
        let (name, other) = (quoted(column.name), quoted(to.table));
        let dangling = format!(
            "SELECT row_to_json(r)->>'id' FROM {} r WHERE r.{name} IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.\"id\" = r.{name}) LIMIT 1",
            quoted(table)
        );
        let rows = self.rows(&dangling, &[]).await?;
        if let Some(row) = rows.first() {
            let id: Option<String> = row.try_get(0).ok().flatten();
            let record = id.map_or_else(|| "a record".into(), |id| format!("record {id}"));
            return Err(refused(format!(
                "{table}: {record} refers to a record of `{}` that does not exist; nothing was \
                 changed",
                to.table
            )));
        }
        self.change(&add_reference(table, column.name, to), &on(table, column.name)).await
    }

    /// Fails if a stored value is not exactly one of the column's type, or is missing.
    async fn check_values(
        &self,
        table: &str,
        spec: &ColumnSpec,
        found: &FoundColumn,
    ) -> Result<()> {
        let (name, from) = (quoted(spec.name), quoted(table));
        let faulty = |what: String| {
            Err(refused(format!("{table}.{}: {what}; nothing was changed", spec.name)))
        };
        if !spec.nullable && spec.default == Value::Null && found.nullable {
            let sql = format!("SELECT 1 FROM {from} WHERE {name} IS NULL LIMIT 1");
            if !self.own(&sql).await?.is_empty() {
                return faulty("a record has no value; give the field a default".into());
            }
        }
        if found.ty == Some(spec.ty) {
            return Ok(());
        }
        let convertible = converted(found, spec.ty).is_some();
        // Of a type that is not known, its text.
        let (ty, cast) = found.ty.map_or((Type::Text, "::text"), |ty| (ty, ""));
        let sql = format!("SELECT {name}{cast} FROM {from} WHERE {name} IS NOT NULL");
        let place = self.common.place.name();
        let own = |error| fault::own(error, place);
        let none = Vec::<(&str, tokio_postgres::types::Type)>::new();
        let rows = self.client.query_typed_raw(&sql, none).await.map_err(own)?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(own)? {
            let value = encoding::value_at(&row, 0, ty).unwrap_or_default();
            if !convertible || !fits(&value, spec.ty) {
                return faulty(format!("`{}` cannot become {:?}", plain(&value), spec.ty));
            }
        }
        Ok(())
    }

    /// Runs a change; `about` is what a stored value that does not fit is in.
    async fn change(&self, sql: &str, about: &str) -> Result<()> {
        tracing::debug!(target: "wfruntime::sql", "{sql}");
        let Err(error) = self.simple(sql).await else { return Ok(()) };
        let code = error.as_db_error().map(|said| said.code().code().to_owned());
        let what = match code.as_deref() {
            Some("23505") => "another record has the same values in these fields",
            Some("23502") => "a record has no value; give the field a default",
            Some(code) if code.starts_with("22") || code.starts_with("23") => {
                "a stored value does not fit"
            }
            Some("2BP01") => "another table refers to it",
            _ => return Err(fault::own(error, self.common.place.name())),
        };
        Err(refused(format!("{about}: {what}; nothing was changed")).with_source(error))
    }
}

fn on(table: &str, column: &str) -> String {
    format!("{table}.{column}")
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Startup, "does_not_fit", message)
}

/// The server's conversion of a column to another type; `None` if there is none.
fn converted(found: &FoundColumn, to: Type) -> Option<String> {
    use Type::{Bool, Bytes, DateTime, Decimal, Float, Int, Text};
    let name = quoted(&found.name);
    Some(match (found.ty, to) {
        (Some(Bytes), Text) => format!("convert_from({name}, 'UTF8')"),
        (Some(Text), Bytes) => format!("convert_to({name}, 'UTF8')"),
        (Some(Decimal), Text) => format!("trim_scale({name})::text"),
        (Some(Int), Bool) => format!("({name} <> 0)"),
        (Some(Bool), Int) => format!("{name}::int::bigint"),
        (Some(Bool), Text) => format!("{name}::int::text"),
        (_, Text) => format!("{name}::text"),
        (None | Some(Text), _)
        | (Some(Int | Float | Decimal), Int | Float | Decimal)
        | (Some(Type::Date), DateTime) => format!("{name}::text::{}", declared(to)),
        _ => return None,
    })
}

/// Whether nothing of a value is lost in another type.
fn fits(value: &Value, to: Type) -> bool {
    let text = plain(value);
    match to {
        Type::Text | Type::Bytes => true,
        Type::Bool => text == "0" || text == "1",
        Type::Int => unchanged::<i64>(&text),
        Type::Float => {
            text.parse::<f64>().is_ok_and(|number| number.is_finite() && number.to_string() == text)
        }
        Type::Decimal => Decimal::from_str_exact(&text).is_ok(),
        Type::Timestamp => text.parse::<jiff::Timestamp>().is_ok(),
        Type::Date => text.parse::<jiff::civil::Date>().is_ok(),
        Type::Time => text.parse::<jiff::civil::Time>().is_ok(),
        Type::DateTime => text.parse::<jiff::civil::DateTime>().is_ok(),
        Type::Uuid => text.parse::<uuid::Uuid>().is_ok(),
        Type::Json => serde_json::from_str::<serde_json::Value>(&text).is_ok(),
    }
}

fn unchanged<T: FromStr + Display>(text: &str) -> bool {
    text.parse::<T>().is_ok_and(|value| value.to_string() == text)
}

/// A value's text, for comparisons and for people.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        Value::Bytes(value) => String::from_utf8_lossy(value).into_owned(),
        Value::Decimal(value) => value.normalize().to_string(),
        Value::Timestamp(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::DateTime(value) => value.to_string(),
        Value::Uuid(value) => value.to_string(),
        Value::Json(value) => value.to_string(),
    }
}
