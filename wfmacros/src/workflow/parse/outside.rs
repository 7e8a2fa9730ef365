//! Reads the nodes that leave the workflow: `request` and `call`.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitBool, LitStr, Path, Token, token};

use super::super::ast::{NodeKind, Request};
use super::node::{attempts, text};
use super::records::until_comma;
use super::{Fault, brackets, wait};
use crate::diag::{Errors, message};
use crate::words;

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
const OPTIONS: [&str; 6] = ["json", "headers", "timeout", "limit", "retry", "any_status"];

/// `call workflow(record)`.
pub(super) fn call(input: ParseStream) -> syn::Result<NodeKind> {
    let workflow = input.call(Path::parse_mod_style).map_err(|error| {
        syn::Error::new(error.span(), "expected the workflow to call, as in `call ship(data)`")
    })?;
    let text = "expected the record to call it for, as in `call ship(data)`";
    if !input.peek(token::Paren) {
        return Err(syn::Error::new(input.span(), text));
    }
    let content = brackets::round(input)?;
    let arguments = content.call(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    let mut arguments = arguments.into_iter();
    match (arguments.next(), arguments.next()) {
        (Some(record), None) => Ok(NodeKind::Call { workflow, record }),
        _ => Err(syn::Error::new_spanned(&workflow, text)),
    }
}

/// `request POST "https://…" { json: …, headers: { "x-name": … }, … }`.
pub(super) fn request(input: ParseStream, errors: &mut Errors) -> Result<NodeKind, Fault> {
    let method = method(input)?;
    let url = text(input).map_err(|error| {
        syn::Error::new(
            error.span(),
            format!("expected the URL, as in `request {method} \"https://…\"`"),
        )
    })?;
    let mut request = Request {
        method,
        url,
        json: None,
        headers: Vec::new(),
        timeout: None,
        limit: None,
        retry: None,
        any_status: false,
    };
    if input.peek(token::Brace) {
        let content = brackets::braces(input)?;
        let mut seen = Vec::new();
        while !content.is_empty() {
            option(&content, &mut request, &mut seen, errors)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
    }
    Ok(NodeKind::Request(Box::new(request)))
}

fn method(input: ParseStream) -> syn::Result<Ident> {
    let method = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "expected a method, as in `request GET \"https://…\"`")
    })?;
    let word = method.to_string();
    if METHODS.contains(&word.as_str()) {
        return Ok(method);
    }
    let help = match words::closest(&word, METHODS) {
        Some(close) => format!("write `{close}`"),
        None => format!("known are {}", listed(&METHODS)),
    };
    let text = message(format!("unknown method `{word}`"), None, Some(&help));
    Err(syn::Error::new(method.span(), text))
}

fn option(
    input: ParseStream,
    request: &mut Request,
    seen: &mut Vec<String>,
    errors: &mut Errors,
) -> Result<(), Fault> {
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    if !OPTIONS.contains(&name.as_str()) {
        let help = match words::closest(&name, OPTIONS) {
            Some(close) => format!("there is `{close}`"),
            None => format!("known are {}", listed(&OPTIONS)),
        };
        errors
            .at(&key, message(format!("unknown option `{name}` of `request`"), None, Some(&help)));
        until_comma(input);
        return Ok(());
    }
    if seen.contains(&name) {
        errors.at(&key, format!("duplicate option `{name}` of `request`"));
        until_comma(input);
        return Ok(());
    }
    input.parse::<Token![:]>()?;
    match name.as_str() {
        "json" => request.json = Some(input.parse()?),
        "headers" => request.headers = headers(input)?,
        "timeout" => request.timeout = Some(wait::within(input)?),
        "limit" => request.limit = Some(input.parse()?),
        "retry" => request.retry = Some(attempts(input)?),
        _ => request.any_status = input.parse::<LitBool>()?.value,
    }
    seen.push(name);
    Ok(())
}

/// `{ "x-name": value, … }`.
fn headers(input: ParseStream) -> syn::Result<Vec<(LitStr, Expr)>> {
    if !input.peek(token::Brace) {
        let text = "expected `{` and the headers, as in `{ \"accept\": \"text/plain\" }`";
        return Err(syn::Error::new(input.span(), text));
    }
    let content = brackets::braces(input)?;
    let header = |input: ParseStream| {
        let name: LitStr = input.parse().map_err(|error| {
            syn::Error::new(error.span(), "expected the name of a header, as in `\"accept\"`")
        })?;
        input.parse::<Token![:]>()?;
        Ok((name, input.parse()?))
    };
    Ok(content.parse_terminated(header, Token![,])?.into_iter().collect())
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
