//! Nodes about records, as calls on the context.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, Member, Path};

use super::super::ast::{Field, Node, NodeKind, Read};
use super::{Emitter, condition};

impl Emitter<'_> {
    /// The call, if it is one of these nodes.
    pub(super) fn record_node(&mut self, cx: &TokenStream, node: &Node) -> Option<TokenStream> {
        let private = self.scope.private.clone();
        let span = node.word.span();
        Some(match &node.kind {
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
                let written = self.written(&record);
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
            NodeKind::DeleteWhere { collection, filter } => {
                let filter = self.filter(Some(filter), collection);
                quote_spanned!(span=> #cx.delete_where(#filter).await?)
            }
            NodeKind::Read(read) => self.read(cx, &node.word, read),
            NodeKind::Count { collection, filter } => {
                let filter = self.filter(filter.as_ref(), collection);
                quote_spanned!(span=> #cx.count(#filter).await?)
            }
            NodeKind::Aggregate { collection, field, filter } => {
                let filter = self.filter(filter.as_ref(), collection);
                let (word, field) = (&node.word, self.scope.field(collection, field));
                quote_spanned!(span=> #cx.#word(#field, #filter).await?)
            }
            NodeKind::Refresh { record } => {
                let record = self.scope.expr(record);
                let record = self.written(&record);
                quote_spanned!(span=> #cx.refresh(#record).await?)
            }
            _ => return None,
        })
    }

    /// The record that a node writes to.
    fn written(&self, record: &Expr) -> TokenStream {
        let private = &self.scope.private;
        quote_spanned!(record.span()=> <_ as #private::Updated>::record(&mut #record))
    }

    /// `find` and `list`.
    fn read(&mut self, cx: &TokenStream, word: &Ident, read: &Read) -> TokenStream {
        let Read { collection, filter, order, limit } = read;
        let filter = self.filter(filter.as_ref(), collection);
        let order = order.iter().map(|order| {
            let (field, descending) =
                (self.scope.field(collection, &order.field), order.descending);
            quote_spanned!(order.field.span()=> .order(#field, #descending))
        });
        let order: TokenStream = order.collect();
        let limit = limit.as_ref().map(|limit| {
            let value = self.scope.value(limit);
            quote_spanned!(limit.span()=> .limit(#value))
        });
        quote_spanned!(word.span()=> #cx.#word(#filter) #order #limit.await?)
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

    /// `set { field: value }`: each field checked by rustc at the user's word.
    pub(super) fn set(&self, span: Span, fields: &[Field]) -> TokenStream {
        let (private, cx, collection) = (&self.scope.private, &self.cx, self.scope.collection);
        let sets = fields.iter().filter_map(|field| {
            let Member::Named(name) = &field.name else { return None };
            let value = self.scope.value(&field.value);
            let marker = quote_spanned! {name.span()=>
                <#collection as #private::Collection>::FIELDS.#name
            };
            Some(quote_spanned!(field.value.span()=> #cx.set(#marker, #value)?;))
        });
        let sets: TokenStream = sets.collect();
        quote_spanned!(span=> { #sets })
    }

    fn filter(&mut self, filter: Option<&Expr>, collection: &Path) -> TokenStream {
        let private = &self.scope.private;
        match filter {
            Some(filter) => condition::emit(filter, collection, &self.scope, self.errors),
            None => quote_spanned!(collection.span()=> #private::Filter::<#collection>::all()),
        }
    }
}
