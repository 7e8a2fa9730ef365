//! The function that a body becomes: each node a call on the context under its key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, LitInt, Member, Path};

use super::approve_emit;
use super::ast::{Field, Node, NodeKind, Text, Value};
use super::condition;
use super::expression::Scope;
use super::lower::{Step, StepKind, ends};
use super::text;
use crate::diag::Errors;

/// Emits the steps of one body.
pub(crate) struct Emitter<'a> {
    pub(crate) scope: Scope<'a>,
    /// The context's name, which bodies cannot use.
    pub(crate) cx: Ident,
    pub(crate) errors: &'a mut Errors,
}

impl Emitter<'_> {
    /// The statements of the function's body.
    pub(crate) fn body(&mut self, steps: &[Step]) -> TokenStream {
        let statements = self.steps(steps);
        let end =
            if ends(steps) { TokenStream::new() } else { quote!(::core::result::Result::Ok(())) };
        quote!(#statements #end)
    }

    fn steps(&mut self, steps: &[Step]) -> TokenStream {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &Step) -> TokenStream {
        match &step.kind {
            StepKind::If { branches, otherwise } => {
                self.conditional(branches, otherwise.as_deref())
            }
            StepKind::Let { pattern, ty, value, otherwise } => {
                let value = match &**value {
                    Value::Node(node) => self.node(step, node, true),
                    Value::Expr(expr) => self.scope.value(expr),
                };
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                let otherwise = otherwise.as_ref().map(|steps| {
                    let steps = self.steps(steps);
                    quote!(else { #steps })
                });
                quote_spanned!(step.at=> let #pattern #ty = #value #otherwise;)
            }
            StepKind::Node(node) => {
                let node = self.node(step, node, false);
                quote_spanned!(step.at=> #node;)
            }
            StepKind::Broken(tokens) => tokens.clone(),
            StepKind::Cut => quote!(::core::unreachable!()),
        }
    }

    fn conditional(
        &mut self,
        branches: &[(Expr, Vec<Step>)],
        otherwise: Option<&[Step]>,
    ) -> TokenStream {
        let mut tokens = TokenStream::new();
        for (index, (condition, steps)) in branches.iter().enumerate() {
            let condition = self.scope.expr(condition);
            let steps = self.steps(steps);
            let word = if index == 0 { quote!(if) } else { quote!(else if) };
            tokens.extend(quote!(#word #condition { #steps }));
        }
        if let Some(steps) = otherwise {
            let steps = self.steps(steps);
            tokens.extend(quote!(else { #steps }));
        }
        tokens
    }

    /// The call that a node becomes, as an expression.
    fn node(&mut self, step: &Step, node: &Node, is_bound: bool) -> TokenStream {
        let cx = self.context(step);
        let private = self.scope.private.clone();
        let span = node.word.span();
        let plain = self.cx.clone();
        match &node.kind {
            NodeKind::Create { collection, fields } => {
                let fields = self.setters(fields);
                let draft = quote_spanned!(collection.span()=> <#collection>::new() #fields);
                quote_spanned!(collection.span()=> #cx.create(#draft).await?)
            }
            NodeKind::Update { record, fields } => {
                let fields = self.setters(fields);
                let record = self.scope.expr(record);
                let changes = Ident::new("changes", Span::mixed_site());
                let at = record.span();
                let read = quote_spanned!(at=> <_ as #private::Updated>::changes(&#record));
                let written = quote_spanned!(at=> <_ as #private::Updated>::record(&mut #record));
                quote_spanned! {span=> {
                    let #changes = #read #fields;
                    #cx.update(#written, #changes).await?
                }}
            }
            NodeKind::UpdateWhere { collection, filter, fields } => {
                let fields = self.setters(fields);
                let filter = self.filter(Some(filter), collection);
                quote_spanned! {span=>
                    #cx.update_where(#filter, <#collection>::changes() #fields).await?
                }
            }
            NodeKind::Delete { record } => {
                let record = self.scope.expr(record);
                let id =
                    quote_spanned!(record.span()=> <_ as #private::Identified>::identity(&#record));
                quote_spanned!(span=> #cx.delete(#id).await?)
            }
            NodeKind::Find { collection, filter } => {
                let filter = self.filter(filter.as_ref(), collection);
                quote_spanned!(span=> #cx.find(#filter).await?)
            }
            NodeKind::Run { function, arguments, retry } => {
                self.run(&cx, function, arguments, retry.as_ref())
            }
            NodeKind::Approve(approve) => {
                let title = self.text(&approve.title);
                let options = approve_emit::options(approve, &self.scope);
                let decision = quote_spanned!(span=> #cx.approve(#title) #options.await?);
                if is_bound {
                    return decision;
                }
                quote_spanned!(span=> #plain.reject_unless_approved(&#decision)?)
            }
            NodeKind::Respond { text } => {
                let text = self.text(text);
                quote_spanned!(span=> #cx.respond(#text).await?)
            }
            NodeKind::Require { condition, message } => {
                let condition = self.scope.expr(condition);
                let message = self.message(message.as_ref());
                // By itself, or clippy would simplify the user's condition with the `!` before it.
                let holds = Ident::new("holds", Span::mixed_site());
                let judged = quote_spanned!(condition.span()=> let #holds: bool = #condition;);
                quote_spanned! {span=> {
                    #judged
                    if !#holds { return #private::ended(#plain.end_failed(#message)) }
                }}
            }
            NodeKind::End { failed: false, .. } => {
                quote_spanned!(span=> return #private::ended(#plain.end()))
            }
            NodeKind::End { message, .. } => {
                let message = self.message(message.as_ref());
                quote_spanned!(span=> return #private::ended(#plain.end_failed(#message)))
            }
        }
    }

    /// The context under the step's key.
    fn context(&self, step: &Step) -> TokenStream {
        let (cx, key, fingerprint) = (&self.cx, &step.key, step.fingerprint);
        quote!(#cx.node(#key, #fingerprint))
    }

    fn run(
        &self,
        cx: &TokenStream,
        function: &Path,
        arguments: &[Expr],
        retry: Option<&LitInt>,
    ) -> TokenStream {
        let private = &self.scope.private;
        let span = function.span();
        let name = function.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let names: Vec<Ident> = (0..arguments.len())
            .map(|index| Ident::new(&format!("argument{index}"), Span::mixed_site()))
            .collect();
        let values = arguments.iter().map(|argument| self.scope.value(argument));
        let all = Ident::new("arguments", Span::mixed_site());
        let (method, retry) = match retry {
            Some(attempts) => (
                quote!(run_with),
                quote!(#private::Retry { attempts: #attempts, ..#private::Retry::DEFAULT },),
            ),
            None => (quote!(run), TokenStream::new()),
        };
        let call = quote_spanned!(span=> #function(#(#names),*).await);
        let outcome = quote_spanned!(span=> <_ as #private::Ran>::outcome(#call));
        quote_spanned! {span=> {
            let #all = (#(#values,)*);
            #cx.#method(#name, #retry async || {
                let (#(#names,)*) = ::core::clone::Clone::clone(&#all);
                #outcome
            }).await?
        }}
    }

    /// `.amount(x).claim(y)`, each checked by rustc at the user's word.
    fn setters(&self, fields: &[Field]) -> TokenStream {
        fields
            .iter()
            .map(|field| {
                let value = self.scope.value(&field.value);
                let span = field.value.span();
                match &field.name {
                    Member::Named(name) => quote_spanned!(span=> .#name(#value)),
                    Member::Unnamed(_) => TokenStream::new(),
                }
            })
            .collect()
    }

    fn filter(&mut self, filter: Option<&Expr>, collection: &Path) -> TokenStream {
        let private = &self.scope.private;
        match filter {
            Some(filter) => condition::emit(filter, collection, &self.scope, self.errors),
            None => quote_spanned!(collection.span()=> #private::Filter::<#collection>::all()),
        }
    }

    fn message(&mut self, message: Option<&Text>) -> TokenStream {
        match message {
            Some(message) => self.text(message),
            None => quote!(::std::string::String::new()),
        }
    }

    fn text(&mut self, text: &Text) -> TokenStream {
        match text {
            Text::Literal(literal) => {
                let pieces = text::parse(literal, self.errors);
                text::emit(&pieces, literal.span(), &self.scope)
            }
            Text::Expr(expr) => {
                let expr = self.scope.expr(expr);
                quote_spanned!(expr.span()=> ::std::string::ToString::to_string(&#expr))
            }
        }
    }
}
