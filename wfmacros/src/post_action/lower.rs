//! Whether the function is one that a workflow can be.

use syn::{Attribute, FnArg, Ident, PatType, ReturnType, Type, Visibility};

use crate::diag::{Errors, message};
use crate::fingerprint::Fingerprint;
use crate::function::{Function, named};
use crate::trigger::{BATCH, Kind, Trigger};

/// A function that fits; only this can be emitted.
pub(crate) struct Model {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    /// In the order of the function's arguments.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: Type,
    pub(crate) revision: u64,
}

/// What a function can take.
pub(crate) enum Argument {
    /// What happened, of this type: `PostAction<T>`.
    Claim(Type),
    /// What it may do, of this type: `Context`.
    Context(Type),
}

/// Judges the function; `None` if nothing can be made of it.
pub(crate) fn lower(function: Function, trigger: &Trigger, errors: &mut Errors) -> Option<Model> {
    let kind = trigger.kind;
    let mut fits = head(&function, kind, errors);
    let mut arguments = Vec::new();
    for input in &function.sig.inputs {
        match argument(input, trigger, errors) {
            Some(argument) => arguments.push((input.clone(), argument)),
            None => fits = false,
        }
    }
    fits &= counts(&function, fits, &arguments, trigger, errors);
    let ReturnType::Type(_, output) = &function.sig.output else {
        errors.at(
            &function.sig.ident,
            message(
                format!("missing return type of a {}", kind.noun()),
                Some("how it ends becomes the status of its execution"),
                Some("add `-> Result<()>`, and end with `Ok(())`"),
            ),
        );
        return None;
    };
    if !fits {
        return None;
    }
    let mut revision = Fingerprint::new();
    let sig = &function.sig;
    revision.tokens(quote::quote!(#sig)).tokens(function.body);
    Some(Model {
        attrs: function.attrs,
        vis: function.vis,
        name: function.sig.ident.clone(),
        arguments: arguments.into_iter().map(|(_, argument)| argument).collect(),
        output: (**output).clone(),
        revision: revision.finish(),
    })
}

fn head(function: &Function, kind: Kind, errors: &mut Errors) -> bool {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        errors.at(
            &sig.fn_token,
            message(
                format!("a {} must be an `async fn`", kind.noun()),
                Some("its nodes wait for the database"),
                Some("write `async fn`"),
            ),
        );
    }
    if !sig.generics.params.is_empty() {
        errors.at(
            &sig.generics,
            message(
                format!("a {} cannot be generic", kind.noun()),
                Some("it is registered once, for one collection"),
                Some(&format!("name the collection, as in `{}<Claim>`", kind.claim())),
            ),
        );
    }
    sig.asyncness.is_some() && sig.generics.params.is_empty()
}

fn argument(input: &FnArg, trigger: &Trigger, errors: &mut Errors) -> Option<Argument> {
    let (kind, noun) = (trigger.kind, trigger.kind.noun());
    let FnArg::Typed(PatType { ty, .. }) = input else {
        errors.at(
            input,
            message(
                format!("a {noun} cannot take `self`"),
                Some("nothing holds a value to call it on"),
                Some("move the function out of the `impl` block"),
            ),
        );
        return None;
    };
    match named(ty) {
        Some((name, of)) if name == trigger.claim() && (of.is_some() || kind.may_be_bare()) => {
            Some(Argument::Claim((**ty).clone()))
        }
        // rustc says that the collection is missing.
        Some((name, None)) if name == trigger.claim() => None,
        Some((name, of)) if kind == Kind::PostAction && (name == BATCH || name == kind.claim()) => {
            other_count(ty, of, trigger, errors);
            None
        }
        Some((name, _)) if CONTEXTS.iter().any(|context| name == context) => {
            if name == trigger.context() {
                return Some(Argument::Context((**ty).clone()));
            }
            other_context(ty, &name.to_string(), trigger, errors);
            None
        }
        _ => {
            let context = trigger.context();
            let help = match &**ty {
                Type::Reference(by) if is_known(&by.elem) => "take it by value, without `&`",
                other if named(other).is_some_and(|(name, _)| name == "Record") => {
                    kind.facts().record
                }
                other if is_known(other) => trigger.form(),
                _ => "put shared things into `App::state`, and read them with `cx.state::<X>()`",
            };
            let note = format!(
                "it takes `{}<T>` ({}) and `{context}` (what it may do)",
                trigger.claim(),
                kind.facts().tells
            );
            errors.at(
                ty,
                message(format!("a {noun} cannot take this argument"), Some(&note), Some(help)),
            );
            None
        }
    }
}

/// One record where there are several, or several where there is one.
fn other_count(ty: &Type, of: Option<&Type>, trigger: &Trigger, errors: &mut Errors) {
    let of = of.map_or_else(|| "T".to_owned(), |of| quote::quote!(#of).to_string());
    let claim = format!("`{}<{of}>`", trigger.claim());
    let (headline, note, help) = match trigger.is_batch() {
        true => (
            format!("a post action with `batch = true` takes {claim}"),
            "one execution has all records of an action",
            format!("write {claim}, or remove `batch = true`"),
        ),
        false => (
            format!("a post action without `batch = true` takes {claim}"),
            "each record of an action has an execution of its own",
            format!("add `batch = true`, or write {claim}"),
        ),
    };
    errors.at(ty, message(headline, Some(note), Some(&help)));
}

/// A context that this workflow does not get.
fn other_context(ty: &Type, name: &str, trigger: &Trigger, errors: &mut Errors) {
    let noun = trigger.kind.noun();
    let context = trigger.context();
    let plain = format!("write `{context}`");
    let (headline, note, help) = match (context, name) {
        ("SyncContext", "Context") => (
            format!("a synchronous {noun} takes `SyncContext`"),
            "`Context` can wait, and the request is waiting for the answer",
            "write `SyncContext`, or remove `execution = \"sync\"`",
        ),
        ("Context", "SyncContext") => (
            format!("an asynchronous {noun} takes `Context`"),
            "`SyncContext` is for workflows that run before the answer",
            "write `Context`, or add `execution = \"sync\"`",
        ),
        ("PreContext", _) => (
            format!("a {noun} takes `PreContext<T>`"),
            "what it is about is not written yet: it can read, refuse and set values",
            "write `PreContext<T>`, with the collection of its `PreAction<T>`",
        ),
        ("CheckContext", _) => (
            format!("a {noun} with `rollback` takes `CheckContext`"),
            "what it is about is not written yet: it can read and refuse",
            "write `CheckContext`, or remove `rollback`",
        ),
        _ => (
            format!("a {noun} takes `{context}`"),
            "the other one is for workflows that run before a write",
            plain.as_str(),
        ),
    };
    errors.at(ty, message(headline, Some(note), Some(help)));
}

/// What a function of some trigger can take to act with.
const CONTEXTS: [&str; 4] = ["Context", "SyncContext", "PreContext", "CheckContext"];

fn is_known(ty: &Type) -> bool {
    let is_context = |name: &Ident| CONTEXTS.iter().any(|known| name == known);
    named(ty).is_some_and(|(name, _)| Kind::is_claim(name) || is_context(name))
}

/// Each kind exactly once.
fn counts(
    function: &Function,
    all_known: bool,
    arguments: &[(FnArg, Argument)],
    trigger: &Trigger,
    errors: &mut Errors,
) -> bool {
    let is_claim = |(_, argument): &&(FnArg, Argument)| matches!(argument, Argument::Claim(_));
    let claims: Vec<_> = arguments.iter().filter(is_claim).collect();
    let contexts: Vec<_> = arguments.iter().filter(|argument| !is_claim(argument)).collect();
    let (kind, noun) = (trigger.kind, trigger.kind.noun());
    for (input, _) in claims.iter().skip(1).chain(contexts.iter().skip(1)) {
        let headline = format!("duplicate argument of a {noun}");
        errors.at(input, message(headline, None, Some(trigger.form())));
    }
    // An argument that was refused above may have been meant as the missing one.
    if claims.is_empty() && all_known {
        errors.at(
            &function.sig.ident,
            message(
                format!("missing argument `{}<T>` of a {noun}", trigger.claim()),
                Some(kind.facts().of),
                Some(trigger.form()),
            ),
        );
    }
    if contexts.is_empty() && all_known {
        let ty = match trigger.context() {
            "PreContext" => "PreContext<T>",
            context => context,
        };
        errors.at(
            &function.sig.ident,
            message(
                format!("missing argument `{ty}` of a {noun}"),
                Some("what it does goes through it, so that it happens once"),
                Some(&format!("add `cx: {ty}`")),
            ),
        );
    }
    claims.len() == 1 && contexts.len() == 1
}
