//! An empty database for one check, and the tables that most checks use.

use std::any::Any;

use wfruntime::store::schema::{ColumnSpec, IndexSpec, OnDelete, Reference, TableSpec};
use wfruntime::store::sql::{Condition, Insert, Name, OnConflict, Query, Select};
use wfruntime::store::{Options, Statement, Store, Values};
use wfruntime::testing::TestDatabase;
use wfruntime::{Result, Type, Value};

/// An empty database, gone when dropped.
pub(crate) struct Database {
    url: String,
    _until: Box<dyn Any + Send + Sync>,
}

impl Database {
    pub(crate) async fn open(&self) -> Result<Store> {
        self.open_with(Options::default()).await
    }

    pub(crate) async fn open_with(&self, options: Options) -> Result<Store> {
        Store::open(&self.url, options).await
    }

    /// A store with `authors` and `books`.
    pub(crate) async fn library(&self) -> Result<Store> {
        self.library_with(Options::default()).await
    }

    pub(crate) async fn library_with(&self, options: Options) -> Result<Store> {
        let store = self.open_with(options).await?;
        let plan = store.plan(&library()).await?;
        store.apply(&plan).await?;
        Ok(store)
    }
}

pub(crate) fn sqlite() -> Result<Database> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("store.db").display());
    Ok(Database { url, _until: Box::new(folder) })
}

pub(crate) fn postgres() -> Result<Database> {
    let database = TestDatabase::on(&wf_pg::server()?)?;
    Ok(Database { url: database.url().to_owned(), _until: Box::new(database) })
}

pub(crate) fn column(name: Name, ty: Type) -> ColumnSpec {
    ColumnSpec {
        name,
        ty,
        nullable: true,
        default: Value::Null,
        references: None,
        was: None,
        renamed: Vec::new(),
    }
}

pub(crate) fn required(name: Name, ty: Type) -> ColumnSpec {
    ColumnSpec { nullable: false, ..column(name, ty) }
}

pub(crate) fn reference(name: Name, table: Name, on_delete: OnDelete) -> ColumnSpec {
    ColumnSpec { references: Some(Reference { table, on_delete }), ..column(name, Type::Int) }
}

pub(crate) fn table(name: Name, columns: Vec<ColumnSpec>) -> TableSpec {
    TableSpec { was: None, name, columns, key: vec!["id"], indexes: Vec::new() }
}

pub(crate) fn unique(columns: &[Name]) -> IndexSpec {
    IndexSpec { columns: columns.to_vec(), unique: true, only: None }
}

pub(crate) fn library() -> Vec<TableSpec> {
    let authors = TableSpec {
        indexes: vec![unique(&["name"])],
        ..table("authors", vec![required("id", Type::Int), required("name", Type::Text)])
    };
    let books = TableSpec {
        indexes: vec![unique(&["author_id", "title"])],
        ..table(
            "books",
            vec![
                required("id", Type::Int),
                reference("author_id", "authors", OnDelete::Restrict),
                required("title", Type::Text),
                column("copies", Type::Int),
            ],
        )
    };
    vec![authors, books]
}

pub(crate) fn insert(table: Name, columns: &[Name], rows: Vec<Vec<Value>>) -> Insert {
    Insert { table, columns: columns.to_vec(), rows, conflict: OnConflict::Fail }
}

pub(crate) fn author(id: i64, name: &str) -> Statement {
    insert("authors", &["id", "name"], vec![vec![id.into(), name.into()]]).build()
}

pub(crate) fn book(id: i64, author: i64, title: &str) -> Statement {
    let row = vec![id.into(), author.into(), title.into(), Value::Null];
    insert("books", &["id", "author_id", "title", "copies"], vec![row]).build()
}

pub(crate) fn select(table: Name, columns: &[(Name, Type)], filter: Condition) -> Select {
    let order = vec![("id", false)];
    Select { table, columns: columns.to_vec(), filter, order, limit: None, offset: None }
}

/// The ids of the rows that fit, in order.
pub(crate) async fn ids(store: &Store, table: Name, filter: Condition) -> Result<Vec<i64>> {
    let rows = store.read(&select(table, &[("id", Type::Int)], filter).build()).await?;
    Ok(numbers(&rows))
}

pub(crate) fn numbers(rows: &[Values]) -> Vec<i64> {
    rows.iter().filter_map(|row| row.first().and_then(Value::as_int)).collect()
}

/// Runs statements as one unit.
pub(crate) async fn run(store: &Store, statements: Vec<Statement>) -> Result<Vec<u64>> {
    store.write(|tx| Box::pin(async move { tx.batch(&statements).await })).await
}
