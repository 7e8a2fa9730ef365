//! Reads `approve "…" { by: …, within: …, otherwise: … }`.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, LitInt, Token, token};

use super::ast::{Approve, By, Quorum, Within};
use super::brackets;
use super::node::{text, until_comma};
use super::parse::Fault;
use crate::diag::{Errors, message};
use crate::durations::Length;
use crate::words;

const WHO: &str = "write `{ by: role(supervisor) }`, `{ by: data.owner }` or several: `{ by: all [role(a), role(b)] }`";

/// The title and what stands between the braces.
pub(crate) fn parse(
    word: &Ident,
    input: ParseStream,
    errors: &mut Errors,
) -> Result<Approve, Fault> {
    let title = text(input)?;
    let mut found = Options::default();
    if input.peek(token::Brace) {
        let content = brackets::braces(input)?;
        while !content.is_empty() {
            option(&content, &mut found, errors)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
    }
    let Some((by, quorum)) = found.by else {
        errors.at(word, message("`approve` must say who decides", None, Some(WHO)));
        return Err(Fault::Said);
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

#[derive(Default)]
struct Options {
    seen: Vec<String>,
    by: Option<(Vec<By>, Quorum)>,
    within: Option<Within>,
    otherwise: Option<Ident>,
}

fn option(input: ParseStream, found: &mut Options, errors: &mut Errors) -> Result<(), Fault> {
    const KEYS: [&str; 3] = ["by", "within", "otherwise"];
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    if !KEYS.contains(&name.as_str()) {
        let help = match words::closest(&name, KEYS) {
            Some(close) => format!("there is `{close}`"),
            None => "known are `by`, `within` and `otherwise`".to_owned(),
        };
        errors
            .at(&key, message(format!("unknown option `{name}` of `approve`"), None, Some(&help)));
        until_comma(input);
        // The rest is still read; the node is used as it is understood.
        return Ok(());
    }
    if found.seen.contains(&name) {
        errors.at(&key, format!("duplicate option `{name}` of `approve`"));
        until_comma(input);
        return Ok(());
    }
    input.parse::<Token![:]>()?;
    match name.as_str() {
        "by" => found.by = Some(deciders(&key, input, errors)?),
        "within" => found.within = Some(within(input)?),
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

fn within(input: ParseStream) -> syn::Result<Within> {
    if Length::peek(input) {
        return input.parse().map(Within::Length);
    }
    input.parse().map(Within::Expr)
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
