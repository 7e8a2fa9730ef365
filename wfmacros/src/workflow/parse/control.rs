//! Reads what is no node: `let`, `if`, `match`, `for`, `break`, `continue` and branches.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Lifetime, Pat, Token, Type, token};

use super::super::ast::{Arm, Block, Branches, For, If, Kind, Leave, Let, Match, Value};
use super::{Fault, begins_statement, block, brackets, end_of_statement, mistakes, node, records};
use crate::diag::{Errors, message};

/// The statement that begins here, if it is one of these.
pub(super) fn kind(input: ParseStream, errors: &mut Errors) -> Result<Option<Kind>, Fault> {
    Ok(Some(if input.peek(Token![if]) {
        Kind::If(conditional(input, errors)?)
    } else if input.peek(Token![match]) {
        Kind::Match(choice(input, errors)?)
    } else if input.peek(Token![for]) {
        Kind::For(repetition(input, errors)?)
    } else if input.peek(Token![let]) {
        Kind::Let(Box::new(binding(input, errors)?))
    } else if input.peek(Token![break]) || input.peek(Token![continue]) {
        Kind::Leave(leave(input, errors)?)
    } else if let Some(branches) = branches(input, errors)? {
        Kind::Branches(branches)
    } else {
        return Ok(None);
    }))
}

fn conditional(input: ParseStream, errors: &mut Errors) -> Result<If, Fault> {
    let mut branches = Vec::new();
    input.parse::<Token![if]>()?;
    loop {
        let condition = head("if", input)?;
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

/// What stands before the braces of a statement.
fn head(word: &str, input: ParseStream) -> Result<Expr, Fault> {
    if node::begins(input) {
        let node = input.call(Ident::parse_any)?;
        let text = message(
            format!("`{node}` cannot stand in the head of `{word}`"),
            None,
            Some(&format!("write `let name = {node} …;` before it, and use the name")),
        );
        return Err(syn::Error::new(node.span(), text).into());
    }
    input.call(Expr::parse_without_eager_brace).map_err(|_| Fault::Rust)
}

/// What other languages write.
fn else_if_in_one_word(input: ParseStream) -> Option<Ident> {
    let word = input.fork().parse::<Ident>().ok()?;
    ["elseif", "elsif", "elif"].iter().any(|known| word == known).then_some(word)
}

fn choice(input: ParseStream, errors: &mut Errors) -> Result<Match, Fault> {
    input.parse::<Token![match]>()?;
    let value = head("match", input)?;
    if !input.peek(token::Brace) {
        return Err(Fault::Rust);
    }
    let content = brackets::braces(input)?;
    let mut arms = Vec::new();
    while !content.is_empty() {
        arms.push(arm(&content, errors)?);
    }
    Ok(Match { value, arms })
}

/// `pattern if guard => { … }`, or `=> node,`.
fn arm(input: ParseStream, errors: &mut Errors) -> Result<Arm<Block>, Fault> {
    let pattern = Pat::parse_multi_with_leading_vert(input).map_err(|_| Fault::Rust)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse().map_err(|_| Fault::Rust)?),
        None => None,
    };
    input.parse::<Token![=>]>().map_err(|_| Fault::Rust)?;
    let body = if input.peek(token::Brace) {
        braces(input, errors)?
    } else if input.peek(token::Paren) && brackets::round(&input.fork())?.is_empty() {
        brackets::round(input)?;
        Block::default()
    } else {
        let statement = records::until_comma(input);
        if mistakes::joined_arms(&statement, errors) {
            return Err(Fault::Said);
        }
        let read = |input: ParseStream| Ok(block(input, errors));
        read.parse2(statement)?
    };
    input.parse::<Option<Token![,]>>()?;
    Ok(Arm { pattern, guard, body })
}

fn repetition(input: ParseStream, errors: &mut Errors) -> Result<For, Fault> {
    input.parse::<Token![for]>()?;
    let pattern = Pat::parse_multi_with_leading_vert(input).map_err(|_| Fault::Rust)?;
    input.parse::<Token![in]>()?;
    let items = head("for", input)?;
    Ok(For { pattern, items, body: braces(input, errors)? })
}

fn leave(input: ParseStream, errors: &mut Errors) -> Result<Leave, Fault> {
    let word = input.call(Ident::parse_any)?;
    if input.peek(Lifetime) {
        let label: Lifetime = input.parse()?;
        errors.at(
            &label,
            message(
                "a label cannot be used in `workflow!`",
                None,
                Some("`break` and `continue` are about the innermost `for`"),
            ),
        );
    }
    end_of_statement(input, None, errors);
    Ok(Leave { at: word.span(), is_break: word == "break" })
}

/// `parallel { … }` and `race { … }`.
fn branches(input: ParseStream, errors: &mut Errors) -> Result<Option<Branches>, Fault> {
    const MOST: usize = 8;
    if !node::begins_branches(input) {
        return Ok(None);
    }
    let word: Ident = input.parse()?;
    let content = brackets::braces(input)?;
    let mut blocks = Vec::new();
    while !content.is_empty() {
        if !content.peek(token::Brace) {
            let text = message(
                "expected `{` of a branch",
                None,
                Some(&format!("write `{word} {{ {{ … }} {{ … }} }}`, a block for each branch")),
            );
            return Err(syn::Error::new(content.span(), text).into());
        }
        blocks.push(braces(&content, errors)?);
    }
    if blocks.len() < 2 || blocks.len() > MOST {
        errors.at(
            &word,
            message(
                format!("`{word}` must have 2 to {MOST} branches, and has {}", blocks.len()),
                None,
                Some(if blocks.len() < 2 {
                    "write a block for each branch, between the braces of the node"
                } else {
                    "put some of them into a node of the same kind in one of the branches"
                }),
            ),
        );
        return Err(Fault::Said);
    }
    Ok(Some(Branches { word, blocks }))
}

fn braces(input: ParseStream, errors: &mut Errors) -> Result<Block, Fault> {
    if !input.peek(token::Brace) {
        return Err(syn::Error::new(input.span(), "expected `{`").into());
    }
    let content = brackets::braces(input)?;
    Ok(block(&content, errors))
}

fn binding(input: ParseStream, errors: &mut Errors) -> Result<Let, Fault> {
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
    let value = if let Some(branches) = branches(input, errors)? {
        Value::Branches(branches)
    } else {
        match super::node(input, errors)? {
            Some(node) => Value::Node(node),
            None => Value::Expr(input.parse().map_err(|_| Fault::Rust)?),
        }
    };
    let otherwise = match input.parse::<Option<Token![else]>>()? {
        Some(_) => Some(braces(input, errors)?),
        None => None,
    };
    let ends = input.is_empty() || input.peek(Token![;]) || begins_statement(input);
    if !ends && matches!(value, Value::Expr(_)) {
        return Err(Fault::Rust);
    }
    let word = match &value {
        Value::Node(node) => Some(&node.word),
        _ => None,
    };
    end_of_statement(input, word, errors);
    Ok(Let { pattern, ty, value, otherwise })
}
