use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;

use super::Place;

/// The formatted expansion of a collection.
fn expanded(args: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
    let expansion = super::expand(tokens(args), tokens(item), Place::Inside);
    prettyplease::unparse(&syn::parse2(expansion).expect("items"))
}

/// Compares the part of an expansion between two texts, from the start of the first one's line.
fn part(expansion: &str, from: &str, to: &str, expected: &ExpectFile) {
    let found = expansion.find(from).expect("the beginning");
    let start = expansion[..found].rfind('\n').map_or(0, |newline| newline + 1);
    let end = found + expansion[found..].find(to).expect("the end");
    expected.assert_eq(expansion[start..end].trim_end_matches(' '));
}

const POST: &str = "
    /// What people read.
    pub struct Post {
        /// Its title.
        #[field(length = ..=80, was = \"headline\")]
        pub title: String,
        #[serde(skip)]
        category: Option<BelongsTo<Category>>,
        #[field(default = now)]
        pub(crate) date: Timestamp,
        parts: HasMany<Part>,
    }
";

#[test]
fn the_item_comes_first_without_our_attributes() {
    part(&expanded("", POST), "", "#[allow", &expect_file!["expansions/item.txt"]);
}

#[test]
fn what_was_derived_is_not_derived_again() {
    let item = "#[derive(Debug, serde::Serialize)] #[derive(std::clone::Clone)] struct A { a: u8 }";
    let expansion = expanded("", item);
    part(&expansion, "", "struct", &expect_file!["expansions/derives.txt"]);
    assert!(!expansion.contains("Serialize for A") && expansion.contains("Deserialize<'de> for A"));
}

#[test]
fn the_metadata() {
    let expansion = expanded("name = \"letters\"", POST);
    part(
        &expansion,
        "impl __wf::Collection for Post",
        "type Fields",
        &expect_file!["expansions/metadata.txt"],
    );
}

#[test]
fn the_builder() {
    part(
        &expanded("", POST),
        "/// The required fields",
        "/// Changes of",
        &expect_file!["expansions/builder.txt"],
    );
}

#[test]
fn the_runtime_has_the_path_that_was_given() {
    let expansion = expanded("crate = \"crate::ours::wf\"", "struct A { a: u8 }");
    assert!(expansion.contains("use crate::ours::wf::private as __wf;"));
    assert!(!expansion.contains("wfruntime"));
}

#[test]
fn a_broken_item_is_emitted_as_it_stands() {
    let tokens: TokenStream = "struct Post { title String }".parse().expect("tokens");
    assert_eq!(
        super::expand(TokenStream::new(), tokens.clone(), Place::Inside).to_string(),
        tokens.to_string()
    );
}
