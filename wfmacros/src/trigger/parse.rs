//! Reads the arguments one by one; what they mean together is `lower`'s.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, LitBool, LitInt, LitStr, Token, Type};

use super::kind::Kind;
use super::refused;
use super::schedule::ScheduleAst;
use super::webhook::WebhookAst;
use crate::args::Args;
use crate::diag::Errors;
use crate::durations::Length;
use crate::paths::Runtime;

/// The arguments as they were written, each of the right form or missing.
pub(crate) struct TriggerAst {
    pub(crate) kind: Kind,
    /// Where the attribute itself stands.
    pub(crate) at: Span,
    pub(crate) runtime: Runtime,
    /// The type of the values that come with it.
    pub(crate) values: Option<(Ident, Type)>,
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
    pub(crate) rollback: Option<(Ident, LitBool)>,
    pub(crate) batch: Option<LitBool>,
    /// What only a schedule has.
    pub(super) schedule: ScheduleAst,
    /// What only a webhook has.
    pub(super) webhook: WebhookAst,
}

impl TriggerAst {
    /// Whether one execution has all records of an action.
    pub(crate) fn is_batch(&self) -> bool {
        self.kind == Kind::PostAction && self.batch.as_ref().is_some_and(|batch| batch.value)
    }
}

/// Reads the arguments of a trigger; `at` is where its attribute stands.
pub(crate) fn parse(kind: Kind, at: Span, tokens: TokenStream, errors: &mut Errors) -> TriggerAst {
    let mut args = Args::parse(kind.attribute(), kind.keys(), tokens, errors);
    refused::report(&args, kind, errors);
    args.keep_known();
    let renamed = args.text("crate", errors);
    let keyed = |name: &str| args.get(name).map(|arg| arg.key.clone());
    let names = |name: &str, errors: &mut Errors| {
        Some((keyed(name)?, args.list(name, Ident::parse_any, errors)?))
    };
    TriggerAst {
        kind,
        at,
        runtime: Runtime::new(renamed.as_ref(), errors),
        values: keyed("values").zip(args.parsed("values", errors)),
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
        rollback: keyed("rollback").zip(args.bool("rollback", errors)),
        batch: args.bool("batch", errors),
        schedule: match kind {
            Kind::Schedule => ScheduleAst::parse(&args, errors),
            _ => ScheduleAst::default(),
        },
        webhook: match kind {
            Kind::Webhook => WebhookAst::parse(&args, errors),
            _ => WebhookAst::default(),
        },
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
