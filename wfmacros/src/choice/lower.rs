//! What the enum means: the names of its variants, and what was not derived.

use std::collections::HashMap;

use syn::ext::IdentExt;
use syn::{Attribute, DeriveInput, Ident};

use super::parse::Source;
use crate::attributes::{cfgs, is_derived, title};
use crate::diag::{Errors, message};
use crate::paths::Runtime;
use crate::words;

pub(crate) struct Model<'a> {
    pub(crate) item: &'a DeriveInput,
    pub(crate) runtime: Runtime,
    pub(crate) derives: Vec<&'static str>,
    pub(crate) serialize: bool,
    pub(crate) deserialize: bool,
    pub(crate) display: bool,
    pub(crate) variants: Vec<Variant<'a>>,
}

pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) cfgs: Vec<&'a Attribute>,
    pub(crate) rust: String,
    pub(crate) name: String,
    pub(crate) title: String,
}

const DERIVES: [&str; 6] = ["Debug", "Clone", "Copy", "PartialEq", "Eq", "Hash"];

pub(crate) fn lower<'a>(source: &'a Source, errors: &mut Errors) -> Model<'a> {
    let item = &source.item;
    let mut taken: HashMap<String, String> = HashMap::new();
    let variants = source
        .variants
        .iter()
        .map(|(variant, args)| {
            let rust = variant.ident.unraw().to_string();
            let given = args.text("name", errors);
            let name = given.as_ref().map_or_else(|| words::snake(&rust), syn::LitStr::value);
            let unusable = name.is_empty() || name.trim() != name;
            if let (Some(given), true) = (&given, unusable) {
                errors.at(given, "expected a name without spaces around it");
            }
            if let Some(other) = taken.insert(name.clone(), rust.clone()) {
                let text = message(
                    format!("`{other}` and `{rust}` have the same name `{name}`"),
                    Some("a choice is stored and sent by name"),
                    Some("`#[choice(name = \"…\")]` gives a variant another one"),
                );
                match &given {
                    Some(given) => errors.at(given, text),
                    None => errors.at(&variant.ident, text),
                }
            }
            let title = args.text("title", errors).map(|title| title.value());
            Variant {
                ident: &variant.ident,
                cfgs: cfgs(&variant.attrs),
                title: title
                    .or_else(|| self::title(&variant.attrs))
                    .unwrap_or_else(|| words::title(&rust)),
                rust,
                name,
            }
        })
        .collect();
    Model {
        runtime: Runtime::new(source.args.text("crate", errors).as_ref(), errors),
        derives: DERIVES.into_iter().filter(|derive| !is_derived(item, derive)).collect(),
        serialize: !is_derived(item, "Serialize"),
        deserialize: !is_derived(item, "Deserialize"),
        display: !is_derived(item, "Display"),
        variants,
        item,
    }
}
