//! What to say of statements that are none of ours.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Lifetime, Lit, Member, Token};

use super::{Fault, node};
use crate::diag::{Errors, message};

/// What to say of a statement that is neither a node nor `let` nor a block.
pub(super) fn no_node(input: ParseStream, errors: &mut Errors) -> Fault {
    let first = input.fork().call(Ident::parse_any);
    let word = first.map(|word| word.to_string()).unwrap_or_default();
    let fork = input.fork();
    let (headline, help) = match word.as_str() {
        _ if input.peek(Lifetime) => (
            "a label cannot be used in `workflow!`".to_owned(),
            "`break` and `continue` are about the innermost `for`".to_owned(),
        ),
        "while" | "loop" => (
            format!("`{word}` cannot be used in `workflow!`"),
            "a workflow has an end that its graph shows: use `for … in …`".to_owned(),
        ),
        "return" => {
            ("`return` cannot be used in `workflow!`".to_owned(), "write `end;`".to_owned())
        }
        "fn" | "struct" | "enum" | "impl" | "trait" | "mod" | "use" | "const" | "static" => (
            format!("`{word}` cannot be used in `workflow!`"),
            "write it outside of the macro call".to_owned(),
        ),
        _ if is_written_otherwise(input) => return otherwise(input, errors),
        _ => match fork.parse::<Expr>() {
            Ok(expr) if fork.is_empty() || fork.peek(Token![;]) => (
                "a statement of `workflow!` must be a node, `let`, `if`, `match` or `for`"
                    .to_owned(),
                instead_of(&expr),
            ),
            _ => return unknown_node(input, errors),
        },
    };
    let note = "each statement is a node of the graph; what it did is kept with its name";
    errors.span(input.span(), message(headline, Some(note), Some(&help)));
    Fault::Said
}

/// What to write instead of an expression.
fn instead_of(expr: &Expr) -> String {
    if let Expr::Assign(assign) = expr
        && let Expr::Field(left) = &*assign.left
        && let (Expr::Path(record), Member::Named(field)) = (&*left.base, &left.member)
        && let Some(record) = record.path.get_ident()
    {
        return format!("write `update {record} {{ {field}: … }};`");
    }
    "write `let x = …;` for a calculation, `run path(args);` for your own code".to_owned()
}

/// Whether the word of a node begins this, but nothing that a node goes on with.
fn is_written_otherwise(input: ParseStream) -> bool {
    let fork = input.fork();
    let known = fork.call(Ident::parse_any).is_ok_and(|word| node::form(&word).is_some());
    let goes_on = fork.peek(Token![.]) || fork.peek(Token![=]) || fork.peek(Token![!]);
    // A variable of that name.
    let operates = Operator::peek(&fork);
    known && !goes_on && !operates
}

/// `count += 1`, `list - 1`.
struct Operator;

impl Operator {
    fn peek(input: ParseStream) -> bool {
        input.peek(Token![+])
            || input.peek(Token![-])
            || input.peek(Token![+=])
            || input.peek(Token![-=])
            || input.peek(Token![*])
            || input.peek(Token![/])
    }
}

fn otherwise(input: ParseStream, errors: &mut Errors) -> Fault {
    let Ok(word) = input.fork().call(Ident::parse_any) else { return Fault::Rust };
    let help = node::form(&word).map(|form| format!("write {form}"));
    errors.at(&word, message(format!("unknown form of `{word}`"), None, help.as_deref()));
    Fault::Said
}

/// `updat data { … }`: a word before another one, or before a literal, which is never Rust.
fn unknown_node(input: ParseStream, errors: &mut Errors) -> Fault {
    let fork = input.fork();
    let Ok(word) = fork.parse::<Ident>() else { return Fault::Rust };
    if !(fork.peek(Ident) || fork.peek(Lit)) {
        return Fault::Rust;
    }
    let text = word.to_string();
    let close = crate::words::closest(&text, node::WORDS.iter().copied());
    let help = match close.or_else(|| of_others(&text)) {
        Some(known) => format!("there is `{known}`"),
        None => "the documentation of `workflow!` has a table of all nodes".to_owned(),
    };
    errors.at(&word, message(format!("unknown node `{word}`"), None, Some(&help)));
    Fault::Said
}

/// Our word for what others call it.
fn of_others(word: &str) -> Option<&'static str> {
    Some(match word {
        "insert" | "new" | "add" => "create",
        "set" | "save" | "change" => "update",
        "remove" | "destroy" => "delete",
        "get" | "select" | "first" => "find",
        "all" | "query" => "list",
        "reload" => "refresh",
        "wait" | "delay" | "pause" => "sleep",
        "receive" | "event" => "signal",
        "assign" | "review" | "decide" => "approve",
        "input" | "form" => "ask",
        "fetch" | "http" | "post" | "send" => "request",
        "start" | "fire" | "execute" => "call",
        "do" | "invoke" | "exec" => "run",
        "answer" | "reply" | "say" | "message" => "respond",
        "assert" | "check" | "ensure" => "require",
        "fail" | "stop" | "abort" | "exit" | "finish" => "end",
        _ => return None,
    })
}

/// Reports the tokens of an arm that hold another arm: the comma between them is missing.
pub(super) fn joined_arms(tokens: &TokenStream, errors: &mut Errors) -> bool {
    let mut ended = None;
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Punct(punct) = &token else { continue };
        let arrow = punct.as_char() == '='
            && punct.spacing() == Spacing::Joint
            && matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '>');
        if punct.as_char() == ';' {
            ended = Some(token);
        } else if arrow {
            let at = ended.unwrap_or(token).span();
            let help = "write `pattern => node,` or `pattern => { … }`";
            errors.span(
                at,
                message("expected `,` between two branches of `match`", None, Some(help)),
            );
            return true;
        }
    }
    false
}
