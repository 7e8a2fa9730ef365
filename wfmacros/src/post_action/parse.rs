//! Reads the function the attribute stands on.

use proc_macro2::TokenStream;

use crate::diag::{Errors, message};
use crate::function::Function;

/// The function, unless the item is something else.
pub(crate) fn parse(item: &TokenStream, errors: &mut Errors) -> Option<Function> {
    let function = syn::parse2::<Function>(item.clone()).ok();
    if function.is_none() {
        let first: TokenStream = item.clone().into_iter().take(1).collect();
        errors.at(
            &first,
            message(
                "`#[post_action]` must stand on an `async fn`",
                Some("on a structured workflow it stands inside `workflow! { … }`"),
                Some("write `async fn name(claim: PostAction<Claim>, cx: Context) -> Result<()>`"),
            ),
        );
    }
    function
}
