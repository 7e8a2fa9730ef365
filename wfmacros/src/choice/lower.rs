//! What the enum means: the names of its variants, and what was not derived.

use std::collections::HashMap;

use syn::ext::IdentExt;
use syn::{Attribute, DeriveInput, Ident, LitStr};

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
    /// The name it had before.
    pub(crate) was: Option<String>,
}

const DERIVES: [&str; 6] = ["Debug", "Clone", "Copy", "PartialEq", "Eq", "Hash"];

pub(crate) fn lower<'a>(source: &'a Source, errors: &mut Errors) -> Model<'a> {
    let item = &source.item;
    let mut taken: HashMap<String, String> = HashMap::new();
    let mut olds = Vec::new();
    let variants = source
        .variants
        .iter()
        .map(|(variant, args)| {
            let rust = variant.ident.unraw().to_string();
            let given = args.text("name", errors);
            let was = args.text("was", errors);
            for given in given.iter().chain(&was) {
                if given.value().is_empty() || given.value().trim() != given.value() {
                    errors.at(given, "expected a name without spaces around it");
                }
            }
            let name = given.as_ref().map_or_else(|| words::snake(&rust), LitStr::value);
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
                rust: rust.clone(),
                name,
                was: was.map(|was| {
                    let old = was.value();
                    olds.push((was, rust));
                    old
                }),
            }
        })
        .collect();
    renames(&olds, &taken, errors);
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

/// Old names that are names of today, or of two variants.
fn renames(olds: &[(LitStr, String)], names: &HashMap<String, String>, errors: &mut Errors) {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for (was, rust) in olds {
        let old = was.value();
        if let Some(owner) = names.get(&old) {
            let headline = if owner == rust {
                format!("`{old}` is the name that `{rust}` has now")
            } else {
                format!("`{old}` is the name of `{owner}`: its records could not be told apart")
            };
            let note = "`was` is the name that records hold before a variant is renamed";
            errors.at(was, message(headline, Some(note), None));
        } else if let Some(other) = owners.insert(old.clone(), rust) {
            errors.at(was, format!("`{other}` and `{rust}` cannot both have been `{old}`"));
        }
    }
}
