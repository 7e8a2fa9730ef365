//! Gives every statement its key and fingerprint, and finds what contradicts itself.
//!
//! A key is the lexical path of a statement: the blocks around it, then its `let` name, or its
//! word and how many of that word stand before it without a name: `if#1.0/review`, `update#2`.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Expr, Pat, Type};

use super::ast::{Approve, Block, By, If, Kind, Let, Node, NodeKind, Quorum, Statement, Value};
use crate::diag::{Errors, message};
use crate::fingerprint::Fingerprint;

/// One statement, ready to be emitted.
pub(crate) struct Step {
    pub(crate) key: String,
    pub(crate) fingerprint: u64,
    pub(crate) at: Span,
    pub(crate) kind: StepKind,
}

pub(crate) enum StepKind {
    If {
        branches: Vec<(Expr, Vec<Step>)>,
        otherwise: Option<Vec<Step>>,
    },
    Let {
        pattern: Pat,
        ty: Option<Type>,
        value: Box<Value>,
        otherwise: Option<Vec<Step>>,
    },
    Node(Box<Node>),
    Broken(TokenStream),
    /// A statement that gave a name was refused: what follows would only name it in vain.
    Cut,
}

impl Step {
    /// The node, if it is one or binds one.
    pub(crate) fn node(&self) -> Option<&Node> {
        match &self.kind {
            StepKind::Node(node) => Some(node),
            StepKind::Let { value, .. } => match &**value {
                Value::Node(node) => Some(node),
                Value::Expr(_) => None,
            },
            _ => None,
        }
    }
}

/// Whether nothing can follow the block: it ends the execution on every way.
pub(crate) fn ends(steps: &[Step]) -> bool {
    steps.last().is_some_and(|step| match &step.kind {
        StepKind::Node(node) => matches!(node.kind, NodeKind::End { .. }),
        StepKind::If { branches, otherwise: Some(otherwise) } => {
            branches.iter().all(|(_, steps)| ends(steps)) && ends(otherwise)
        }
        StepKind::Cut => true,
        _ => false,
    })
}

/// Lowers a body.
pub(crate) struct Lowering<'a> {
    pub(crate) is_sync: bool,
    pub(crate) errors: &'a mut Errors,
    /// The roles that were named.
    pub(crate) roles: Vec<Ident>,
}

impl Lowering<'_> {
    /// The steps of a block whose keys begin with `prefix`.
    pub(crate) fn block(&mut self, block: Block, prefix: &str) -> Vec<Step> {
        let mut keys = Keys { prefix, counts: HashMap::new(), names: Vec::new() };
        let mut steps: Vec<Step> = Vec::new();
        let mut told = false;
        for statement in block.statements {
            if ends(&steps) {
                if !told && !matches!(steps.last().map(|step| &step.kind), Some(StepKind::Cut)) {
                    told = true;
                    self.errors.span(
                        statement.at,
                        message(
                            "statement after `end`",
                            Some("the execution has ended before it on every way"),
                            Some("remove it, or move `end` behind it"),
                        ),
                    );
                }
                continue;
            }
            steps.extend(self.statement(statement, &mut keys));
        }
        steps
    }

    fn statement(&mut self, statement: Statement, keys: &mut Keys) -> Option<Step> {
        let Statement { at, tokens, kind } = statement;
        let (word, collection) = words(&kind);
        let fingerprint = Fingerprint::new().text(&word).tokens(collection).tokens(tokens).finish();
        let (key, kind) = match kind {
            Kind::If(it) => {
                let key = keys.count("if");
                let kind = self.conditional(it, &key);
                (key, kind)
            }
            Kind::Let(it) => {
                let key = self.name(&it.pattern, &word, keys);
                let kind = self.binding(*it, &key);
                (key, kind)
            }
            Kind::Node(node) => {
                self.node(&node);
                (keys.count(&word), StepKind::Node(node))
            }
            Kind::Broken(tokens) => (String::new(), StepKind::Broken(tokens)),
            Kind::Refused(true) => (String::new(), StepKind::Cut),
            Kind::Refused(false) => return None,
        };
        let step = Step { key, fingerprint, at, kind };
        let waits = step.node().is_some_and(|node| matches!(node.kind, NodeKind::Approve(_)));
        if self.is_sync && waits {
            // Reported: a synchronous context has no such method to call.
            let is_bound = matches!(step.kind, StepKind::Let { .. });
            return is_bound.then_some(Step { kind: StepKind::Cut, ..step });
        }
        Some(step)
    }

    fn conditional(&mut self, it: If, key: &str) -> StepKind {
        let mut branches = Vec::with_capacity(it.branches.len());
        for (index, (condition, block)) in it.branches.into_iter().enumerate() {
            branches.push((condition, self.block(block, &format!("{key}.{index}/"))));
        }
        let otherwise = it.otherwise.map(|block| self.block(block, &format!("{key}.else/")));
        StepKind::If { branches, otherwise }
    }

    fn binding(&mut self, it: Let, key: &str) -> StepKind {
        if let Value::Node(node) = &it.value {
            self.node(node);
            self.gives_a_value(node);
        }
        let otherwise = it.otherwise.map(|block| {
            let mut steps = self.block(block, &format!("{key}.else/"));
            if !ends(&steps) {
                let at = it_span(&it.pattern);
                // rustc would say the same again.
                let kind = StepKind::Cut;
                steps.push(Step { key: String::new(), fingerprint: 0, at, kind });
                self.errors.span(
                    it_span(&it.pattern),
                    message(
                        "the `else` of a `let` must end the execution",
                        Some("after it, the name has no value"),
                        Some("write `end;` or `end failed \"…\";` at its end"),
                    ),
                );
            }
            steps
        });
        let (pattern, ty, value) = (it.pattern, it.ty, Box::new(it.value));
        StepKind::Let { pattern, ty, value, otherwise }
    }

    fn gives_a_value(&mut self, node: &Node) {
        let gives = matches!(
            node.kind,
            NodeKind::Create { .. }
                | NodeKind::UpdateWhere { .. }
                | NodeKind::Find { .. }
                | NodeKind::Run { .. }
                | NodeKind::Approve(_)
        );
        if !gives {
            let word = &node.word;
            self.errors.at(
                word,
                message(
                    format!("`{word}` gives no value"),
                    None,
                    Some("write it as a statement of its own, without `let`"),
                ),
            );
        }
    }

    fn name(&mut self, pattern: &Pat, word: &str, keys: &mut Keys) -> String {
        let Some(name) = simple_name(pattern) else { return keys.count(word) };
        if keys.names.contains(name) {
            self.errors.at(
                name,
                message(
                    format!("duplicate name `{}` in one block", name.unraw()),
                    Some("what a node did is kept under its name"),
                    Some("give one of them another name"),
                ),
            );
        }
        keys.names.push(name.clone());
        format!("{}{}", keys.prefix, name.unraw())
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Approve(approve) => self.approve(node, approve),
            NodeKind::Respond { .. } if !self.is_sync => self.errors.at(
                &node.word,
                message(
                    "`respond` has no effect in an asynchronous workflow",
                    Some("the answer has left before it runs"),
                    Some("add `execution = \"sync\"`, or remove it"),
                ),
            ),
            NodeKind::End { failed: false, message: Some(_) } => {
                self.errors.at(
                    &node.word,
                    message(
                        "`end` takes no message",
                        Some("only a workflow that fails has to say why"),
                        Some("write `end failed \"…\";`, or `end;`"),
                    ),
                );
            }
            _ => {}
        }
    }

    fn approve(&mut self, node: &Node, approve: &Approve) {
        if self.is_sync {
            self.errors.at(
                &node.word,
                message(
                    "`approve` cannot be used in a synchronous workflow",
                    Some("it waits for a person, and the request is waiting for the answer"),
                    Some("remove `execution = \"sync\"`"),
                ),
            );
        }
        for by in &approve.by {
            if let By::Role(role) = by {
                self.roles.push(role.clone());
            }
        }
        let only_users = approve.by.iter().all(|by| matches!(by, By::User(_)));
        if let Quorum::Count(count) = &approve.quorum
            && only_users
            && count.base10_parse::<usize>().is_ok_and(|count| count > approve.by.len())
        {
            self.errors.at(
                count,
                message(
                    format!(
                        "`quorum` must be at most the number of deciders, {}",
                        approve.by.len()
                    ),
                    Some("it could never be reached"),
                    None,
                ),
            );
        }
    }
}

/// The keys of one block.
struct Keys<'a> {
    prefix: &'a str,
    counts: HashMap<String, usize>,
    names: Vec<Ident>,
}

impl Keys<'_> {
    fn count(&mut self, word: &str) -> String {
        let count = self.counts.entry(word.to_owned()).or_default();
        *count += 1;
        format!("{}{word}#{count}", self.prefix)
    }
}

/// The word a statement's key counts, and the collection it is about.
fn words(kind: &Kind) -> (String, TokenStream) {
    let of_node = |node: &Node| {
        let collection = match &node.kind {
            NodeKind::Create { collection, .. }
            | NodeKind::UpdateWhere { collection, .. }
            | NodeKind::Find { collection, .. } => quote::quote!(#collection),
            _ => TokenStream::new(),
        };
        (node.word.to_string(), collection)
    };
    match kind {
        Kind::If(_) => ("if".to_owned(), TokenStream::new()),
        Kind::Node(node) => of_node(node),
        Kind::Let(it) => match &it.value {
            Value::Node(node) => of_node(node),
            Value::Expr(_) => ("let".to_owned(), TokenStream::new()),
        },
        Kind::Broken(_) | Kind::Refused(_) => (String::new(), TokenStream::new()),
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

fn it_span(pattern: &Pat) -> Span {
    syn::spanned::Spanned::span(pattern)
}
