//! What `#[field(…)]` means for a field of its kind, and what contradicts it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Expr, ExprRange, Ident, Lit, RangeLimits};

use super::lower::identifier;
use super::model::{Class, Default, OnDelete, Options};
use crate::args::{Args, list};
use crate::diag::{Errors, message};
use crate::words;

const ON_DELETE: [&str; 3] = ["restrict", "cascade", "set_null"];

pub(crate) fn lower(args: &Args, class: Class<'_>, errors: &mut Errors) -> Options {
    no_effect(args, class, errors);
    let options = Options {
        default: default(args, errors),
        unique: args.flag("unique", errors).is_some(),
        index: args.flag("index", errors).is_some(),
        hidden: args.flag("hidden", errors).is_some(),
        was: was(args, class, errors),
        by: args.ident("by", errors).map(|by| by.unraw().to_string()),
        on_delete: args.ident("on_delete", errors).and_then(|word| on_delete(&word, errors)),
        ..limits(args, errors)
    };
    contradictions(args, class, &options, errors);
    options
}

/// The arguments of a field of a form.
pub(crate) fn of_form(args: &Args, errors: &mut Errors) -> Options {
    const TABLE: [&str; 7] = ["unique", "index", "hidden", "was", "by", "on_delete", "column"];
    const NOTE: &str = "an answer is kept with its task and shown with it, not in a table";
    refuse(args, "a field of an answer", &TABLE, NOTE, errors);
    let default = match default(args, errors) {
        Some(Default::User(at)) => {
            errors.span(
                at,
                message(
                    "`user` cannot be the default of a field of an answer",
                    Some("a field of an answer holds no user"),
                    Some("who answered comes with every answer: `answered.by`"),
                ),
            );
            None
        }
        other => other,
    };
    Options { default, ..limits(args, errors) }
}

/// The limits of a value, and its title.
fn limits(args: &Args, errors: &mut Errors) -> Options {
    let text = |key, errors: &mut Errors| args.text(key, errors).map(|text| text.value());
    Options {
        length: args.expr("length", errors).and_then(|length| bounds_of_length(&length, errors)),
        range: args.expr("range", errors).and_then(|range| bounds(&range, errors)),
        pattern: text("pattern", errors),
        title: text("title", errors),
        length_at: args.get("length").map(|arg| arg.key.span()),
        pattern_at: args.get("pattern").map(|arg| arg.key.span()),
        ..Options::default()
    }
}

/// The name it had before, as a column's name.
fn was(args: &Args, class: Class<'_>, errors: &mut Errors) -> Option<String> {
    let was = words::snake(&identifier(&args.text("was", errors)?, errors)?);
    let is_reference = matches!(class, Class::BelongsTo { .. });
    Some(if is_reference && !was.ends_with("_id") { format!("{was}_id") } else { was })
}

/// Arguments that say nothing about a field of this kind.
fn no_effect(args: &Args, class: Class<'_>, errors: &mut Errors) {
    let (what, keys, note): (_, &[&str], _) = match class {
        Class::Plain { .. } => {
            ("a field that is no association", &["by", "on_delete"], "it leads to no other record")
        }
        Class::BelongsTo { .. } => (
            "`BelongsTo`",
            &["by", "length", "range", "pattern"],
            "its column holds the id of the other record",
        ),
        Class::HasOne(_) | Class::HasMany(_) | Class::BelongsToMany(_) => (
            match class {
                Class::HasOne(_) => "`HasOne`",
                Class::HasMany(_) => "`HasMany`",
                _ => "`BelongsToMany`",
            },
            &[
                "default",
                "unique",
                "index",
                "hidden",
                "length",
                "range",
                "pattern",
                "was",
                "on_delete",
                "column",
            ],
            "it has no column in this table: the other collection refers to this one",
        ),
    };
    refuse(args, what, keys, note, errors);
}

fn refuse(args: &Args, what: &str, keys: &[&str], note: &str, errors: &mut Errors) {
    for key in keys {
        if let Some(arg) = args.get(key) {
            let headline = format!("`{key}` has no effect on {what}");
            errors.at(&arg.key, message(headline, Some(note), None));
        }
    }
}

fn contradictions(args: &Args, class: Class<'_>, options: &Options, errors: &mut Errors) {
    if let (Class::BelongsTo { optional: false, .. }, Some(OnDelete::SetNull)) =
        (class, options.on_delete)
        && let Some(arg) = args.get("on_delete")
    {
        errors.at(
            &arg.value,
            message(
                "`set_null` cannot be used on a required association",
                Some("there is no null in its column"),
                Some("make it an `Option<BelongsTo<…>>`, or use `cascade` or `restrict`"),
            ),
        );
    }
    let reason = if options.unique {
        Some("a unique column has an index")
    } else if matches!(class, Class::BelongsTo { .. }) {
        Some("a reference has an index")
    } else {
        None
    };
    if let (Some(arg), Some(reason)) = (args.get("index"), reason) {
        errors.at(&arg.key, message("`index` has no effect here", Some(reason), Some("remove it")));
    }
}

fn default(args: &Args, errors: &mut Errors) -> Option<Default> {
    let value = args.expr("default", errors)?;
    if let Expr::Path(path) = &value
        && let Some(word) = path.path.get_ident()
    {
        if word == "now" {
            return Some(Default::Now(word.span()));
        }
        if word == "user" {
            return Some(Default::User(word.span()));
        }
    }
    Some(Default::Value(Box::new(value)))
}

fn on_delete(word: &Ident, errors: &mut Errors) -> Option<OnDelete> {
    let text = word.unraw().to_string();
    match text.as_str() {
        "restrict" => Some(OnDelete::Restrict),
        "cascade" => Some(OnDelete::Cascade),
        "set_null" => Some(OnDelete::SetNull),
        _ => {
            let help = words::closest(&text, ON_DELETE).map(|close| format!("there is `{close}`"));
            errors.at(
                word,
                message(
                    format!(
                        "expected {}, found `{text}`",
                        list(&ON_DELETE).replace(" and ", " or ")
                    ),
                    None,
                    help.as_deref(),
                ),
            );
            None
        }
    }
}

/// `a..=b` with either end left out.
fn bounds(range: &Expr, errors: &mut Errors) -> Option<(Option<Expr>, Option<Expr>)> {
    match range {
        Expr::Range(ExprRange { start, limits: RangeLimits::Closed(_), end, .. }) => {
            let owned = |end: &Option<Box<Expr>>| end.as_deref().cloned();
            let (start, end) = (owned(start), owned(end));
            reversed(range, start.as_ref(), end.as_ref(), errors);
            Some((start, end))
        }
        Expr::Range(ExprRange { start: Some(start), end: None, .. }) => {
            Some((Some((**start).clone()), None))
        }
        _ => {
            errors.at(
                range,
                message(
                    "expected a range such as `1..=100`",
                    Some("both ends belong to it, and either may be left out: `1..`, `..=100`"),
                    None,
                ),
            );
            None
        }
    }
}

/// Least and greatest length; one number is the greatest.
fn bounds_of_length(length: &Expr, errors: &mut Errors) -> Option<(TokenStream, TokenStream)> {
    if let Expr::Range(_) = length {
        let (min, max) = bounds(length, errors)?;
        let min = min.map_or_else(|| quote!(0), |min| quote!(#min));
        let max = max.map_or_else(|| quote!(::core::primitive::u32::MAX), |max| quote!(#max));
        return Some((min, max));
    }
    Some((quote!(0), quote!(#length)))
}

fn reversed(range: &Expr, start: Option<&Expr>, end: Option<&Expr>, errors: &mut Errors) {
    let number = |end: Option<&Expr>| match end {
        Some(Expr::Lit(literal)) => match &literal.lit {
            Lit::Int(int) => int.base10_parse::<i128>().ok(),
            _ => None,
        },
        _ => None,
    };
    if let (Some(start), Some(end)) = (number(start), number(end))
        && start > end
    {
        errors.at(
            range,
            message("no value is in this range", None, Some(&format!("`{end}..={start}`"))),
        );
    }
}
