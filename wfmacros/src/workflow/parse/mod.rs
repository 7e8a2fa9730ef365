//! Reads the workflows of a call and the statements of their bodies, one by one.
//!
//! A statement that is not understood is skipped and reported; the others are still read.

mod control;
mod mistakes;
mod node;
mod outside;
mod people;
mod records;
mod wait;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{Attribute, Ident, Lifetime, Token, Type, Visibility, token};

use super::ast::{Block, Kind, Node, Statement, Workflow};
use super::brackets;
use crate::diag::{Errors, message};
use crate::trigger::Kind as Trigger;

const FORM: &str = "write `name<Collection> { … }`, with `#[post_action(…)]` above it";

/// The workflows of one call.
pub(crate) fn workflows(tokens: TokenStream, errors: &mut Errors) -> Vec<Workflow> {
    let mut found = Vec::new();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            match workflow(input, errors) {
                Ok(workflow) => found.push(workflow),
                Err(error) => {
                    errors.syn(&error);
                    skip_item(input);
                }
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.syn(&error);
    }
    found
}

fn workflow(input: ParseStream, errors: &mut Errors) -> syn::Result<Workflow> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let name: Ident = input.parse().map_err(|error| {
        let text = message("expected the name of a workflow", None, Some(FORM));
        syn::Error::new(error.span(), text)
    })?;
    let is_free = |attr: &Attribute| Trigger::of(attr.path()).is_some_and(Trigger::may_be_alone);
    if !input.peek(Token![<]) && !attrs.iter().any(is_free) {
        return Err(syn::Error::new(
            name.span(),
            message(
                format!("the workflow `{name}` must name its collection"),
                None,
                Some(&format!("write `{name}<Collection> {{ … }}`")),
            ),
        ));
    }
    let about = if input.peek(Token![<]) {
        input.parse::<Token![<]>()?;
        let about: Type = input.parse()?;
        input.parse::<Token![>]>()?;
        Some(about)
    } else {
        None
    };
    let content = brackets::braces(input)?;
    let body = block(&content, errors);
    Ok(Workflow { attrs, vis, name, about, body })
}

fn skip_item(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace) {
            return;
        }
    }
}

/// All statements of a block.
pub(crate) fn block(input: &ParseBuffer, errors: &mut Errors) -> Block {
    let mut statements = Vec::new();
    while !input.is_empty() {
        if input.peek(Token![;]) {
            let _ = input.parse::<Token![;]>();
            continue;
        }
        statements.push(statement(input, errors));
    }
    Block { statements }
}

fn statement(input: ParseStream, errors: &mut Errors) -> Statement {
    let start = input.fork();
    let at = start.span();
    let has_name = start.peek(Token![let]);
    let fork = input.fork();
    let kind = match kind(&fork, errors) {
        Ok(kind) => {
            input.advance_to(&fork);
            kind
        }
        Err(fault) => {
            let rest = skip_statement(input);
            match fault {
                Fault::Rust => Kind::Broken(rest),
                Fault::Said => Kind::Refused(has_name),
                Fault::Syntax(error) => {
                    errors.syn(&error);
                    Kind::Refused(has_name)
                }
            }
        }
    };
    let tokens = between(&start, input);
    Statement { at, tokens, kind }
}

/// Why a statement was not understood.
pub(crate) enum Fault {
    /// It is not Rust: rustc says so, and says it better.
    Rust,
    /// It was reported.
    Said,
    /// This is wrong with it.
    Syntax(syn::Error),
}

impl From<syn::Error> for Fault {
    fn from(error: syn::Error) -> Self {
        Self::Syntax(error)
    }
}

fn kind(input: ParseStream, errors: &mut Errors) -> Result<Kind, Fault> {
    if let Some(kind) = control::kind(input, errors)? {
        return Ok(kind);
    }
    if let Some(node) = node(input, errors)? {
        end_of_statement(input, Some(&node.word), errors);
        return Ok(Kind::Node(Box::new(node)));
    }
    Err(mistakes::no_node(input, errors))
}

/// The node that begins here, if one does.
fn node(input: ParseStream, errors: &mut Errors) -> Result<Option<Node>, Fault> {
    if !node::begins(input) {
        return Ok(None);
    }
    let word: Ident = input.parse()?;
    let kind = node::kind(&word, input, errors)?;
    Ok(Some(Node { word, kind }))
}

/// Takes the `;`. Without one, the statement is still what it is: editors complete in it.
fn end_of_statement(input: ParseStream, word: Option<&Ident>, errors: &mut Errors) {
    if input.is_empty() || input.peek(Token![;]) {
        let _ = input.parse::<Option<Token![;]>>();
        return;
    }
    let at = input.span();
    if begins_statement(input) {
        return errors.span(at, "expected `;`");
    }
    let found = input.fork().parse::<TokenTree>().map(|token| token.to_string());
    let found = found.unwrap_or_default().lines().next().unwrap_or_default().to_owned();
    let found = if found.starts_with(['{', '(', '[']) { found[..1].to_owned() } else { found };
    let help = word.and_then(node::form).map(|form| format!("write {form}"));
    let text = format!("expected `;`, found `{found}`");
    errors.span(at, message(text, None, help.as_deref()));
    skip_statement(input);
}

fn begins_statement(input: ParseStream) -> bool {
    let keyword = input.fork().call(Ident::parse_any).is_ok_and(|word| {
        ["let", "if", "match", "for", "break", "continue"].iter().any(|known| word == known)
    });
    keyword || node::begins(input) || node::begins_branches(input)
}

/// Takes the tokens of a statement that was not understood: to its `;`, or to its block's end.
fn skip_statement(input: ParseStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    let has_block = has_block(input);
    while let Ok(token) = input.parse::<TokenTree>() {
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => {
                has_block && group.delimiter() == Delimiter::Brace && !input.peek(Token![else])
            }
            _ => false,
        };
        token.to_tokens(&mut tokens);
        if ends {
            break;
        }
    }
    tokens
}

/// Whether the statement that begins here ends with a block.
fn has_block(input: ParseStream) -> bool {
    const WORDS: [&str; 11] =
        ["if", "match", "for", "while", "loop", "fn", "struct", "enum", "impl", "trait", "mod"];
    let fork = input.fork();
    if fork.peek(Lifetime) {
        return true;
    }
    let word = fork.call(Ident::parse_any).map(|word| word.to_string()).unwrap_or_default();
    WORDS.contains(&word.as_str())
        || ["parallel", "race"].contains(&word.as_str()) && fork.peek(token::Brace)
}

/// The tokens from `start` up to where `end` is.
fn between(start: ParseStream, end: ParseStream) -> TokenStream {
    let rest = end.fork().parse::<TokenStream>().map_or(0, |rest| rest.into_iter().count());
    let all: Vec<TokenTree> =
        start.fork().parse::<TokenStream>().unwrap_or_default().into_iter().collect();
    let taken = all.len().saturating_sub(rest);
    let taken = all.into_iter().take(taken);
    quote!(#(#taken)*)
}
