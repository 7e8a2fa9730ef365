//! The keys of one block, and the words and collections that go into fingerprints.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Pat;
use syn::ext::IdentExt;

use super::super::ast::{Kind, Node, NodeKind, Read, Statement, Value};
use crate::diag::{Errors, message};
use crate::fingerprint::Fingerprint;

/// The keys of one block.
pub(super) struct Keys<'a> {
    prefix: &'a str,
    counts: HashMap<String, usize>,
    names: Vec<Ident>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(prefix: &'a str) -> Self {
        Self { prefix, counts: HashMap::new(), names: Vec::new() }
    }

    /// The key of a statement without a name.
    pub(super) fn count(&mut self, word: &str) -> String {
        let count = self.counts.entry(word.to_owned()).or_default();
        *count += 1;
        format!("{}{word}#{count}", self.prefix)
    }

    /// The key of a `let`.
    pub(super) fn name(&mut self, pattern: &Pat, word: &str, errors: &mut Errors) -> String {
        // `let Some(form) = form else { … }` takes apart what a node gave under that name.
        let takes_apart = word == "let" && !matches!(pattern, Pat::Ident(_));
        let Some(name) = simple_name(pattern).filter(|_| !takes_apart) else {
            return self.count(word);
        };
        if self.names.contains(name) {
            errors.at(
                name,
                message(
                    format!("duplicate name `{}` in one block", name.unraw()),
                    Some("what a node did is kept under its name"),
                    Some("give one of them another name"),
                ),
            );
        }
        self.names.push(name.clone());
        format!("{}{}", self.prefix, name.unraw())
    }
}

/// The name of `let name` and `let mut name`, and of `let Some(name)`.
fn simple_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(ident) if ident.subpat.is_none() => Some(&ident.ident),
        Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => simple_name(tuple.elems.first()?),
        Pat::Type(typed) => simple_name(&typed.pat),
        _ => None,
    }
}

/// The word a statement's key counts, and its fingerprint.
pub(super) fn identity(statement: &Statement) -> (String, u64) {
    let (word, collection) = words(&statement.kind);
    let mut fingerprint = Fingerprint::new();
    fingerprint.text(&word).tokens(collection);
    match branches(&statement.kind) {
        // What happened in the branches is in their own jobs.
        Some(count) => fingerprint.text(&count.to_string()),
        None => fingerprint.tokens(statement.tokens.clone()),
    };
    (word, fingerprint.finish())
}

fn branches(kind: &Kind) -> Option<usize> {
    match kind {
        Kind::Branches(it) => Some(it.blocks.len()),
        Kind::Let(it) => match &it.value {
            Value::Branches(it) => Some(it.blocks.len()),
            _ => None,
        },
        _ => None,
    }
}

/// The word a statement's key counts, and the collection it is about.
fn words(kind: &Kind) -> (String, TokenStream) {
    let of_node = |node: &Node| {
        let collection = match &node.kind {
            NodeKind::Create { collection, .. }
            | NodeKind::UpdateWhere { collection, .. }
            | NodeKind::DeleteWhere { collection, .. }
            | NodeKind::Read(Read { collection, .. })
            | NodeKind::Count { collection, .. }
            | NodeKind::Aggregate { collection, .. } => quote!(#collection),
            _ => TokenStream::new(),
        };
        (node.word.to_string(), collection)
    };
    let plain = |word: &str| (word.to_owned(), TokenStream::new());
    match kind {
        Kind::If(_) => plain("if"),
        Kind::Match(_) => plain("match"),
        Kind::For(_) => plain("for"),
        Kind::Node(node) => of_node(node),
        Kind::Branches(it) => plain(&it.word.to_string()),
        Kind::Let(it) => match &it.value {
            Value::Node(node) => of_node(node),
            Value::Branches(it) => plain(&it.word.to_string()),
            Value::Expr(_) => plain("let"),
        },
        Kind::Leave(_) | Kind::Broken(_) | Kind::Refused(_) => plain(""),
    }
}
