//! Reads the workflows of a call and the statements of their bodies, one by one.
//!
//! A statement that is not understood is skipped and reported; the others are still read.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{Attribute, Expr, Ident, Pat, Token, Type, Visibility, token};

use super::ast::{Block, If, Kind, Let, Node, Statement, Value, Workflow};
use super::brackets;
use super::node;
use crate::diag::{Errors, message};

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
    if !input.peek(Token![<]) {
        return Err(syn::Error::new(
            name.span(),
            message(
                format!("the workflow `{name}` must name its collection"),
                None,
                Some(&format!("write `{name}<Collection> {{ … }}`")),
            ),
        ));
    }
    input.parse::<Token![<]>()?;
    let collection: Type = input.parse()?;
    input.parse::<Token![>]>()?;
    let content = brackets::braces(input)?;
    let body = block(&content, errors);
    Ok(Workflow { attrs, vis, name, collection, body })
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
    if input.peek(Token![if]) {
        return Ok(Kind::If(conditional(input, errors)?));
    }
    if input.peek(Token![let]) {
        return binding(input, errors);
    }
    if let Some(node) = node(input, errors)? {
        end_of_statement(input)?;
        return Ok(Kind::Node(Box::new(node)));
    }
    Err(no_node(input, errors))
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

fn end_of_statement(input: ParseStream) -> Result<(), Fault> {
    if input.is_empty() || input.peek(Token![;]) {
        let _ = input.parse::<Option<Token![;]>>();
        return Ok(());
    }
    Err(syn::Error::new(input.span(), "expected `;`").into())
}

/// What to say of a statement that is neither a node nor `if` nor `let`.
fn no_node(input: ParseStream, errors: &mut Errors) -> Fault {
    let fork = input.fork();
    let first = fork.call(Ident::parse_any);
    let word = first.as_ref().map(ToString::to_string).unwrap_or_default();
    let fork = input.fork();
    let (headline, help) = match word.as_str() {
        "while" | "loop" => (
            format!("`{word}` cannot be used in `workflow!`"),
            "a workflow has an end that its graph shows: use `if`",
        ),
        "match" | "for" => (
            format!("`{word}` cannot be used in `workflow!`"),
            "use `if … else if … else`, or write the workflow as a function",
        ),
        "return" => ("`return` cannot be used in `workflow!`".to_owned(), "write `end;`"),
        _ if fork.parse::<Expr>().is_ok() && (fork.is_empty() || fork.peek(Token![;])) => (
            "a statement of `workflow!` must be a node, `let` or `if`".to_owned(),
            "write `let x = …;` for a calculation, `run path(args);` for your own code",
        ),
        _ => return unknown_node(input, errors),
    };
    let note = "each statement is a node of the graph; what it did is kept with its name";
    errors.span(input.span(), message(headline, Some(note), Some(help)));
    Fault::Said
}

/// `updat data { … }`: a word that nearly is one of ours; anything else is left to rustc.
fn unknown_node(input: ParseStream, errors: &mut Errors) -> Fault {
    let Ok(word) = input.fork().parse::<Ident>() else { return Fault::Rust };
    let others = node::WORDS.iter().copied().filter(|known| word != known);
    let close = crate::words::closest(&word.to_string(), others);
    let Some(close) = close else { return Fault::Rust };
    let text =
        message(format!("unknown node `{word}`"), None, Some(&format!("there is `{close}`")));
    errors.at(&word, text);
    Fault::Said
}

fn conditional(input: ParseStream, errors: &mut Errors) -> Result<If, Fault> {
    let mut branches = Vec::new();
    input.parse::<Token![if]>()?;
    loop {
        let condition = input.call(Expr::parse_without_eager_brace).map_err(|_| Fault::Rust)?;
        branches.push((condition, braces(input, errors)?));
        if let Some(word) = else_if_in_one_word(input) {
            errors.at(&word, format!("expected `else if`, found `{word}`"));
            input.parse::<Ident>()?;
            continue;
        }
        if !input.peek(Token![else]) {
            return Ok(If { branches, otherwise: None });
        }
        input.parse::<Token![else]>()?;
        if !input.peek(Token![if]) {
            let otherwise = Some(braces(input, errors)?);
            return Ok(If { branches, otherwise });
        }
        input.parse::<Token![if]>()?;
    }
}

/// What other languages write.
fn else_if_in_one_word(input: ParseStream) -> Option<Ident> {
    let word = input.fork().parse::<Ident>().ok()?;
    ["elseif", "elsif", "elif"].iter().any(|known| word == known).then_some(word)
}

fn braces(input: ParseStream, errors: &mut Errors) -> Result<Block, Fault> {
    if !input.peek(token::Brace) {
        return Err(syn::Error::new(input.span(), "expected `{`").into());
    }
    let content = brackets::braces(input)?;
    Ok(block(&content, errors))
}

fn binding(input: ParseStream, errors: &mut Errors) -> Result<Kind, Fault> {
    input.parse::<Token![let]>()?;
    let pattern = Pat::parse_single(input).map_err(|_| Fault::Rust)?;
    let ty = match input.parse::<Option<Token![:]>>()? {
        Some(_) => Some(input.parse::<Type>().map_err(|_| Fault::Rust)?),
        None => None,
    };
    if !input.peek(Token![=]) {
        return Err(Fault::Rust);
    }
    input.parse::<Token![=]>()?;
    let value = match node(input, errors)? {
        Some(node) => Value::Node(node),
        None => Value::Expr(input.parse().map_err(|_| Fault::Rust)?),
    };
    let otherwise = match input.parse::<Option<Token![else]>>()? {
        Some(_) => Some(braces(input, errors)?),
        None => None,
    };
    if !input.is_empty() && !input.peek(Token![;]) && matches!(value, Value::Expr(_)) {
        return Err(Fault::Rust);
    }
    end_of_statement(input)?;
    Ok(Kind::Let(Box::new(Let { pattern, ty, value, otherwise })))
}

/// Takes the tokens of a statement that was not understood: to its `;`, or to the end of `if`.
fn skip_statement(input: ParseStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    let is_if = input.peek(Token![if]);
    while let Ok(token) = input.parse::<TokenTree>() {
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => {
                is_if && group.delimiter() == Delimiter::Brace && !input.peek(Token![else])
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

/// The tokens from `start` up to where `end` is.
fn between(start: ParseStream, end: ParseStream) -> TokenStream {
    let rest = end.fork().parse::<TokenStream>().map_or(0, |rest| rest.into_iter().count());
    let all: Vec<TokenTree> =
        start.fork().parse::<TokenStream>().unwrap_or_default().into_iter().collect();
    let taken = all.len().saturating_sub(rest);
    let taken = all.into_iter().take(taken);
    quote!(#(#taken)*)
}
