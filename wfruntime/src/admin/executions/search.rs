//! From what is looked for among executions to a `filter`.

use jiff::civil::Date;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::super::ask::Asked;
use super::super::place::Visit;
use super::super::show;
use super::{OPEN, TROUBLE};
use crate::execution::Status;

/// The names behind the `?` that narrow the list; the first two are always shown.
const NAMES: [&str; 8] = ["key", "status", "collection", "record", "by", "from", "to", "error"];

/// What the address asks for under a name, if anything.
fn asked<'v>(visit: &'v Visit, name: &str) -> Option<&'v str> {
    visit.asked(name).map(str::trim).filter(|text| !text.is_empty())
}

/// Whether the list is narrowed.
pub(super) fn is_asked(visit: &Visit) -> bool {
    NAMES.iter().any(|name| asked(visit, name).is_some())
}

/// What the address asks for, as a `filter`.
pub(super) async fn filter(visit: &Visit) -> Asked<Value> {
    let mut filter = Map::new();
    for (name, field) in [("key", "key"), ("collection", "collection")] {
        if let Some(text) = asked(visit, name) {
            filter.insert(field.to_owned(), text.into());
        }
    }
    if let Some(status) = asked(visit, "status") {
        let status = match status {
            "open" => json!({ "$in": OPEN }),
            "trouble" => json!({ "$in": TROUBLE }),
            status => status.into(),
        };
        filter.insert("status".to_owned(), status);
    }
    if let Some(record) = asked(visit, "record") {
        // What is no number is the number of no record.
        let number = record.trim_start_matches('#').parse().unwrap_or(-1_i64);
        filter.insert("recordId".to_owned(), number.into());
    }
    if let Some(text) = asked(visit, "error") {
        filter.insert("error".to_owned(), json!({ "$search": text }));
    }
    if let Some(name) = asked(visit, "by") {
        filter.insert("userId".to_owned(), json!({ "$in": users(visit, name).await? }));
    }
    let mut created = Map::new();
    for (name, operator, time) in [("from", "$gte", "T00:00:00Z"), ("to", "$lt", "T00:00:00Z")] {
        let day = asked(visit, name).and_then(|text| text.parse::<Date>().ok());
        let day = if name == "to" { day.and_then(|day| day.tomorrow().ok()) } else { day };
        if let Some(day) = day {
            created.insert(operator.to_owned(), format!("{day}{time}").into());
        }
    }
    if !created.is_empty() {
        filter.insert("createdAt".to_owned(), created.into());
    }
    Ok(filter.into())
}

/// The ids of the users of a name; a number is one itself.
async fn users(visit: &Visit, name: &str) -> Asked<Vec<i64>> {
    if let Ok(id) = name.trim_start_matches('#').parse() {
        return Ok(vec![id]);
    }
    let filter = json!({ "nickname": { "$search": name } }).to_string();
    let route = format!(
        "{}:list?pageSize=100&fields=id&filter={}",
        visit.core.auth.account.definition.name(),
        show::encoded(&filter)
    );
    let answer = visit.read(&route).await?;
    let found = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(found.iter().filter_map(|user| user["id"].as_i64()).collect())
}

/// The fields with which the list is narrowed.
pub(super) fn fields(visit: &Visit) -> Markup {
    let is_narrowed = NAMES[2..].iter().any(|name| asked(visit, name).is_some());
    let keys = visit.core.registry.workflows().iter().map(|workflow| workflow.meta.key);
    let keys: Vec<_> = keys.map(|key| (key, key.to_owned())).collect();
    let these = ["open", "trouble"].map(|word| (word, visit.t(&format!("these-{word}"))));
    let words = Status::WORDS.map(|word| (word, visit.t(&format!("status-{word}"))));
    let statuses: Vec<_> = these.into_iter().chain(words).collect();
    let collections = visit.collections().map(|it| (it.name(), it.name().to_owned()));
    let collections: Vec<_> = collections.collect();
    let written = |name: &'static str, kind: &str, label: &str| {
        html! {
            label { (visit.t(label))
                input type=(kind) name=(name) value=(asked(visit, name).unwrap_or_default());
            }
        }
    };
    html! {
        form.search method="get" role="search" {
            (choice(visit, "key", &visit.t("workflow"), &keys))
            (choice(visit, "status", &visit.t("status"), &statuses))
            details #filters open[is_narrowed] {
                summary { (visit.t("filters")) }
                div.filters {
                    (choice(visit, "collection", &visit.t("collection"), &collections))
                    (written("record", "text", "record-number"))
                    (written("by", "text", "by"))
                    (written("error", "search", "error-text"))
                    fieldset {
                        legend { (visit.t("created")) }
                        (written("from", "date", "from"))
                        (written("to", "date", "to"))
                    }
                }
            }
            button { (visit.t("search")) }
            @if is_asked(visit) {
                a.button href=(visit.at(&visit.path)) { (visit.t("search-all")) }
            }
        }
    }
}

fn choice(visit: &Visit, name: &str, label: &str, options: &[(&str, String)]) -> Markup {
    let chosen = asked(visit, name).unwrap_or_default();
    html! {
        label { (label)
            select name=(name) {
                option value="" { (visit.t("any")) }
                @for (value, title) in options {
                    option value=(value) selected[*value == chosen] { (title) }
                }
            }
        }
    }
}
