//! `where`: conditions on the fields of a collection, as calls on its field markers.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprMethodCall, Member, Path, UnOp};

use super::Scope;
use crate::diag::{Errors, message};

/// A `Filter` of the collection.
pub(crate) fn emit(
    filter: &Expr,
    collection: &Path,
    scope: &Scope,
    errors: &mut Errors,
) -> TokenStream {
    let where_ = Where { collection, scope };
    where_.condition(filter, errors)
}

struct Where<'a> {
    collection: &'a Path,
    scope: &'a Scope<'a>,
}

impl Where<'_> {
    fn condition(&self, expr: &Expr, errors: &mut Errors) -> TokenStream {
        match expr {
            Expr::Paren(paren) => self.condition(&paren.expr, errors),
            Expr::Group(group) => self.condition(&group.expr, errors),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let inner = self.condition(&unary.expr, errors);
                quote_spanned!(unary.op.span()=> !(#inner))
            }
            Expr::Binary(binary) => self.binary(binary, errors),
            Expr::MethodCall(call) => self.method(call, errors),
            Expr::Path(path) if path.path.get_ident().is_some() => {
                let field = path.path.get_ident().map(|name| self.field(name));
                quote_spanned!(path.span()=> #field.eq(true))
            }
            Expr::Assign(assign) => {
                errors.at(&assign.eq_token, "expected `==`, found `=`");
                self.all()
            }
            other => self.none(other, errors),
        }
    }

    fn binary(&self, binary: &ExprBinary, errors: &mut Errors) -> TokenStream {
        let span = binary.op.span();
        let (name, both) = match binary.op {
            BinOp::And(_) => ("and", true),
            BinOp::Or(_) => ("or", true),
            BinOp::Eq(_) => ("eq", false),
            BinOp::Ne(_) => ("ne", false),
            BinOp::Gt(_) => ("gt", false),
            BinOp::Ge(_) => ("gte", false),
            BinOp::Lt(_) => ("lt", false),
            BinOp::Le(_) => ("lte", false),
            _ => return self.none(binary, errors),
        };
        if both {
            let (left, right) =
                (self.condition(&binary.left, errors), self.condition(&binary.right, errors));
            let method = Ident::new(name, span);
            return quote_spanned!(span=> #left.#method(#right));
        }
        let Some(field) = single(&binary.left) else { return self.none(&*binary.left, errors) };
        let field = self.field(field);
        if let Some(other) = other_field(&binary.right) {
            let method = Ident::new(&format!("{name}_field"), span);
            let other = self.field(other);
            return quote!(#field.#method(#other));
        }
        let method = Ident::new(name, span);
        let value = self.scope.value(&binary.right);
        quote!(#field.#method(#value))
    }

    fn method(&self, call: &ExprMethodCall, errors: &mut Errors) -> TokenStream {
        let Some(field) = single(&call.receiver) else { return self.none(&*call.receiver, errors) };
        let field = self.field(field);
        let (method, args) = (&call.method, call.args.iter().map(|arg| self.scope.value(arg)));
        quote!(#field.#method(#(#args),*))
    }

    fn field(&self, name: &Ident) -> TokenStream {
        self.scope.field(self.collection, name)
    }

    fn none(&self, at: &impl quote::ToTokens, errors: &mut Errors) -> TokenStream {
        errors.at(at, message(
            "expected a condition on a field",
            Some("a comparison or method call in it begins with a field of the collection"),
            Some("write `amount > 500`, `status.one_of([..])` or `note.is_none()`, joined by `&&` and `||`"),
        ));
        self.all()
    }

    fn all(&self) -> TokenStream {
        let (private, collection) = (&self.scope.private, self.collection);
        quote!(#private::Filter::<#collection>::all())
    }
}

/// A name that stands alone.
fn single(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        Expr::Paren(paren) => single(&paren.expr),
        _ => None,
    }
}

/// `field.other`: another field of the same record.
fn other_field(expr: &Expr) -> Option<&Ident> {
    let Expr::Field(access) = expr else { return None };
    match &access.member {
        Member::Named(name) if single(&access.base)? == "field" => Some(name),
        _ => None,
    }
}
