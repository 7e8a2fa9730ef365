//! What has to change in a database so that it fits the declared tables.
//!
//! Comparing is pure: [`Found`] is what a store read about its tables.

use std::collections::HashMap;
use std::fmt;

use super::schema::{ColumnSpec, IndexSpec, OnDelete, TableSpec};
use super::sql::Name;
use crate::value::{Type, Value};

/// The differences between declared and found tables, in the order they are mended.
///
/// Printed, it is a list for people: what, where, why, and what would be lost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    steps: Vec<Step>,
    kept: Vec<String>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The table.
    pub table: String,
    /// The column, if it is about one.
    pub column: Option<String>,
    /// What is done and why.
    pub what: String,
    /// What could be lost; `None` if the step only adds.
    pub loss: Option<String>,
    pub(crate) change: Change,
}

/// What a store does for a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Create(TableSpec),
    Add(Name, ColumnSpec),
    Rename {
        table: Name,
        from: String,
        to: Name,
    },
    RenameTable {
        from: Name,
        to: Name,
    },
    Index(Name, IndexSpec),
    DropIndex(String),
    /// Rows that hold a text get another one.
    Rewrite {
        table: Name,
        column: Name,
        from: Name,
        to: Name,
    },
    /// The table is written anew; the columns found and no longer declared stay, nullable.
    Rebuild {
        table: TableSpec,
        found: Vec<FoundColumn>,
    },
    /// A reason of the rebuild that follows.
    Reason,
    /// Cannot be done with the rows that are there.
    Impossible,
}

/// A table as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Found {
    pub(crate) columns: Vec<FoundColumn>,
    pub(crate) key: Vec<String>,
    pub(crate) indexes: Vec<FoundIndex>,
    pub(crate) empty: bool,
}

/// A column as it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    /// `None` if this store would not declare it so.
    pub(crate) ty: Option<Type>,
    /// Its type in the database's words.
    pub(crate) declared: String,
    pub(crate) nullable: bool,
    pub(crate) default: bool,
    pub(crate) references: Option<(String, OnDelete)>,
    /// How many rows hold texts that are written otherwise now.
    pub(crate) outdated: Vec<(Name, i64)>,
}

/// An index as it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FoundIndex {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) unique: bool,
    /// The condition of its rows in the database's words.
    pub(crate) only: Option<String>,
}

impl Plan {
    /// Whether the database fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether nothing stored can be lost by it.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        self.steps.iter().all(|step| step.loss.is_none())
    }

    /// What is done, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Columns that are stored and no longer declared, as `table.column`; they stay.
    #[must_use]
    pub fn kept(&self) -> &[String] {
        &self.kept
    }

    /// What no store can do, as messages.
    pub(crate) fn impossible(&self) -> Vec<String> {
        self.steps
            .iter()
            .filter(|step| step.change == Change::Impossible)
            .map(|step| {
                let column = step.column.iter().map(|column| format!(".{column}"));
                format!("{}{}: {}", step.table, column.collect::<String>(), step.what)
            })
            .collect()
    }

    /// Compares; `only` says an index's condition in the database's words.
    pub(crate) fn compare(
        declared: &[TableSpec],
        found: &HashMap<Name, Found>,
        only: impl Fn(&IndexSpec) -> Option<String>,
    ) -> Self {
        let mut plan = Self::default();
        let renamed = plan.renamed(declared, found);
        for table in declared {
            match found.get(table.name).cloned() {
                Some(found) => plan.compared(table, &found.now_named(&renamed), &only),
                None => match found_before(table, found, &renamed) {
                    Some(found) => {
                        let found = plan.without_indexes(table, found.now_named(&renamed));
                        plan.compared(table, &found, &only);
                    }
                    None => plan.add(table.name, None, "create the table", None, {
                        Change::Create(table.clone())
                    }),
                },
            }
        }
        plan
    }

    fn compared(
        &mut self,
        table: &TableSpec,
        found: &Found,
        only: &impl Fn(&IndexSpec) -> Option<String>,
    ) {
        Comparison { plan: self, table, found }.run(only);
    }

    /// Tables that have a new name, from the old one; renamed before anything else is done.
    fn renamed(
        &mut self,
        declared: &[TableSpec],
        found: &HashMap<Name, Found>,
    ) -> HashMap<String, Name> {
        let mut renamed = HashMap::new();
        for table in declared {
            let Some(was) = table.was.filter(|was| found.contains_key(was)) else { continue };
            let in_use = declared.iter().any(|other| other.name == was);
            if in_use || renamed.contains_key(was) {
                continue;
            }
            if found.contains_key(table.name) {
                self.add(table.name, None, both(was, table.name), cannot(), Change::Impossible);
                continue;
            }
            renamed.insert(was.to_owned(), table.name);
            let change = Change::RenameTable { from: was, to: table.name };
            self.add(table.name, None, format!("rename the table from `{was}`"), None, change);
        }
        renamed
    }

    /// The table without the indexes that bear its old name: they are made anew.
    fn without_indexes(&mut self, table: &TableSpec, mut found: Found) -> Found {
        let was = table.was.unwrap_or_default();
        let (ours, others) = found.indexes.into_iter().partition(|it| is_ours(&it.name, was));
        found.indexes = others;
        let ours: Vec<FoundIndex> = ours;
        for index in ours {
            let what = format!("drop the index `{}`, which bears the old name", index.name);
            self.add(table.name, None, what, None, Change::DropIndex(index.name));
        }
        found
    }

    fn add(
        &mut self,
        table: &str,
        column: Option<&str>,
        what: impl Into<String>,
        loss: Option<String>,
        change: Change,
    ) {
        let column = column.map(Into::into);
        self.steps.push(Step { table: table.into(), column, what: what.into(), loss, change });
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            match &step.column {
                Some(column) => write!(f, "{}.{column}: ", step.table)?,
                None => write!(f, "{}: ", step.table)?,
            }
            writeln!(f, "{}", step.what)?;
            if let Some(loss) = &step.loss {
                writeln!(f, "  could be lost: {loss}")?;
            }
        }
        for column in &self.kept {
            writeln!(f, "{column}: no longer declared, stays as it is")?;
        }
        Ok(())
    }
}

/// The comparison of one table that exists.
struct Comparison<'a> {
    plan: &'a mut Plan,
    table: &'a TableSpec,
    found: &'a Found,
}

impl Comparison<'_> {
    fn run(mut self, only: &impl Fn(&IndexSpec) -> Option<String>) {
        let renamed = self.renames();
        let columns: Vec<FoundColumn> = self
            .found
            .columns
            .iter()
            .cloned()
            .map(|mut column| {
                column.name = now_named(&renamed, column.name);
                column
            })
            .collect();
        let before = self.plan.steps.len();
        self.reasons(&columns, &renamed);
        if self.plan.steps.len() > before {
            let what = "write the table anew, for these reasons";
            let loss = Some("only what is named above".to_owned());
            let change = Change::Rebuild { table: self.table.clone(), found: columns.clone() };
            self.plan.add(self.table.name, None, what, loss, change);
        } else {
            self.additions(&columns);
            self.indexes(&renamed, only);
        }
        self.rewrites(&columns);
    }

    /// Texts that are written otherwise now.
    fn rewrites(&mut self, columns: &[FoundColumn]) {
        let table = self.table.name;
        for column in &self.table.columns {
            let Some(found) = columns.iter().find(|found| found.name == column.name) else {
                continue;
            };
            for (from, rows) in &found.outdated {
                let Some((_, to)) = column.renamed.iter().find(|(old, _)| old == from) else {
                    continue;
                };
                let records = if *rows == 1 { "record" } else { "records" };
                let what = format!("`{from}` becomes `{to}` in {rows} {records}");
                let loss = Some("nothing; an older program does not know the new name".to_owned());
                let change = Change::Rewrite { table, column: column.name, from, to };
                self.plan.add(table, Some(column.name), what, loss, change);
            }
        }
    }

    /// Columns that have a new name, from the old one.
    fn renames(&mut self) -> HashMap<String, Name> {
        let mut renamed = HashMap::new();
        for column in &self.table.columns {
            let Some(was) = column.was else { continue };
            let is_there = |name: &str| self.found.columns.iter().any(|found| found.name == name);
            let in_use = self.table.columns.iter().any(|other| other.name == was);
            if !is_there(was) || in_use {
                continue;
            }
            if is_there(column.name) {
                let (what, change) = (both(was, column.name), Change::Impossible);
                self.plan.add(self.table.name, Some(column.name), what, cannot(), change);
                continue;
            }
            renamed.insert(was.to_owned(), column.name);
            let change =
                Change::Rename { table: self.table.name, from: was.into(), to: column.name };
            let what = format!("rename from `{was}`");
            self.plan.add(self.table.name, Some(column.name), what, None, change);
        }
        renamed
    }

    /// Everything that only a new table can mend.
    fn reasons(&mut self, columns: &[FoundColumn], renamed: &HashMap<String, Name>) {
        let table = self.table.name;
        let key: Vec<String> =
            self.found.key.iter().map(|name| now_named(renamed, name.clone())).collect();
        if key != self.table.key {
            let what = format!("the key becomes {} (was {})", list(&self.table.key), list(&key));
            let loss = "nothing; refused if two records would have the same key".to_owned();
            self.plan.add(table, None, what, Some(loss), Change::Reason);
        }
        for column in &self.table.columns {
            if let Some(found) = columns.iter().find(|found| found.name == column.name) {
                for (what, loss) in differences(column, found, &self.table.key) {
                    let loss = Some(loss.to_owned());
                    self.plan.add(table, Some(column.name), what, loss, Change::Reason);
                }
            }
        }
        for found in columns {
            let declared = self.table.columns.iter().any(|column| column.name == found.name);
            if !declared && !found.nullable && !found.default {
                let what = "no longer declared, but required: becomes optional".to_owned();
                let loss = Some("nothing; new records have no value there".to_owned());
                self.plan.add(table, Some(&found.name), what, loss, Change::Reason);
            } else if !declared {
                self.plan.kept.push(format!("{table}.{}", found.name));
            }
        }
    }

    fn additions(&mut self, columns: &[FoundColumn]) {
        for column in &self.table.columns {
            if columns.iter().any(|found| found.name == column.name) {
                continue;
            }
            let change = Change::Add(self.table.name, column.clone());
            let (what, loss, change) =
                if column.nullable || column.default != Value::Null || self.found.empty {
                    ("add the column", None, change)
                } else {
                    (
                        "add the column: it is required, and stored records have no value for it; \
                         give it a default or make it optional",
                        Some("cannot be done with the records that are stored".to_owned()),
                        Change::Impossible,
                    )
                };
            self.plan.add(self.table.name, Some(column.name), what, loss, change);
        }
    }

    fn indexes(
        &mut self,
        renamed: &HashMap<String, Name>,
        only: &impl Fn(&IndexSpec) -> Option<String>,
    ) {
        let table = self.table.name;
        let wanted = self.table.all_indexes();
        let same = |wanted: &IndexSpec, found: &FoundIndex| {
            let columns = found.columns.iter().map(|name| now_named(renamed, name.clone()));
            wanted.unique == found.unique
                && columns.eq(wanted.columns.iter().map(|&name| name.to_owned()))
                && (wanted.only.is_none() && found.only.is_none()
                    || only(wanted).as_deref() == found.only.as_deref())
        };
        for found in &self.found.indexes {
            // Another's index is left alone, whatever it is for.
            if is_ours(&found.name, table) && !wanted.iter().any(|wanted| same(wanted, found)) {
                let what = format!("drop the index `{}`, which is no longer declared", found.name);
                self.plan.add(table, None, what, None, Change::DropIndex(found.name.clone()));
            }
        }
        for index in &wanted {
            if self.found.indexes.iter().any(|found| same(index, found)) {
                continue;
            }
            let kind = if index.unique { "a unique index" } else { "an index" };
            let what = format!("add {kind} on {}", list(&index.columns));
            self.plan.add(table, None, what, None, Change::Index(table, index.clone()));
        }
    }
}

/// A table as it was found under the name that it had before.
fn found_before(
    table: &TableSpec,
    found: &HashMap<Name, Found>,
    renamed: &HashMap<String, Name>,
) -> Option<Found> {
    let was = table.was.filter(|was| renamed.get(*was) == Some(&table.name))?;
    found.get(was).cloned()
}

impl Found {
    /// The same, with its references to tables under their new names.
    fn now_named(mut self, renamed: &HashMap<String, Name>) -> Self {
        let references = self.columns.iter_mut().filter_map(|column| column.references.as_mut());
        for (table, _) in references {
            *table = now_named(renamed, std::mem::take(table));
        }
        self
    }
}

/// Why a rename cannot be done.
fn both(was: &str, now: &str) -> String {
    format!("`{was}` and `{now}` are both there: drop the one without records, or remove `was`")
}

fn cannot() -> Option<String> {
    Some("cannot be done: which of them holds the records is not known".to_owned())
}

fn now_named(renamed: &HashMap<String, Name>, name: String) -> String {
    renamed.get(&name).map_or(name, |&now| now.to_owned())
}

/// What is different about a column, with what could be lost by mending it.
fn differences(
    column: &ColumnSpec,
    found: &FoundColumn,
    key: &[Name],
) -> Vec<(String, &'static str)> {
    let mut differences = Vec::new();
    if found.ty != Some(column.ty) {
        differences.push((
            format!("its type becomes {:?} (was {})", column.ty, found.declared),
            "nothing; refused if a stored value is not exactly one of the new type",
        ));
    }
    let in_key = key.contains(&column.name);
    if found.nullable && !column.nullable && !in_key {
        let filled = column.default != Value::Null;
        differences.push(if filled {
            ("becomes required".into(), "nothing; records without a value get the default")
        } else {
            ("becomes required".into(), "nothing; refused if a record has no value")
        });
    }
    if !found.nullable && column.nullable && !in_key {
        differences.push(("becomes optional".into(), "nothing"));
    }
    let wanted = column.references.as_ref().map(|to| (to.table.to_owned(), to.on_delete));
    if wanted != found.references {
        let what = match &wanted {
            Some((table, on_delete)) => {
                format!("refers to `{table}` (on delete: {})", words(*on_delete))
            }
            None => "no longer refers to another table".into(),
        };
        differences.push((what, "nothing; refused if a record refers to none"));
    }
    differences
}

fn words(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Restrict => "restrict",
        OnDelete::Cascade => "cascade",
        OnDelete::SetNull => "set_null",
    }
}

fn list<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(", ")
}

/// Whether an index was made by a store, to be dropped by it.
pub(crate) fn is_ours(index: &str, table: &str) -> bool {
    index.starts_with(table) && (index.ends_with("_index") || index.ends_with("_unique"))
}
