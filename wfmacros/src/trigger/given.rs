//! What a workflow is about, as its head or its function's argument says it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Type, parse_quote};

use super::kind::Kind;
use crate::function::{Function, arguments, named};
use crate::paths::Runtime;

/// How many records a workflow is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Nothing,
    One,
    Several,
}

/// What a post action of several records takes.
pub(crate) const BATCH: &str = "Batch";

/// What a workflow is given.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) count: Count,
    /// The type that says what it is about: a collection, `Many` of one, or `()`.
    about: Type,
    /// The collection of its records; `()` if there is none.
    pub(crate) collection: Type,
    /// The type of the values that come with it.
    pub(crate) values: Option<Type>,
}

impl Given {
    /// Of a workflow of this trigger that is about `about`, or of all such records of an action.
    pub(crate) fn new(kind: Kind, is_batch: bool, about: Type, values: Option<Type>) -> Self {
        let is_free = kind.facts().is_free;
        let (count, collection) = match named(&about) {
            _ if is_batch => (Count::Several, about.clone()),
            Some((name, Some(of))) if is_free && name == "Many" => (Count::Several, of.clone()),
            _ if kind.may_be_alone() && is_nothing(&about) => (Count::Nothing, about.clone()),
            _ => (Count::One, about.clone()),
        };
        Self { count, about, collection, values }
    }

    /// Of a function, as far as it has the argument that says it.
    pub(crate) fn of_function(kind: Kind, is_batch: bool, function: &Function) -> Self {
        let mut types = function.sig.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(typed) => Some(&*typed.ty),
            syn::FnArg::Receiver(_) => None,
        });
        let claim = if is_batch { BATCH } else { kind.claim() };
        let claim = types.find(|ty| named(ty).is_some_and(|(name, _)| name == claim));
        let mut given = claim.map(arguments).unwrap_or_default().into_iter().cloned();
        if kind == Kind::Webhook {
            return Self::new(kind, false, parse_quote!(()), given.next());
        }
        let about = given.next().unwrap_or_else(|| parse_quote!(()));
        Self::new(kind, is_batch, about, given.next().filter(|_| kind.facts().is_free))
    }

    /// The same, with any JSON as the values of a webhook that names no type for them.
    pub(super) fn with_values(mut self, kind: Kind, runtime: &Runtime) -> Self {
        if kind == Kind::Webhook && self.values.is_none() {
            let private = runtime.private();
            self.values = Some(parse_quote!(#private::serde_json::Value));
        }
        self
    }

    /// The type at whose place rustc says what does not fit.
    pub(crate) fn told(&self) -> &Type {
        match &self.values {
            Some(values) if self.count == Count::Nothing => values,
            _ => &self.collection,
        }
    }

    /// The collection, if there is one.
    pub(crate) fn collection(&self) -> Option<&Type> {
        (self.count != Count::Nothing).then_some(&self.collection)
    }

    /// What stands in the brackets of the argument's type.
    pub(crate) fn arguments(&self, kind: Kind) -> TokenStream {
        let about = &self.about;
        match &self.values {
            Some(values) if kind == Kind::Webhook => values.to_token_stream(),
            Some(values) if kind.facts().is_free => quote!(#about, #values),
            None if kind.facts().is_free => quote!(#about, ()),
            _ => about.to_token_stream(),
        }
    }

    /// What the graph calls it.
    pub(crate) fn label(&self) -> Option<&Type> {
        (self.count != Count::Nothing).then_some(&self.about)
    }
}

fn is_nothing(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}
