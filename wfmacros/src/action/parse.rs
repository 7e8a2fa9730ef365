//! Reads the collection between the brackets and the function below them.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Token};

use crate::diag::{Errors, message};
use crate::function::Function;
use crate::paths::Runtime;

/// The attribute and its function.
pub(crate) struct Ast {
    pub(crate) collection: Path,
    pub(crate) runtime: Runtime,
    pub(crate) function: Function,
}

/// Reads both; `None` if one of them is missing.
#[expect(clippy::needless_pass_by_value, reason = "the shape of an attribute macro")]
pub(crate) fn parse(args: TokenStream, item: &TokenStream, errors: &mut Errors) -> Option<Ast> {
    let mut renamed = None;
    let parser = |input: ParseStream| {
        let collection = input.call(Path::parse_mod_style)?;
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        }
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            renamed = Some(input.parse::<LitStr>()?);
        }
        Ok(collection)
    };
    let collection = parser.parse2(args.clone());
    if collection.is_err() {
        let text = message(
            "`#[action]` must name its collection",
            None,
            Some("write `#[action(Claim)]` with the collection it is an action of"),
        );
        if args.is_empty() { errors.span(Span::call_site(), text) } else { errors.at(&args, text) }
    }
    let function = syn::parse2::<Function>(item.clone());
    if function.is_err() {
        let first: TokenStream = item.clone().into_iter().take(1).collect();
        errors.at(
            &first,
            message(
                "`#[action]` must stand on an `async fn`",
                None,
                Some("write `async fn name(act: Act<Claim>) -> Result<Record<Claim>>`"),
            ),
        );
    }
    let runtime = Runtime::new(renamed.as_ref(), errors);
    Some(Ast { collection: collection.ok()?, runtime, function: function.ok()? })
}
