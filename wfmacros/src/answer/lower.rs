//! What the struct means: names, fields, what was not derived.

use std::collections::HashMap;

use syn::ext::IdentExt;

use super::model::Model;
use crate::attributes::title;
use crate::collection::lower::form_field;
use crate::collection::model::{Derives, Field};
use crate::collection::parse::{Source, SourceField};
use crate::diag::{Errors, message};
use crate::paths::Runtime;
use crate::words;

/// What comes with every answer, beside its fields.
const RESERVED: [&str; 2] = ["by", "comment"];

pub(super) fn lower<'a>(source: &'a Source, errors: &mut Errors) -> Option<Model<'a>> {
    let runtime = Runtime::new(source.args.text("crate", errors).as_ref(), errors);
    local(source, &runtime, errors)
}

pub(super) fn local<'a>(
    source: &'a Source,
    runtime: &Runtime,
    errors: &mut Errors,
) -> Option<Model<'a>> {
    let Source { item, fields, .. } = source;
    let rust = item.ident.unraw().to_string();
    let lowered: Vec<Field<'_>> =
        fields.iter().filter_map(|field| lower_field(field, errors)).collect();
    let is_whole = lowered.len() == fields.len() && are_distinct(&lowered, errors);
    let model = Model {
        item,
        runtime: runtime.clone(),
        title: title(&item.attrs).unwrap_or_else(|| words::title(&rust)),
        derives: Derives::left_out_of(item),
        fields: lowered,
    };
    // Without one of its fields the struct could not be made: the item alone is emitted.
    is_whole.then_some(model)
}

fn lower_field<'a>(source: &'a SourceField, errors: &mut Errors) -> Option<Field<'a>> {
    let rust = source.ident.unraw().to_string();
    if RESERVED.contains(&rust.as_str()) {
        errors.at(
            &source.ident,
            message(
                format!("`{rust}` comes with every answer"),
                Some("who answered is `answered.by`, what else they said `answered.comment`"),
                Some("remove it, or give it another name"),
            ),
        );
        return None;
    }
    form_field(source, errors)
}

/// Whether no two fields have the same name in JSON; those under a `cfg` may exclude each other.
fn are_distinct(fields: &[Field<'_>], errors: &mut Errors) -> bool {
    let mut taken: HashMap<&str, &str> = HashMap::new();
    let mut are_distinct = true;
    for field in fields.iter().filter(|field| field.cfgs.is_empty()) {
        if let Some(other) = taken.insert(&field.json, &field.rust) {
            are_distinct = false;
            errors.at(
                field.ident,
                message(
                    format!("`{other}` and `{}` have the same name `{}`", field.rust, field.json),
                    Some("people send the fields by these names, in camel case"),
                    Some("give one of them another name"),
                ),
            );
        }
    }
    are_distinct
}
