//! A collection as a board: one column for each value of a choice, and cards that move between them.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::super::ask::Asked;
use super::super::place::Visit;
use super::super::show;
use super::{Button, list, search};
use crate::action::Verb;
use crate::auth::{Grant, owner_column};
use crate::collection::{ChoiceMeta, Column, Definition, Kind};

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

/// What is the same for all cards.
struct Board<'b> {
    visit: &'b Visit,
    definition: &'static Definition,
    by: &'static Column,
    choice: &'static ChoiceMeta,
    /// The buttons of the records on it.
    buttons: Vec<Button>,
    /// The right to move cards, if there is one.
    moves: Option<Grant>,
}

pub(super) async fn board(
    visit: &Visit,
    definition: &'static Definition,
    choices: &[(&'static Column, &'static ChoiceMeta)],
    has_buttons: bool,
) -> Asked<Markup> {
    let asked = choices.iter().find(|(column, _)| visit.asked("by") == Some(column.json));
    let Some((by, choice)) = asked.or(choices.first()) else { return Ok(html! {}) };
    let searched = search::filter(visit, definition);
    let (mut lanes, mut records) = (Vec::with_capacity(choice.variants.len()), Vec::new());
    let values = choice.variants.iter().map(|variant| (variant.name, variant.title));
    let none = visit.t("none");
    for (value, title) in values.chain(by.nullable.then_some(("", none.as_str()))) {
        let only = json!({ by.json: if value.is_empty() { Value::Null } else { value.into() } });
        let filter = if searched.is_null() { only } else { json!({ "$and": [only, searched] }) };
        let route = format!("{}pageSize={CARDS}&sort=-id", list::route(visit, definition, &filter));
        let answer = visit.read(&route).await?;
        records.extend(answer["data"].as_array().into_iter().flatten().cloned());
        lanes.push((value, title, answer));
    }
    let buttons = match has_buttons {
        true => super::rows(visit, definition, &records).await?,
        false => Vec::new(),
    };
    let index = definition.columns.iter().position(|column| column.json == by.json);
    let moves = visit.access.grant(Verb::Update, definition);
    let moves = moves.filter(|grant| index.is_some_and(|index| grant.fields.has_column(index)));
    let board = Board { visit, definition, by, choice, buttons, moves };
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
            @for (value, title, answer) in &lanes { (board.lane(value, title, answer)) }
        }
    })
}

impl Board<'_> {
    fn lane(&self, value: &str, title: &str, answer: &Value) -> Markup {
        let records = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
        let count = answer["meta"]["count"].as_u64().unwrap_or_default();
        let visit = self.visit;
        html! {
            section.lane aria-label=(title) data-lane=(value) {
                h2 { (title) " " span.quiet { (count) } }
                ul.list { @for record in records { (self.card(value, record)) } }
                @if count > CARDS {
                    p.quiet { (visit.text.with("more", &[("count", (count - CARDS).into())])) }
                }
            }
        }
    }

    fn card(&self, value: &str, record: &Value) -> Markup {
        let moves = self.moves(record);
        html! {
            li draggable=[moves.then_some("true")] {
                (super::link(self.visit, self.definition, record))
                div.buttons {
                    (super::buttons(self.visit, self.definition, &record["id"], &self.buttons, true))
                    @if moves { (self.shift(value, record)) }
                }
            }
        }
    }

    /// Whether the visitor may move this card.
    fn moves(&self, record: &Value) -> bool {
        let owner = self.definition.columns[owner_column(self.definition)].json;
        self.moves.as_ref().is_some_and(|grant| {
            !grant.own
                || record[owner].as_i64().is_some_and(|it| Some(it) == self.visit.access.user())
        })
    }

    /// Moves a card without dragging it.
    fn shift(&self, value: &str, record: &Value) -> Markup {
        let visit = self.visit;
        let path = format!("{}/move", show::path(self.definition, record));
        let label = format!("{}: {}", show::label(self.by), show::title(self.definition, record));
        html! {
            form.inline data-move method="post" action=(visit.at(&path)) {
                input type="hidden" name="next" value=(visit.here());
                input type="hidden" name="field" value=(self.by.json);
                select.small name="to" aria-label=(label) {
                    @if self.by.nullable {
                        option value="" selected[value.is_empty()] { (visit.t("none")) }
                    }
                    @for variant in self.choice.variants {
                        option value=(variant.name) selected[variant.name == value] {
                            (variant.title)
                        }
                    }
                }
                button.small { (visit.t("move")) }
            }
        }
    }
}
