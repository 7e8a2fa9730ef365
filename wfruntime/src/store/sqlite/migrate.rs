//! Changes of tables: in one transaction, and refused where a stored value would not survive.

use rusqlite::{OptionalExtension, Result as Sql};

use super::super::names::{names, quoted};
use super::super::plan::{Change, FoundColumn};
use super::super::schema::{ColumnSpec, Plan, TableSpec};
use super::connection::Connection;
use super::tables::{class, create_index, create_table, literal};
use super::{encoding, fault};
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Type, Value};

impl Connection {
    /// Applies a plan; consumes a connection, since it leaves the references unchecked.
    pub(super) fn apply(self, plan: &Plan) -> Result<()> {
        let impossible = plan.impossible();
        if !impossible.is_empty() {
            return Err(refused(impossible.join("\n")));
        }
        // While a table is written anew, others refer to one that is not there.
        self.run("PRAGMA foreign_keys = OFF", "")?;
        self.begin()?;
        let applied = self.steps(plan).and_then(|()| self.check_references(plan));
        match applied.and_then(|()| self.commit()) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.rollback();
                Err(error)
            }
        }
    }

    fn steps(&self, plan: &Plan) -> Result<()> {
        for step in plan.steps() {
            match &step.change {
                Change::Create(table) => {
                    self.run(&create_table(table.name, table, &[]), table.name)?;
                    self.create_indexes(table)?;
                }
                Change::Add(table, column) => {
                    let column = super::tables::column(column, &[]);
                    let sql = format!("ALTER TABLE {} ADD COLUMN {column}", quoted(table));
                    self.run(&sql, table)?;
                }
                Change::Rename { table, from, to } => {
                    let sql = format!(
                        "ALTER TABLE {} RENAME COLUMN {} TO {}",
                        quoted(table),
                        quoted(from),
                        quoted(to)
                    );
                    self.run(&sql, table)?;
                }
                Change::RenameTable { from, to } => {
                    let sql = format!("ALTER TABLE {} RENAME TO {}", quoted(from), quoted(to));
                    self.run(&sql, from)?;
                }
                Change::Rewrite { table, column, from, to } => {
                    let (table, column) = (quoted(table), quoted(column));
                    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {column} = ?2");
                    self.rewrite(&sql, to, from, &step.table)?;
                }
                Change::Index(table, index) => self.run(&create_index(table, index), table)?,
                Change::DropIndex(name) => {
                    self.run(&format!("DROP INDEX {}", quoted(name)), &step.table)?;
                }
                Change::Rebuild { table, found } => self.rebuild(table, found)?,
                Change::Reason | Change::Impossible => {}
            }
        }
        Ok(())
    }

    fn create_indexes(&self, table: &TableSpec) -> Result<()> {
        for index in table.all_indexes() {
            self.run(&create_index(table.name, &index), table.name)?;
        }
        Ok(())
    }

    /// Writes a table anew, after <https://sqlite.org/lang_altertable.html#otheralter>.
    fn rebuild(&self, table: &TableSpec, found: &[FoundColumn]) -> Result<()> {
        let others =
            self.others(table.name).map_err(|error| fault::of(error, &self.path, table.name))?;
        let kept: Vec<&FoundColumn> = found
            .iter()
            .filter(|found| table.columns.iter().all(|column| column.name != found.name))
            .collect();
        let further: Vec<String> = kept
            .iter()
            .map(|found| format!("{} {}", quoted(&found.name), found.declared))
            .collect();
        let new = format!("wf_new_{}", table.name);
        self.run(&create_table(&new, table, &further), table.name)?;
        let mut into: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let mut from: Vec<String> = Vec::with_capacity(into.len());
        for column in &table.columns {
            let found = found.iter().find(|found| found.name == column.name);
            if let Some(found) = found {
                self.check_values(table.name, column, found)?;
            }
            from.push(source(column, found));
        }
        into.extend(kept.iter().map(|found| found.name.as_str()));
        from.extend(kept.iter().map(|found| quoted(&found.name)));
        let copy = format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}",
            quoted(&new),
            names(&into),
            from.join(", "),
            quoted(table.name)
        );
        self.run(&copy, table.name)?;
        self.run(&format!("DROP TABLE {}", quoted(table.name)), table.name)?;
        let rename = format!("ALTER TABLE {} RENAME TO {}", quoted(&new), quoted(table.name));
        self.run(&rename, table.name)?;
        self.create_indexes(table)?;
        for sql in others {
            self.run(&sql, table.name)?;
        }
        Ok(())
    }

    /// The texts of triggers and of indexes that are not ours: they go with the table.
    fn others(&self, table: &str) -> Sql<Vec<String>> {
        let mut list = self.raw.prepare(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL \
             AND (type = 'trigger' OR type = 'index' AND NOT (name LIKE ?1 || '%' \
             AND (name LIKE '%\\_index' ESCAPE '\\' OR name LIKE '%\\_unique' ESCAPE '\\')))",
        )?;
        list.query_map([table], |row| row.get(0))?.collect()
    }

    /// Fails if a stored value is not exactly one of the column's type, or is missing.
    fn check_values(&self, table: &str, column: &ColumnSpec, found: &FoundColumn) -> Result<()> {
        let name = quoted(column.name);
        let faulty =
            |what: &str| refused(format!("{table}.{}: {what}; nothing was changed", column.name));
        let check = || -> Sql<Option<String>> {
            if !column.nullable && column.default == Value::Null && found.nullable {
                let sql = format!("SELECT 1 FROM {} WHERE {name} IS NULL", quoted(table));
                if self.raw.query_row(&sql, [], |_| Ok(())).optional()?.is_some() {
                    return Ok(Some("a record has no value; give the field a default".into()));
                }
            }
            if found.ty == Some(column.ty) {
                return Ok(None);
            }
            let new = converted(column.ty, &name);
            // SQLite converts whatever it is told to: only what comes back unchanged is kept.
            let sql = format!(
                "SELECT {new}, CAST({new} AS {}) IS NOT {name}, CAST({name} AS TEXT) FROM {} \
                 WHERE {name} IS NOT NULL",
                back(found),
                quoted(table)
            );
            let mut rows = self.raw.prepare(&sql)?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let lost: bool = row.get(1)?;
                if lost || encoding::value(column.ty, row.get_ref(0)?).is_none() {
                    let value: String = row.get(2).unwrap_or_default();
                    return Ok(Some(format!("`{value}` cannot become {:?}", column.ty)));
                }
            }
            Ok(None)
        };
        match check().map_err(|error| fault::of(error, &self.path, table))? {
            Some(what) => Err(faulty(&what)),
            None => Ok(()),
        }
    }

    fn check_references(&self, plan: &Plan) -> Result<()> {
        let check = |table: &str| -> Sql<Option<(Option<i64>, String)>> {
            self.raw
                .query_row(
                    "SELECT rowid, parent FROM pragma_foreign_key_check(?)",
                    [table],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
        };
        let mut tables: Vec<&str> = plan.steps().iter().map(|step| step.table.as_str()).collect();
        tables.dedup();
        for table in tables {
            let found = check(table).map_err(|error| fault::of(error, &self.path, table))?;
            if let Some((row, parent)) = found {
                let row = row.map_or_else(|| "a record".into(), |row| format!("record {row}"));
                return Err(refused(format!(
                    "{table}: {row} refers to a record of `{parent}` that does not exist; \
                     nothing was changed"
                )));
            }
        }
        Ok(())
    }

    fn rewrite(&self, sql: &str, to: &str, from: &str, table: &str) -> Result<()> {
        let done = self.raw.execute(sql, [to, from]).map(drop);
        done.map_err(|error| self.unfit(error, table))
    }

    fn run(&self, sql: &str, table: &str) -> Result<()> {
        self.raw.execute_batch(sql).map_err(|error| self.unfit(error, table))
    }

    fn unfit(&self, error: rusqlite::Error, table: &str) -> Error {
        let error = fault::of(error, &self.path, table);
        match error.kind() {
            ErrorKind::Conflict | ErrorKind::Invalid => {
                let fields: Vec<&str> =
                    error.all().iter().filter_map(|fault| fault.field.as_deref()).collect();
                let what = error.all().first().map_or("", |fault| fault.message.as_str());
                refused(format!("{table}.{}: {what}; nothing was changed", fields.join(", ")))
            }
            _ => error,
        }
    }
}

/// What a new column is filled with.
fn source(column: &ColumnSpec, found: Option<&FoundColumn>) -> String {
    let Some(found) = found else { return literal(&column.default) };
    let name = quoted(column.name);
    let value = if found.ty == Some(column.ty) { name } else { converted(column.ty, &name) };
    if column.nullable || column.default == Value::Null {
        value
    } else {
        format!("COALESCE({value}, {})", literal(&column.default))
    }
}

/// The value in the class of the new type.
fn converted(ty: Type, name: &str) -> String {
    format!("CAST({name} AS {})", class(ty))
}

/// The class of the old type, to convert back.
fn back(found: &FoundColumn) -> String {
    found.ty.map_or_else(|| found.declared.clone(), |ty| class(ty).to_owned())
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Startup, "does_not_fit", message)
}
