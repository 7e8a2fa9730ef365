//! Whether the function is one that an action can be.

use syn::ext::IdentExt;
use syn::{Attribute, FnArg, Ident, Path, ReturnType, Type};

use super::parse::Ast;
use crate::diag::{Errors, message};
use crate::function::named;
use crate::paths::Runtime;
use crate::words;

/// An action that fits; only this can be emitted.
pub(crate) struct Model {
    pub(crate) runtime: Runtime,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    /// In URLs: `markPaid`.
    pub(crate) action: String,
    pub(crate) collection: Path,
    pub(crate) arguments: Vec<Type>,
    pub(crate) output: Type,
}

/// The actions that every collection has.
const BUILT_IN: [&str; 17] = [
    "list",
    "get",
    "view",
    "create",
    "update",
    "destroy",
    "delete",
    "updateOrCreate",
    "firstOrCreate",
    "trigger",
    "add",
    "remove",
    "set",
    "forms",
    "history",
    "export",
    "import",
];

/// Judges the function; `None` if nothing can be made of it.
pub(crate) fn lower(ast: Ast, errors: &mut Errors) -> Option<Model> {
    let Ast { collection, runtime, function } = ast;
    let sig = function.sig;
    let mut fits = true;
    let mut refuse = |at: &dyn Fn(&mut Errors)| {
        at(errors);
        fits = false;
    };
    if sig.asyncness.is_none() {
        refuse(&|errors| {
            errors.at(
                &sig.fn_token,
                message(
                    "an action must be an `async fn`",
                    Some("what it reads and writes waits for the database"),
                    Some("write `async fn`"),
                ),
            )
        });
    }
    if !sig.generics.params.is_empty() {
        refuse(&|errors| {
            errors.at(
                &sig.generics,
                message(
                    "an action cannot be generic",
                    Some("it is registered once, for one collection"),
                    None,
                ),
            )
        });
    }
    let name = sig.ident.unraw().to_string();
    let action = words::camel(&name);
    if BUILT_IN.contains(&action.as_str()) {
        refuse(&|errors| {
            errors.at(
                &sig.ident,
                message(
                    format!("`{action}` is an action that every collection has"),
                    Some("its route is taken: `/api/<collection>:<action>`"),
                    Some("give the function another name"),
                ),
            )
        });
    }
    let mut arguments: Vec<Type> = Vec::new();
    for input in &sig.inputs {
        let FnArg::Typed(typed) = input else {
            refuse(&|errors| {
                errors.at(
                    input,
                    message(
                        "an action cannot take `self`",
                        Some("nothing holds a value to call it on"),
                        Some("move the function out of the `impl` block"),
                    ),
                )
            });
            continue;
        };
        let word = |ty: &Type| named(ty).map(|(word, _)| word.to_string());
        let repeated = arguments.iter().any(|earlier| word(earlier) == word(&typed.ty));
        if repeated && word(&typed.ty).is_some() {
            refuse(&|errors| errors.at(&typed.ty, "duplicate argument of an action"));
            continue;
        }
        arguments.push((*typed.ty).clone());
    }
    let ReturnType::Type(_, output) = sig.output else {
        errors.at(
            &sig.ident,
            message(
                "missing return type of an action",
                Some("the record it returns is answered, and fires the workflows"),
                Some("add `-> Result<Record<…>>` with the action's collection"),
            ),
        );
        return None;
    };
    fits.then(|| Model {
        runtime,
        attrs: function.attrs,
        name: sig.ident.clone(),
        action,
        collection,
        arguments,
        output: *output,
    })
}
