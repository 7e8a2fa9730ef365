//! Reads the function the attribute stands on.

use proc_macro2::TokenStream;

use crate::diag::{Errors, message};
use crate::function::Function;
use crate::trigger::Kind;

/// The function, unless the item is something else.
pub(crate) fn parse(kind: Kind, item: &TokenStream, errors: &mut Errors) -> Option<Function> {
    let function = syn::parse2::<Function>(item.clone()).ok();
    if function.is_none() {
        let first: TokenStream = item.clone().into_iter().take(1).collect();
        errors.at(
            &first,
            message(
                format!("{} must stand on an `async fn`", kind.attribute()),
                Some("on a structured workflow it stands inside `workflow! { … }`"),
                Some(kind.facts().form),
            ),
        );
    }
    function
}
