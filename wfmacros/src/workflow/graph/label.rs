//! What a person reads on a node.

use super::super::ast::{NodeKind, Read, Sleep, Text, Within};
use super::source;

/// What a node is about.
pub(super) fn label(kind: &NodeKind) -> String {
    match kind {
        NodeKind::Create { collection, .. } => source(collection),
        NodeKind::Update { record, .. }
        | NodeKind::Delete { record }
        | NodeKind::Refresh { record } => source(record),
        NodeKind::UpdateWhere { collection, filter, .. }
        | NodeKind::DeleteWhere { collection, filter } => {
            of_records(source(collection), Some(filter))
        }
        NodeKind::Read(it) => read(it),
        NodeKind::Count { collection, filter } => of_records(source(collection), filter.as_ref()),
        NodeKind::Aggregate { collection, field, filter } => {
            of_records(format!("{}.{field}", source(collection)), filter.as_ref())
        }
        NodeKind::Run { function, .. } => source(function),
        NodeKind::Sleep(Sleep::For(time)) => length(time),
        NodeKind::Sleep(Sleep::Until(moment)) => format!("until {}", source(moment)),
        NodeKind::Signal { name, within: None } => name.value(),
        NodeKind::Signal { name, within: Some(within) } => {
            format!("{} within {}", name.value(), length(within))
        }
        NodeKind::Approve(approve) => text(&approve.title),
        NodeKind::Ask(ask) => text(&ask.title),
        NodeKind::Request(request) => format!("{} {}", request.method, text(&request.url)),
        NodeKind::Call { workflow, record } => {
            format!("{}({})", source(workflow), source(record))
        }
        NodeKind::Set { fields } => {
            let names = fields.iter().map(|field| source(&field.name));
            names.collect::<Vec<_>>().join(", ")
        }
        NodeKind::Respond { text: answer } => text(answer),
        NodeKind::Require { condition, .. } => source(condition),
        NodeKind::End { failed: false, .. } => String::new(),
        NodeKind::End { message: None, .. } => "failed".to_owned(),
        NodeKind::End { message: Some(message), .. } => format!("failed: {}", text(message)),
    }
}

fn of_records(collection: String, filter: Option<&syn::Expr>) -> String {
    match filter {
        Some(filter) => format!("{collection} where {}", source(filter)),
        None => collection,
    }
}

fn read(it: &Read) -> String {
    let mut label = of_records(source(&it.collection), it.filter.as_ref());
    for (index, order) in it.order.iter().enumerate() {
        label.push_str(if index == 0 { " order " } else { ", " });
        label.push_str(&order.field.to_string());
        label.push_str(if order.descending { " desc" } else { "" });
    }
    if let Some(limit) = &it.limit {
        label.push_str(" limit ");
        label.push_str(&source(limit));
    }
    label
}

fn length(time: &Within) -> String {
    match time {
        Within::Length(length) => length.words.clone(),
        Within::Expr(expr) => source(expr),
    }
}

/// A text as it was written.
pub(super) fn text(text: &Text) -> String {
    match text {
        Text::Literal(literal) => literal.value(),
        Text::Expr(expr) => source(expr),
    }
}
