//! Reads the collections of a call and their forms and buttons, each on its own.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, LitStr, Path, Token, token};

use super::clauses::clauses;
use crate::diag::{Errors, message};
use crate::words;
use crate::workflow::ast::Field;
use crate::workflow::brackets;

/// `Claim { add "Claim" (project) { "Save"; } row "Close" { open: false }; }`.
pub(crate) struct Block {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) collection: Path,
    pub(crate) items: Vec<Item>,
}

/// A form with its buttons, or the button of a record or of several.
pub(crate) struct Item {
    pub(crate) word: Ident,
    pub(crate) kind: Kind,
    pub(crate) head: Head,
    /// What stands between the braces of a form.
    pub(crate) buttons: Vec<Head>,
    /// Whether something between them was not understood.
    pub(crate) is_broken: bool,
}

/// The word that an item begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Add,
    Edit,
    Row,
    Rows,
}

/// What can stand on a form, on a button of a form, or on the button of records.
pub(crate) struct Head {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) title: LitStr,
    /// `as name`.
    pub(crate) name: Option<Ident>,
    /// `(project, amount, customer { name })`.
    pub(crate) fields: Option<(token::Paren, Vec<Filled>)>,
    /// `{ status: Status::Draft }`.
    pub(crate) values: Option<Vec<Field>>,
    /// `=> [review, greet!customer]`, with its arrow.
    pub(crate) fires: Option<(Token![=>], Vec<Fire>)>,
    /// `when amount > 5`, with its word.
    pub(crate) when: Option<(Ident, Expr)>,
    /// `allow [clerk]`, with its word.
    pub(crate) allow: Option<(Ident, Vec<Ident>)>,
}

/// `amount`, or `customer { name }`: one that is there, or a new one with these fields; behind an
/// association to many records, any number of them.
pub(crate) struct Filled {
    pub(crate) name: Ident,
    pub(crate) new: Option<Vec<Ident>>,
}

/// `greet!customer.referrer`.
pub(crate) struct Fire {
    pub(crate) workflow: Path,
    pub(crate) path: Vec<Ident>,
}

/// The words that an item can begin with.
pub(crate) const ITEMS: [&str; 4] = ["add", "edit", "row", "rows"];

const BLOCK: &str = "write `Claim { add \"Claim\" (amount) { \"Save\"; } }`";
const ITEM: &str = "write `add \"…\" (field) { \"Save\"; }`, `edit \"…\" (field) { \"Save\"; }`, `row \"…\" { field: value };` or `rows \"…\" => [workflow];`";

/// The collections of a call, and what `crate = "…";` before them says.
pub(crate) fn blocks(tokens: TokenStream, errors: &mut Errors) -> (Option<LitStr>, Vec<Block>) {
    let mut renamed = None;
    let mut blocks = Vec::new();
    let parser = |input: ParseStream| {
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            renamed = Some(input.parse::<LitStr>()?);
            input.parse::<Token![;]>()?;
        }
        while !input.is_empty() {
            blocks.push(block(input, errors)?);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.syn(&error);
    }
    (renamed, blocks)
}

fn block(input: ParseStream, errors: &mut Errors) -> syn::Result<Block> {
    let attrs = input.call(Attribute::parse_outer)?;
    let collection = input.call(Path::parse_mod_style).map_err(|error| {
        let text = message("expected the name of a collection", None, Some(BLOCK));
        syn::Error::new(error.span(), text)
    })?;
    if !input.peek(token::Brace) {
        let text = message("expected `{` and the forms of the collection", None, Some(BLOCK));
        return Err(syn::Error::new(input.span(), text));
    }
    let content = brackets::braces(input)?;
    let mut items = Vec::new();
    while !content.is_empty() {
        match item(&content, errors) {
            Ok(item) => items.push(item),
            Err(error) => {
                errors.syn(&error);
                skip_item(&content);
            }
        }
    }
    Ok(Block { attrs, collection, items })
}

fn item(input: ParseStream, errors: &mut Errors) -> syn::Result<Item> {
    let attrs = input.call(Attribute::parse_outer)?;
    let word = input.call(Ident::parse_any).map_err(|error| {
        let text = message("expected `add`, `edit`, `row` or `rows`", None, Some(ITEM));
        syn::Error::new(error.span(), text)
    })?;
    let kind = match word.to_string().as_str() {
        "add" => Kind::Add,
        "edit" => Kind::Edit,
        "row" => Kind::Row,
        "rows" => Kind::Rows,
        other => {
            let close = words::closest(other, ITEMS).map(|close| format!("there is `{close}`"));
            let text = message(
                format!("unknown word `{other}`"),
                None,
                Some(close.as_deref().unwrap_or(ITEM)),
            );
            return Err(syn::Error::new(word.span(), text));
        }
    };
    let head = head(input, attrs, Some(&word))?;
    if matches!(kind, Kind::Row | Kind::Rows) {
        let head = clauses(input, head, false)?;
        end(input);
        return Ok(Item { word, kind, head, buttons: Vec::new(), is_broken: false });
    }
    let head = clauses(input, head, true)?;
    let (mut buttons, mut is_broken) = (Vec::new(), false);
    if input.peek(token::Brace) {
        let content = brackets::braces(input)?;
        while !content.is_empty() {
            match button(&content) {
                Ok(button) => buttons.push(button),
                Err(error) => {
                    is_broken = true;
                    errors.syn(&error);
                    skip_button(&content);
                }
            }
        }
    }
    end(input);
    Ok(Item { word, kind, head, buttons, is_broken })
}

fn button(input: ParseStream) -> syn::Result<Head> {
    let attrs = input.call(Attribute::parse_outer)?;
    let head = clauses(input, head(input, attrs, None)?, false)?;
    end(input);
    Ok(head)
}

/// A title with nothing behind it yet; `word` begins the item, if one does.
fn head(input: ParseStream, attrs: Vec<Attribute>, word: Option<&Ident>) -> syn::Result<Head> {
    if !input.peek(LitStr) {
        let (what, help) = match word {
            Some(word) => (format!("`{word}`"), format!("write `{word} \"…\"`")),
            None => ("a button".to_owned(), "write `\"Save\";`".to_owned()),
        };
        let text = message(format!("expected the title of {what}"), None, Some(&help));
        return Err(syn::Error::new(input.span(), text));
    }
    let title = input.parse()?;
    Ok(Head {
        attrs,
        title,
        name: None,
        fields: None,
        values: None,
        fires: None,
        when: None,
        allow: None,
    })
}

/// The `;` behind a button; it may be left out behind the last one.
fn end(input: ParseStream) {
    let _ = input.parse::<Option<Token![;]>>();
}

/// Up to where the next item begins.
fn skip_item(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        };
        let fork = input.fork();
        let begins =
            fork.call(Ident::parse_any).is_ok_and(|word| ITEMS.iter().any(|it| word == it));
        if ends && (begins || input.is_empty() || input.peek(Token![#])) {
            return;
        }
    }
}

fn skip_button(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';') {
            return;
        }
    }
}
