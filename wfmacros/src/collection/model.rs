//! A collection as it is meant: what `emit` turns into code without asking.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, DeriveInput, Expr, Ident, Type};

use crate::paths::Runtime;

/// Where the types that hold the names of fields and associations stand.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Out of sight.
    Inside,
    /// Beside the struct, so that a library can show them.
    Beside,
}

pub(crate) struct Model<'a> {
    pub(crate) place: Place,
    pub(crate) item: &'a DeriveInput,
    pub(crate) runtime: Runtime,
    pub(crate) name: String,
    pub(crate) table: String,
    /// The name that the table had before.
    pub(crate) was: Option<String>,
    pub(crate) title: String,
    pub(crate) account: bool,
    pub(crate) derives: Derives,
    pub(crate) fields: Vec<Field<'a>>,
}

/// The traits that the user did not derive.
pub(crate) struct Derives {
    pub(crate) own: Vec<&'static str>,
    pub(crate) serialize: bool,
    pub(crate) deserialize: bool,
}

pub(crate) struct Field<'a> {
    pub(crate) source: &'a syn::Field,
    pub(crate) ident: &'a Ident,
    pub(crate) cfgs: Vec<&'a Attribute>,
    pub(crate) docs: Vec<&'a Attribute>,
    /// Without `r#`.
    pub(crate) rust: String,
    pub(crate) json: String,
    pub(crate) column: String,
    pub(crate) column_json: String,
    pub(crate) class: Class<'a>,
    pub(crate) options: Options,
}

/// What a field's type says by its name.
#[derive(Clone, Copy)]
pub(crate) enum Class<'a> {
    Plain { optional: bool },
    BelongsTo { target: &'a Type, optional: bool },
    HasOne(&'a Type),
    HasMany(&'a Type),
    BelongsToMany(&'a Type),
}

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) default: Option<Default>,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) hidden: bool,
    pub(crate) length: Option<(TokenStream, TokenStream)>,
    pub(crate) range: Option<(Option<Expr>, Option<Expr>)>,
    pub(crate) pattern: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) was: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) on_delete: Option<OnDelete>,
    /// Where `length` and `pattern` stand: the type is checked there.
    pub(crate) length_at: Option<Span>,
    pub(crate) pattern_at: Option<Span>,
}

pub(crate) enum Default {
    Now(Span),
    User(Span),
    Value(Box<Expr>),
}

#[derive(Clone, Copy)]
pub(crate) enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

impl Class<'_> {
    /// Whether the field has a column in its own table.
    pub(crate) fn has_column(self) -> bool {
        matches!(self, Self::Plain { .. } | Self::BelongsTo { .. })
    }
}

impl Field<'_> {
    /// Whether the builder refuses a new record without it.
    ///
    /// A field under `cfg` is checked at run time: a generic argument cannot be left out.
    pub(crate) fn is_required(&self) -> bool {
        let optional = match self.class {
            Class::Plain { optional } | Class::BelongsTo { optional, .. } => optional,
            _ => true,
        };
        !optional && self.options.default.is_none() && self.cfgs.is_empty()
    }
}
