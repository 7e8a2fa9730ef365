//! What a `workflow!` is made of, as it was written.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Member, Pat, Path, Type, Visibility};

use crate::durations::Length;

/// One workflow of a call.
pub(crate) struct Workflow {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    /// What stands in its brackets: its collection.
    pub(crate) about: Option<Type>,
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
    Match(Match),
    For(For),
    Leave(Leave),
    Branches(Branches),
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

/// `match expression { pattern if guard => { … } … }`.
pub(crate) struct Match {
    pub(crate) value: Expr,
    pub(crate) arms: Vec<Arm<Block>>,
}

/// An arm of a `match`, as it was written or lowered.
pub(crate) struct Arm<B> {
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<Expr>,
    pub(crate) body: B,
}

/// `for pattern in expression { … }`.
pub(crate) struct For {
    pub(crate) pattern: Pat,
    pub(crate) items: Expr,
    pub(crate) body: Block,
}

/// `break` or `continue`.
#[derive(Clone, Copy)]
pub(crate) struct Leave {
    pub(crate) at: Span,
    pub(crate) is_break: bool,
}

impl Leave {
    /// The word of it.
    pub(crate) fn word(self) -> &'static str {
        if self.is_break { "break" } else { "continue" }
    }
}

/// `parallel { { … } { … } }` or `race { { … } { … } }`.
pub(crate) struct Branches {
    pub(crate) word: Ident,
    pub(crate) blocks: Vec<Block>,
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
    Branches(Branches),
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
    DeleteWhere { collection: Path, filter: Expr },
    Read(Read),
    Count { collection: Path, filter: Option<Expr> },
    Aggregate { collection: Path, field: Ident, filter: Option<Expr> },
    Refresh { record: Expr },
    Run { function: Path, arguments: Vec<Expr>, retry: Option<LitInt> },
    Sleep(Sleep),
    Signal { name: LitStr, within: Option<Within> },
    Approve(Box<Approve>),
    Ask(Box<Ask>),
    Request(Box<Request>),
    Call { workflow: Path, record: Expr },
    Set { fields: Vec<Field> },
    Respond { text: Text },
    Require { condition: Expr, message: Option<Text> },
    End { failed: bool, message: Option<Text> },
}

/// `find` and `list`.
pub(crate) struct Read {
    pub(crate) collection: Path,
    pub(crate) filter: Option<Expr>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<Expr>,
}

/// `field`, `field asc` or `field desc`.
pub(crate) struct Order {
    pub(crate) field: Ident,
    pub(crate) descending: bool,
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

/// How long, or until when.
pub(crate) enum Sleep {
    For(Within),
    Until(Expr),
}

/// `approve "…" { by: …, within: …, otherwise: … }`.
pub(crate) struct Approve {
    pub(crate) title: Text,
    pub(crate) by: Vec<By>,
    pub(crate) quorum: Quorum,
    pub(crate) within: Option<Within>,
    pub(crate) otherwise: Option<Ident>,
}

/// `request POST "https://…" { json: …, … }`.
pub(crate) struct Request {
    pub(crate) method: Ident,
    pub(crate) url: Text,
    pub(crate) json: Option<Expr>,
    pub(crate) headers: Vec<(LitStr, Expr)>,
    pub(crate) timeout: Option<Within>,
    pub(crate) limit: Option<Expr>,
    pub(crate) retry: Option<LitInt>,
    pub(crate) any_status: bool,
}

/// `ask "…" { by: …, within: …, receipt: String, … }`.
pub(crate) struct Ask {
    pub(crate) title: Text,
    pub(crate) by: Vec<By>,
    pub(crate) within: Option<Within>,
    pub(crate) fields: Vec<syn::Field>,
}

/// Who decides.
pub(crate) enum By {
    Role(Ident),
    User(Expr),
}

/// The roles among those who decide.
pub(crate) fn roles(by: &[By]) -> impl Iterator<Item = &Ident> {
    by.iter().filter_map(|by| match by {
        By::Role(role) => Some(role),
        By::User(_) => None,
    })
}

/// How many must approve.
pub(crate) enum Quorum {
    Any,
    All,
    Count(LitInt),
}

/// A length of time: in words, or as an expression gives it.
pub(crate) enum Within {
    Length(Length),
    Expr(Expr),
}
