//! Tables as SQLite declares them: the text that makes them, and what is found of them.

use std::collections::HashMap;
use std::fmt::Write;

use rusqlite::Result;

use super::super::names::{names, quoted};
use super::super::plan::{Found, FoundColumn, FoundIndex};
use super::super::schema::{ColumnSpec, IndexSpec, OnDelete, Plan, TableSpec};
use super::super::sql::Name;
use super::connection::Connection;
use super::{encoding, fault};
use crate::value::{Type, Value};

/// The declared types; their ends give SQLite the affinity, their beginnings say what it is.
const TYPES: [(Type, &str); 12] = [
    (Type::Bool, "bool_integer"),
    (Type::Int, "integer"),
    (Type::Float, "real"),
    (Type::Text, "text"),
    (Type::Bytes, "blob"),
    (Type::Decimal, "decimal_text"),
    (Type::Timestamp, "timestamp_text"),
    (Type::Date, "date_text"),
    (Type::Time, "time_text"),
    (Type::DateTime, "datetime_text"),
    (Type::Uuid, "uuid_text"),
    (Type::Json, "json_text"),
];

pub(super) fn declared(ty: Type) -> &'static str {
    TYPES.iter().find(|(each, _)| *each == ty).map_or("text", |(_, declared)| declared)
}

/// The class in which SQLite keeps a type's values.
pub(super) fn class(ty: Type) -> &'static str {
    match ty {
        Type::Bool | Type::Int => "INTEGER",
        Type::Float => "REAL",
        Type::Bytes => "BLOB",
        _ => "TEXT",
    }
}

/// A value as SQL text; only for defaults and conditions that the program declares.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::Bool(value) => i64::from(*value).to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Text(value) => format!("'{}'", value.replace('\'', "''")),
        Value::Bytes(value) => {
            let mut text = String::from("X'");
            for byte in value {
                // Writing to a string does not fail.
                let _ = write!(text, "{byte:02X}");
            }
            text + "'"
        }
        other => {
            let text = encoding::text(other).unwrap_or_default();
            format!("'{}'", text.replace('\'', "''"))
        }
    }
}

pub(super) fn column(column: &ColumnSpec, key: &[Name]) -> String {
    let mut sql = format!("{} {}", quoted(column.name), declared(column.ty));
    if column.ty == Type::Decimal {
        sql.push_str(" COLLATE decimal");
    }
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    // Alone and of this type it is the row's own number: no second index.
    if key == [column.name] {
        sql.push_str(" PRIMARY KEY");
    }
    if column.default != Value::Null {
        sql.push_str(" DEFAULT ");
        sql.push_str(&literal(&column.default));
    }
    if let Some(to) = &column.references {
        let action = match to.on_delete {
            OnDelete::Restrict => "RESTRICT",
            OnDelete::Cascade => "CASCADE",
            OnDelete::SetNull => "SET NULL",
        };
        // Not deferred: SQLite would find a violation only when the whole group commits, and one
        // unit would take its neighbours with it.
        sql.push_str(&format!(" REFERENCES {} (\"id\") ON DELETE {action}", quoted(to.table)));
    }
    sql
}

/// `further` are columns in SQL that stand behind the declared ones.
pub(super) fn create_table(name: &str, table: &TableSpec, further: &[String]) -> String {
    let mut parts: Vec<String> =
        table.columns.iter().map(|each| column(each, &table.key)).collect();
    parts.extend_from_slice(further);
    if table.key.len() > 1 {
        parts.push(format!("PRIMARY KEY ({})", names(&table.key)));
    }
    format!("CREATE TABLE {} ({})", quoted(name), parts.join(", "))
}

pub(super) fn create_index(table: &str, index: &IndexSpec) -> String {
    let (unique, end) = if index.unique { ("UNIQUE ", "unique") } else { ("", "index") };
    let part = if index.only.is_some() { "_part" } else { "" };
    let name = format!("{table}_{}{part}_{end}", index.columns.join("_"));
    let mut sql = format!(
        "CREATE {unique}INDEX {} ON {} ({})",
        quoted(&name),
        quoted(table),
        names(&index.columns)
    );
    if let Some(only) = only(index) {
        sql.push_str(" WHERE ");
        sql.push_str(&only);
    }
    sql
}

fn only(index: &IndexSpec) -> Option<String> {
    let (column, values) = index.only.as_ref()?;
    if values.is_empty() {
        // Used for any comparison of the column with a value, whatever is bound to it.
        return Some(format!("{} IS NOT NULL", quoted(column)));
    }
    let values: Vec<String> = values.iter().map(literal).collect();
    Some(format!("{} IN ({})", quoted(column), values.join(", ")))
}

impl Connection {
    pub(super) fn plan(&self, tables: &[TableSpec]) -> crate::Result<Plan> {
        let found = || -> Result<HashMap<Name, Found>> {
            let mut all = HashMap::new();
            for table in tables {
                for name in table.was.into_iter().chain([table.name]) {
                    if let Some(mut found) = self.found(name)? {
                        self.count_outdated(name, table, &mut found)?;
                        all.insert(name, found);
                    }
                }
            }
            Ok(all)
        };
        let found = found().map_err(|error| fault::of(error, &self.path, "sqlite_schema"))?;
        Ok(Plan::compare(tables, &found, only))
    }

    /// Counts the rows with texts that are written otherwise now.
    fn count_outdated(&self, name: &str, table: &TableSpec, found: &mut Found) -> Result<()> {
        for column in table.columns.iter().filter(|column| !column.renamed.is_empty()) {
            let is_it = |found: &&mut FoundColumn| {
                found.name == column.name || column.was.is_some_and(|was| found.name == was)
            };
            for found in found.columns.iter_mut().filter(is_it) {
                let (name, column_name) = (quoted(name), quoted(&found.name));
                let sql = format!("SELECT COUNT(*) FROM {name} WHERE {column_name} = ?1");
                for (old, _) in &column.renamed {
                    let rows: i64 = self.raw.query_row(&sql, [old], |row| row.get(0))?;
                    if rows > 0 {
                        found.outdated.push((*old, rows));
                    }
                }
            }
        }
        Ok(())
    }

    fn found(&self, table: &str) -> Result<Option<Found>> {
        let mut references = HashMap::new();
        let mut list = self.raw.prepare(
            "SELECT \"from\", \"table\", on_delete, \"to\" FROM pragma_foreign_key_list(?)",
        )?;
        let mut rows = list.query([table])?;
        while let Some(row) = rows.next()? {
            let to: (String, Option<String>) = (row.get(1)?, row.get(3)?);
            let on_delete = match row.get::<_, String>(2)?.as_str() {
                "CASCADE" => OnDelete::Cascade,
                "SET NULL" => OnDelete::SetNull,
                _ => OnDelete::Restrict,
            };
            if to.1.as_deref().unwrap_or("id") == "id" {
                references.insert(row.get::<_, String>(0)?, (to.0, on_delete));
            }
        }
        let mut found = Found::default();
        let mut key: Vec<(i64, String)> = Vec::new();
        let mut info = self.raw.prepare(
            "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk FROM pragma_table_info(?)",
        )?;
        let mut rows = info.query([table])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let declared: String = row.get(1)?;
            let position: i64 = row.get(4)?;
            if position > 0 {
                key.push((position, name.clone()));
            }
            found.columns.push(FoundColumn {
                ty: TYPES
                    .iter()
                    .find(|(_, known)| declared.eq_ignore_ascii_case(known))
                    .map(|(ty, _)| *ty),
                declared,
                nullable: !row.get::<_, bool>(2)?,
                default: row.get(3)?,
                references: references.remove(&name),
                outdated: Vec::new(),
                name,
            });
        }
        if found.columns.is_empty() {
            return Ok(None);
        }
        key.sort();
        found.key = key.into_iter().map(|(_, name)| name).collect();
        found.indexes = self.indexes(table)?;
        let any = format!("SELECT NOT EXISTS (SELECT 1 FROM {})", quoted(table));
        found.empty = self.raw.query_row(&any, [], |row| row.get(0))?;
        Ok(Some(found))
    }

    fn indexes(&self, table: &str) -> Result<Vec<FoundIndex>> {
        // Those of origin `c` were created as such; a key's own have no text.
        let mut list = self.raw.prepare(
            "SELECT i.name, i.\"unique\", s.sql FROM pragma_index_list(?) i \
             JOIN sqlite_schema s ON s.type = 'index' AND s.name = i.name WHERE i.origin = 'c'",
        )?;
        let mut columns =
            self.raw.prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno")?;
        let mut indexes = Vec::new();
        let mut rows = list.query([table])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let sql: String = row.get(2)?;
            let columns = columns
                .query_map([&name], |row| row.get::<_, Option<String>>(0))?
                .map(|column| column.map(Option::unwrap_or_default))
                .collect::<Result<_>>()?;
            let only = sql.split_once(" WHERE ").map(|(_, only)| only.to_owned());
            indexes.push(FoundIndex { name, columns, unique: row.get(1)?, only });
        }
        Ok(indexes)
    }
}
