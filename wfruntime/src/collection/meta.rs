//! What the macros say of a collection: constant data, not yet resolved or checked.

use crate::store::schema::OnDelete;
use crate::value::{Type, Value};

/// Where in the user's source something was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Location {
    pub file: &'static str,
    pub line: u32,
    pub column: u32,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A collection as `#[collection]` declares it.
#[derive(Debug, Clone, Copy)]
pub struct CollectionMeta {
    /// The resource name in URLs: `postTags`.
    pub name: &'static str,
    /// The table: `post_tags`.
    pub table: &'static str,
    /// The name that the table had before.
    pub was: Option<&'static str>,
    /// The Rust type's name: `PostTag`.
    pub rust: &'static str,
    /// For people: the first line of the doc comment, or the Rust name in words.
    pub title: &'static str,
    /// Whether its records are the users who sign in.
    pub account: bool,
    /// The struct's fields in declaration order.
    pub members: &'static [MemberMeta],
    /// Where it is declared.
    pub location: Location,
    /// Identifies the Rust type.
    pub type_id: fn() -> std::any::TypeId,
}

/// A collection as `inventory` collects it; nothing but the registry reads it.
#[derive(Clone, Copy)]
pub struct RegisteredCollection(pub &'static CollectionMeta);

inventory::collect!(RegisteredCollection);

/// One field of the struct: a column, or an association.
#[derive(Debug, Clone, Copy)]
pub struct MemberMeta {
    /// The Rust name, without `r#`: `created_on`.
    pub rust: &'static str,
    /// The JSON name: `createdOn`.
    pub json: &'static str,
    /// The column of a plain field (`created_on`) or of a to-one reference (`applicant_id`).
    pub column: &'static str,
    /// The JSON name of that column: `createdOn`, `applicantId`.
    pub column_json: &'static str,
    /// What the field's type says.
    pub shape: Shape,
    /// What `#[field(…)]` says.
    pub options: FieldOptions,
    /// For people who fill it in: the doc comment.
    pub help: Option<&'static str>,
    /// Where it is declared.
    pub location: Location,
}

impl MemberMeta {
    /// The collection at the other end, if it is an association.
    #[must_use]
    pub fn target(&self) -> Option<&'static CollectionMeta> {
        let Shape::Association(shape) = self.shape else { return None };
        Some(match shape {
            AssociationShape::BelongsTo { target, .. }
            | AssociationShape::HasOne { target }
            | AssociationShape::HasMany { target }
            | AssociationShape::BelongsToMany { target, .. } => target(),
        })
    }
}

/// What the type of a field says of it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Shape {
    /// A value in a column of the own table.
    Column {
        /// What it holds.
        kind: Kind,
        /// Whether it may be null.
        nullable: bool,
    },
    /// A link to other records.
    Association(AssociationShape),
}

/// What kind of link an association is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum AssociationShape {
    /// A reference in a column of the own table.
    BelongsTo {
        /// The collection it refers to.
        target: fn() -> &'static CollectionMeta,
        /// Whether it may be null.
        nullable: bool,
    },
    /// One record of the target refers to this one.
    HasOne {
        /// The collection that refers to this one.
        target: fn() -> &'static CollectionMeta,
    },
    /// Any number of records of the target refer to this one.
    HasMany {
        /// The collection that refers to this one.
        target: fn() -> &'static CollectionMeta,
    },
    /// Records of `through` refer to this one and to the target.
    BelongsToMany {
        /// The collection at the other end.
        target: fn() -> &'static CollectionMeta,
        /// The collection between.
        through: fn() -> &'static CollectionMeta,
    },
}

/// What a column holds, as the compiler knows it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind {
    /// A plain value.
    Plain(Type),
    /// An integer within bounds of its Rust type, both included.
    Int {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// One of a few names.
    Choice(&'static ChoiceMeta),
    /// The id of a record of another collection.
    Reference,
}

impl Kind {
    /// How it is stored.
    #[must_use]
    pub const fn ty(self) -> Type {
        match self {
            Self::Plain(ty) => ty,
            Self::Int { .. } | Self::Reference => Type::Int,
            Self::Choice(_) => Type::Text,
        }
    }
}

/// The variants of a `#[choice]`, in declaration order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceMeta {
    /// The Rust type's name.
    pub rust: &'static str,
    /// Its variants.
    pub variants: &'static [Variant],
}

/// One variant of a `#[choice]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The Rust name: `InReview`.
    pub rust: &'static str,
    /// What is stored and sent: `in_review`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// The name that was stored before it was renamed.
    pub was: Option<&'static str>,
}

/// What `#[field(…)]` says.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct FieldOptions {
    pub default: Option<DefaultValue>,
    pub unique: bool,
    pub index: bool,
    /// Never leaves the server.
    pub hidden: bool,
    /// Least and greatest number of characters (of bytes for bytes), both included.
    pub length: Option<(u32, u32)>,
    pub range: Option<Range>,
    /// A regular expression that the whole text must match.
    pub pattern: Option<&'static str>,
    pub title: Option<&'static str>,
    /// The JSON or column name it had before.
    pub was: Option<&'static str>,
    /// The Rust name of the field of the target by which it refers back.
    pub by: Option<&'static str>,
    pub on_delete: OnDelete,
}

impl FieldOptions {
    /// No options.
    pub const NONE: Self = Self {
        default: None,
        unique: false,
        index: false,
        hidden: false,
        length: None,
        range: None,
        pattern: None,
        title: None,
        was: None,
        by: None,
        on_delete: OnDelete::Restrict,
    };
}

/// The value of a field that was not given, evaluated for each record.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum DefaultValue {
    /// The moment of the action.
    Now,
    /// The user who acts; null if nobody is signed in.
    User,
    /// An expression of the program's.
    Value(fn() -> Value),
}

/// Least and greatest value, both included, converted to the field's type.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The least value.
    pub min: Option<fn() -> Value>,
    /// The greatest value.
    pub max: Option<fn() -> Value>,
}
