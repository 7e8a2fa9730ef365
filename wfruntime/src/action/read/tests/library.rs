//! Five books in a store, and roles that see some of them.

use jiff::Timestamp;

use crate::auth::{Access, GrantMeta, RoleMeta, Roles};
use crate::collection::{Collection, CollectionMeta, Definition, Location};
use crate::error::Result;
use crate::identity::{Actor, Identity};
use crate::prelude::*;
use crate::registry;
use crate::store::sql::{Insert, OnConflict, Query as _};
use crate::store::{Options, Statement, Store};
use crate::value::Value;

/// Who writes.
#[collection(name = "readAuthors", table = "read_authors")]
pub(super) struct Author {
    name: String,
    born: Option<i32>,
    books: HasMany<Book>,
    portrait: HasOne<Portrait>,
}

/// What they look like.
#[collection(name = "readPortraits", table = "read_portraits")]
pub(super) struct Portrait {
    file: String,
    author: BelongsTo<Author>,
}

/// What they write.
#[collection(name = "readBooks", table = "read_books")]
pub(super) struct Book {
    title: String,
    subtitle: Option<String>,
    pages: Option<i64>,
    price: Option<Decimal>,
    printed: Option<bool>,
    mood: Option<Mood>,
    published: Option<Date>,
    extra: Option<Json>,
    #[field(hidden)]
    secret: Option<String>,
    author: Option<BelongsTo<Author>>,
    labels: BelongsToMany<Label, Labelling>,
}

#[collection(name = "readLabels", table = "read_labels")]
pub(super) struct Label {
    name: String,
    books: BelongsToMany<Book, Labelling>,
}

#[collection(name = "readLabellings", table = "read_labellings")]
pub(super) struct Labelling {
    book: BelongsTo<Book>,
    label: BelongsTo<Label>,
}

#[choice]
pub(super) enum Mood {
    Merry,
    Sad,
}

const HERE: Location = Location { file: file!(), line: line!(), column: 1 };

const fn view(
    collection: fn() -> &'static CollectionMeta,
    fields: Option<&'static [&'static str]>,
    own: bool,
) -> GrantMeta {
    GrantMeta { collection, verb: "view", fields, own, location: HERE }
}

const fn role(name: &'static str, grants: &'static [GrantMeta]) -> RoleMeta {
    RoleMeta { name, title: "", grants, workflows: &[], tasks: false, location: HERE }
}

static ROLES: [RoleMeta; 3] = [
    role(
        "reader",
        &[
            view(|| Book::META, Some(&["title", "author", "labels"]), true),
            view(|| Author::META, Some(&["name"]), false),
            view(|| Portrait::META, None, false),
        ],
    ),
    role("critic", &[view(|| Author::META, None, false), view(|| Book::META, None, true)]),
    role("nobody", &[]),
];

/// A store with books.
pub(super) struct Library {
    pub(super) store: Store,
    roles: Roles,
}

impl Library {
    pub(super) async fn open() -> Result<Self> {
        let library = Self::empty().await?;
        let (author, book) = (Author::definition(), Book::definition());
        let day = |day: i64| {
            Value::Timestamp(
                Timestamp::from_second(1_767_225_600 + 86_400 * day).unwrap_or_default(),
            )
        };
        let mut rows = vec![
            row(author, 1, &[("name", "Jane".into()), ("born", 1775_i64.into())]),
            row(author, 2, &[("name", "Homer".into())]),
        ];
        let portrait = Portrait::definition();
        rows.push(row(portrait, 1, &[("file", "jane.png".into()), ("authorId", 1_i64.into())]));
        for (id, title, subtitle, pages, price, writer) in [
            (1_i64, "Emma", Some("A novel"), Some(400_i64), "9.5", Some(1_i64)),
            (2, "Ilias", None, Some(800), "9.99", Some(2)),
            (3, "Odyssey", Some(""), Some(700), "10", Some(2)),
            (4, "Persuasion", Some("Another"), Some(400), "12.5", Some(1)),
            (5, "Sagas", None, None, "99", None),
        ] {
            let is_novel = writer == Some(1);
            let published = Date::constant(if is_novel { 1815 } else { 800 }, 1, 1);
            let published = Some(published).filter(|_| writer.is_some());
            let extra = (id == 1).then(|| serde_json::json!({ "a": 1 }));
            rows.push(row(
                book,
                id,
                &[
                    ("title", title.into()),
                    ("subtitle", subtitle.into()),
                    ("pages", pages.into()),
                    ("price", price.parse::<Decimal>()?.into()),
                    ("printed", is_novel.into()),
                    ("mood", is_novel.then_some("merry").into()),
                    ("published", published.into()),
                    ("extra", extra.into()),
                    ("secret", "x".into()),
                    ("authorId", writer.into()),
                    ("createdAt", day(id - 1)),
                    ("createdById", if matches!(id, 1 | 5) { Value::Int(7) } else { Value::Null }),
                ],
            ));
        }
        let (label, labelling) = (Label::definition(), Labelling::definition());
        rows.push(row(label, 1, &[("name", "classic".into())]));
        rows.push(row(label, 2, &[("name", "epic".into())]));
        for (id, book, label) in [(1, 1_i64, 1_i64), (2, 3, 1), (3, 2, 2), (4, 3, 2)] {
            rows.push(row(labelling, id, &[("bookId", book.into()), ("labelId", label.into())]));
        }
        library.write(rows).await?;
        Ok(library)
    }

    /// A store without books, but with the user 7.
    pub(super) async fn empty() -> Result<Self> {
        let store = Store::open("sqlite://:memory:", Options::default()).await?;
        let account = registry::global().account();
        let definitions = [
            account,
            Author::definition(),
            Portrait::definition(),
            Book::definition(),
            Label::definition(),
            Labelling::definition(),
        ];
        let tables: Vec<_> = definitions.iter().map(|definition| definition.table_spec()).collect();
        let plan = store.plan(&tables).await?;
        store.apply(&plan).await?;
        let roles = Roles::new(&ROLES, |meta| registry::global().declared(meta));
        let library = Self { store, roles };
        let user = row(
            account,
            7,
            &[("nickname", "Ada".into()), ("roles", serde_json::json!(["reader"]).into())],
        );
        library.write(vec![user]).await?;
        Ok(library)
    }

    /// Writes statements as one unit.
    pub(super) async fn write(&self, statements: Vec<Statement>) -> Result<()> {
        let unit = self
            .store
            .write(move |tx| Box::pin(async move { tx.batch(&statements).await.map(|_| ()) }));
        unit.await
    }

    /// Books of the first author.
    pub(super) async fn insert_many_books(&self, number: i64) -> Result<()> {
        let book = |id| {
            row(
                Book::definition(),
                100 + id,
                &[("title", "Copy".into()), ("authorId", 1_i64.into())],
            )
        };
        self.write((0..number).map(book).collect()).await
    }

    /// The collection, by its name without the prefix that keeps it apart from other tests'.
    pub(super) fn definition(&self, name: &str) -> &'static Definition {
        match name {
            "authors" => Author::definition(),
            "portraits" => Portrait::definition(),
            "books" => Book::definition(),
            "labels" => Label::definition(),
            other => panic!("no collection {other}"),
        }
    }

    pub(super) fn identity(&self, role: &str) -> Identity {
        if role == "anonymous" {
            return Identity::anonymous();
        }
        let roles = vec![role.to_owned()];
        let user = Actor { id: 7, nickname: "Ada".into(), email: None, roles };
        Identity { user: Some(user), role: role.to_owned() }
    }

    pub(super) fn access(&self, role: &str) -> Access {
        self.roles.access(&self.identity(role))
    }
}

/// A new row; what is not given is null, or the first moment.
pub(super) fn row(definition: &'static Definition, id: i64, given: &[(&str, Value)]) -> Statement {
    let value = |column: &crate::collection::Column| {
        if let Some((_, value)) = given.iter().find(|(name, _)| *name == column.json) {
            return value.clone();
        }
        match column.json {
            "id" => id.into(),
            "createdAt" | "updatedAt" => Timestamp::UNIX_EPOCH.into(),
            _ => Value::Null,
        }
    };
    Insert {
        table: definition.table(),
        columns: definition.columns.iter().map(|column| column.name).collect(),
        rows: vec![definition.columns.iter().map(value).collect()],
        conflict: OnConflict::Fail,
    }
    .build()
}

/// The texts of an array.
pub(super) fn strings(json: &serde_json::Value) -> Vec<String> {
    let items = json.as_array().into_iter().flatten();
    items.filter_map(serde_json::Value::as_str).map(str::to_owned).collect()
}
