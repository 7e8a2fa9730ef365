//! A collection as a board: one column for each value of a choice.

use maud::{Markup, html};

use super::super::ask::Asked;
use super::super::place::Visit;
use super::super::show;
use super::{list, search};
use crate::collection::{ChoiceMeta, Column, Definition, Kind};
use serde_json::{Value, json};

/// How many cards stand in one column.
const CARDS: u64 = 20;

/// The columns by which the records can be laid out.
pub(super) fn columns(columns: &[&'static Column]) -> Vec<(&'static Column, &'static ChoiceMeta)> {
    let choices = columns.iter().filter_map(|column| match column.kind {
        Kind::Choice(choice) => Some((*column, choice)),
        _ => None,
    });
    choices.collect()
}

pub(super) async fn board(
    visit: &Visit,
    definition: &'static Definition,
    choices: &[(&'static Column, &'static ChoiceMeta)],
) -> Asked<Markup> {
    let asked = choices.iter().find(|(column, _)| visit.asked("by") == Some(column.json));
    let Some((by, choice)) = asked.or(choices.first()) else { return Ok(html! {}) };
    let searched = search::filter(visit, definition);
    let mut lanes = Vec::with_capacity(choice.variants.len());
    for variant in choice.variants {
        let only = json!({ by.json: variant.name });
        let filter = if searched.is_null() { only } else { json!({ "$and": [only, searched] }) };
        let route = format!("{}pageSize={CARDS}&sort=-id", list::route(visit, definition, &filter));
        lanes.push((variant.title, visit.read(&route).await?));
    }
    Ok(html! {
        @if choices.len() > 1 {
            nav.tabs aria-label=(visit.t("board-by")) {
                @for (column, _) in choices {
                    a href=(visit.here_with("by", column.json))
                        aria-current=[(column.json == by.json).then_some("page")] {
                        (show::label(column))
                    }
                }
            }
        }
        div.board tabindex="0" role="region" aria-label=(show::label(by)) {
            @for (title, answer) in &lanes { (lane(visit, definition, title, answer)) }
        }
    })
}

fn lane(visit: &Visit, definition: &'static Definition, title: &str, answer: &Value) -> Markup {
    let records = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    let count = answer["meta"]["count"].as_u64().unwrap_or_default();
    html! {
        section.lane aria-label=(title) {
            h2 { (title) " " span.quiet { (count) } }
            (super::links(visit, definition, records))
            @if count > CARDS {
                p.quiet { (visit.text.with("more", &[("count", (count - CARDS).into())])) }
            }
        }
    }
}
