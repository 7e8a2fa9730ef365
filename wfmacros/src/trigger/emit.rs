//! The declaration of a workflow: its type, its `Workflow` impl and its registration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Path, Type, Visibility};

use super::given::Count;
use super::kind::Kind;
use super::lower::Trigger;
use super::schedule::Schedule;
use crate::attributes::{self, cfgs};
use crate::words;
use crate::workflow::emit::submitted;

/// What a function and a `workflow!` each add to their trigger.
pub(crate) struct Declared<'a> {
    pub(crate) trigger: &'a Trigger,
    pub(crate) name: &'a Ident,
    pub(crate) vis: &'a Visibility,
    pub(crate) attrs: &'a [Attribute],
    /// `fn(Invocation) -> BoxFuture<Result<()>>`.
    pub(crate) handler: TokenStream,
    /// `Option<fn() -> TypeId>`.
    pub(crate) function: TokenStream,
    /// The roles named in the nodes.
    pub(crate) roles: Vec<Ident>,
    /// The workflows called in the nodes.
    pub(crate) calls: Vec<Path>,
    pub(crate) revision: u64,
    /// `Option<&'static Graph>`.
    pub(crate) graph: TokenStream,
}

/// The type beside the function, and everything registered.
pub(crate) fn declaration(it: &Declared) -> TokenStream {
    let private = it.trigger.runtime.private();
    let (name, vis, collection) = (it.name, it.vis, &it.trigger.given.collection);
    let mode = mode(it.trigger, &private);
    let key = &it.trigger.key;
    let cfgs = cfgs(it.attrs);
    let doc = format!("The workflow `{key}`, to be named by its path.");
    let checks = checks(it.trigger, &private);
    let meta = meta(it, &private);
    let values = values(it.trigger, &private);
    let callable = (it.trigger.kind.facts().is_callable && !it.trigger.is_batch())
        .then(|| quote!(impl #private::Callable for #name {}));

    let of = quote_spanned!(collection.span()=> type Collection = #collection;);
    // The struct expression keeps the type from being called dead.
    quote! {
        #(#cfgs)*
        #[doc = #doc]
        #[allow(non_camel_case_types)]
        #vis struct #name {}

        #(#cfgs)*
        const _: () = {
            #values
            impl #private::Workflow for #name {
                #of
                const KEY: &'static str = #key;
                const MODE: #private::Mode = #mode;
                const META: &'static #private::WorkflowMeta = &#meta;
            }
            #callable
            #private::inventory::submit! {
                #private::RegisteredWorkflow({
                    let _ = #name {};
                    <#name as #private::Workflow>::META
                })
            }
            #checks
        };
    }
}

/// The names of a collection's associations and fields, left to rustc at the user's words.
fn checks(trigger: &Trigger, private: &TokenStream) -> TokenStream {
    let Some(collection) = trigger.given.collection() else { return TokenStream::new() };
    let appends = trigger.appends.iter().map(|path| append(path, collection, private));
    let changed = trigger.changed.iter().map(|field| {
        let fields = quote_spanned! {field.span()=>
            <#collection as #private::Collection>::FIELDS.#field
        };
        quote!(let _ = #fields;)
    });
    let date = trigger.schedule.as_ref().and_then(Schedule::field).map(|field| {
        quote_spanned! {field.span()=>
            #private::is_date(<#collection as #private::Collection>::FIELDS.#field);
        }
    });
    quote! {
        #[allow(dead_code)]
        fn names() {
            #(#appends)*
            #(#changed)*
            #date
        }
    }
}

fn append(path: &[Ident], collection: &Type, private: &TokenStream) -> TokenStream {
    let mut chain: Option<TokenStream> = None;
    for name in path {
        chain = Some(match chain {
            None => quote_spanned! {name.span()=>
                <#collection as #private::Collection>::ASSOCS.#name
            },
            Some(chain) => quote_spanned! {name.span()=> #private::follow(#chain).#name },
        });
    }
    quote!(let _ = #chain;)
}

fn mode(trigger: &Trigger, private: &TokenStream) -> TokenStream {
    let mode = if trigger.is_local { quote!(Local) } else { quote!(Global) };
    quote!(#private::Mode::#mode)
}

fn meta(it: &Declared, private: &TokenStream) -> TokenStream {
    let trigger = it.trigger;
    let collection = option(
        trigger
            .given
            .collection()
            .map(|collection| quote!(|| <#collection as #private::Collection>::META)),
    );
    let (key, version) = (&trigger.key, trigger.version);
    let title = title(trigger, it.attrs, it.name);
    let fires = fires(trigger, private);
    let mode = mode(trigger, private);
    // As in URLs: the registry knows the program's own actions by that name.
    let on = trigger.on.iter().map(|name| words::camel(&name.unraw().to_string()));
    let appends = trigger.appends.iter().map(|path| strings(path));
    let timing = if trigger.is_sync { quote!(Sync) } else { quote!(Async) };
    let enabled = trigger.enabled;
    let when = when(trigger, private);
    let input = option(match (&trigger.given.values, trigger.kind) {
        (Some(_), Kind::Webhook) => Some(quote!(|input| __VALUES.fit(input))),
        (Some(ty), _) => Some(quote_spanned!(ty.span()=> #private::fits::<#ty>)),
        (None, _) => None,
    });
    let changed = strings(&trigger.changed);
    let allow = strings(&trigger.allow);
    let retry = match trigger.retry {
        Some(attempts) => quote! {
            #private::Retry { attempts: #attempts, ..#private::Retry::DEFAULT }
        },
        None => quote!(#private::Retry::DEFAULT),
    };
    let timeout =
        option(trigger.timeout.map(|millis| quote!(::core::time::Duration::from_millis(#millis))));
    let concurrency = option(trigger.concurrency.map(|number| quote!(#number)));
    let overlap = match trigger.overlap {
        "cancel_previous" => quote!(CancelPrevious),
        "refuse" => quote!(Refuse),
        _ => quote!(Allow),
    };
    let roles = it.roles.iter().map(|role| {
        let (name, at) = (role.unraw().to_string(), location(role.span(), private));
        quote!((#name, #at))
    });
    // A function each: two workflows that call each other are no constants of each other.
    let calls = it.calls.iter().map(|path| {
        let at = location(path.span(), private);
        let called = quote_spanned!(path.span()=> <#path as #private::Workflow>::META);
        quote!((|| #called, #at))
    });
    let (revision, graph, handler) = (it.revision, &it.graph, &it.handler);
    let function = &it.function;
    let location = location(it.name.span(), private);
    quote! {
        #private::WorkflowMeta {
            key: #key,
            version: #version,
            title: #title,
            trigger: #private::Trigger::#fires,
            collection: #collection,
            mode: #mode,
            on: &[#(#on),*],
            appends: &[#(#appends),*],
            timing: #private::Timing::#timing,
            enabled: #enabled,
            when: #when,
            input: #input,
            changed: #changed,
            allow: #allow,
            retry: #retry,
            timeout: #timeout,
            concurrency: #concurrency,
            overlap: #private::Overlap::#overlap,
            roles: &[#(#roles),*],
            calls: &[#(#calls),*],
            revision: #revision,
            graph: #graph,
            handler: #handler,
            function: #function,
            location: #location,
        }
    }
}

/// What starts it: a variant of `Trigger`.
fn fires(trigger: &Trigger, private: &TokenStream) -> TokenStream {
    match trigger.kind {
        Kind::PostAction => {
            let batch = trigger.is_batch();
            quote!(PostAction { batch: #batch })
        }
        Kind::PreAction => quote!(PreAction),
        Kind::CollectionEvent => {
            let rollback = trigger.rollback;
            quote!(CollectionEvent { rollback: #rollback })
        }
        Kind::CustomAction => {
            let several = trigger.given.count == Count::Several;
            quote!(CustomAction { several: #several })
        }
        Kind::Schedule => {
            let schedule = match &trigger.schedule {
                Some(schedule) => schedule.emit(private),
                // What is wrong in it was said.
                None => quote!(#private::Schedule::BARE),
            };
            quote!(Schedule(&#schedule))
        }
        Kind::Webhook => {
            let hook = match &trigger.webhook {
                Some(hook) => hook.emit(private),
                // What is wrong in it was said.
                None => quote!(#private::Hook::BARE),
            };
            quote!(Webhook(&#hook))
        }
    }
}

/// `when` as a function of the snapshot.
fn when(trigger: &Trigger, private: &TokenStream) -> TokenStream {
    let Some(when) = &trigger.when else { return quote!(::core::option::Option::None) };
    let snapshot = Ident::new("snapshot", Span::mixed_site());
    let parts = parts_of(trigger.names_of_when());
    // That of a batch is asked for each record.
    let claim = claim_by(trigger, trigger.kind.facts().reads, &quote!(#snapshot));
    let holds = Ident::new("holds", Span::mixed_site());
    let when = match trigger.kind {
        Kind::PreAction => submitted(when, &trigger.given.collection, private),
        _ => when.clone(),
    };
    let holds = quote_spanned!(when.span()=> let #holds: bool = #when; #holds);
    quote! {
        ::core::option::Option::Some(|#snapshot| {
            #[allow(unused_mut, unused_variables)]
            let #parts = #claim?.into_parts();
            ::core::result::Result::Ok({ #holds })
        })
    }
}

/// What the function is given, of a snapshot: a `Result`.
pub(crate) fn claim(trigger: &Trigger, snapshot: &TokenStream) -> TokenStream {
    claim_by(trigger, trigger.reads(), snapshot)
}

/// The same by this function of `private`.
fn claim_by(trigger: &Trigger, reads: &str, snapshot: &TokenStream) -> TokenStream {
    let private = trigger.runtime.private();
    let at = trigger.given.told().span();
    if trigger.kind == Kind::Webhook {
        return quote_spanned!(at=> #private::received(#snapshot, &__VALUES));
    }
    let about = trigger.given.arguments(trigger.kind);
    let reads = Ident::new(reads, Span::mixed_site());
    let read = quote_spanned!(at=> #reads::<#about>(#snapshot));
    quote!(#private::#read)
}

/// How the body of a webhook is read: the only place that asks whether its type can be.
fn values(trigger: &Trigger, private: &TokenStream) -> Option<TokenStream> {
    let values = trigger.given.values.as_ref().filter(|_| trigger.kind == Kind::Webhook)?;
    let of = quote_spanned!(values.span()=> values_of::<#values>());
    Some(quote!(const __VALUES: #private::Values<#values> = #private::#of;))
}

/// `(mut data, before, user, role)`: what bodies use without declaring it.
pub(crate) fn parts(trigger: &Trigger) -> TokenStream {
    parts_of(trigger.names())
}

fn parts_of(names: [&str; 4]) -> TokenStream {
    let [data, second, third, fourth] = names.map(|name| Ident::new(name, Span::call_site()));
    let is_mut = (data != "_").then(|| quote!(mut));
    quote!((#is_mut #data, #second, #third, #fourth))
}

/// What the function may do, of an invocation.
pub(crate) fn context(trigger: &Trigger, call: &TokenStream) -> TokenStream {
    let private = trigger.runtime.private();
    match trigger.context() {
        "PreContext" => {
            let collection = &trigger.given.collection;
            quote!(#private::PreContext::<#collection>::of(#call.cx))
        }
        "CheckContext" => quote!(#private::CheckContext::of(#call.cx)),
        "SyncContext" => quote!((*#call.cx).clone()),
        _ => quote!(#call.cx),
    }
}

/// `None`, or `Some` of these tokens.
pub(crate) fn option(tokens: Option<TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote!(::core::option::Option::Some(#tokens)),
        None => quote!(::core::option::Option::None),
    }
}

/// `&["a", "b"]`.
pub(crate) fn strings(names: &[Ident]) -> TokenStream {
    let names = names.iter().map(|name| name.unraw().to_string());
    quote!(&[#(#names),*])
}

/// Where `span` is, for the messages at start-up.
pub(crate) fn location(span: Span, private: &TokenStream) -> TokenStream {
    quote_spanned! {span=>
        #private::Location {
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    }
}

fn title(trigger: &Trigger, attrs: &[Attribute], name: &Ident) -> String {
    trigger.title.clone().unwrap_or_else(|| title_of(attrs, name))
}

/// The first line of the doc comment, or the name in words.
pub(crate) fn title_of(attrs: &[Attribute], name: &Ident) -> String {
    attributes::title(attrs).unwrap_or_else(|| words::title(&name.unraw().to_string()))
}
