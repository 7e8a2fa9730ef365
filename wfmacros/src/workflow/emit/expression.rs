//! What the expressions of a body may name beside plain Rust: records behind loaded associations.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprField, Member, Path, Type, parse_quote, parse_quote_spanned};

/// What a body sees.
pub(crate) struct Scope<'a> {
    pub(crate) private: TokenStream,
    pub(crate) collection: &'a Type,
    pub(crate) appends: &'a [Vec<Ident>],
    /// Whether `data` is what was submitted: its fields are got one by one.
    pub(crate) is_submitted: bool,
}

impl Scope<'_> {
    /// The expression with `data.applicant.nickname` led through the loaded record.
    pub(crate) fn expr(&self, expr: &Expr) -> Expr {
        if self.is_submitted {
            return submitted(expr, self.collection, &self.private);
        }
        let mut expr = expr.clone();
        Through(self).visit_expr_mut(&mut expr);
        expr
    }

    /// The same as a value: a bare path, which would be moved, stands for its copy.
    pub(crate) fn value(&self, expr: &Expr) -> TokenStream {
        // What was submitted is got as a value.
        let bare = is_place(expr) && !(self.is_submitted && chain(expr).is_some());
        let through = self.expr(expr);
        if bare {
            let private = &self.private;
            quote_spanned!(last(expr)=> <#private::Place<_>>::of(&#through).copy())
        } else {
            quote!(#through)
        }
    }

    /// The marker of a field; an unknown one is rustc's to report, at the word.
    pub(crate) fn field(&self, collection: &Path, name: &Ident) -> TokenStream {
        let private = &self.private;
        quote_spanned!(name.span()=> <#collection as #private::Collection>::FIELDS.#name)
    }

    /// Runs `show` on what a text's path leads to; not at all if a step of it is empty.
    pub(crate) fn shown(
        &self,
        path: &[Ident],
        show: impl FnOnce(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let Some((root, fields)) = path.split_first() else { return TokenStream::new() };
        let private = &self.private;
        let span = root.span();
        let it = Ident::new("it", Span::mixed_site());
        if ["before", "user"].iter().any(|optional| root == optional) && !fields.is_empty() {
            let shown = show(quote!(#it #(.#fields)*));
            return quote_spanned! {span=>
                if let ::core::option::Option::Some(#it) = <_ as #private::Present>::present(&#root) {
                    #shown
                }
            };
        }
        if let (true, "data", [field, rest @ ..]) =
            (self.is_submitted, root.to_string().as_str(), fields)
        {
            let got = got(field, self.collection, private);
            return show(quote_spanned!(span=> #got #(.#rest)*));
        }
        if root != "data" || fields.len() < 2 {
            return show(quote_spanned!(span=> #root #(.#fields)*));
        }
        let (last, steps) = (fields.len() - 1, &fields[..fields.len() - 1]);
        if let Some(place) = self.not_appended(steps, &fields[last..]) {
            return show(place);
        }
        let last = &fields[last];
        let mut shown = show(quote!(#it.#last));
        for (index, step) in steps.iter().enumerate().rev() {
            let from = if index == 0 { quote!(#root.#step) } else { quote!(#it.#step) };
            shown = quote_spanned! {span=>
                if let ::core::option::Option::Some(#it) = #private::Follow::follow(&#from)? {
                    #shown
                }
            };
        }
        shown
    }

    /// What to emit for `data.steps….rest` if a step is not in `appends`: an error in our words.
    fn not_appended(&self, steps: &[Ident], rest: &[Ident]) -> Option<TokenStream> {
        let missing = (1..=steps.len()).find(|length| !self.has(&steps[..*length]))?;
        let reference = self.association(&steps[..missing]);
        let rest = steps[missing..].iter().chain(rest);
        let private = &self.private;
        let span = steps[missing - 1].span();
        Some(quote_spanned!(span=> <_ as #private::InAppends>::record(#reference) #(.#rest)*))
    }

    /// Whether the path is in `appends`, or on the way to one that is.
    fn has(&self, path: &[Ident]) -> bool {
        self.appends.iter().any(|append| append.starts_with(path))
    }

    /// The marker of an association.
    fn association(&self, path: &[Ident]) -> TokenStream {
        let (private, collection) = (&self.private, self.collection);
        let mut chain = TokenStream::new();
        for (index, name) in path.iter().enumerate() {
            chain = if index == 0 {
                quote_spanned! {name.span()=>
                    <#collection as #private::Collection>::ASSOCS.#name
                }
            } else {
                quote_spanned!(name.span()=> #private::follow(#chain).#name)
            };
        }
        chain
    }
}

/// Rewrites field chains that begin at `data`.
struct Through<'a>(&'a Scope<'a>);

impl VisitMut for Through<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            // Where `?` would return from something else.
            Expr::Closure(_) | Expr::Async(_) => return,
            Expr::Field(_) => {
                if let Some(path) = chain(expr) {
                    if path.len() > 1 {
                        *expr = self.through(&path);
                    }
                    return;
                }
            }
            Expr::MethodCall(call) if call.method == "get" && call.args.is_empty() => {
                if let Some(path) = chain(&call.receiver)
                    && let Some(place) = self.not_appended(&path)
                {
                    *expr = place;
                    return;
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

impl Through<'_> {
    fn through(&self, path: &[Ident]) -> Expr {
        let Some((last, steps)) = path.split_last() else { return parse_quote!(data) };
        if let Some(place) = self.0.not_appended(steps, std::slice::from_ref(last)) {
            return parse_quote!(#place);
        }
        let private = &self.0.private;
        let data = Ident::new("data", Span::call_site());
        let mut place: Expr = parse_quote!(#data);
        for (index, name) in path.iter().enumerate() {
            let span = name.span();
            place = if index == 0 {
                parse_quote_spanned!(span=> #place.#name)
            } else {
                parse_quote_spanned!(span=> #private::loaded(&#place)?.#name)
            };
        }
        place
    }

    /// `data.applicant.get()` without the association in `appends`.
    fn not_appended(&self, path: &[Ident]) -> Option<Expr> {
        // The number of an id is got in the same way.
        if path.last().is_some_and(|name| name == "id") {
            return None;
        }
        let missing = (1..=path.len()).find(|length| !self.0.has(&path[..*length]))?;
        if missing != path.len() {
            return None;
        }
        let reference = self.0.association(path);
        let private = &self.0.private;
        let span = path.last()?.span();
        Some(parse_quote_spanned!(span=> <_ as #private::InAppends>::got(#reference)))
    }
}

/// The expression with `data.amount` as what was submitted for the field.
pub(crate) fn submitted(expr: &Expr, collection: &Type, private: &TokenStream) -> Expr {
    let mut expr = expr.clone();
    Submitted { collection, private }.visit_expr_mut(&mut expr);
    expr
}

/// Rewrites fields of `data`.
struct Submitted<'a> {
    collection: &'a Type,
    private: &'a TokenStream,
}

impl VisitMut for Submitted<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Field(ExprField { base, member: Member::Named(name), .. }) = &*expr
            && chain(base).is_some_and(|names| names.is_empty())
        {
            let got = got(name, self.collection, self.private);
            *expr = parse_quote!(#got);
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// What was submitted for a field; an unknown one is rustc's to report, at the word.
fn got(field: &Ident, collection: &Type, private: &TokenStream) -> TokenStream {
    let data = Ident::new("data", Span::call_site());
    let marker = quote_spanned! {field.span()=>
        <#collection as #private::Collection>::FIELDS.#field
    };
    quote_spanned!(field.span()=> #data.get(#marker))
}

/// The names after `data` in `data.a.b`.
fn chain(expr: &Expr) -> Option<Vec<Ident>> {
    match expr {
        Expr::Path(path) if path.path.is_ident("data") => Some(Vec::new()),
        Expr::Field(ExprField { base, member: Member::Named(name), .. }) => {
            let mut names = chain(base)?;
            names.push(name.clone());
            Some(names)
        }
        _ => None,
    }
}

/// Where the last name of a place stands; there rustc says what is wrong with the whole.
fn last(expr: &Expr) -> Span {
    match expr {
        Expr::Field(ExprField { member: Member::Named(name), .. }) => name.span(),
        other => other.span(),
    }
}

/// A variable, or a field of one.
fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => path.qself.is_none() && path.path.get_ident().is_some(),
        Expr::Field(field) => is_place(&field.base),
        _ => false,
    }
}
