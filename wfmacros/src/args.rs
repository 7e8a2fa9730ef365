//! The arguments of an attribute: `key`, or `key = value`, each remembered with its tokens.
//!
//! [`Args::parse`] reports unknown keys and duplicates; the typed getters report a value of the
//! wrong form. Each mistake is reported once, and the other arguments are still read.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Ident, LitBool, LitInt, LitStr, Token};

use crate::diag::{Errors, message};
use crate::words;

/// A key that an attribute knows, and how it is written: `("mode", "mode = \"local\"")`.
pub(crate) type Key = (&'static str, &'static str);

/// One argument as it was written.
pub(crate) struct Arg {
    /// The key, possibly a keyword (`crate`).
    pub(crate) key: Ident,
    /// What follows `=`; `None` for a bare key.
    pub(crate) value: Option<TokenStream>,
}

/// The arguments of one attribute.
pub(crate) struct Args {
    keys: &'static [Key],
    args: Vec<Arg>,
}

impl Args {
    /// Reads what stands between the attribute's brackets; `what` is its name for messages.
    pub(crate) fn parse(
        what: &str,
        keys: &'static [Key],
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> Self {
        let mut found = Self { keys, args: Vec::new() };
        let parser = |input: ParseStream| {
            while !input.is_empty() {
                found.argument(what, input, errors);
                if begins_argument(input) {
                    errors.span(input.span(), "expected `,`");
                } else if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            errors.syn(&error);
        }
        found
    }

    fn argument(&mut self, what: &str, input: ParseStream, errors: &mut Errors) {
        let Ok(key) = input.call(Ident::parse_any) else {
            let rest = until_comma(input);
            errors.at(&rest, format!("expected the name of an argument of {what}"));
            return;
        };
        let value = if input.peek(Token![=]) {
            let _ = input.parse::<Token![=]>();
            Some(value(input))
        } else {
            None
        };
        let stray = if begins_argument(input) { TokenStream::new() } else { until_comma(input) };
        let name = key.unraw().to_string();
        if !self.keys.iter().any(|(known, _)| *known == name) {
            errors.at(&key, self.unknown(what, &name));
        } else if !stray.is_empty() {
            let form = self.form(&name);
            errors.at(&stray, format!("expected `{form}`"));
        } else if self.get(&name).is_some() {
            errors.at(&key, format!("duplicate argument `{name}`"));
        } else {
            self.args.push(Arg { key, value });
        }
    }

    fn unknown(&self, what: &str, name: &str) -> String {
        // A key without a form is known to be refused.
        let known = self.keys.iter().filter(|(_, form)| !form.is_empty());
        let known: Vec<&str> = known.map(|(key, _)| *key).collect();
        let help = match words::closest(name, known.iter().copied()) {
            Some(close) => format!("there is `{close}`"),
            None if known.len() == 1 => format!("the only one is {}", list(&known)),
            None => format!("known are {}", list(&known)),
        };
        message(format!("unknown argument `{name}` of {what}"), None, Some(&help))
    }

    fn form(&self, name: &str) -> &'static str {
        self.keys.iter().find(|(key, _)| *key == name).map_or("", |(_, form)| form)
    }

    /// Drops the arguments that have no form: they were reported.
    pub(crate) fn keep_known(&mut self) {
        let keys = self.keys;
        let is_known =
            |arg: &Arg| keys.iter().any(|(key, form)| arg.key.unraw() == key && !form.is_empty());
        self.args.retain(is_known);
    }

    /// The argument of this key, if it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.key.unraw() == name)
    }

    /// Whether the bare key was given, and where.
    pub(crate) fn flag(&self, name: &str, errors: &mut Errors) -> Option<Span> {
        let arg = self.get(name)?;
        if let Some(value) = &arg.value {
            errors.at(value, format!("expected `{name}` without a value"));
        }
        Some(arg.key.span())
    }

    /// The value of this key as any syntax, `None` if it was not given or is of another form.
    pub(crate) fn parsed<T: Parse>(&self, name: &str, errors: &mut Errors) -> Option<T> {
        self.parsed_with(name, T::parse, errors)
    }

    /// The value of this key as `parser` reads it.
    pub(crate) fn parsed_with<T>(
        &self,
        name: &str,
        parser: impl Parser<Output = T>,
        errors: &mut Errors,
    ) -> Option<T> {
        let arg = self.get(name)?;
        let form = self.form(name);
        let Some(value) = &arg.value else {
            errors.at(&arg.key, format!("expected `{form}`"));
            return None;
        };
        match parser.parse2(value.clone()) {
            Ok(value) => Some(value),
            Err(_) if value.is_empty() => {
                errors.at(&arg.key, format!("expected `{form}`"));
                None
            }
            Err(_) => {
                errors.at(value, format!("expected `{form}`"));
                None
            }
        }
    }

    /// `key = "text"`.
    pub(crate) fn text(&self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        self.parsed(name, errors)
    }

    /// `key = true`.
    pub(crate) fn bool(&self, name: &str, errors: &mut Errors) -> Option<LitBool> {
        self.parsed(name, errors)
    }

    /// `key = 3`.
    pub(crate) fn int(&self, name: &str, errors: &mut Errors) -> Option<LitInt> {
        self.parsed(name, errors)
    }

    /// `key = expression`.
    pub(crate) fn expr(&self, name: &str, errors: &mut Errors) -> Option<Expr> {
        self.parsed(name, errors)
    }

    /// `key = name`.
    pub(crate) fn ident(&self, name: &str, errors: &mut Errors) -> Option<Ident> {
        self.parsed_with(name, Ident::parse_any, errors)
    }

    /// `key = [a, b]`, each read by `item`.
    pub(crate) fn list<T>(
        &self,
        name: &str,
        item: fn(ParseStream) -> syn::Result<T>,
        errors: &mut Errors,
    ) -> Option<Vec<T>> {
        let parser = |input: ParseStream| {
            let content;
            syn::bracketed!(content in input);
            let items = content.parse_terminated(item, Token![,])?;
            Ok(items.into_iter().collect())
        };
        self.parsed_with(name, parser, errors)
    }
}

/// An expression, or whatever stands before the next comma.
fn value(input: ParseStream) -> TokenStream {
    let fork = input.fork();
    if let Ok(expr) = fork.parse::<Expr>()
        && (fork.is_empty() || fork.peek(Token![,]) || begins_argument(&fork))
    {
        // The fork is one expression longer: read the same again.
        return input.parse::<Expr>().unwrap_or(expr).into_token_stream();
    }
    until_comma(input)
}

/// Whether `key = …` stands here, where a comma should.
fn begins_argument(input: ParseStream) -> bool {
    input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==])
}

fn until_comma(input: ParseStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<proc_macro2::TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    joined(&quoted)
}

/// `a, b and c`.
pub(crate) fn joined(words: &[String]) -> String {
    match words.split_last() {
        Some((last, head)) if !head.is_empty() => format!("{} and {last}", head.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use quote::quote;

    use super::*;

    const KEYS: &[Key] = &[
        ("mode", "mode = \"local\""),
        ("on", "on = [create, update]"),
        ("unique", "unique"),
        ("enabled", "enabled = false"),
        ("concurrency", "concurrency = 1"),
        ("crate", "crate = \"path\""),
    ];

    fn check(tokens: TokenStream, expected: &Expect) {
        let mut errors = Errors::default();
        let args = Args::parse("`#[post_action]`", KEYS, tokens, &mut errors);
        let mode = args.text("mode", &mut errors).map(|mode| mode.value());
        let on = args.list("on", Ident::parse_any, &mut errors);
        let on = on.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let unique = args.flag("unique", &mut errors).is_some();
        let enabled = args.bool("enabled", &mut errors).map(|enabled| enabled.value);
        let concurrency = args.int("concurrency", &mut errors).map(|number| number.to_string());
        let known = format!("{mode:?} {on:?} {unique} {enabled:?} {concurrency:?}");
        expected.assert_eq(&format!("{known}\n{}", errors.text()));
    }

    #[test]
    fn arguments_and_their_mistakes() {
        check(
            quote!(
                mode = "local",
                on = [create, r#type,],
                unique,
                enabled = false,
                concurrency = 2,
            ),
            &expect![[r#"
                Some("local") Some(["create", "r#type"]) true Some(false) Some("2")
            "#]],
        );
        check(
            quote!(mod = "local", mode = 3, unique = 4, on, 5, unique),
            &expect![[r#"
                None None true None None
                unknown argument `mod` of `#[post_action]`
                = help: there is `mode`
                expected the name of an argument of `#[post_action]`
                duplicate argument `unique`
                expected `mode = "local"`
                expected `on = [create, update]`
                expected `unique` without a value
            "#]],
        );
        check(
            quote!(enabled = false true, concurrency =, colour = Vec::<(A, B)>::new(), mode = "x"),
            &expect![[r#"
                Some("x") None false None None
                unknown argument `colour` of `#[post_action]`
                = help: known are `mode`, `on`, `unique`, `enabled`, `concurrency` and `crate`
                expected `enabled = false`
                expected `concurrency = 1`
            "#]],
        );
    }
}
