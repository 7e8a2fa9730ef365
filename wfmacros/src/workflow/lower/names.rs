//! Which names a body may use where, and where those were bound that it may not.
//!
//! rustc would only say that there is no such name.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprCall, ExprPath, Macro, Pat, PatIdent, Token};

use super::super::ast::{By, Kind, Node, NodeKind, Read, Sleep, Text, Value, Within};
use super::super::emit::text::{Piece, parse};
use crate::diag::{Errors, message};
use crate::trigger::{Count, Kind as Trigger, Trigger as Whole};

/// The names of a body, as far as it was read.
pub(super) struct Names {
    /// Of the blocks around, the innermost last.
    scopes: Vec<Vec<Ident>>,
    /// Those of blocks that were left, each with what it was.
    lost: Vec<(Ident, String)>,
    /// The trigger, which does not give every name.
    kind: Trigger,
    /// How many records it is about.
    count: Count,
}

impl Names {
    /// What every body begins with.
    pub(super) fn new(trigger: &Whole) -> Self {
        let given = trigger.names().map(|name| Ident::new(name, Span::call_site()));
        let (kind, count) = (trigger.kind, trigger.given.count);
        Self { scopes: vec![given.to_vec()], lost: Vec::new(), kind, count }
    }

    pub(super) fn enter(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Leaves a block, given what it was.
    pub(super) fn leave(&mut self, block: &str) {
        let names = self.scopes.pop().unwrap_or_default();
        self.lost.extend(names.into_iter().map(|name| (name, block.to_owned())));
    }

    /// Adds what a pattern binds to the innermost block.
    pub(super) fn bind(&mut self, pattern: &Pat) {
        self.add(bound(|uses| uses.visit_pat(pattern)));
    }

    /// Adds what the `let`s of a condition bind.
    pub(super) fn bind_condition(&mut self, condition: &Expr) {
        self.add(bound(|uses| uses.visit_expr(condition)));
    }

    fn add(&mut self, names: Vec<Ident>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(names);
        }
    }

    /// Reports the names of a statement that were bound in a block which is not around it.
    pub(super) fn are_known(&self, kind: &Kind, errors: &mut Errors) -> bool {
        let mut uses = Uses::default();
        uses.statement(kind);
        let known = |name: &Ident| self.scopes.iter().flatten().any(|known| known == name);
        let mut told: Vec<&Ident> = Vec::new();
        for (name, at) in &uses.found {
            if uses.bound.contains(name) || known(name) || told.contains(&name) {
                continue;
            }
            let lost = self.lost.iter().rev().find(|(lost, _)| lost == name);
            let Some((lost, block)) = lost else {
                if not_given(name, *at, self.kind, self.count, errors) {
                    told.push(name);
                }
                continue;
            };
            told.push(name);
            let line = lost.span().start().line;
            errors.span(
                *at,
                message(
                    format!("`{}` cannot be used outside of the block that binds it", name.unraw()),
                    Some(&format!("it is bound on line {line}, in {block}")),
                    Some("use it there, or bind it before that block"),
                ),
            );
        }
        told.is_empty()
    }
}

/// Reports the names of an expression that its trigger does not give.
pub(crate) fn check_names(expr: &Expr, kind: Trigger, count: Count, errors: &mut Errors) {
    let mut uses = Uses::default();
    uses.visit_expr(expr);
    let mut told: Vec<&Ident> = Vec::new();
    for (name, at) in &uses.found {
        let is_told = uses.bound.contains(name) || told.contains(&name);
        if !is_told && not_given(name, *at, kind, count, errors) {
            told.push(name);
        }
    }
}

/// Where an expression uses a name that it does not bind itself.
pub(crate) fn uses_of(expr: &Expr, name: &str) -> Option<Span> {
    let mut uses = Uses::default();
    uses.visit_expr(expr);
    let is_it = |(found, _): &&(Ident, Span)| found == name && !uses.bound.contains(found);
    uses.found.iter().find(is_it).map(|(_, at)| *at)
}

/// Reports a name that another trigger gives; whether it is one.
fn not_given(name: &Ident, at: Span, kind: Trigger, count: Count, errors: &mut Errors) -> bool {
    let (headline, note, help) = match kind {
        Trigger::Webhook
            if ["data", "records", "before", "changed"].iter().any(|it| name == it) =>
        {
            (
                format!("`{name}` cannot be used in a webhook"),
                "it is about no record: what was sent is in `values`",
                "write `values`, or read records with `find`",
            )
        }
        Trigger::Webhook if name == "user" || name == "role" => (
            format!("`{name}` cannot be used in a webhook"),
            "another system calls it: nobody is signed in",
            "take who it is about from `values`, and read them with `find`",
        ),
        _ if count == Count::Nothing && (name == "data" || name == "records") => (
            format!("`{name}` cannot be used in a workflow without a collection"),
            "it is about no record",
            "write `name<Collection>` in its head, or read records with `find`",
        ),
        _ if count == Count::Several && name == "data" => (
            "`data` cannot be used in a workflow of several records".to_owned(),
            "they are together in `records`",
            "write `for record in records { … }`",
        ),
        Trigger::CustomAction if name == "before" || name == "changed" => (
            format!("`{name}` cannot be used in a custom action"),
            "it writes nothing: the record is as it was",
            "remove it, or use `#[post_action]`",
        ),
        Trigger::CollectionEvent if name == "user" || name == "role" => (
            format!("`{name}` cannot be used in a collection event"),
            "a change of data may be made by a workflow or by code: nobody is known to make it",
            "keep who it is in a field, or use `#[post_action]`",
        ),
        Trigger::Schedule if name == "user" || name == "role" => (
            format!("`{name}` cannot be used in a schedule"),
            "its moment comes by itself: nobody asks for it",
            "keep who it is about in a field of the record",
        ),
        Trigger::Schedule if name == "before" || name == "changed" => (
            format!("`{name}` cannot be used in a schedule"),
            "no change leads to it: the record is as it is when the moment comes",
            "remove it, or use `#[collection_event]`",
        ),
        Trigger::PreAction if name == "before" => (
            format!("`{name}` cannot be used in a pre-action"),
            "no stored record is read before the write",
            "read it with `find`; its id is in `ids`",
        ),
        _ => return false,
    };
    errors.span(at, message(headline, Some(note), Some(help)));
    true
}

fn bound(visit: impl FnOnce(&mut Uses)) -> Vec<Ident> {
    let mut uses = Uses::default();
    visit(&mut uses);
    uses.bound
}

/// The names that expressions use, and those that they bind themselves.
#[derive(Default)]
struct Uses {
    found: Vec<(Ident, Span)>,
    bound: Vec<Ident>,
}

impl Uses {
    /// What a statement uses itself; its blocks are statements of their own.
    fn statement(&mut self, kind: &Kind) {
        match kind {
            Kind::If(it) => {
                it.branches.iter().for_each(|(condition, _)| self.visit_expr(condition))
            }
            Kind::Match(it) => {
                self.visit_expr(&it.value);
                for arm in &it.arms {
                    let Some(guard) = &arm.guard else { continue };
                    self.visit_pat(&arm.pattern);
                    self.visit_expr(guard);
                }
            }
            Kind::For(it) => self.visit_expr(&it.items),
            Kind::Node(node) => self.node(node),
            Kind::Let(it) => match &it.value {
                Value::Node(node) => self.node(node),
                Value::Expr(expr) => self.visit_expr(expr),
                Value::Branches(_) => {}
            },
            Kind::Branches(_) | Kind::Leave(_) | Kind::Broken(_) | Kind::Refused(_) => {}
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Create { fields, .. } => self.all(fields.iter().map(|field| &field.value)),
            NodeKind::Update { record, fields } => {
                self.visit_expr(record);
                self.all(fields.iter().map(|field| &field.value));
            }
            NodeKind::UpdateWhere { filter, fields, .. } => {
                self.filter(filter);
                self.all(fields.iter().map(|field| &field.value));
            }
            NodeKind::Delete { record } | NodeKind::Refresh { record } => self.visit_expr(record),
            NodeKind::DeleteWhere { filter, .. } => self.filter(filter),
            NodeKind::Read(Read { filter, limit, .. }) => {
                filter.iter().for_each(|filter| self.filter(filter));
                self.all(limit);
            }
            NodeKind::Count { filter, .. } | NodeKind::Aggregate { filter, .. } => {
                filter.iter().for_each(|filter| self.filter(filter));
            }
            NodeKind::Run { arguments, .. } => self.all(arguments),
            NodeKind::Sleep(Sleep::For(time)) => self.length(time),
            NodeKind::Sleep(Sleep::Until(moment)) => self.visit_expr(moment),
            NodeKind::Approve(approve) => {
                self.text(&approve.title);
                self.deciders(&approve.by);
                approve.within.iter().for_each(|time| self.length(time));
            }
            NodeKind::Request(request) => {
                self.text(&request.url);
                self.all(&request.json);
                self.all(request.headers.iter().map(|(_, value)| value));
                request.timeout.iter().for_each(|time| self.length(time));
                self.all(&request.limit);
            }
            NodeKind::Call { record, .. } => self.visit_expr(record),
            NodeKind::Signal { within, .. } => within.iter().for_each(|time| self.length(time)),
            NodeKind::Ask(ask) => {
                self.text(&ask.title);
                self.deciders(&ask.by);
                ask.within.iter().for_each(|time| self.length(time));
            }
            NodeKind::Set { fields } => self.all(fields.iter().map(|field| &field.value)),
            NodeKind::Respond { text } => self.text(text),
            NodeKind::Require { condition, message } => {
                self.visit_expr(condition);
                message.iter().for_each(|message| self.text(message));
            }
            NodeKind::End { message, .. } => message.iter().for_each(|text| self.text(text)),
        }
    }

    fn all<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.visit_expr(expr));
    }

    fn length(&mut self, time: &Within) {
        if let Within::Expr(expr) = time {
            self.visit_expr(expr);
        }
    }

    fn deciders(&mut self, by: &[By]) {
        for by in by {
            if let By::User(user) = by {
                self.visit_expr(user);
            }
        }
    }

    /// In `where`, the names on the left are fields.
    fn filter(&mut self, filter: &Expr) {
        match filter {
            Expr::Paren(paren) => self.filter(&paren.expr),
            Expr::Unary(unary) => self.filter(&unary.expr),
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.filter(&binary.left);
                self.filter(&binary.right);
            }
            Expr::Binary(binary) => self.visit_expr(&binary.right),
            Expr::MethodCall(call) => self.all(&call.args),
            _ => {}
        }
    }

    fn text(&mut self, text: &Text) {
        let literal = match text {
            Text::Expr(expr) => return self.visit_expr(expr),
            Text::Literal(literal) => literal,
        };
        // Its faults are reported where it is emitted.
        for piece in parse(literal, &mut Errors::default()) {
            if let Piece::Path(path) = piece
                && let Some(root) = path.first()
                && let Ok(root) = syn::parse_str::<Ident>(root)
            {
                self.found.push((root, literal.span()));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let (None, Some(name)) = (&path.qself, path.path.get_ident()) {
            self.found.push((name.clone(), name.span()));
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        // A function, which may have the name of a value.
        if !matches!(&*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        self.all(&call.args);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.bound.push(pattern.ident.clone());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        if !["format", "vec"].iter().any(|name| call.path.is_ident(name)) {
            return;
        }
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        for argument in call.parse_body_with(arguments).into_iter().flatten() {
            // `name = value` names an argument.
            match argument {
                Expr::Assign(assign) => self.visit_expr(&assign.right),
                argument => self.visit_expr(&argument),
            }
        }
    }
}
