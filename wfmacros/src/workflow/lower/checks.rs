//! What is wrong with a statement where it stands, in words.

use super::super::ast::{Approve, By, Leave, Node, NodeKind, Quorum, Statement};
use super::{Step, StepKind};
use crate::diag::{Errors, message};
use crate::trigger::{Kind, Trigger};
use proc_macro2::Ident;

/// Whether a workflow of this trigger can have the node.
pub(super) fn fits(kind: &NodeKind, trigger: &Trigger) -> bool {
    let is_pre_action = trigger.kind == Kind::PreAction;
    let is_elsewhere = match kind {
        NodeKind::Set { .. } => !is_pre_action,
        NodeKind::Refresh { .. } => is_pre_action,
        _ => false,
    };
    let waits = trigger.is_sync && waits_for(kind).is_some();
    let writes = trigger.is_before() && writes(kind);
    !(is_elsewhere || waits || writes)
}

/// Whether the node changes records.
fn writes(kind: &NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Create { .. }
            | NodeKind::Update { .. }
            | NodeKind::UpdateWhere { .. }
            | NodeKind::Delete { .. }
            | NodeKind::DeleteWhere { .. }
    )
}

/// What the node waits for.
fn waits_for(kind: &NodeKind) -> Option<&'static str> {
    match kind {
        NodeKind::Approve(_) | NodeKind::Ask(_) => Some("for a person"),
        NodeKind::Sleep(_) => Some("for time to pass"),
        NodeKind::Call { .. } => Some("for another workflow"),
        NodeKind::Signal { .. } => Some("for what comes from outside"),
        _ => None,
    }
}

/// A statement behind one that nothing can follow.
pub(super) fn unreachable(statement: &Statement, before: &[Step], errors: &mut Errors) {
    let word = last_word(before);
    let note = match word {
        "end" => "the execution has ended before it on every way",
        _ => "the loop goes on or has been left before it on every way",
    };
    errors.span(
        statement.at,
        message(
            format!("statement after `{word}`"),
            Some(note),
            Some(&format!("remove it, or move `{word}` behind it")),
        ),
    );
}

/// The word of the statement that nothing can follow.
fn last_word(steps: &[Step]) -> &'static str {
    match steps.last().map(|step| &step.kind) {
        Some(StepKind::Leave(leave)) => leave.word(),
        Some(StepKind::If { otherwise: Some(steps), .. }) => last_word(steps),
        Some(StepKind::Match { arms, .. }) => arms.last().map_or("end", |arm| last_word(&arm.body)),
        _ => "end",
    }
}

/// `break` in a branch, which cannot leave the loop around the branches.
pub(super) fn leaves_branch(leave: Leave, branches: &Ident, errors: &mut Errors) {
    let word = leave.word();
    errors.span(
        leave.at,
        message(
            format!("`{word}` cannot leave a branch of `{branches}`"),
            Some("the loop is around all branches, and the others still run"),
            Some(&format!("write `{word}` after the node")),
        ),
    );
}

/// `break` without a loop.
pub(super) fn leaves_nothing(leave: Leave, errors: &mut Errors) {
    errors.span(
        leave.at,
        message(
            format!("`{}` outside of a loop", leave.word()),
            None,
            Some("write `end;` to end the execution"),
        ),
    );
}

/// `let` of a node that gives nothing.
pub(super) fn gives_a_value(node: &Node, errors: &mut Errors) {
    let gives = matches!(
        node.kind,
        NodeKind::Create { .. }
            | NodeKind::UpdateWhere { .. }
            | NodeKind::DeleteWhere { .. }
            | NodeKind::Read(_)
            | NodeKind::Count { .. }
            | NodeKind::Aggregate { .. }
            | NodeKind::Run { .. }
            | NodeKind::Signal { .. }
            | NodeKind::Approve(_)
            | NodeKind::Ask(_)
            | NodeKind::Request(_)
            | NodeKind::Call { .. }
    );
    if !gives {
        no_value(&node.word, errors);
    }
}

/// `let` of what gives nothing.
pub(super) fn no_value(word: &Ident, errors: &mut Errors) {
    errors.at(
        word,
        message(
            format!("`{word}` gives no value"),
            None,
            Some("write it as a statement of its own, without `let`"),
        ),
    );
}

/// A node that a workflow of this trigger cannot have.
pub(super) fn fits_trigger(node: &Node, trigger: &Trigger, errors: &mut Errors) {
    let (word, noun) = (&node.word, before(trigger));
    let text = match (waits_for(&node.kind), &node.kind) {
        (Some(what), _) if trigger.is_before() => message(
            format!("`{word}` cannot be used in a {noun}"),
            Some(&format!("it waits {what}, and the write waits for it to end")),
            Some("move it to a `#[post_action]` or a `#[collection_event]`"),
        ),
        (Some(what), _) if trigger.is_sync => message(
            format!("`{word}` cannot be used in a synchronous workflow"),
            Some(&format!("it waits {what}, and the request is waiting for the answer")),
            Some("remove `execution = \"sync\"`"),
        ),
        (_, NodeKind::Set { .. }) if trigger.kind != Kind::PreAction => message(
            format!("`{word}` can only be used in a `#[pre_action]`"),
            Some("it changes values before they are written"),
            Some("write `update data { field: value };` to change the record"),
        ),
        (_, NodeKind::Refresh { .. }) if trigger.kind == Kind::PreAction => message(
            format!("`{word}` cannot be used in a {noun}"),
            Some("its `data` is what was submitted, not a stored record"),
            Some("read records with `find`; their ids are in `ids`"),
        ),
        (_, kind) if trigger.is_before() && writes(kind) => message(
            format!("`{word}` cannot be used in a {noun}"),
            Some("it runs before a write that may not happen, and what it wrote would stay"),
            Some("move it to a `#[post_action]` or a `#[collection_event]`"),
        ),
        _ => return,
    };
    errors.at(word, text);
}

/// What a workflow that runs before a write is called.
fn before(trigger: &Trigger) -> &'static str {
    match trigger.kind {
        Kind::PreAction => "pre-action",
        _ => "collection event with `rollback`",
    }
}

/// `parallel` and `race` before a write.
pub(super) fn branches_before(word: &Ident, trigger: &Trigger, errors: &mut Errors) {
    let noun = before(trigger);
    errors.at(
        word,
        message(
            format!("`{word}` cannot be used in a {noun}"),
            Some("the write waits for it, and its nodes run one by one"),
            Some("write the nodes one after the other"),
        ),
    );
}

/// `respond` in an asynchronous workflow.
pub(super) fn responds_to_nobody(node: &Node, errors: &mut Errors) {
    errors.at(
        &node.word,
        message(
            "`respond` has no effect in an asynchronous workflow",
            Some("the answer has left before it runs"),
            Some("add `execution = \"sync\"`, or remove it"),
        ),
    );
}

/// `end "text"`.
pub(super) fn ends_with_message(node: &Node, errors: &mut Errors) {
    errors.at(
        &node.word,
        message(
            "`end` takes no message",
            Some("only a workflow that fails has to say why"),
            Some("write `end failed \"…\";`, or `end;`"),
        ),
    );
}

/// A quorum that can never be reached.
pub(super) fn approve(approve: &Approve, errors: &mut Errors) {
    let only_users = approve.by.iter().all(|by| matches!(by, By::User(_)));
    if let Quorum::Count(count) = &approve.quorum
        && only_users
        && count.base10_parse::<usize>().is_ok_and(|count| count > approve.by.len())
    {
        errors.at(
            count,
            message(
                format!("`quorum` must be at most the number of deciders, {}", approve.by.len()),
                Some("it could never be reached"),
                None,
            ),
        );
    }
}
