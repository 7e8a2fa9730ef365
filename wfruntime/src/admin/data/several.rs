//! Records that are selected in a table, and the buttons that are pressed on all of them.
//!
//! What is pressed on is ticked, or all that the address asks for. Of these, a button is pressed on
//! the records for which it is there.

use axum::Form as Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::super::ask::{Asked, Refused};
use super::super::inputs::{Sent, plain, sent};
use super::super::place::Visit;
use super::super::{session, show};
use super::{Button, find, form, search};
use crate::collection::Definition;

/// The id of the form that the boxes of a table belong to.
const FORM: &str = "several";

/// The box of a record.
pub(super) fn tick(visit: &Visit, definition: &Definition, record: &Value) -> Markup {
    let label = format!("{}: {}", visit.t("select"), show::title(definition, record));
    html! {
        td.ticks {
            input type="checkbox" form=(FORM) name="ticked" value=(plain(&record["id"])) aria-label=(label);
        }
    }
}

/// The box that ticks all of a page, which takes the script.
pub(super) fn tick_all(visit: &Visit) -> Markup {
    html! {
        th.ticks scope="col" {
            input type="checkbox" form=(FORM) hidden data-whole aria-label=(visit.t("select-page"));
            span.hidden { (visit.t("select")) }
        }
    }
}

/// The buttons, with how many records are ticked; `shown` stand on the page of `count`.
pub(super) fn bar(
    visit: &Visit,
    definition: &Definition,
    buttons: &[Button],
    (shown, count): (u64, u64),
) -> Markup {
    let path = visit.here();
    let query = path.split_once('?').map_or_else(String::new, |(_, query)| format!("?{query}"));
    let action = visit.at(&format!("/data/{}/several{query}", definition.name()));
    html! {
        form.several id=(FORM) method="post" action=(action) aria-label=(visit.t("several")) {
            input type="hidden" name="next" value=(path);
            span.quiet hidden data-ticked { (visit.t("several-ticked")) " " output { "0" } }
            @if count > shown {
                label.tick {
                    input type="checkbox" name="all" value="yes";
                    " " (visit.text.with("several-all", &[("count", count.into())]))
                }
            }
            div.buttons {
                @for button in buttons {
                    @let hint = button.hint(visit);
                    button.small name="button" value=(button.name) title=[&hint] { (button.title) }
                    @if let Some(hint) = hint.filter(|_| button.is_off()) {
                        " " span.quiet { (hint) }
                    }
                }
            }
        }
    }
}

/// Presses a button on what is selected, and goes back to the table.
pub(super) async fn press(
    visit: Visit,
    Path(collection): Path<String>,
    Body(body): Body<Sent>,
) -> Response {
    let next = session::next_page(sent(&body, "next").unwrap_or_default());
    let answer = match pressed(&visit, &collection, &body).await {
        Ok(answer) | Err(Refused { committed: Some(answer), .. }) => answer,
        Err(refused) => return session::refused(&visit, next, &refused),
    };
    // A pre-action may have ended it: then there are none.
    let count = answer["data"].as_array().map_or(0, Vec::len);
    let done = visit.text.with("several-done", &[("count", count.into())]);
    session::told_first(&visit, next, done, &answer)
}

async fn pressed(visit: &Visit, collection: &str, body: &Sent) -> Asked<Value> {
    let definition = find(visit, collection)?;
    let ticked: Vec<Value> =
        body.iter().filter(|(name, _)| name == "ticked").map(|(_, id)| form::number(id)).collect();
    let filter = match sent(body, "all") {
        Some(_) => Some(search::filter(visit, definition)).filter(|filter| !filter.is_null()),
        None if ticked.is_empty() => {
            return Err(Refused::new(StatusCode::BAD_REQUEST, visit.t("several-none")));
        }
        None => Some(json!({ "id": { "$in": ticked } })),
    };
    let filter = filter.unwrap_or_else(|| json!({})).to_string();
    let button = show::encoded(sent(body, "button").unwrap_or_default());
    let route =
        format!("{}:update?button={button}&filter={}", definition.name(), show::encoded(&filter));
    visit.write(&route, &json!({})).await
}
