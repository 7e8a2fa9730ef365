//! Tables as PostgreSQL declares them: the text that makes them, and what is found of them.

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::super::names::{names, quoted};
use super::super::plan::{Found, FoundColumn, FoundIndex};
use super::super::schema::{ColumnSpec, IndexSpec, OnDelete, Plan, Reference, TableSpec};
use super::super::sql::Name;
use super::fault;
use super::session::Session;
use crate::error::Result;
use crate::value::{Type, Value};

/// The declared types, as the server writes them.
const TYPES: [(Type, &str); 12] = [
    (Type::Bool, "boolean"),
    (Type::Int, "bigint"),
    (Type::Float, "double precision"),
    (Type::Text, "text"),
    (Type::Bytes, "bytea"),
    (Type::Decimal, "numeric"),
    (Type::Timestamp, "timestamp with time zone"),
    (Type::Date, "date"),
    (Type::Time, "time without time zone"),
    (Type::DateTime, "timestamp without time zone"),
    (Type::Uuid, "uuid"),
    (Type::Json, "jsonb"),
];

/// How many bytes of a name the server keeps.
const LONGEST: usize = 63;

pub(super) fn declared(ty: Type) -> &'static str {
    TYPES.iter().find(|(each, _)| *each == ty).map_or("text", |(_, declared)| declared)
}

/// The type with what a column of it says besides: texts compare by their bytes.
pub(super) fn of_column(ty: Type) -> String {
    let collation = if ty == Type::Text { " COLLATE \"C\"" } else { "" };
    format!("{}{collation}", declared(ty))
}

pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A value as SQL text; only for defaults and conditions that the program declares.
pub(super) fn literal(value: &Value) -> String {
    let of = |ty: Type, value: String| format!("{}::{}", text(&value), declared(ty));
    match value {
        Value::Null => "NULL".into(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => of(Type::Int, value.to_string()),
        Value::Float(value) => of(Type::Float, value.to_string()),
        Value::Text(value) => text(value),
        Value::Bytes(value) => {
            let mut hex = String::from("\\x");
            for byte in value {
                // Writing to a string does not fail.
                let _ = write!(hex, "{byte:02x}");
            }
            of(Type::Bytes, hex)
        }
        Value::Decimal(value) => of(Type::Decimal, value.to_string()),
        Value::Timestamp(value) => of(Type::Timestamp, value.to_string()),
        Value::Date(value) => of(Type::Date, value.to_string()),
        Value::Time(value) => of(Type::Time, value.to_string()),
        Value::DateTime(value) => of(Type::DateTime, value.to_string()),
        Value::Uuid(value) => of(Type::Uuid, value.to_string()),
        Value::Json(value) => of(Type::Json, value.to_string()),
    }
}

/// Without its reference: that is added when all tables are there.
pub(super) fn column(column: &ColumnSpec) -> String {
    let mut sql = format!("{} {}", quoted(column.name), of_column(column.ty));
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    if column.default != Value::Null {
        sql.push_str(" DEFAULT ");
        sql.push_str(&literal(&column.default));
    }
    sql
}

pub(super) fn create_table(table: &TableSpec) -> String {
    let mut parts: Vec<String> = table.columns.iter().map(column).collect();
    parts.push(format!("PRIMARY KEY ({})", names(&table.key)));
    format!("CREATE TABLE IF NOT EXISTS {} ({})", quoted(table.name), parts.join(", "))
}

pub(super) fn add_reference(table: &str, column: &str, to: &Reference) -> String {
    let action = match to.on_delete {
        OnDelete::Restrict => "RESTRICT",
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
    };
    format!(
        "ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} (\"id\") ON DELETE {action}",
        quoted(table),
        quoted(column),
        quoted(to.table)
    )
}

/// The texts that make an index, and note its condition: the server rewords it.
pub(super) fn create_index(table: &str, index: &IndexSpec) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = index_name(table, index);
    let mut sql = format!(
        "CREATE {unique}INDEX IF NOT EXISTS {} ON {} ({})",
        quoted(&name),
        quoted(table),
        names(&index.columns)
    );
    if let Some(only) = only(index) {
        sql.push_str(&format!(
            " WHERE {only}; COMMENT ON INDEX {} IS {}",
            quoted(&name),
            text(&only)
        ));
    }
    sql
}

/// The server would cut a name that is too long, and then find it twice.
fn index_name(table: &str, index: &IndexSpec) -> String {
    let end = if index.unique { "unique" } else { "index" };
    let part = if index.only.is_some() { "_part" } else { "" };
    let columns = index.columns.join("_");
    let name = format!("{table}_{columns}{part}_{end}");
    if name.len() <= LONGEST {
        return name;
    }
    let hash = Sha256::digest(&name);
    let mut short = String::with_capacity(LONGEST);
    let room = LONGEST - end.len() - 10;
    let cut = (0..=room.min(table.len())).rev().find(|at| table.is_char_boundary(*at));
    short.push_str(&table[..cut.unwrap_or_default()]);
    short.push('_');
    for byte in &hash[..4] {
        // Writing to a string does not fail.
        let _ = write!(short, "{byte:02x}");
    }
    short + "_" + end
}

fn only(index: &IndexSpec) -> Option<String> {
    let (column, values) = index.only.as_ref()?;
    if values.is_empty() {
        return Some(format!("{} IS NOT NULL", quoted(column)));
    }
    let values: Vec<String> = values.iter().map(literal).collect();
    Some(format!("{} IN ({})", quoted(column), values.join(", ")))
}

const COLUMNS: &str = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), \
    NOT a.attnotnull, a.atthasdef, COALESCE(c.collname::text, '') FROM pg_attribute a \
    LEFT JOIN pg_collation c ON c.oid = a.attcollation \
    WHERE a.attrelid = to_regclass(quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped \
    ORDER BY a.attnum";

const KEY: &str = "SELECT a.attname::text FROM pg_index i \
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place) \
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
    WHERE i.indrelid = to_regclass(quote_ident($1)) AND i.indisprimary ORDER BY k.place";

/// References to the `id` of a table by one column.
const REFERENCES: &str = "SELECT a.attname::text, t.relname::text, f.confdeltype::text, \
    f.conname::text FROM pg_constraint f \
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1] \
    JOIN pg_class t ON t.oid = f.confrelid \
    JOIN pg_attribute k ON k.attrelid = f.confrelid AND k.attnum = f.confkey[1] \
    WHERE f.contype = 'f' AND f.conrelid = to_regclass(quote_ident($1)) \
    AND array_length(f.conkey, 1) = 1 AND k.attname = 'id'";

/// Those of constraints are left out: they are the key's.
const INDEXES: &str = "SELECT c.relname::text, i.indisunique, \
    CASE WHEN i.indpred IS NOT NULL THEN COALESCE(obj_description(i.indexrelid, 'pg_class'), \
    pg_get_expr(i.indpred, i.indrelid)) END, \
    ARRAY(SELECT COALESCE(a.attname::text, '') FROM unnest(i.indkey) \
    WITH ORDINALITY AS k (number, place) LEFT JOIN pg_attribute a \
    ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.place) \
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
    WHERE i.indrelid = to_regclass(quote_ident($1)) \
    AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid \
    AND o.contype IN ('p', 'u', 'x')) ORDER BY c.relname";

/// A reference as it is, with the name of its constraint.
pub(super) struct FoundReference {
    pub(super) column: String,
    pub(super) table: String,
    pub(super) on_delete: OnDelete,
    pub(super) constraint: String,
}

impl Session {
    pub(super) async fn plan(&self, tables: &[TableSpec]) -> Result<Plan> {
        let mut all: HashMap<Name, Found> = HashMap::new();
        for table in tables {
            for name in table.was.into_iter().chain([table.name]) {
                if let Some(mut found) = self.found(name).await? {
                    self.count_outdated(name, table, &mut found).await?;
                    all.insert(name, found);
                }
            }
        }
        Ok(Plan::compare(tables, &all, only))
    }

    /// Counts the rows with texts that are written otherwise now.
    async fn count_outdated(&self, table: &str, spec: &TableSpec, found: &mut Found) -> Result<()> {
        for column in &spec.columns {
            for found in &mut found.columns {
                let is_it = found.name == column.name || column.was == Some(found.name.as_str());
                if !is_it || found.ty != Some(Type::Text) {
                    continue;
                }
                let (table, name) = (quoted(table), quoted(&found.name));
                let sql = format!("SELECT COUNT(*)::text FROM {table} WHERE {name} = $1");
                for (old, _) in &column.renamed {
                    let rows = self.rows(&sql, &[old]).await?;
                    let count = rows.first().and_then(|row| row.try_get::<_, String>(0).ok());
                    let count = count.and_then(|count| count.parse().ok()).unwrap_or(0_i64);
                    if count > 0 {
                        found.outdated.push((*old, count));
                    }
                }
            }
        }
        Ok(())
    }

    async fn found(&self, table: &str) -> Result<Option<Found>> {
        let place = self.common.place.name();
        let mut references = HashMap::new();
        for found in self.references(table).await? {
            references.insert(found.column, (found.table, found.on_delete));
        }
        let mut found = Found::default();
        for row in self.rows(COLUMNS, &[table]).await? {
            let read = || {
                let (name, declared, nullable) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let (default, collation) = (row.try_get(3)?, row.try_get(4)?);
                Ok((name, declared, nullable, default, collation))
            };
            let (name, declared, nullable, default, collation): (String, String, _, _, String) =
                read().map_err(|error| fault::own(error, place))?;
            let ty = TYPES.iter().find(|(_, known)| declared == *known).map(|(ty, _)| *ty);
            found.columns.push(FoundColumn {
                // Sorted in another way it is another type.
                ty: ty.filter(|ty| *ty != Type::Text || collation == "C"),
                declared,
                nullable,
                default,
                references: references.remove(&name),
                outdated: Vec::new(),
                name,
            });
        }
        if found.columns.is_empty() {
            return Ok(None);
        }
        let key = self.rows(KEY, &[table]).await?;
        found.key = key.iter().filter_map(|row| row.try_get(0).ok()).collect();
        found.indexes = self.indexes(table).await?;
        let any = format!("SELECT 1 FROM {} LIMIT 1", quoted(table));
        found.empty = self.own(&any).await?.is_empty();
        Ok(Some(found))
    }

    pub(super) async fn references(&self, table: &str) -> Result<Vec<FoundReference>> {
        let place = self.common.place.name();
        let mut references = Vec::new();
        for row in self.rows(REFERENCES, &[table]).await? {
            let read = || {
                let on_delete = match row.try_get::<_, String>(2)?.as_str() {
                    "c" => OnDelete::Cascade,
                    "n" => OnDelete::SetNull,
                    _ => OnDelete::Restrict,
                };
                let (column, table, constraint) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
                Ok(FoundReference { column, table, on_delete, constraint })
            };
            references.push(read().map_err(|error| fault::own(error, place))?);
        }
        Ok(references)
    }

    pub(super) async fn indexes(&self, table: &str) -> Result<Vec<FoundIndex>> {
        let place = self.common.place.name();
        let mut indexes = Vec::new();
        for row in self.rows(INDEXES, &[table]).await? {
            let read = || {
                let (name, unique) = (row.try_get(0)?, row.try_get(1)?);
                let (only, columns) = (row.try_get(2)?, row.try_get(3)?);
                Ok(FoundIndex { name, columns, unique, only })
            };
            indexes.push(read().map_err(|error| fault::own(error, place))?);
        }
        Ok(indexes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_of_indexes_are_cut_apart() {
        let named = |column: &'static str, unique| {
            let index = IndexSpec { columns: vec![column], unique, only: None };
            index_name("a_table_with_a_name_that_is_rather_long", &index)
        };
        let first = named("and_a_column_with_a_name_that_is_long", true);
        let second = named("and_a_column_with_a_name_that_is_longer", true);
        assert_ne!(first, second);
        for name in [first, second] {
            assert!(name.len() <= LONGEST && name.ends_with("_unique"), "{name}");
        }
        assert_eq!(named("a", false), "a_table_with_a_name_that_is_rather_long_a_index");
    }
}
