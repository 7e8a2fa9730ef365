//! Gives every statement its key and fingerprint, and finds what contradicts itself.
//!
//! A key is the lexical path of a statement: the blocks around it, then its `let` name, or its
//! word and how many of that word stand before it without a name: `if#1.0/review`, `update#2`.
//! In a loop and in a branch, the context itself knows the path so far.

mod addresses;
mod calls;
mod checks;
mod keys;
mod names;

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Expr, Pat, Path, Type};

use super::ast::{
    Arm, Block, Branches, For, If, Kind, Leave, Let, Match, Node, NodeKind, Statement, Value, roles,
};
use crate::diag::{Errors, message};
use crate::trigger::Trigger;
pub(crate) use calls::{Caller, check as check_calls};
use keys::Keys;
use names::Names;
pub(crate) use names::{check_names, uses_of};

/// One statement, ready to be emitted.
pub(crate) struct Step {
    /// From the beginning of the body, without the passes of loops.
    pub(crate) key: String,
    /// Where in `key` begins what the context does not know.
    base: usize,
    pub(crate) fingerprint: u64,
    pub(crate) at: Span,
    pub(crate) kind: StepKind,
}

pub(crate) enum StepKind {
    If {
        branches: Vec<(Expr, Vec<Step>)>,
        otherwise: Option<Vec<Step>>,
    },
    Match {
        value: Expr,
        arms: Vec<Arm<Vec<Step>>>,
    },
    For {
        pattern: Pat,
        items: Expr,
        body: Vec<Step>,
    },
    Leave(Leave),
    Let {
        pattern: Pat,
        ty: Option<Type>,
        value: Box<Given>,
        otherwise: Option<Vec<Step>>,
    },
    Node(Box<Node>),
    Branches(Forked),
    Broken(TokenStream),
    /// A statement that gave a name was refused: what follows would only name it in vain.
    Cut,
}

/// What a `let` binds.
pub(crate) enum Given {
    Node(Node),
    Branches(Forked),
    Expr(Expr),
}

/// `parallel` or `race`, its branches lowered.
pub(crate) struct Forked {
    pub(crate) word: Ident,
    pub(crate) branches: Vec<Vec<Step>>,
}

impl Step {
    /// What the context has to add to its own path.
    pub(crate) fn relative_key(&self) -> &str {
        self.key.get(self.base..).unwrap_or(&self.key)
    }

    /// The node, if it is one or binds one.
    pub(crate) fn node(&self) -> Option<&Node> {
        match &self.kind {
            StepKind::Node(node) => Some(node),
            StepKind::Let { value, .. } => match &**value {
                Given::Node(node) => Some(node),
                Given::Branches(_) | Given::Expr(_) => None,
            },
            _ => None,
        }
    }
}

/// Whether nothing can follow the block: it ends the execution, or leaves a loop, on every way.
pub(crate) fn ends(steps: &[Step]) -> bool {
    steps.last().is_some_and(|step| match &step.kind {
        StepKind::Node(node) => matches!(node.kind, NodeKind::End { .. }),
        StepKind::If { branches, otherwise: Some(otherwise) } => {
            branches.iter().all(|(_, steps)| ends(steps)) && ends(otherwise)
        }
        StepKind::Match { arms, .. } => !arms.is_empty() && arms.iter().all(|arm| ends(&arm.body)),
        StepKind::Leave(_) | StepKind::Cut => true,
        _ => false,
    })
}

/// What a statement stands in.
enum Around {
    Loop,
    Branch(Ident),
}

/// Lowers a body.
pub(crate) struct Lowering<'a> {
    trigger: &'a Trigger,
    errors: &'a mut Errors,
    /// The roles that were named.
    roles: Vec<Ident>,
    /// The workflows that are called.
    calls: Vec<Path>,
    names: Names,
    around: Vec<Around>,
    /// Where in a key begins what the context does not know.
    base: usize,
}

/// A body, lowered.
pub(crate) struct Lowered {
    pub(crate) steps: Vec<Step>,
    /// The roles that were named.
    pub(crate) roles: Vec<Ident>,
    /// The workflows that are called.
    pub(crate) calls: Vec<Path>,
}

/// Lowers the body of a workflow.
pub(crate) fn lower(body: Block, trigger: &Trigger, errors: &mut Errors) -> Lowered {
    let mut lowering = Lowering {
        trigger,
        errors,
        roles: Vec::new(),
        calls: Vec::new(),
        names: Names::new(trigger),
        around: Vec::new(),
        base: 0,
    };
    let steps = lowering.block(body, "");
    Lowered { steps, roles: lowering.roles, calls: lowering.calls }
}

impl Lowering<'_> {
    /// The steps of a block whose keys begin with `prefix`.
    fn block(&mut self, block: Block, prefix: &str) -> Vec<Step> {
        let mut keys = Keys::new(prefix);
        let mut steps: Vec<Step> = Vec::new();
        let mut told = false;
        for statement in block.statements {
            if ends(&steps) {
                let is_cut = matches!(steps.last().map(|step| &step.kind), Some(StepKind::Cut));
                if !told && !is_cut {
                    told = true;
                    checks::unreachable(&statement, &steps, self.errors);
                }
                continue;
            }
            steps.extend(self.statement(statement, &mut keys));
        }
        steps
    }

    /// The steps of a block with names of its own, given what it is.
    fn inner(
        &mut self,
        block: Block,
        prefix: &str,
        what: &str,
        bind: impl FnOnce(&mut Names),
    ) -> Vec<Step> {
        self.names.enter();
        bind(&mut self.names);
        let steps = self.block(block, prefix);
        self.names.leave(what);
        steps
    }

    /// The steps of a block that has a context of its own.
    fn scoped(
        &mut self,
        block: Block,
        prefix: &str,
        around: Around,
        bind: impl FnOnce(&mut Names),
    ) -> Vec<Step> {
        let what = match &around {
            Around::Loop => "the body of `for`".to_owned(),
            Around::Branch(word) => format!("a branch of `{word}`"),
        };
        self.around.push(around);
        let base = std::mem::replace(&mut self.base, prefix.len());
        let steps = self.inner(block, prefix, &what, bind);
        self.base = base;
        self.around.pop();
        steps
    }

    fn statement(&mut self, statement: Statement, keys: &mut Keys) -> Option<Step> {
        let (word, fingerprint) = keys::identity(&statement);
        let knows_all = self.names.are_known(&statement.kind, self.errors);
        let Statement { at, kind, .. } = statement;
        let is_bound = matches!(kind, Kind::Let(_));
        let (key, kind) = match kind {
            Kind::If(it) => {
                let key = keys.count(&word);
                let kind = self.conditional(it, &key);
                (key, kind)
            }
            Kind::Match(it) => {
                let key = keys.count(&word);
                let kind = self.choice(it, &key);
                (key, kind)
            }
            Kind::For(it) => {
                let key = keys.count(&word);
                let kind = self.repetition(it, &key);
                (key, kind)
            }
            Kind::Leave(leave) => (String::new(), self.leave(leave)),
            Kind::Branches(it) => {
                let key = keys.count(&word);
                let kind = StepKind::Branches(self.branches(it, &key));
                (key, kind)
            }
            Kind::Let(it) => {
                let key = keys.name(&it.pattern, &word, self.errors);
                let kind = self.binding(*it, &key);
                (key, kind)
            }
            Kind::Node(node) => {
                self.node(&node);
                (keys.count(&word), StepKind::Node(node))
            }
            Kind::Broken(tokens) => (String::new(), StepKind::Broken(tokens)),
            Kind::Refused(true) => (String::new(), StepKind::Cut),
            Kind::Refused(false) => return None,
        };
        let step = Step { key, base: self.base, fingerprint, at, kind };
        // Reported: a synchronous context has no such method to call.
        let fits = match &step.kind {
            StepKind::Branches(_) => !self.trigger.is_before(),
            _ => step.node().is_none_or(|node| checks::fits(&node.kind, self.trigger)),
        };
        if !fits || !knows_all {
            return is_bound.then_some(Step { kind: StepKind::Cut, ..step });
        }
        Some(step)
    }

    fn conditional(&mut self, it: If, key: &str) -> StepKind {
        const WHAT: &str = "a branch of `if`";
        let mut branches = Vec::with_capacity(it.branches.len());
        for (index, (condition, block)) in it.branches.into_iter().enumerate() {
            let prefix = format!("{key}.{index}/");
            let steps = self.inner(block, &prefix, WHAT, |names| names.bind_condition(&condition));
            branches.push((condition, steps));
        }
        let otherwise =
            it.otherwise.map(|block| self.inner(block, &format!("{key}.else/"), WHAT, |_| {}));
        StepKind::If { branches, otherwise }
    }

    fn choice(&mut self, it: Match, key: &str) -> StepKind {
        let mut arms = Vec::with_capacity(it.arms.len());
        for (index, arm) in it.arms.into_iter().enumerate() {
            let Arm { pattern, guard, body } = arm;
            let prefix = format!("{key}.{index}/");
            let body =
                self.inner(body, &prefix, "a branch of `match`", |names| names.bind(&pattern));
            arms.push(Arm { pattern, guard, body });
        }
        StepKind::Match { value: it.value, arms }
    }

    fn repetition(&mut self, it: For, key: &str) -> StepKind {
        let For { pattern, items, body } = it;
        let prefix = format!("{key}/");
        let body = self.scoped(body, &prefix, Around::Loop, |names| names.bind(&pattern));
        StepKind::For { pattern, items, body }
    }

    fn branches(&mut self, it: Branches, key: &str) -> Forked {
        let Branches { word, blocks } = it;
        if self.trigger.is_before() {
            checks::branches_before(&word, self.trigger, self.errors);
        }
        let branches = blocks.into_iter().enumerate().map(|(index, block)| {
            let around = Around::Branch(word.clone());
            self.scoped(block, &format!("{key}.{index}/"), around, |_| {})
        });
        let branches = branches.collect();
        Forked { word, branches }
    }

    /// `break` and `continue`, where there is a loop to leave.
    fn leave(&mut self, leave: Leave) -> StepKind {
        let in_loop = self.around.iter().any(|around| matches!(around, Around::Loop));
        match self.around.last() {
            Some(Around::Loop) => StepKind::Leave(leave),
            Some(Around::Branch(word)) if in_loop => {
                checks::leaves_branch(leave, word, self.errors);
                StepKind::Cut
            }
            _ => {
                checks::leaves_nothing(leave, self.errors);
                StepKind::Cut
            }
        }
    }

    fn binding(&mut self, it: Let, key: &str) -> StepKind {
        let value = match it.value {
            Value::Node(node) => {
                self.node(&node);
                checks::gives_a_value(&node, self.errors);
                Given::Node(node)
            }
            Value::Branches(branches) => {
                if branches.word == "parallel" {
                    checks::no_value(&branches.word, self.errors);
                }
                Given::Branches(self.branches(branches, key))
            }
            Value::Expr(expr) => Given::Expr(expr),
        };
        let otherwise = it.otherwise.map(|block| {
            let prefix = format!("{key}.else/");
            let mut steps = self.inner(block, &prefix, "the `else` of a `let`", |_| {});
            if !ends(&steps) {
                let at = it.pattern.span();
                // rustc would say the same again.
                let kind = StepKind::Cut;
                steps.push(Step { key: String::new(), base: 0, fingerprint: 0, at, kind });
                self.errors.span(
                    at,
                    message(
                        "the `else` of a `let` must end the execution",
                        Some("after it, the name has no value"),
                        Some("write `end;` or `end failed \"…\";` at its end; in a loop also `continue;`"),
                    ),
                );
            }
            steps
        });
        self.names.bind(&it.pattern);
        StepKind::Let { pattern: it.pattern, ty: it.ty, value: Box::new(value), otherwise }
    }

    fn node(&mut self, node: &Node) {
        checks::fits_trigger(node, self.trigger, self.errors);
        match &node.kind {
            NodeKind::Approve(approve) => {
                self.roles.extend(roles(&approve.by).cloned());
                checks::approve(approve, self.errors);
            }
            NodeKind::Request(request) => addresses::check(&request.url, self.errors),
            NodeKind::Call { workflow, .. } => self.calls.push(workflow.clone()),
            NodeKind::Ask(ask) => self.roles.extend(roles(&ask.by).cloned()),
            NodeKind::Respond { .. } if !self.trigger.is_sync => {
                checks::responds_to_nobody(node, self.errors);
            }
            NodeKind::End { failed: false, message: Some(_) } => {
                checks::ends_with_message(node, self.errors);
            }
            _ => {}
        }
    }
}
