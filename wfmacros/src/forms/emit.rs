//! The registration of a collection's forms, with its names left to rustc.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Path, Type};

use super::lower::{Button, Common, Form, Model};
use super::parse::Fire;
use crate::attributes::cfgs;
use crate::diag::Errors;
use crate::paths;
use crate::trigger::emit::{location, option, strings};
use crate::workflow::emit::Scope;
use crate::workflow::emit::condition;

/// The forms of one collection.
pub(crate) fn registration(
    model: &Model,
    private: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let cfgs = cfgs(&model.attrs);
    let collection = &model.collection;
    let mut emitter = Emitter { private, collection, errors, checks: TokenStream::new(), fires: 0 };
    let forms: Vec<TokenStream> = model.forms.iter().map(|form| emitter.form(form)).collect();
    let rows = model.rows.iter();
    let rows = rows.map(|row| emitter.button(row, !row.fixed.is_empty()));
    let rows: Vec<TokenStream> = rows.collect();
    let checks = emitter.checks;
    let location = location(collection.span(), private);
    quote! {
        #(#cfgs)*
        #[allow(dead_code)]
        const _: () = {
            #checks
            #private::inventory::submit! {
                #private::RegisteredForms(&#private::FormsMeta {
                    collection: || <#collection as #private::Collection>::META,
                    forms: &[#(#forms),*],
                    rows: &[#(#rows),*],
                    location: #location,
                })
            }
        };
    }
}

struct Emitter<'a> {
    private: &'a TokenStream,
    collection: &'a Path,
    errors: &'a mut Errors,
    /// What stands before the registration.
    checks: TokenStream,
    /// How many workflows were named.
    fires: usize,
}

impl Emitter<'_> {
    fn form(&mut self, form: &Form) -> TokenStream {
        let private = self.private;
        let Common { name, title, .. } = &form.head;
        let kind = if form.is_add { quote!(Add) } else { quote!(Edit) };
        let fields = strings(&form.fields);
        let new: Vec<TokenStream> =
            form.new.iter().map(|(name, fields)| self.new_one(name, fields)).collect();
        let rest = self.common(&form.head);
        let buttons: Vec<TokenStream> =
            form.buttons.iter().map(|it| self.button(it, true)).collect();
        let is_new = |field: &&Ident| form.new.iter().any(|(new, _)| new == *field);
        let plain: Vec<TokenStream> =
            form.fields.iter().filter(|it| !is_new(it)).map(|it| self.input(it)).collect();
        self.told(form.head.at, &plain, None);
        if form.is_add && form.is_whole {
            self.complete(form);
        }
        quote! {
            #private::FormMeta {
                kind: #private::FormKind::#kind,
                name: #name,
                title: #title,
                fields: #fields,
                new: &[#(#new),*],
                buttons: &[#(#buttons),*],
                #rest
            }
        }
    }

    /// A new record behind an association; what its fields are is rustc's to know, at the word.
    fn new_one(&mut self, name: &Ident, fields: &[Ident]) -> TokenStream {
        let (private, collection) = (self.private, self.collection);
        let association = quote_spanned! {name.span()=>
            <#collection as #private::Collection>::ASSOCS.#name
        };
        let known = fields
            .iter()
            .map(|field| quote_spanned!(field.span()=> let _ = #private::fields_at(to).#field;));
        let (rust, names) = (name.unraw().to_string(), strings(fields));
        let fits =
            quote_spanned!(name.span()=> ::core::assert!(told.is_nothing(), "{}", told.text()));
        self.checks.extend(quote! {
            const _: () = {
                let to = #association;
                #(#known)*
                let meta = <#collection as #private::Collection>::META;
                let told = #private::made_there(meta, #rust);
                #fits;
                let told = #private::left_out_of_new(to, meta, #rust, #names);
                #fits
            };
        });
        quote!(#private::NewMeta { association: #rust, fields: #names })
    }

    /// What a new record needs is filled in or set, whichever button is pressed.
    fn complete(&mut self, form: &Form) {
        let mut set: Vec<Ident> = form.fields.clone();
        for (field, _) in form.buttons.iter().flat_map(|button| &button.fixed) {
            if !set.contains(field) {
                set.push(field.clone());
            }
        }
        let names = strings(&set);
        let is_new = |field: &&Ident| form.new.iter().any(|(new, _)| new == *field);
        let (asked, fixed) = set.split_at(form.fields.len());
        let asked = asked.iter().filter(|it| !is_new(it)).map(|it| self.input(it));
        let plain: Vec<TokenStream> = asked.chain(fixed.iter().map(|it| self.field(it))).collect();
        self.told(form.head.at, &plain, Some(quote!(left_out(META, #names))));
        for button in &form.buttons {
            let is_set = |field: &Ident| button.fixed.iter().any(|(fixed, _)| fixed == field);
            let others: Vec<Ident> =
                set[form.fields.len()..].iter().filter(|field| !is_set(field)).cloned().collect();
            if !others.is_empty() {
                let names = strings(&others);
                let question = quote!(left_to_others(META, #names));
                let others: Vec<TokenStream> = others.iter().map(|it| self.field(it)).collect();
                self.told(button.head.at, &others, Some(question));
            }
        }
    }

    /// Leaves the names of fields, as their markers, to rustc; if it knows them, fails at `at` with
    /// what a question about the collection tells.
    fn told(&mut self, at: Span, fields: &[TokenStream], question: Option<TokenStream>) {
        let (private, collection) = (self.private, self.collection);
        let known = fields.iter().map(|known| quote!(let _ = #known;));
        let told = question.map(|question| {
            let told = quote_spanned!(at=> ::core::assert!(told.is_nothing(), "{}", told.text()));
            quote! {
                const META: &#private::CollectionMeta = <#collection as #private::Collection>::META;
                let told = #private::#question;
                #told
            }
        });
        let check = quote!(const _: () = { #(#known)* #told };);
        self.checks.extend(check);
    }

    /// The marker of a field; an unknown one is rustc's to report, at the word.
    fn field(&self, name: &Ident) -> TokenStream {
        let (private, collection) = (self.private, self.collection);
        quote_spanned!(name.span()=> <#collection as #private::Collection>::FIELDS.#name)
    }

    /// The marker of what a form asks for: a field, or a link to many records.
    fn input(&self, name: &Ident) -> TokenStream {
        let (private, collection) = (self.private, self.collection);
        quote_spanned!(name.span()=> <#collection as #private::Collection>::INPUTS.#name)
    }

    fn button(&mut self, button: &Button, writes: bool) -> TokenStream {
        let private = self.private;
        let Common { name, title, .. } = &button.head;
        let fixed: Vec<TokenStream> =
            button.fixed.iter().map(|(field, value)| self.fixed(field, value)).collect();
        let fires = button.fires.iter().map(|fire| self.fire(fire, writes));
        let fires: Vec<TokenStream> = fires.collect();
        let rest = self.common(&button.head);
        let is_for_several = button.is_for_several;
        quote! {
            #private::ButtonMeta {
                name: #name,
                title: #title,
                is_for_several: #is_for_several,
                fixed: &[#(#fixed),*],
                fires: &[#(#fires),*],
                #rest
            }
        }
    }

    fn common(&mut self, head: &Common) -> TokenStream {
        let private = self.private;
        let help = option(head.help.as_ref().map(|help| quote!(#help)));
        let when = option(head.when.as_ref().map(|when| self.when(when)));
        let allow = head.allow.iter().map(|role| {
            let (name, at) = (role.unraw().to_string(), location(role.span(), private));
            quote!((#name, #at))
        });
        let location = location(head.at, private);
        quote! {
            help: #help,
            when: #when,
            allow: &[#(#allow),*],
            location: #location,
        }
    }

    /// The condition of the record's fields, as a function.
    fn when(&mut self, when: &Expr) -> TokenStream {
        let private = self.private;
        let collection = self.collection;
        let ty: Type = syn::parse_quote!(#collection);
        let scope =
            Scope { private: private.clone(), collection: &ty, appends: &[], is_submitted: false };
        let filter = condition::emit(when, collection, &scope, self.errors);
        quote!(|| #private::Filter::into_condition(#filter))
    }

    /// A value that the button sets; a wrong one is told at its expression.
    fn fixed(&self, field: &Ident, value: &Expr) -> TokenStream {
        let private = self.private;
        let marker = self.field(field);
        let word = match value {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        };
        let value = match word.filter(|word| *word == "now" || *word == "user") {
            Some(word) => {
                let here = paths::at(private, word.span());
                quote_spanned!(word.span()=> #here::of_field(#marker).#word())
            }
            None => {
                let here = paths::at(private, value.span());
                let fixed = quote_spanned!(value.span()=> #here::fixed(#marker, #value));
                quote!(#private::DefaultValue::Value(|| #fixed))
            }
        };
        let name = field.unraw().to_string();
        quote!(#private::FixedMeta { field: #name, value: #value })
    }

    /// A workflow with the path to its record; what does not fit is told at its word.
    fn fire(&mut self, fire: &Fire, writes: bool) -> TokenStream {
        let (private, collection) = (self.private, self.collection);
        let Fire { workflow, path } = fire;
        let at = workflow.span();
        let judged = format_ident!("__WF_FIRES_{}", self.fires);
        self.fires += 1;
        let (place, here) = (location(at, private), paths::at(private, at));
        let judge = match self.association(path) {
            None => quote_spanned!(at=> #here::fire::<#workflow, #collection>(#place, #writes)),
            Some(association) => {
                let path = strings(path);
                quote_spanned!(at=> #here::fire_at::<#workflow, _, _>(#association, #path, #place, #writes))
            }
        };
        let told = quote!(#judged.told);
        let fits = quote_spanned!(at=> ::core::assert!(#told.is_nothing(), "{}", #told.text()));
        self.checks.extend(quote! {
            const #judged: #private::Judged = #judge;
            const _: () = #fits;
        });
        quote!(#judged.meta)
    }

    /// The marker of the association at the end of a path, each step of which leads to one record.
    fn association(&self, path: &[Ident]) -> Option<TokenStream> {
        let (private, collection) = (self.private, self.collection);
        path.iter().fold(None, |chain, name| {
            let span = name.span();
            let step = match chain {
                None => quote_spanned! {span=>
                    <#collection as #private::Collection>::ASSOCS.#name
                },
                Some(chain) => quote_spanned!(span=> #private::follow(#chain).#name),
            };
            let here = paths::at(private, span);
            Some(quote_spanned!(span=> #here::one(#step)))
        })
    }
}
