//! Reads `approve "…" { by: …, within: …, otherwise: … }` and `ask "…" { by: …, field: Type }`.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Field, Ident, Lit, LitInt, Token, token};

use super::super::ast::{Approve, Ask, By, Quorum, Within};
use super::node::text;
use super::records::until_comma;
use super::{Fault, brackets, wait};
use crate::diag::{Errors, message};
use crate::words;

const WHO: &str = "write `{ by: role(supervisor) }`, `{ by: data.owner }` or several: `{ by: all [role(a), role(b)] }`";

/// The title and what stands between the braces.
pub(super) fn approve(
    word: &Ident,
    input: ParseStream,
    errors: &mut Errors,
) -> Result<Approve, Fault> {
    let title = text(input)?;
    let mut found = Options::default();
    if input.peek(token::Brace) {
        let content = brackets::braces(input)?;
        while !content.is_empty() {
            option("approve", &content, &mut found, errors)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
    }
    let Some((by, quorum)) = found.by else {
        return Err(nobody(word, errors));
    };
    if found.within.is_none()
        && let Some(otherwise) = &found.otherwise
    {
        errors.at(
            otherwise,
            message(
                "`otherwise` has no effect without `within`",
                Some("it is what holds when nobody decided in time"),
                Some("add `within: 3 days`"),
            ),
        );
        return Err(Fault::Said);
    }
    Ok(Approve { title, by, quorum, within: found.within, otherwise: found.otherwise })
}

fn nobody(word: &Ident, errors: &mut Errors) -> Fault {
    errors.at(word, message(format!("`{word}` must say who decides"), None, Some(WHO)));
    Fault::Said
}

/// The title, and between the braces the options and the fields of the form.
pub(super) fn ask(word: &Ident, input: ParseStream, errors: &mut Errors) -> Result<Ask, Fault> {
    let title = text(input)?;
    let (mut found, mut fields) = (Options::default(), Vec::new());
    if input.peek(token::Brace) {
        let content = brackets::braces(input)?;
        while !content.is_empty() {
            ask_entry(&content, &mut found, &mut fields, errors)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
    }
    let Some((by, quorum)) = found.by else { return Err(nobody(word, errors)) };
    if !matches!(quorum, Quorum::Any) {
        errors.at(
            word,
            message(
                "`ask` takes the first answer",
                Some("`all` and `quorum` count approvals, and an answer is none"),
                Some("write `by: [ … ]`, or ask each of them in a branch of `parallel`"),
            ),
        );
    }
    if fields.is_empty() {
        errors.at(
            word,
            message(
                "`ask` must have a field",
                Some("it asks for values; `approve` asks for yes or no"),
                Some("write `{ by: role(clerk), receipt: String }`"),
            ),
        );
        return Err(Fault::Said);
    }
    Ok(Ask { title, by, within: found.within, fields })
}

/// An option or a field of `ask`.
fn ask_entry(
    input: ParseStream,
    found: &mut Options,
    fields: &mut Vec<Field>,
    errors: &mut Errors,
) -> Result<(), Fault> {
    let key = input.fork().call(Ident::parse_any).map(|key| key.to_string()).unwrap_or_default();
    match key.as_str() {
        "by" | "within" => option("ask", input, found, errors),
        "otherwise" => {
            let key: Ident = input.parse()?;
            errors.at(
                &key,
                message(
                    "`otherwise` has no effect in `ask`",
                    Some("without an answer in time, it gives `None`"),
                    Some("remove it; a field of this name is written `r#otherwise`"),
                ),
            );
            until_comma(input);
            Ok(())
        }
        _ if is_option(&key, input) => option("ask", input, found, errors),
        _ => {
            fields.push(field(input)?);
            Ok(())
        }
    }
}

/// Whether this is an option whose name is misspelt: of a field, a type would follow.
fn is_option(key: &str, input: ParseStream) -> bool {
    let fork = input.fork();
    let _ = (fork.call(Ident::parse_any), fork.parse::<Token![:]>());
    fork.peek(Lit) && words::closest(key, KEYS).is_some()
}

/// `name: Type`.
fn field(input: ParseStream) -> syn::Result<Field> {
    Field::parse_named(input).map_err(|error| {
        let text = "expected a field of the form and its type, as in `receipt: String`";
        syn::Error::new(error.span(), text)
    })
}

const KEYS: [&str; 3] = ["by", "within", "otherwise"];

#[derive(Default)]
struct Options {
    seen: Vec<String>,
    by: Option<(Vec<By>, Quorum)>,
    within: Option<Within>,
    otherwise: Option<Ident>,
}

fn option(
    word: &str,
    input: ParseStream,
    found: &mut Options,
    errors: &mut Errors,
) -> Result<(), Fault> {
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    if !KEYS.contains(&name.as_str()) {
        let help = match words::closest(&name, KEYS) {
            Some(close) => format!("there is `{close}`"),
            None => "known are `by`, `within` and `otherwise`".to_owned(),
        };
        errors.at(&key, message(format!("unknown option `{name}` of `{word}`"), None, Some(&help)));
        until_comma(input);
        // The rest is still read; the node is used as it is understood.
        return Ok(());
    }
    if found.seen.contains(&name) {
        errors.at(&key, format!("duplicate option `{name}` of `{word}`"));
        until_comma(input);
        return Ok(());
    }
    input.parse::<Token![:]>()?;
    match name.as_str() {
        "by" => found.by = Some(deciders(&key, input, errors)?),
        "within" => found.within = Some(wait::within(input)?),
        _ => found.otherwise = Some(outcome(input)?),
    }
    found.seen.push(name);
    Ok(())
}

/// `role(x)`, an expression, or `any | all | quorum n [ … ]`.
fn deciders(
    key: &Ident,
    input: ParseStream,
    errors: &mut Errors,
) -> Result<(Vec<By>, Quorum), Fault> {
    let quorum = quorum(input)?;
    if !input.peek(token::Bracket) {
        return Ok((vec![decider(input)?], quorum));
    }
    let content = brackets::square(input)?;
    let list = content.parse_terminated(decider, Token![,])?;
    if list.is_empty() {
        let note = "nobody could decide, and the execution would wait for ever";
        errors.at(key, message("`by` must name at least one decider", Some(note), Some(WHO)));
    }
    Ok((list.into_iter().collect(), quorum))
}

fn quorum(input: ParseStream) -> Result<Quorum, Fault> {
    let fork = input.fork();
    let word = fork.parse::<Ident>().map(|word| word.to_string()).unwrap_or_default();
    let known = match word.as_str() {
        "any" | "all" => fork.peek(token::Bracket),
        "quorum" => fork.peek(LitInt),
        _ => false,
    };
    if !known {
        return Ok(Quorum::Any);
    }
    input.parse::<Ident>()?;
    Ok(match word.as_str() {
        "any" => Quorum::Any,
        "all" => Quorum::All,
        _ => {
            let count: LitInt = input.parse()?;
            if count.base10_parse::<u32>()? == 0 {
                return Err(syn::Error::new(count.span(), "`quorum` must be at least 1").into());
            }
            Quorum::Count(count)
        }
    })
}

fn decider(input: ParseStream) -> syn::Result<By> {
    let fork = input.fork();
    let is_role = fork.parse::<Ident>().is_ok_and(|word| word == "role") && fork.peek(token::Paren);
    if !is_role {
        return Ok(By::User(input.call(Expr::parse_without_eager_brace)?));
    }
    input.parse::<Ident>()?;
    let content = brackets::round(input)?;
    let role = content.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "expected the name of a role, as in `role(supervisor)`")
    })?;
    if content.is_empty() { Ok(By::Role(role)) } else { Err(content.error("expected one role")) }
}

fn outcome(input: ParseStream) -> syn::Result<Ident> {
    let word = input.call(Ident::parse_any)?;
    if ["approved", "rejected"].contains(&word.to_string().as_str()) {
        return Ok(word);
    }
    let text = message(
        format!("unknown outcome `{word}`"),
        None,
        Some("known are `approved` and `rejected`"),
    );
    Err(syn::Error::new(word.span(), text))
}
