//! What stands behind a title: a name, fields, values, workflows, a condition, roles.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::{Expr, Ident, Path, Token, token};

use super::parse::{Filled, Fire, Head, ITEMS};
use crate::diag::message;
use crate::words;
use crate::workflow::ast::Field;
use crate::workflow::brackets;

const ALLOW: &str = "write `allow [clerk]`";

const WORDS: [&str; 3] = ["as", "when", "allow"];

/// Reads what stands behind a title; the braces of a form are left where they are.
pub(super) fn clauses(input: ParseStream, mut head: Head, is_form: bool) -> syn::Result<Head> {
    while !input.is_empty() && !input.peek(Token![;]) {
        if input.peek(token::Paren) {
            let fields = fields(input)?;
            once(&mut head.fields, fields, "list of fields", |it| it.0.span.join())?;
        } else if input.peek(token::Brace) {
            if is_form {
                return Ok(head);
            }
            let at = input.span();
            let values = list(&brackets::braces(input)?, Field::parse)?;
            once(&mut head.values, values, "list of values", |_| at)?;
        } else if input.peek(Token![=>]) {
            let fires = fires(input)?;
            once(&mut head.fires, fires, "list of workflows", |it| it.0.spans[0])?;
        } else {
            word(input, &mut head)?;
        }
    }
    Ok(head)
}

/// What stands between brackets; with a fault in it, nothing of it is left for syn to tell of.
fn list<T>(
    content: &ParseBuffer<'_>,
    item: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let items = content.parse_terminated(item, Token![,]);
    if items.is_err() {
        let _ = content.parse::<TokenStream>();
    }
    Ok(items?.into_iter().collect())
}

/// Keeps what stands there once.
fn once<T>(
    slot: &mut Option<T>,
    found: T,
    what: &str,
    at: impl FnOnce(&T) -> proc_macro2::Span,
) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new(at(&found), format!("duplicate {what}")));
    }
    *slot = Some(found);
    Ok(())
}

fn word(input: ParseStream, head: &mut Head) -> syn::Result<()> {
    let Ok(word) = input.call(Ident::parse_any) else {
        let help = "behind a title stand `as`, fields, values, `=>`, `when` and `allow`";
        return Err(syn::Error::new(input.span(), message("expected `;`", None, Some(help))));
    };
    let text = word.to_string();
    match text.as_str() {
        "as" => {
            let name = input.call(Ident::parse_any)?;
            once(&mut head.name, name, "name", Ident::span)
        }
        "when" => {
            let condition = input.call(Expr::parse_without_eager_brace)?;
            once(&mut head.when, (word, condition), "condition", |it| it.0.span())
        }
        "allow" => {
            let roles = roles(input)?;
            once(&mut head.allow, (word, roles), "list of roles", |it| it.0.span())
        }
        text => Err(unknown(text, &word)),
    }
}

/// What to say of a word that means nothing there.
fn unknown(text: &str, word: &Ident) -> syn::Error {
    if ITEMS.contains(&text) {
        return syn::Error::new(word.span(), format!("expected `;` before `{text}`"));
    }
    let help = match (text, words::closest(text, WORDS)) {
        ("by" | "role" | "roles" | "for", _) => ALLOW.to_owned(),
        ("if" | "where", _) => "write `when amount > 5`".to_owned(),
        (_, Some(close)) => format!("there is `{close}`"),
        _ => "behind a title stand `as`, fields, values, `=>`, `when` and `allow`".to_owned(),
    };
    syn::Error::new(word.span(), message(format!("unknown word `{text}`"), None, Some(&help)))
}

/// `(project, amount, customer { name })`.
fn fields(input: ParseStream) -> syn::Result<(token::Paren, Vec<Filled>)> {
    let content;
    let paren = syn::parenthesized!(content in input);
    let fields = list(&content, filled)?;
    Ok((paren, fields))
}

fn filled(input: ParseStream) -> syn::Result<Filled> {
    let name = input.call(Ident::parse_any)?;
    let new = match input.peek(token::Brace) {
        true => Some(list(&brackets::braces(input)?, Ident::parse_any)?),
        false => None,
    };
    Ok(Filled { name, new })
}

/// `=> [review, greet!customer]`.
fn fires(input: ParseStream) -> syn::Result<(Token![=>], Vec<Fire>)> {
    let arrow = input.parse()?;
    if !input.peek(token::Bracket) {
        let text = message(
            "expected `[` and the workflows that the button fires",
            None,
            Some("write `=> [review, greet!customer]`"),
        );
        return Err(syn::Error::new(input.span(), text));
    }
    Ok((arrow, list(&brackets::square(input)?, fire)?))
}

fn fire(input: ParseStream) -> syn::Result<Fire> {
    let workflow = input.call(Path::parse_mod_style).map_err(|error| {
        let text = message(
            "expected the path of a workflow",
            None,
            Some("write `[review]`, or for the record behind an association `[greet!customer]`"),
        );
        syn::Error::new(error.span(), text)
    })?;
    let mut path = Vec::new();
    if input.parse::<Option<Token![!]>>()?.is_some() {
        path.push(input.call(Ident::parse_any)?);
        while input.parse::<Option<Token![.]>>()?.is_some() {
            path.push(input.call(Ident::parse_any)?);
        }
    }
    Ok(Fire { workflow, path })
}

/// `[clerk, boss]`.
fn roles(input: ParseStream) -> syn::Result<Vec<Ident>> {
    if !input.peek(token::Bracket) {
        let text = message("expected `[` and the roles that may press it", None, Some(ALLOW));
        return Err(syn::Error::new(input.span(), text));
    }
    list(&brackets::square(input)?, role)
}

fn role(input: ParseStream) -> syn::Result<Ident> {
    input.call(Ident::parse_any).map_err(|error| {
        let text = message("expected the name of a role", None, Some(ALLOW));
        syn::Error::new(error.span(), text)
    })
}
