//! Where a webhook is called, who calls it, and how old a call may be.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use super::emit::option;
use super::given::Given;
use super::lower::word;
use crate::args::Args;
use crate::diag::{Errors, message};
use crate::durations::Length;

/// How old a call may be if nothing else is said, in milliseconds.
const WITHIN: u64 = 5 * 60 * 1000;

/// The arguments that only a webhook has, as they were written.
#[derive(Default)]
pub(crate) struct WebhookAst {
    path: Option<LitStr>,
    has_path: bool,
    from: Option<LitStr>,
    secret: Option<LitStr>,
    within: Option<(Ident, Length)>,
}

/// How a webhook is called: only this can be emitted.
pub(crate) struct Webhook {
    path: String,
    from: &'static str,
    secret: Option<String>,
    within: u64,
}

/// What contradicts what the workflow is about.
pub(super) fn check(given: &Given, errors: &mut Errors) {
    if let Some(collection) = given.collection() {
        errors.at(
            collection,
            message(
                "a webhook is about no record",
                Some("what it is about stands in the body that is sent"),
                Some("remove the collection, and read records with `find`"),
            ),
        );
    }
}

impl WebhookAst {
    /// Reads the arguments.
    pub(super) fn parse(args: &Args, errors: &mut Errors) -> Self {
        let within = args.parsed("within", errors);
        Self {
            path: args.text("path", errors),
            has_path: args.get("path").is_some(),
            from: args.text("from", errors),
            secret: args.text("secret", errors),
            within: args.get("within").map(|arg| arg.key.clone()).zip(within),
        }
    }

    /// Judges the arguments of the webhook whose attribute stands at `at`.
    pub(super) fn lower(self, at: Span, errors: &mut Errors) -> Option<Webhook> {
        let from = word(&self.from, "from", &["standard", "github", "stripe"], errors);
        self.time(from, errors);
        self.name(errors);
        let path = self.path(at, errors);
        Some(Webhook {
            path: path?,
            from: match from {
                Some("github") => "GitHub",
                Some("stripe") => "Stripe",
                _ => "Standard",
            },
            secret: self.secret.map(|secret| secret.value()),
            within: self.within.map_or(WITHIN, |(_, length)| length.millis),
        })
    }

    fn path(&self, at: Span, errors: &mut Errors) -> Option<String> {
        let Some(literal) = &self.path else {
            if !self.has_path {
                errors.span(
                    at,
                    message(
                        "missing argument `path` of `#[webhook]`",
                        Some("it is the end of the address that the other system calls"),
                        Some("add `path = \"payments\"`, which is called at `/api/hooks/payments`"),
                    ),
                );
            }
            return None;
        };
        let path = literal.value();
        let is_part = |part: &str| !part.is_empty() && part.chars().all(is_legal);
        if !path.split('/').all(is_part) {
            errors.at(
                literal,
                message(
                    format!("`{path}` cannot be the path of a webhook"),
                    Some("it stands in a URL, behind `/api/hooks/`"),
                    Some("use letters, digits, `_` and `-`, with `/` between its parts"),
                ),
            );
        }
        Some(path)
    }

    fn name(&self, errors: &mut Errors) {
        if let Some(literal) = &self.secret {
            let name = literal.value();
            if name.is_empty() || !name.chars().all(is_legal) {
                errors.at(
                    literal,
                    message(
                        "`secret` is the name of a secret, not the secret",
                        Some("a secret in the source is known to all who can read it"),
                        Some("name it with letters, digits, `_` and `-`, and give it by `App::webhook_secret` or the environment"),
                    ),
                );
            }
        }
    }

    fn time(&self, from: Option<&str>, errors: &mut Errors) {
        let Some((key, length)) = &self.within else { return };
        if from == Some("github") {
            errors.at(
                key,
                message(
                    "`within` has no effect on calls from GitHub",
                    Some("GitHub signs no time"),
                    Some("remove it"),
                ),
            );
        } else if !(1000..=3_600_000).contains(&length.millis) {
            errors.at(key, "`within` must be from 1 second to 1 hour");
        }
    }
}

fn is_legal(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

impl Webhook {
    /// How it is called, in words.
    pub(super) fn text(&self) -> String {
        format!("POST /api/hooks/{}", self.path)
    }

    /// The expression of its declaration.
    pub(super) fn emit(&self, private: &TokenStream) -> TokenStream {
        let (path, within) = (&self.path, self.within);
        let from = Ident::new(self.from, Span::mixed_site());
        let secret = option(self.secret.as_ref().map(|secret| quote!(#secret)));
        quote! {
            #private::Hook {
                path: #path,
                from: #private::Sender::#from,
                secret: #secret,
                within: ::core::time::Duration::from_millis(#within),
            }
        }
    }
}
