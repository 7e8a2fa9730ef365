//! What a `workflow!` is made of, as it was written.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Member, Pat, Path, Type, Visibility};

use crate::durations::Length;

/// One workflow of a call.
pub(crate) struct Workflow {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) collection: Type,
    pub(crate) body: Block,
}

/// Statements between braces.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Statement>,
}

/// One statement.
pub(crate) struct Statement {
    /// Its first token.
    pub(crate) at: Span,
    /// All of it, for its fingerprint.
    pub(crate) tokens: TokenStream,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    If(If),
    Let(Box<Let>),
    Node(Box<Node>),
    /// Not understood; rustc is to say what is wrong with it.
    Broken(TokenStream),
    /// Reported already; `true` if it would have given a name.
    Refused(bool),
}

/// `if … { } else if … { } else { }`.
pub(crate) struct If {
    pub(crate) branches: Vec<(Expr, Block)>,
    pub(crate) otherwise: Option<Block>,
}

/// `let pattern: Type = value else { … };`.
pub(crate) struct Let {
    pub(crate) pattern: Pat,
    pub(crate) ty: Option<Type>,
    pub(crate) value: Value,
    pub(crate) otherwise: Option<Block>,
}

pub(crate) enum Value {
    Node(Node),
    Expr(Expr),
}

/// A node and the word it begins with.
pub(crate) struct Node {
    pub(crate) word: Ident,
    pub(crate) kind: NodeKind,
}

pub(crate) enum NodeKind {
    Create { collection: Path, fields: Vec<Field> },
    Update { record: Expr, fields: Vec<Field> },
    UpdateWhere { collection: Path, filter: Expr, fields: Vec<Field> },
    Delete { record: Expr },
    Find { collection: Path, filter: Option<Expr> },
    Run { function: Path, arguments: Vec<Expr>, retry: Option<LitInt> },
    Approve(Box<Approve>),
    Respond { text: Text },
    Require { condition: Expr, message: Option<Text> },
    End { failed: bool, message: Option<Text> },
}

/// `name: value`, or `name` alone.
pub(crate) struct Field {
    pub(crate) name: Member,
    pub(crate) value: Expr,
}

/// A text for people: a literal with `{path}` in it, or an expression that gives one.
pub(crate) enum Text {
    Literal(LitStr),
    Expr(Expr),
}

/// `approve "…" { by: …, within: …, otherwise: … }`.
pub(crate) struct Approve {
    pub(crate) title: Text,
    pub(crate) by: Vec<By>,
    pub(crate) quorum: Quorum,
    pub(crate) within: Option<Within>,
    pub(crate) otherwise: Option<Ident>,
}

/// Who decides.
pub(crate) enum By {
    Role(Ident),
    User(Expr),
}

/// How many must approve.
pub(crate) enum Quorum {
    Any,
    All,
    Count(LitInt),
}

/// How long a decision may take.
pub(crate) enum Within {
    Length(Length),
    Expr(Expr),
}
