//! Whether the function is one that a workflow can be.

use syn::{Attribute, FnArg, Ident, PatType, ReturnType, Type, Visibility};

use crate::diag::{Errors, message};
use crate::fingerprint::Fingerprint;
use crate::function::{Function, named};
use crate::trigger::Trigger;

/// A function that fits; only this can be emitted.
pub(crate) struct Model {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) collection: Type,
    /// In the order of the function's arguments.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: Type,
    pub(crate) revision: u64,
}

/// What a function can take.
pub(crate) enum Argument {
    /// `PostAction<T>`, of this type.
    Claim(Type),
    /// `Context` or `SyncContext`, of this type.
    Context(Type),
}

const FORM: &str = "write `async fn name(claim: PostAction<Claim>, cx: Context) -> Result<()>`";

/// Judges the function; `None` if nothing can be made of it.
pub(crate) fn lower(function: Function, trigger: &Trigger, errors: &mut Errors) -> Option<Model> {
    let mut fits = head(&function, errors);
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
                "missing return type of a post action",
                Some("how it ends becomes the status of its execution"),
                Some("add `-> Result<()>`, and end with `Ok(())`"),
            ),
        );
        return None;
    };
    let collection = arguments.iter().find_map(|(_, argument)| match argument {
        Argument::Claim(ty) => named(ty).and_then(|(_, collection)| collection).cloned(),
        Argument::Context(_) => None,
    });
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
        collection: collection?,
        arguments: arguments.into_iter().map(|(_, argument)| argument).collect(),
        output: (**output).clone(),
        revision: revision.finish(),
    })
}

fn head(function: &Function, errors: &mut Errors) -> bool {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        errors.at(
            &sig.fn_token,
            message(
                "a post action must be an `async fn`",
                Some("its nodes wait for the database"),
                Some("write `async fn`"),
            ),
        );
    }
    if !sig.generics.params.is_empty() {
        errors.at(
            &sig.generics,
            message(
                "a post action cannot be generic",
                Some("it is registered once, for one collection"),
                Some("name the collection, as in `PostAction<Claim>`"),
            ),
        );
    }
    sig.asyncness.is_some() && sig.generics.params.is_empty()
}

fn argument(input: &FnArg, trigger: &Trigger, errors: &mut Errors) -> Option<Argument> {
    let FnArg::Typed(PatType { ty, .. }) = input else {
        errors.at(
            input,
            message(
                "a post action cannot take `self`",
                Some("nothing holds a value to call it on"),
                Some("move the function out of the `impl` block"),
            ),
        );
        return None;
    };
    match named(ty) {
        Some((name, Some(_))) if name == "PostAction" => Some(Argument::Claim((**ty).clone())),
        // rustc says that the collection is missing.
        Some((name, None)) if name == "PostAction" => None,
        Some((name, _)) if name == "Context" && trigger.is_sync => {
            errors.at(
                ty,
                message(
                    "a synchronous post action takes `SyncContext`",
                    Some("`Context` can wait, and the request is waiting for the answer"),
                    Some("write `SyncContext`, or remove `execution = \"sync\"`"),
                ),
            );
            None
        }
        Some((name, _)) if name == "SyncContext" && !trigger.is_sync => {
            errors.at(
                ty,
                message(
                    "an asynchronous post action takes `Context`",
                    Some("`SyncContext` is for workflows that run before the answer"),
                    Some("write `Context`, or add `execution = \"sync\"`"),
                ),
            );
            None
        }
        Some((name, _)) if name == "Context" || name == "SyncContext" => {
            Some(Argument::Context((**ty).clone()))
        }
        _ => {
            let help = match &**ty {
                Type::Reference(by) if is_known(&by.elem) => "take it by value, without `&`",
                other if named(other).is_some_and(|(name, _)| name == "Record") => {
                    "write `PostAction<T>`: the record is its `data`"
                }
                _ => "put shared things into `App::state`, and read them with `cx.state::<X>()`",
            };
            errors.at(
                ty,
                message(
                    "a post action cannot take this argument",
                    Some("it takes `PostAction<T>` (what happened) and `Context` (what it may do)"),
                    Some(help),
                ),
            );
            None
        }
    }
}

fn is_known(ty: &Type) -> bool {
    let known = ["PostAction", "Context", "SyncContext"];
    named(ty).is_some_and(|(name, _)| known.iter().any(|known| name == known))
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
    for (input, _) in claims.iter().skip(1).chain(contexts.iter().skip(1)) {
        errors.at(input, message("duplicate argument of a post action", None, Some(FORM)));
    }
    // An argument that was refused above may have been meant as the missing one.
    if claims.is_empty() && all_known {
        errors.at(
            &function.sig.ident,
            message(
                "missing argument `PostAction<T>` of a post action",
                Some("`T` is the collection whose actions fire it"),
                Some(FORM),
            ),
        );
    }
    if contexts.is_empty() && all_known {
        let ty = if trigger.is_sync { "SyncContext" } else { "Context" };
        errors.at(
            &function.sig.ident,
            message(
                format!("missing argument `{ty}` of a post action"),
                Some("what it does goes through it, so that it happens once"),
                Some(&format!("add `cx: {ty}`")),
            ),
        );
    }
    claims.len() == 1 && contexts.len() == 1
}
