//! A table as a file: what it shows, taken out; many new records, brought in.

use axum::Form as Body;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::super::ask::{Asked, Refused};
use super::super::inputs::{Sent, sent};
use super::super::layout::{Sheet, refusal};
use super::super::place::Visit;
use super::super::{session, show};
use super::{crumb, find, search};
use crate::action::{EXPORT, IMPORT, Verb};
use crate::collection::Definition;

/// How a file may be written, and what people call that.
const FORMATS: [(&str, &str); 2] = [("csv", "CSV"), ("json", "JSON")];

/// The links to what the role may take out and bring in.
pub(super) fn ways(visit: &Visit, definition: &'static Definition) -> Markup {
    let may = |verb| visit.access.grant(verb, definition).is_some();
    let path = format!("/data/{}", definition.name());
    html! {
        @if may(Verb::Own(EXPORT)) && may(Verb::List) {
            @for (format, name) in FORMATS {
                a.button href=(out(visit, &path, format)) download {
                    (visit.text.with("export", &[("format", name.into())]))
                }
            }
        }
        @if may(Verb::Own(IMPORT)) && may(Verb::Create) {
            a.button href=(visit.at(&format!("{path}/import"))) { (visit.t("import")) }
        }
    }
}

/// The address of what the table shows, as a file.
fn out(visit: &Visit, path: &str, format: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("format", format);
    let narrowing = |name: &str| name == "q" || name.starts_with("f.");
    query.extend_pairs(visit.query.iter().filter(|(name, _)| narrowing(name)));
    format!("{}?{}", visit.at(&format!("{path}/export")), query.finish())
}

pub(super) async fn export(visit: Visit, Path(collection): Path<String>) -> Response {
    match file(&visit, &collection).await {
        Ok(file) => file,
        Err(refused) => visit.page(Err(refused)).await,
    }
}

async fn file(visit: &Visit, collection: &str) -> Asked<Response> {
    let definition = find(visit, collection)?;
    let format = show::encoded(visit.asked("format").unwrap_or("csv"));
    let filter = search::filter(visit, definition);
    let mut route = format!("{}:{EXPORT}?format={format}", definition.name());
    if !filter.is_null() {
        route.push_str(&format!("&filter={}", show::encoded(&filter.to_string())));
    }
    visit.file(&route).await
}

pub(super) async fn import_form(visit: Visit, Path(collection): Path<String>) -> Response {
    let sheet = find(&visit, &collection).map(|it| form(&visit, it, &Sent::new(), None, None));
    visit.page(sheet).await
}

fn form(
    visit: &Visit,
    definition: &'static Definition,
    body: &Sent,
    refused: Option<&Refused>,
    said: Option<&str>,
) -> Sheet {
    let chosen = sent(body, "format").unwrap_or("csv");
    let content = html! {
        (crumb(visit, definition))
        h1 { (visit.t("import")) }
        @if let Some(refused) = refused { (refusal(visit, refused)) }
        @if let Some(said) = said { p.said role="status" { (said) } }
        form.card method="post" data-keep {
            p.quiet { (visit.t("import-what")) }
            div.field hidden {
                label for="file" { (visit.t("import-file")) }
                input #file type="file" accept=".csv,.json" data-into="text";
            }
            div.field {
                label for="text" { (visit.t("import-text")) }
                textarea.code #text name="text" rows="12" required spellcheck="false" {
                    (sent(body, "text").unwrap_or_default())
                }
            }
            div.field {
                label for="format" { (visit.t("import-format")) }
                select #format name="format" {
                    @for (format, name) in FORMATS {
                        option value=(format) selected[format == chosen] { (name) }
                    }
                }
            }
            div.buttons {
                button name="try" value="yes" { (visit.t("import-try")) }
                button.primary name="try" value="no" { (visit.t("import")) }
            }
        }
    };
    Sheet::still(visit.t("import"), content)
}

pub(super) async fn import(
    visit: Visit,
    Path(collection): Path<String>,
    Body(body): Body<Sent>,
) -> Response {
    let definition = match find(&visit, &collection) {
        Ok(definition) => definition,
        Err(refused) => return visit.page(Err(refused)).await,
    };
    let tries = sent(&body, "try") == Some("yes");
    let format = show::encoded(sent(&body, "format").unwrap_or("csv"));
    let name = definition.name();
    let route = format!("{name}:{IMPORT}?format={format}&dryRun={tries}");
    let text = sent(&body, "text").unwrap_or_default().to_owned();
    let answer = match visit.send_file(&route, text).await {
        Ok(answer) => answer,
        Err(refused) => {
            let sheet = form(&visit, definition, &body, Some(&refused), None);
            return visit.page(Ok(sheet.status(refused.status))).await;
        }
    };
    let count = answer["data"]["count"].as_u64().unwrap_or_default();
    let text = if tries { "import-tried" } else { "import-done" };
    let said = visit.text.with(text, &[("count", count.into())]);
    if tries {
        let sheet = form(&visit, definition, &body, None, Some(&said));
        return visit.page(Ok(sheet)).await;
    }
    let done = json!({ "messages": [{ "message": said }] });
    session::told(&visit, &format!("/data/{name}"), &done)
}
