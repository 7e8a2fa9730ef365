//! Reads the arguments one by one; what they mean together is `lower`'s.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, LitBool, LitInt, LitStr, Token};

use crate::args::{Args, Key};
use crate::diag::Errors;
use crate::durations::Length;
use crate::paths::Runtime;

const KEYS: &[Key] = &[
    ("mode", "mode = \"local\""),
    ("on", "on = [create, update]"),
    ("appends", "appends = [category, category.parent]"),
    ("execution", "execution = \"sync\""),
    ("key", "key = \"claims.review\""),
    ("title", "title = \"Review of claims\""),
    ("version", "version = 2"),
    ("enabled", "enabled = false"),
    ("when", "when = data.amount > dec!(500)"),
    ("changed", "changed = [amount]"),
    ("allow", "allow = [supervisor]"),
    ("retry", "retry = 5"),
    ("timeout", "timeout = 30 seconds"),
    ("concurrency", "concurrency = 1"),
    ("overlap", "overlap = \"cancel_previous\""),
    ("crate", "crate = \"wfruntime\""),
];

/// The arguments as they were written, each of the right form or missing.
pub(crate) struct TriggerAst {
    /// Where `#[post_action]` itself stands.
    pub(crate) at: Span,
    pub(crate) runtime: Runtime,
    pub(crate) mode: Option<LitStr>,
    /// Whether `mode` was given at all, well-formed or not.
    pub(crate) has_mode: bool,
    pub(crate) on: Option<(Ident, Vec<Ident>)>,
    pub(crate) has_on: bool,
    pub(crate) appends: Vec<Vec<Ident>>,
    pub(crate) execution: Option<LitStr>,
    pub(crate) key: Option<LitStr>,
    pub(crate) title: Option<LitStr>,
    pub(crate) version: Option<LitInt>,
    pub(crate) enabled: Option<LitBool>,
    pub(crate) when: Option<Expr>,
    pub(crate) changed: Option<Vec<Ident>>,
    pub(crate) allow: Option<(Ident, Vec<Ident>)>,
    pub(crate) retry: Option<LitInt>,
    pub(crate) timeout: Option<(Ident, Length)>,
    pub(crate) concurrency: Option<LitInt>,
    pub(crate) overlap: Option<LitStr>,
}

/// Reads the arguments; `at` is where the attribute stands.
pub(crate) fn parse(at: Span, tokens: TokenStream, errors: &mut Errors) -> TriggerAst {
    let args = Args::parse("`#[post_action]`", KEYS, tokens, errors);
    let renamed = args.text("crate", errors);
    let keyed = |name: &str| args.get(name).map(|arg| arg.key.clone());
    let names = |name: &str, errors: &mut Errors| {
        Some((keyed(name)?, args.list(name, Ident::parse_any, errors)?))
    };
    TriggerAst {
        at,
        runtime: Runtime::new(renamed.as_ref(), errors),
        mode: args.text("mode", errors),
        has_mode: args.get("mode").is_some(),
        on: names("on", errors),
        has_on: args.get("on").is_some(),
        appends: args.list("appends", path, errors).unwrap_or_default(),
        execution: args.text("execution", errors),
        key: args.text("key", errors),
        title: args.text("title", errors),
        version: args.int("version", errors),
        enabled: args.bool("enabled", errors),
        when: args.expr("when", errors),
        changed: args.list("changed", Ident::parse_any, errors),
        allow: names("allow", errors),
        retry: args.int("retry", errors),
        timeout: timeout(&args, errors),
        concurrency: args.int("concurrency", errors),
        overlap: args.text("overlap", errors),
    }
}

/// `category.parent`.
fn path(input: ParseStream) -> syn::Result<Vec<Ident>> {
    let mut names = vec![input.call(Ident::parse_any)?];
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        names.push(input.call(Ident::parse_any)?);
    }
    Ok(names)
}

fn timeout(args: &Args, errors: &mut Errors) -> Option<(Ident, Length)> {
    let length = args.parsed("timeout", errors)?;
    Some((args.get("timeout")?.key.clone(), length))
}
