//! A trigger on an `async fn`: a workflow as free Rust.

mod emit;
mod lower;
mod parse;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

use crate::diag::{Errors, message};
use crate::trigger::{self, Given, Kind};

/// The item again, the workflow's declaration, and all errors.
#[expect(clippy::needless_pass_by_value, reason = "the shape of an attribute macro")]
pub(crate) fn expand(kind: Kind, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut trigger = trigger::parse(kind, Span::call_site(), args, &mut errors);
    if let Some((key, ty)) = trigger.values.take() {
        let about = if kind == Kind::Webhook { "" } else { "…, " };
        errors.at(
            &key,
            message(
                "`values` has no effect on a function",
                Some("the type of its argument says them"),
                Some(&format!("write `{}<{about}{}>`", kind.claim(), ty.to_token_stream())),
            ),
        );
    }
    let function = parse::parse(kind, &item, &mut errors);
    let declared = function.and_then(|function| {
        let given = Given::of_function(kind, trigger.is_batch(), &function);
        let trigger = trigger::lower(trigger, given, &function.sig.ident, &mut errors);
        let function = lower::lower(function, &trigger, &mut errors);
        Some(emit::declaration(&trigger, &function?))
    });
    let errors = errors.into_tokens();
    quote!(#item #declared #errors)
}

#[cfg(test)]
mod tests;
