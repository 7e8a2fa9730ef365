//! Reads roles and their lines, each line on its own.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, LitStr, Path, Token, braced, parenthesized, token};

use crate::diag::{Errors, message};

/// `name { line; line; }`.
pub(crate) struct Role {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) lines: Vec<Line>,
}

/// What stands before a `;`.
pub(crate) enum Line {
    /// `Claim: view own, create(project)`.
    Grants(Path, Vec<Grant>),
    /// `workflows: a, b`.
    Workflows(Vec<Path>),
    /// `tasks`.
    Tasks(Ident),
}

/// `update(project, amount) own`.
pub(crate) struct Grant {
    pub(crate) verb: Ident,
    pub(crate) fields: Option<Vec<Ident>>,
    pub(crate) own: Option<Ident>,
}

const LINE: &str = "write `Claim: view own, create(amount);`, `workflows: path;` or `tasks;`";

/// The roles of a call, and what `crate = "…";` before them says.
pub(crate) fn roles(tokens: TokenStream, errors: &mut Errors) -> (Option<LitStr>, Vec<Role>) {
    let mut renamed = None;
    let mut roles = Vec::new();
    let parser = |input: ParseStream| {
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            renamed = Some(input.parse::<LitStr>()?);
            input.parse::<Token![;]>()?;
        }
        while !input.is_empty() {
            roles.push(role(input, errors)?);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.syn(&error);
    }
    (renamed, roles)
}

fn role(input: ParseStream, errors: &mut Errors) -> syn::Result<Role> {
    let attrs = input.call(Attribute::parse_outer)?;
    let form = "write `employee { Claim: view own; tasks; }`";
    let name: Ident = input.parse().map_err(|error| {
        syn::Error::new(error.span(), message("expected the name of a role", None, Some(form)))
    })?;
    if !input.peek(token::Brace) {
        let text = message("expected `{` and what the role may do", None, Some(form));
        return Err(syn::Error::new(input.span(), text));
    }
    let content;
    braced!(content in input);
    let mut lines = Vec::new();
    while !content.is_empty() {
        match line(&content) {
            Ok(line) => lines.push(line),
            Err(error) => {
                errors.syn(&error);
                skip_line(&content);
            }
        }
    }
    Ok(Role { attrs, name, lines })
}

fn line(input: ParseStream) -> syn::Result<Line> {
    let path = input.call(Path::parse_mod_style).map_err(|error| {
        syn::Error::new(error.span(), message("expected what the role may do", None, Some(LINE)))
    })?;
    if let Some(word) = path.get_ident().filter(|word| *word == "tasks") {
        end(input)?;
        return Ok(Line::Tasks(word.clone()));
    }
    if !input.peek(Token![:]) {
        let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let text = message(
            format!("expected `:` and what the role may do with `{name}`"),
            None,
            Some(LINE),
        );
        return Err(syn::Error::new_spanned(&path, text));
    }
    input.parse::<Token![:]>()?;
    if path.is_ident("workflows") {
        let paths = list(input, workflow)?;
        end(input)?;
        return Ok(Line::Workflows(paths));
    }
    let grants = list(input, grant)?;
    end(input)?;
    Ok(Line::Grants(path, grants))
}

fn workflow(input: ParseStream) -> syn::Result<Path> {
    input.call(Path::parse_mod_style).map_err(|error| {
        let text = "expected the path of a workflow, as in `workflows: review`";
        syn::Error::new(error.span(), text)
    })
}

fn grant(input: ParseStream) -> syn::Result<Grant> {
    let verb = input.call(Ident::parse_any).map_err(|error| {
        let help = "there are `view`, `create`, `update`, `destroy`, `export`, `import` and the \
                    program's own actions";
        syn::Error::new(error.span(), message("expected an action", None, Some(help)))
    })?;
    let fields = if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        let fields = content.parse_terminated(Ident::parse_any, Token![,])?;
        Some(fields.into_iter().collect())
    } else {
        None
    };
    let own = match input.fork().call(Ident::parse_any) {
        Ok(word) if word == "own" => Some(input.call(Ident::parse_any)?),
        Ok(word) => {
            let text = message(
                format!("unknown word `{word}` after an action"),
                None,
                Some(
                    "write `own` to limit it to records the user created, `,` before the next action",
                ),
            );
            return Err(syn::Error::new(word.span(), text));
        }
        Err(_) => None,
    };
    Ok(Grant { verb, fields, own })
}

fn list<T>(input: ParseStream, item: fn(ParseStream) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    let mut items = vec![item(input)?];
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        if input.is_empty() || input.peek(Token![;]) {
            break;
        }
        items.push(item(input)?);
    }
    Ok(items)
}

fn end(input: ParseStream) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![;]) {
        return input.parse::<Option<Token![;]>>().map(drop);
    }
    Err(syn::Error::new(input.span(), message("expected `;`", None, Some(LINE))))
}

fn skip_line(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';') {
            return;
        }
    }
}
