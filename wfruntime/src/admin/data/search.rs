//! From what a visitor looks for to a `filter`; and the records to pick one from.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::super::ask::Asked;
use super::super::inputs::plain;
use super::super::pick::{self, Offer};
use super::super::place::Visit;
use super::super::show;
use super::find;
use crate::action::Verb;
use crate::collection::{Column, Definition, Kind};
use crate::value::Type;

/// How many records are offered to pick from.
const OFFERED: u64 = 20;

/// The columns that the visitor sees, without those that the runtime sets.
pub(super) fn columns(visit: &Visit, definition: &'static Definition) -> Vec<&'static Column> {
    let all = definition.columns.iter().enumerate();
    all.filter(|(index, column)| !column.system && visit.access.may_view_field(definition, *index))
        .map(|(_, column)| column)
        .collect()
}

/// What the address asks for, as a `filter`; null if for everything.
pub(super) fn filter(visit: &Visit, definition: &'static Definition) -> Value {
    let mut all = Vec::new();
    let columns = columns(visit, definition);
    if let Some(text) = visit.asked("q").filter(|text| !text.trim().is_empty()) {
        all.push(including(&columns, text.trim()));
    }
    for column in columns {
        let asked = |suffix: &str| {
            let name = format!("f.{}{suffix}", column.json);
            visit.asked(&name).map(str::trim).filter(|text| !text.is_empty())
        };
        let mut add = |operator: &str, text: &str| {
            if let Some(value) = value(column, text) {
                all.push(json!({ column.json: { operator: value } }));
            }
        };
        if let Some(text) = asked("") {
            add("$eq", text);
        }
        if let Some(text) = asked(".min") {
            add("$gte", text);
        }
        if let Some(text) = asked(".max") {
            add("$lte", text);
        }
    }
    match all.len() {
        0 => Value::Null,
        1 => all.remove(0),
        _ => json!({ "$and": all }),
    }
}

/// A text in any of the columns that hold texts, whatever its capitals and accents; in none of none.
fn including(columns: &[&Column], text: &str) -> Value {
    let texts = columns.iter().filter(|column| is_text(column));
    json!({ "$or": texts.map(|column| json!({ column.json: { "$search": text } })).collect::<Value>() })
}

fn is_text(column: &Column) -> bool {
    column.kind.ty() == Type::Text && !matches!(column.kind, Kind::Choice(_))
}

/// What was written for a column, as its values are sent; none if it can be none of them.
fn value(column: &Column, text: &str) -> Option<Value> {
    Some(match column.kind.ty() {
        Type::Int => text.parse::<i64>().ok()?.into(),
        Type::Float => text.parse::<f64>().ok()?.into(),
        Type::Bool => (text == "true").into(),
        Type::Timestamp if text.len() == 10 => format!("{text}T00:00:00Z").into(),
        Type::Json | Type::Bytes => return None,
        _ => text.into(),
    })
}

/// The fields with which a table is narrowed.
pub(super) fn fields(visit: &Visit, definition: &'static Definition) -> Markup {
    let columns = columns(visit, definition);
    let has_text = columns.iter().any(|column| is_text(column));
    let is_narrowed =
        visit.query.iter().any(|(name, value)| name.starts_with("f.") && !value.is_empty());
    html! {
        form.search method="get" role="search" {
            @for kept in ["sort", "view"] {
                @if let Some(value) = visit.asked(kept) {
                    input type="hidden" name=(kept) value=(value);
                }
            }
            @if has_text {
                input type="search" name="q" value=(visit.asked("q").unwrap_or_default())
                    placeholder=(visit.t("search")) aria-label=(visit.t("search"));
            }
            details #filters open[is_narrowed] {
                summary { (visit.t("filters")) }
                div.filters { @for column in &columns { (field(visit, column)) } }
            }
            button { (visit.t("search")) }
            @if is_narrowed || visit.asked("q").is_some() {
                a.button href=(visit.at(&visit.path)) { (visit.t("search-all")) }
            }
        }
    }
}

fn field(visit: &Visit, column: &Column) -> Markup {
    let name = format!("f.{}", column.json);
    let asked = |name: &str| visit.asked(name).unwrap_or_default().to_owned();
    let options = |options: &[(&str, String)]| {
        let asked = asked(&name);
        html! {
            label { (show::label(column))
                select name=(name) {
                    option value="" { (visit.t("any")) }
                    @for (value, title) in options {
                        option value=(value) selected[*value == asked] { (title) }
                    }
                }
            }
        }
    };
    if let Kind::Choice(choice) = column.kind {
        let variants = choice.variants.iter();
        let variants: Vec<_> =
            variants.map(|variant| (variant.name, variant.title.to_owned())).collect();
        return options(&variants);
    }
    let ty = match column.kind.ty() {
        Type::Bool => return options(&[("true", visit.t("yes")), ("false", visit.t("no"))]),
        _ if column.association.is_some() => return html! {},
        Type::Int | Type::Float => "number",
        Type::Decimal => "text",
        Type::Date | Type::Timestamp => "date",
        Type::DateTime => "datetime-local",
        _ => return html! {},
    };
    let (min, max) = (format!("{name}.min"), format!("{name}.max"));
    html! {
        fieldset {
            legend { (show::label(column)) }
            label { (visit.t("from")) input type=(ty) name=(min) value=(asked(&min)) step="any"; }
            label { (visit.t("to")) input type=(ty) name=(max) value=(asked(&max)) step="any"; }
        }
    }
}

/// Records to pick from, as `{"records": [{"id", "title"}], "told"}`: for the script of the page.
pub(in crate::admin) async fn pick(visit: Visit, Path(collection): Path<String>) -> Response {
    let Ok(definition) = find(&visit, &collection) else {
        return Json(json!({ "records": [] })).into_response();
    };
    let text = visit.asked("q").unwrap_or_default();
    let found = offered(&visit, definition, text.trim()).await.unwrap_or_default();
    let told = pick::told(&visit, found.len());
    let found = found.into_iter().map(|(id, title)| json!({ "id": id, "title": title }));
    Json(json!({ "records": found.collect::<Value>(), "told": told })).into_response()
}

/// The newest records that have the text somewhere, or this number: id and title.
pub(in crate::admin) async fn offered(
    visit: &Visit,
    definition: &'static Definition,
    text: &str,
) -> Asked<Vec<Offer>> {
    if visit.access.grant(Verb::List, definition).is_none() {
        return Ok(Vec::new());
    }
    let mut any = match including(&columns(visit, definition), text)["$or"].take() {
        Value::Array(any) => any,
        _ => Vec::new(),
    };
    any.extend(text.trim_start_matches('#').parse::<i64>().map(|id| json!({ "id": id })));
    let filter = if text.is_empty() { json!({}) } else { json!({ "$or": any }) };
    let route = format!(
        "{}:list?pageSize={OFFERED}&sort=-id&filter={}",
        definition.name(),
        show::encoded(&filter.to_string())
    );
    let answer = visit.read(&route).await?;
    let records = answer["data"].as_array().cloned().unwrap_or_default();
    Ok(records.iter().map(|one| (plain(&one["id"]), show::title(definition, one))).collect())
}
