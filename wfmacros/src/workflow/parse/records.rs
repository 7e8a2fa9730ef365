//! Reads the nodes about records: `create`, `update`, `delete`, `find`, `list`, aggregates.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Member, Path, Token, token};

use super::super::ast::{Field, NodeKind, Order, Read};
use super::brackets;
use super::node::next_is;
use crate::diag::message;

pub(super) fn create(input: ParseStream) -> syn::Result<NodeKind> {
    Ok(NodeKind::Create { collection: collection(input)?, fields: fields(input)? })
}

pub(super) fn update(input: ParseStream) -> syn::Result<NodeKind> {
    let record = input.call(Expr::parse_without_eager_brace)?;
    if !input.peek(Token![where]) {
        return Ok(NodeKind::Update { record, fields: fields(input)? });
    }
    let collection = before_where(record)?;
    let filter = condition(input)?;
    Ok(NodeKind::UpdateWhere { collection, filter, fields: fields(input)? })
}

pub(super) fn set(input: ParseStream) -> syn::Result<NodeKind> {
    Ok(NodeKind::Set { fields: fields(input)? })
}

pub(super) fn delete(input: ParseStream) -> syn::Result<NodeKind> {
    let record = input.call(Expr::parse_without_eager_brace)?;
    if !input.peek(Token![where]) {
        return Ok(NodeKind::Delete { record });
    }
    Ok(NodeKind::DeleteWhere { collection: before_where(record)?, filter: condition(input)? })
}

/// `find` and `list`.
pub(super) fn read(word: &Ident, input: ParseStream) -> syn::Result<NodeKind> {
    let collection = collection(input)?;
    if input.peek(token::Paren) || input.peek(token::Brace) {
        let text = "expected `where` and a condition, as in `where amount > 500`";
        return Err(syn::Error::new(input.span(), text));
    }
    let filter = filter(input)?;
    let order = if next_is(input, "order") { order(input)? } else { Vec::new() };
    let limit = if next_is(input, "limit") {
        let at: Ident = input.parse()?;
        if word == "find" {
            let text = message(
                "`limit` has no effect in `find`",
                Some("it gives the first record that fits"),
                Some("remove it, or write `list`"),
            );
            return Err(syn::Error::new(at.span(), text));
        }
        Some(input.call(Expr::parse_without_eager_brace)?)
    } else {
        None
    };
    Ok(NodeKind::Read(Read { collection, filter, order, limit }))
}

/// `order field desc, other`.
fn order(input: ParseStream) -> syn::Result<Vec<Order>> {
    input.parse::<Ident>()?;
    let mut order = Vec::new();
    loop {
        let field = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(error.span(), "expected a field, as in `order amount desc`")
        })?;
        if field == "by" && input.peek(Ident) && !next_is(input, "desc") && !next_is(input, "asc") {
            let text = message("expected a field, found `by`", None, Some("write `order field`"));
            return Err(syn::Error::new(field.span(), text));
        }
        let descending = next_is(input, "desc");
        if descending || next_is(input, "asc") {
            input.parse::<Ident>()?;
        }
        order.push(Order { field, descending });
        if input.parse::<Option<Token![,]>>()?.is_none() {
            return Ok(order);
        }
    }
}

pub(super) fn count(input: ParseStream) -> syn::Result<NodeKind> {
    Ok(NodeKind::Count { collection: collection(input)?, filter: filter(input)? })
}

/// `sum C.field where …`.
pub(super) fn aggregate(word: &Ident, input: ParseStream) -> syn::Result<NodeKind> {
    let collection = collection(input)?;
    if !input.peek(Token![.]) {
        let name = collection.segments.last().map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        let text = message(
            format!("`{word}` must name a field"),
            None,
            Some(&format!("write `{word} {name}.field`, then `where …` if not all records count")),
        );
        return Err(syn::Error::new_spanned(&collection, text));
    }
    input.parse::<Token![.]>()?;
    let field = input.call(Ident::parse_any)?;
    Ok(NodeKind::Aggregate { collection, field, filter: filter(input)? })
}

fn collection(input: ParseStream) -> syn::Result<Path> {
    input
        .call(Path::parse_mod_style)
        .map_err(|error| syn::Error::new(error.span(), "expected the name of a collection"))
}

fn before_where(record: Expr) -> syn::Result<Path> {
    match record {
        Expr::Path(path) => Ok(path.path),
        other => {
            let text = "expected the name of a collection before `where`";
            Err(syn::Error::new_spanned(other, text))
        }
    }
}

fn filter(input: ParseStream) -> syn::Result<Option<Expr>> {
    input.peek(Token![where]).then(|| condition(input)).transpose()
}

fn condition(input: ParseStream) -> syn::Result<Expr> {
    input.parse::<Token![where]>()?;
    input.call(Expr::parse_without_eager_brace)
}

/// `{ name: value, name }`.
fn fields(input: ParseStream) -> syn::Result<Vec<Field>> {
    if !input.peek(token::Brace) {
        let text = "expected `{` and the fields, as in `{ amount: data.amount }`";
        return Err(syn::Error::new(input.span(), text));
    }
    let content = brackets::braces(input)?;
    let fields = content.call(Punctuated::<Field, Token![,]>::parse_terminated)?;
    let fields: Vec<Field> = fields.into_iter().collect();
    for (index, field) in fields.iter().enumerate() {
        if fields[..index].iter().any(|earlier| earlier.name == field.name) {
            return Err(syn::Error::new_spanned(&field.name, "duplicate field"));
        }
    }
    Ok(fields)
}

impl syn::parse::Parse for Field {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        if input.peek(Token![=]) {
            let text = format!("expected `:` and the value, as in `{name}: value`");
            return Err(syn::Error::new(input.span(), text));
        }
        if input.peek(Token![.]) {
            let text = "expected a field and its value, as in `amount: data.amount`";
            return Err(syn::Error::new(name.span(), text));
        }
        let value = if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            input.parse()?
        } else {
            syn::parse_quote!(#name)
        };
        Ok(Self { name: Member::Named(name), value })
    }
}

/// Takes everything up to the next comma.
pub(super) fn until_comma(input: ParseStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<proc_macro2::TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}
