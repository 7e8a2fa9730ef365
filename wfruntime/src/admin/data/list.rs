//! A collection as a table: sorted, searched, page by page.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize as _;
use serde_json::Value;

use super::super::ask::{Asked, Refused};
use super::super::layout::Sheet;
use super::super::place::Visit;
use super::super::show;
use super::{Button, board, edit, files, find, search, several};
use crate::collection::{Column, Definition};

/// How many records stand on one page.
const PAGE: u64 = 25;

pub(super) async fn list(visit: Visit, Path(collection): Path<String>) -> Response {
    let sheet = sheet(&visit, &collection).await;
    visit.page(sheet).await
}

async fn sheet(visit: &Visit, collection: &str) -> Asked<Sheet> {
    let definition = find(visit, collection)?;
    let answer = visit.read(&format!("{}:forms", definition.name())).await?;
    let declared: Vec<Button> =
        Vec::deserialize(&answer["data"]["rows"]).map_err(Refused::broken)?;
    let several: Vec<Button> =
        Vec::deserialize(&answer["data"]["several"]).map_err(Refused::broken)?;
    let columns = search::columns(visit, definition);
    let boards = board::columns(&columns);
    let is_board = visit.asked("view") == Some("board") && !boards.is_empty();
    let content = html! {
        div.heading {
            h1 { (visit.plural(definition)) }
            div.buttons {
                (edit::ways_to_add(visit, definition, &answer["data"]["forms"]))
                (files::ways(visit, definition))
            }
        }
        @if !boards.is_empty() {
            nav.tabs aria-label=(visit.t("views")) {
                a href=(visit.here_with("view", "")) aria-current=[(!is_board).then_some("page")] {
                    (visit.t("view-table"))
                }
                a href=(visit.here_with("view", "board")) aria-current=[is_board.then_some("page")] {
                    (visit.t("view-board"))
                }
            }
        }
        (search::fields(visit, definition))
        @if is_board {
            (board::board(visit, definition, &boards, !declared.is_empty()).await?)
        } @else {
            (table(visit, definition, &columns, !declared.is_empty(), &several).await?)
        }
    };
    Ok(Sheet::live(visit.plural(definition), content))
}

/// The route to records that the address asks for.
pub(super) fn route(visit: &Visit, definition: &'static Definition, filter: &Value) -> String {
    let appends: Vec<_> = show::shown_links(visit, definition).map(|(_, link)| link.json).collect();
    let mut route = format!("{}:list?", definition.name());
    if !appends.is_empty() {
        route.push_str(&format!("appends={}&", appends.join(",")));
    }
    if !filter.is_null() {
        route.push_str(&format!("filter={}&", show::encoded(&filter.to_string())));
    }
    route
}

async fn table(
    visit: &Visit,
    definition: &'static Definition,
    columns: &[&'static Column],
    has_buttons: bool,
    several: &[Button],
) -> Asked<Markup> {
    let sort = visit.asked("sort").unwrap_or("-id");
    let route = format!(
        "{}pageSize={PAGE}&page={}&sort={}",
        route(visit, definition, &search::filter(visit, definition)),
        visit.page_number(),
        show::encoded(sort)
    );
    let answer = visit.read(&route).await?;
    let records = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    if records.is_empty() {
        let is_searched = visit.query.iter().any(|(name, _)| name == "q" || name.starts_with("f."));
        let text = if is_searched { "search-none" } else { "records-none" };
        return Ok(html! { p.empty { (visit.t(text)) } });
    }
    let buttons = match has_buttons {
        true => Some(super::rows(visit, definition, records).await?),
        false => None,
    };
    let rows: Vec<Markup> = records
        .iter()
        .map(|record| {
            let ticks = (!several.is_empty()).then(|| several::tick(visit, definition, record));
            row(visit, definition, columns, record, (ticks, buttons.as_deref()))
        })
        .collect();
    let count = answer["meta"]["count"].as_u64().unwrap_or_default();
    Ok(html! {
        @if !several.is_empty() {
            (several::bar(visit, definition, several, (records.len() as u64, count)))
        }
        div.table tabindex="0" role="region" aria-label=(visit.plural(definition)) {
            table {
                thead { tr {
                    @if !several.is_empty() { (several::tick_all(visit)) }
                    @for column in columns { (heading(visit, column.json, &show::label(column), sort)) }
                    (heading(visit, "createdAt", &visit.t("created"), sort))
                    @if has_buttons { th { span.hidden { (visit.t("actions")) } } }
                } }
                tbody { @for row in &rows { (row) } }
            }
        }
        p.quiet { (visit.text.with("records-count", &[("count", count.into())])) }
        (show::pages(visit, &answer["meta"]))
    })
}

/// A heading that sorts.
fn heading(visit: &Visit, json: &str, label: &str, sort: &str) -> Markup {
    let down = format!("-{json}");
    let (next, state) = match sort {
        up if up == json => (down.as_str(), Some("ascending")),
        sort if sort == down => ("", Some("descending")),
        _ => (json, None),
    };
    html! {
        th scope="col" aria-sort=[state] { a href=(visit.here_with("sort", next)) { (label) } }
    }
}

fn row(
    visit: &Visit,
    definition: &'static Definition,
    columns: &[&'static Column],
    record: &Value,
    (ticks, buttons): (Option<Markup>, Option<&[Button]>),
) -> Markup {
    // The first value that is no link itself leads to the record.
    let first = columns
        .iter()
        .position(|column| column.association.is_none() && !record[column.json].is_null());
    html! {
        tr {
            @if let Some(ticks) = &ticks { (ticks) }
            @for (index, column) in columns.iter().enumerate() {
                td {
                    @if Some(index) == first {
                        a href=(visit.at(&show::path(definition, record))) {
                            (show::value(visit, definition, column, record))
                        }
                    } @else {
                        (show::value(visit, definition, column, record))
                    }
                }
            }
            td {
                @let created = show::moment(record["createdAt"].as_str().unwrap_or_default());
                @if first.is_none() {
                    a href=(visit.at(&show::path(definition, record))) { (created) }
                } @else { (created) }
            }
            @if let Some(buttons) = buttons {
                td { div.buttons { (super::buttons(visit, definition, &record["id"], buttons, true)) } }
            }
        }
    }
}
