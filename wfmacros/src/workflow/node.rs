//! Reads one node: what follows its word.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitInt, LitStr, Member, Path, Token, token};

use super::approve;
use super::ast::{Field, NodeKind, Text};
use super::brackets;
use super::parse::Fault;
use crate::diag::{Errors, message};

/// The words that begin a node.
pub(crate) const WORDS: &[&str] = &[
    "create", "update", "delete", "find", "approve", "run", "respond", "require", "end", "let",
    "if",
];

/// The words that will begin one; a variable of such a name is written `r#list` even now.
const RESERVED: &[&str] =
    &["list", "count", "refresh", "sleep", "ask", "signal", "request", "call", "parallel", "race"];

/// Whether a node begins here.
pub(crate) fn begins(input: ParseStream) -> bool {
    let fork = input.fork();
    let Ok(word) = fork.parse::<Ident>() else { return false };
    match word.to_string().as_str() {
        "require" => !fork.peek(Token![.]) && !fork.peek(Token![=]),
        "end" => {
            let alone = fork.is_empty() || fork.peek(Token![;]);
            alone || fork.peek(Lit) || fork.peek(Ident)
        }
        "parallel" | "race" => fork.peek(token::Brace),
        word if WORDS.contains(&word) || RESERVED.contains(&word) => {
            let path =
                fork.peek(Token![crate]) || fork.peek(Token![self]) || fork.peek(Token![super]);
            let word = fork.peek(Ident) || path || fork.peek(Token![::]);
            word || fork.peek(Lit)
        }
        _ => false,
    }
}

fn next_is(input: ParseStream, word: &str) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|next| next == word)
}

/// What stands after the word of a node.
pub(crate) fn kind(
    word: &Ident,
    input: ParseStream,
    errors: &mut Errors,
) -> Result<NodeKind, Fault> {
    Ok(match word.to_string().as_str() {
        "create" => NodeKind::Create { collection: collection(input)?, fields: fields(input)? },
        "update" => update(input)?,
        "delete" => NodeKind::Delete { record: input.parse()? },
        "find" => find(input)?,
        "run" => run(input)?,
        "approve" => NodeKind::Approve(Box::new(approve::parse(word, input, errors)?)),
        "respond" => NodeKind::Respond { text: text(input)? },
        "require" => require(input)?,
        "end" => end(input)?,
        word_text => {
            errors.at(
                word,
                message(
                    format!("the node `{word_text}` is reserved"),
                    Some("it cannot be used yet"),
                    Some(&format!("a variable of this name is written `r#{word_text}`")),
                ),
            );
            return Err(Fault::Said);
        }
    })
}

fn collection(input: ParseStream) -> syn::Result<Path> {
    input
        .call(Path::parse_mod_style)
        .map_err(|error| syn::Error::new(error.span(), "expected the name of a collection"))
}

fn update(input: ParseStream) -> syn::Result<NodeKind> {
    let record = input.call(Expr::parse_without_eager_brace)?;
    if !input.peek(Token![where]) {
        return Ok(NodeKind::Update { record, fields: fields(input)? });
    }
    let Expr::Path(path) = record else {
        let text = "expected the name of a collection before `where`";
        return Err(syn::Error::new_spanned(record, text));
    };
    input.parse::<Token![where]>()?;
    let filter = input.call(Expr::parse_without_eager_brace)?;
    Ok(NodeKind::UpdateWhere { collection: path.path, filter, fields: fields(input)? })
}

fn find(input: ParseStream) -> syn::Result<NodeKind> {
    let collection = collection(input)?;
    if input.peek(token::Paren) || input.peek(token::Brace) {
        let text = "expected `where` and a condition, as in `where amount > 500`";
        return Err(syn::Error::new(input.span(), text));
    }
    let filter = match input.parse::<Option<Token![where]>>()? {
        Some(_) => Some(input.call(Expr::parse_without_eager_brace)?),
        None => None,
    };
    Ok(NodeKind::Find { collection, filter })
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
        let value = if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            input.parse()?
        } else {
            syn::parse_quote!(#name)
        };
        Ok(Self { name: Member::Named(name), value })
    }
}

fn run(input: ParseStream) -> Result<NodeKind, Fault> {
    let function = input.call(Path::parse_mod_style)?;
    if !input.peek(token::Paren) {
        let text = "expected the arguments of the function, as in `run send(data.id)`";
        return Err(syn::Error::new(input.span(), text).into());
    }
    let content = brackets::round(input)?;
    let arguments = content.call(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    let mut retry = None;
    if next_is(input, "retry") {
        input.parse::<Ident>()?;
        let count: LitInt = input.parse()?;
        if count.base10_parse::<u32>()? == 0 {
            let text = "`retry` must be at least 1\n= note: the first attempt counts";
            return Err(syn::Error::new(count.span(), text).into());
        }
        retry = Some(count);
    }
    Ok(NodeKind::Run { function, arguments: arguments.into_iter().collect(), retry })
}

fn require(input: ParseStream) -> Result<NodeKind, Fault> {
    let condition = input.parse::<Expr>()?;
    if input.peek(LitStr) {
        return Err(syn::Error::new(input.span(), "expected `,` before the message").into());
    }
    let message = match input.parse::<Option<Token![,]>>()? {
        Some(_) => Some(text(input)?),
        None => None,
    };
    Ok(NodeKind::Require { condition, message })
}

fn end(input: ParseStream) -> Result<NodeKind, Fault> {
    let word = input.parse::<Option<Ident>>()?;
    if let Some(word) = word.as_ref().filter(|word| *word != "failed") {
        let help = "write `end;`, `end failed;` or `end failed \"…\";`";
        let text = message(format!("expected `;` or `failed`, found `{word}`"), None, Some(help));
        return Err(syn::Error::new(word.span(), text).into());
    }
    let failed = word.is_some();
    let message = if input.is_empty() || input.peek(Token![;]) { None } else { Some(text(input)?) };
    Ok(NodeKind::End { failed, message })
}

/// A literal, or an expression up to the node's braces.
pub(crate) fn text(input: ParseStream) -> syn::Result<Text> {
    let fork = input.fork();
    if fork.parse::<LitStr>().is_ok() && !fork.peek(Token![.]) {
        return Ok(Text::Literal(input.parse()?));
    }
    Ok(Text::Expr(input.call(Expr::parse_without_eager_brace)?))
}

/// Takes everything up to the next comma.
pub(crate) fn until_comma(input: ParseStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<proc_macro2::TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}
