//! What the struct means: names, kinds of fields, what was not derived.

use syn::ext::IdentExt;
use syn::{DeriveInput, LitStr, Type};

use super::account;
use super::model::{Class, Derives, Field, Model, Options, Place};
use super::options;
use super::parse::{Source, SourceField};
use crate::args::Args;
use crate::attributes::{is_derived, title};
use crate::diag::{Errors, message};
use crate::function::named;
use crate::paths::Runtime;
use crate::words;

/// Names that every record has.
const RESERVED: [&str; 7] = [
    "id",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "created_by_id",
    "updated_by_id",
];

pub(crate) fn lower<'a>(
    source: &'a Source,
    place: Place,
    errors: &mut Errors,
) -> Option<Model<'a>> {
    let Source { item, args, fields } = source;
    let rust = item.ident.unraw().to_string();
    let table = words::plural(&words::snake(&rust));
    let mut reserved = false;
    let fields = fields
        .iter()
        .filter_map(|field| {
            let lowered = lower_field(field, errors);
            reserved |= lowered.is_none();
            lowered
        })
        .collect();
    let name = name(args, "name", errors).unwrap_or_else(|| words::camel(&table));
    let table = self::name(args, "table", errors).unwrap_or(table);
    let was = was(args, &table, errors);
    let account = args.flag("account", errors).is_some();
    let runtime = Runtime::new(args.text("crate", errors).as_ref(), errors);
    if account {
        account::check(item, &source.fields, errors);
    }
    let model = Model {
        place,
        runtime,
        name,
        table,
        was,
        title: title(&item.attrs).unwrap_or_else(|| words::title(&rust)),
        account,
        derives: Derives::left_out_of(item),
        fields,
        item,
    };
    // Without one of its fields the struct could not be made: the item alone is emitted.
    (!reserved).then_some(model)
}

impl Derives {
    /// What the item's own `#[derive]`s leave out.
    pub(crate) fn left_out_of(item: &DeriveInput) -> Self {
        let own = ["Debug", "Clone", "PartialEq"];
        Self {
            own: own.into_iter().filter(|derive| !is_derived(item, derive)).collect(),
            serialize: !is_derived(item, "Serialize"),
            deserialize: !is_derived(item, "Deserialize"),
        }
    }
}

/// The name that the table had before.
fn was(args: &Args, table: &str, errors: &mut Errors) -> Option<String> {
    let was = name(args, "was", errors)?;
    if was.eq_ignore_ascii_case(table)
        && let Some(arg) = args.get("was")
    {
        errors.at(
            &arg.value,
            message(
                format!("`{was}` is the name that the table has now"),
                Some("`was` names the table that the records are in before it is renamed"),
                Some("remove it, or write the name that the table had"),
            ),
        );
        return None;
    }
    Some(was)
}

/// The argument, if it can be the name of a table or resource.
fn name(args: &Args, key: &str, errors: &mut Errors) -> Option<String> {
    let given = args.text(key, errors)?;
    identifier(&given, errors)
}

/// The text of a literal that names something in the database.
pub(crate) fn identifier(given: &LitStr, errors: &mut Errors) -> Option<String> {
    let text = given.value();
    let letters = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if letters && text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.len() <= 63 {
        return Some(text);
    }
    errors.at(
        given,
        message(
            "expected a name of ASCII letters, digits and `_` that begins with a letter",
            (text.len() > 63).then_some("it has at most 63 characters"),
            None,
        ),
    );
    None
}

fn lower_field<'a>(source: &'a SourceField, errors: &mut Errors) -> Option<Field<'a>> {
    let SourceField { field, ident, args } = source;
    let rust = ident.unraw().to_string();
    if RESERVED.contains(&rust.as_str()) {
        errors.at(ident, message(
            format!("`{rust}` is a field of every record"),
            Some("a `Record` holds `id`, `created_at`, `updated_at`, `created_by` and `updated_by` beside the struct"),
            Some("remove it, or give it another name"),
        ));
        return None;
    }
    let class = class(&field.ty);
    let suffix = if let Class::BelongsTo { .. } = class { "_id" } else { "" };
    let column = args
        .text("column", errors)
        .and_then(|column| identifier(&column, errors))
        .unwrap_or_else(|| format!("{rust}{suffix}"));
    let options = options::lower(args, class, errors);
    Some(made_of(source, rust, class, column, options))
}

/// A field of a form: it stands in no table and leads to no other record.
pub(crate) fn form_field<'a>(source: &'a SourceField, errors: &mut Errors) -> Option<Field<'a>> {
    let SourceField { field, ident, args } = source;
    let rust = ident.unraw().to_string();
    let class = class(&field.ty);
    if !matches!(class, Class::Plain { .. }) {
        errors.at(
            &field.ty,
            message(
                "an association cannot be the type of a field of an answer",
                Some("an answer holds values; it leads to no records"),
                Some("ask for a value by which the workflow finds the record"),
            ),
        );
        return None;
    }
    let mut options = options::of_form(args, errors);
    options.title = options.title.or_else(|| title(&field.attrs)).or(Some(words::title(&rust)));
    let column = rust.clone();
    Some(made_of(source, rust, class, column, options))
}

fn made_of<'a>(
    source: &'a SourceField,
    rust: String,
    class: Class<'a>,
    column: String,
    options: Options,
) -> Field<'a> {
    let attributes = |name: &'static str| {
        source.field.attrs.iter().filter(move |attribute| attribute.path().is_ident(name)).collect()
    };
    let json = words::camel(&rust);
    let is_reference = matches!(class, Class::BelongsTo { .. });
    Field {
        options,
        cfgs: attributes("cfg"),
        docs: attributes("doc"),
        column_json: if is_reference { format!("{json}Id") } else { json.clone() },
        json,
        column,
        class,
        rust,
        ident: &source.ident,
        source: &source.field,
    }
}

/// The kind of a field, by the name of its type.
fn class(ty: &Type) -> Class<'_> {
    let Some((name, argument)) = named(ty) else { return Class::Plain { optional: false } };
    match (name.to_string().as_str(), argument) {
        ("BelongsTo", Some(target)) => Class::BelongsTo { target, optional: false },
        ("HasOne", Some(target)) => Class::HasOne(target),
        ("HasMany", Some(target)) => Class::HasMany(target),
        ("BelongsToMany", Some(target)) => Class::BelongsToMany(target),
        ("Option", Some(inner)) => match class(inner) {
            Class::BelongsTo { target, .. } => Class::BelongsTo { target, optional: true },
            _ => Class::Plain { optional: true },
        },
        _ => Class::Plain { optional: false },
    }
}
