//! Reads what waits for time or for something that comes: `sleep`, `signal`.

use syn::parse::ParseStream;
use syn::{Expr, Ident, LitStr, Token};

use super::super::ast::{NodeKind, Sleep, Within};
use super::node::next_is;
use crate::diag::message;
use crate::durations::Length;

/// `sleep 2 days`, `sleep until <moment>`, `sleep <length>`.
pub(super) fn sleep(input: ParseStream) -> syn::Result<NodeKind> {
    let fork = input.fork();
    let is_until = next_is(&fork, "until") && {
        let _ = fork.parse::<Ident>();
        // A variable may have that name.
        !(fork.is_empty() || fork.peek(Token![;]) || fork.peek(Token![.]))
    };
    Ok(NodeKind::Sleep(if is_until {
        input.parse::<Ident>()?;
        Sleep::Until(input.parse()?)
    } else {
        Sleep::For(within(input)?)
    }))
}

/// `signal "name" within 3 days`.
pub(super) fn signal(input: ParseStream) -> syn::Result<NodeKind> {
    let name: LitStr = input.parse().map_err(|error| {
        syn::Error::new(error.span(), "expected the name of a signal, as in `signal \"paid\"`")
    })?;
    let within = if next_is(input, "within") {
        input.parse::<Ident>()?;
        if input.peek(Token![:]) {
            let text = "expected a length of time, as in `within 3 days`";
            return Err(syn::Error::new(input.span(), text));
        }
        Some(within(input)?)
    } else {
        None
    };
    Ok(NodeKind::Signal { name, within })
}

/// A length of time.
pub(super) fn within(input: ParseStream) -> syn::Result<Within> {
    if !Length::peek(input) {
        return input.call(Expr::parse_without_eager_brace).map(Within::Expr);
    }
    let at = input.span();
    let length: Length = input.parse()?;
    if length.millis == 0 {
        let text = message(
            "a length of time must be longer than nothing",
            None,
            Some("write it in words, as in `3 days` or `1 hour 30 minutes`"),
        );
        return Err(syn::Error::new(at, text));
    }
    Ok(Within::Length(length))
}
