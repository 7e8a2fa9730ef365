//! Every message of the macros against the golden files.
//!
//! A message is a text of several words in the code of wfmacros: not in an attribute, not in a unit
//! test. One golden file must show it: as it stands, or its parts between `{…}` in their order.

use syn::visit::{self, Visit};

use super::sources::{Source, all};

/// Texts that are no messages of their own, each with what it is.
const NO_MESSAGES: &[(&str, &str)] = &[
    ("The workflow `{key}`, to be named by its path.", "documents what is emitted"),
    ("The workflow `{}`.", "documents what is emitted"),
    ("{collection}, where it is named", "labels the trigger of a graph"),
    ("where it is named", "labels the trigger of a graph"),
    ("{collection}: {text}", "labels the trigger of a graph"),
    ("POST /api/hooks/{}", "labels the trigger of a graph"),
    ("at {name}", "a plan in words"),
    ("every {}", "a plan in words"),
    ("{} before {name}", "a plan in words"),
    ("{} after {name}", "a plan in words"),
    (", {word} {}", "a plan in words"),
    (", {repeat} times", "a plan in words"),
    ("nobody answered in time", "ends an execution"),
    ("no signal `{}` came in time", "ends an execution"),
    ("not resolved", "labels a way of a graph"),
    ("as the called one", "labels an end of a graph"),
    ("too late", "labels a way of a graph"),
    ("\n= note: ", "begins a fact"),
    ("\n= help: ", "begins what to type"),
];

/// The messages that no golden file shows.
pub(crate) fn without_golden() -> Vec<String> {
    let goldens: Vec<String> = all()
        .iter()
        .filter(|source| source.path.starts_with("tests/ui/") && source.has_extension("stderr"))
        .map(|golden| flat(&golden.text))
        .collect();
    let mut faults = Vec::new();
    for source in all().iter().filter(|source| is_code(source)) {
        for (line, text) in texts(source) {
            if !goldens.iter().any(|golden| shows(golden, &text)) {
                faults.push(format!("{}:{line}: no golden file shows {text:?}", source.path));
            }
        }
    }
    faults
}

fn is_code(source: &Source) -> bool {
    source.path.starts_with("wfmacros/src/") && source.stem() != "tests"
}

/// The texts of a file's code that can be messages, with their lines.
fn texts(source: &Source) -> Vec<(usize, String)> {
    let Ok(file) = syn::parse_file(&source.text) else { return Vec::new() };
    let mut found = Texts(Vec::new());
    found.visit_file(&file);
    found.0.retain(|(_, text)| {
        let words = parts(text).join(" ").split_whitespace().count();
        words > 1 && !NO_MESSAGES.iter().any(|(known, _)| known == text)
    });
    found.0
}

struct Texts(Vec<(usize, String)>);

impl<'ast> Visit<'ast> for Texts {
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let tests = module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !tests {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.0.push((literal.span().start().line, literal.value()));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
    }
}

impl Texts {
    /// The texts among the tokens of a macro call, which syn does not look into.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut after_hash = false;
        for tree in tokens {
            let hash =
                matches!(&tree, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '#');
            match tree {
                // `#[doc = "…"]` in quoted code.
                proc_macro2::TokenTree::Group(group)
                    if after_hash && group.delimiter() == proc_macro2::Delimiter::Bracket => {}
                proc_macro2::TokenTree::Group(group) => self.tokens(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.visit_lit_str(&text);
                    }
                }
                proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Punct(_) => {}
            }
            after_hash = hash;
        }
    }
}

/// What stands between the `{…}` of a format.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let doubled = letters.peek() == Some(&letter);
        match letter {
            '{' | '}' if doubled => {
                letters.next();
                if let Some(last) = parts.last_mut() {
                    last.push(letter);
                }
            }
            '{' => {
                letters.by_ref().find(|letter| *letter == '}');
                parts.push(String::new());
            }
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.push(letter);
                }
            }
        }
    }
    parts.into_iter().map(|part| flat(&part)).filter(|part| !part.is_empty()).collect()
}

/// Without line breaks and indentation, which the compiler adds.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the text stands there word by word, or filled in as a format.
fn shows(golden: &str, text: &str) -> bool {
    let mut rest = golden;
    let filled = |part: &String| match rest.find(part.as_str()) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    };
    golden.contains(&flat(text)) || parts(text).iter().all(filled)
}

#[test]
fn a_format_is_found_in_its_rendering() {
    let golden = flat("error: unknown argument `moed`\n       = help: did you mean `mode`?\n");
    assert!(shows(&golden, "unknown argument `{name}`\n= help: did you mean `{0}`?"));
    assert!(!shows(&golden, "duplicate argument `{name}`"));
    assert!(shows("write `}}` for a brace", "write `}}` for a brace"));
    assert_eq!(parts("`{{ {x} }}` is"), ["`{", "}` is"]);
}
