//! What other programs may ask for in the visitor's role: the OpenAPI document, to read.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde_json::Value;

use super::ask::Asked;
use super::layout::Sheet;
use super::place::Visit;

/// What begins the name of a schema where another part of the document refers to it.
const SCHEMAS: &str = "#/components/schemas/";

/// What begins the name of a shared parameter.
const PARAMETERS: &str = "#/components/parameters/";

/// The document itself, as the visitor's role has it.
pub(super) async fn document(visit: Visit) -> Response {
    match visit.read("openapi.json").await {
        Ok(document) => Json(document).into_response(),
        Err(refused) => visit.page(Err(refused)).await,
    }
}

/// The document as a page.
pub(super) async fn page(visit: Visit) -> Response {
    let sheet = drawn(&visit).await;
    visit.page(sheet).await
}

async fn drawn(visit: &Visit) -> Asked<Sheet> {
    let document = visit.read("openapi.json").await?;
    let api = Api { visit, document: &document };
    let groups = api.groups();
    let content = html! {
        h1 { (visit.t("api")) }
        p { (visit.text.with("api-what", &[("role", visit.access.role().into())])) }
        p { a.button href=(visit.at("/api.json")) download="openapi.json" { (visit.t("api-download")) } }
        nav.tabs aria-label=(visit.t("api-groups")) {
            @for (name, _) in &groups { a href={ "#" (name) } { (name) } }
        }
        @for (name, operations) in &groups {
            section {
                h2 id=(name) { (name) }
                @for (path, method, operation) in operations {
                    (api.operation(path, method, operation))
                }
            }
        }
        section {
            h2 { (visit.t("api-shapes")) }
            @for (name, shape) in members(&document["components"]["schemas"]) {
                details.card id={ "shape-" (name) } {
                    summary { code { (name) } }
                    @if let Some(about) = shape["description"].as_str() { p { (about) } }
                    (api.properties(shape))
                }
            }
        }
    };
    Ok(Sheet::still(visit.t("api"), content))
}

/// An operation: its path, its method, and what is said of it.
type Operation<'d> = (&'d str, &'d str, &'d Value);

/// A document, and who reads it.
struct Api<'a> {
    visit: &'a Visit,
    document: &'a Value,
}

impl<'a> Api<'a> {
    /// The operations by their tags, in the order of the document.
    fn groups(&self) -> Vec<(&'a str, Vec<Operation<'a>>)> {
        let mut groups: Vec<(&str, Vec<Operation<'_>>)> = Vec::new();
        for (path, methods) in members(&self.document["paths"]) {
            for (method, operation) in members(methods) {
                let tag = operation["tags"][0].as_str().unwrap_or_default();
                let operation = (path, method, operation);
                match groups.iter_mut().find(|(name, _)| *name == tag) {
                    Some((_, operations)) => operations.push(operation),
                    None => groups.push((tag, vec![operation])),
                }
            }
        }
        groups
    }

    fn operation(&self, path: &str, method: &str, operation: &Value) -> Markup {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        html! {
            details.card {
                summary {
                    span.status { (method.to_uppercase()) } " " code { (path) }
                    @if let Some(summary) = operation["summary"].as_str() { " " span.quiet { (summary) } }
                }
                (self.parameters(&operation["parameters"]))
                @if !body.is_null() {
                    h3 { (self.visit.t("api-body")) }
                    p { (self.words(body)) }
                }
                h3 { (self.visit.t("api-answer")) }
                (self.properties(answer))
            }
        }
    }

    fn parameters(&self, given: &'a Value) -> Markup {
        let found = given.as_array().into_iter().flatten().map(|given| self.shared(given));
        html! {
            h3 { (self.visit.t("api-parameters")) }
            div.table tabindex="0" role="region" aria-label=(self.visit.t("api-parameters")) {
                table {
                    (self.head())
                    tbody {
                        @for parameter in found {
                            @let name = parameter["name"].as_str().unwrap_or_default();
                            @let is_needed = parameter["required"] == true;
                            (self.row(name, is_needed, &parameter["schema"], &parameter["description"]))
                        }
                    }
                }
            }
        }
    }

    /// The parameter itself where only its name stands.
    fn shared(&self, given: &'a Value) -> &'a Value {
        let name = given["$ref"].as_str().and_then(|place| place.strip_prefix(PARAMETERS));
        name.map_or(given, |name| &self.document["components"]["parameters"][name])
    }

    /// The members of an object; what else it is, in words.
    fn properties(&self, shape: &Value) -> Markup {
        let properties = members(&shape["properties"]);
        if properties.is_empty() {
            return html! { p { (self.words(shape)) } };
        }
        let required = shape["required"].as_array();
        let is_needed = |name: &str| required.is_some_and(|all| all.iter().any(|it| it == name));
        html! {
            div.table tabindex="0" role="region" aria-label=(self.visit.t("api-members")) {
                table {
                    (self.head())
                    tbody {
                        @for (name, of) in properties {
                            (self.row(name, is_needed(name), of, &of["description"]))
                        }
                    }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            thead {
                tr {
                    th scope="col" { (self.visit.t("api-name")) }
                    th scope="col" { (self.visit.t("api-value")) }
                    th scope="col" { (self.visit.t("api-about")) }
                }
            }
        }
    }

    fn row(&self, name: &str, is_needed: bool, shape: &Value, about: &Value) -> Markup {
        html! {
            tr {
                td {
                    code { (name) }
                    @if is_needed { " " span.quiet { (self.visit.t("api-needed")) } }
                }
                td { (self.words(shape)) }
                td { (about.as_str().unwrap_or_default()) }
            }
        }
    }

    /// A shape in words; those that stand in the document by name are linked.
    fn words(&self, shape: &Value) -> Markup {
        if let Some(name) = shape["$ref"].as_str().and_then(|place| place.strip_prefix(SCHEMAS)) {
            return html! { a href={ "#shape-" (name) } { code { (name) } } };
        }
        if let Some(shapes) = shape["anyOf"].as_array() {
            return html! {
                @for (index, shape) in shapes.iter().enumerate() {
                    @if index > 0 { " | " }
                    (self.words(shape))
                }
            };
        }
        if let Some(names) = shape["enum"].as_array() {
            return html! {
                @for (index, name) in names.iter().enumerate() {
                    @if index > 0 { " | " }
                    code { (name) }
                }
            };
        }
        match shape["type"].as_str() {
            Some("array") => html! { "[ " (self.words(&shape["items"])) " ]" },
            Some("object") if !shape["properties"].is_null() => html! {
                "{ "
                @for (index, (name, of)) in members(&shape["properties"]).into_iter().enumerate() {
                    @if index > 0 { ", " }
                    code { (name) } ": " (self.words(of))
                }
                " }"
            },
            Some(ty) => html! {
                (ty)
                @if let Some(format) = shape["format"].as_str() { " (" (format) ")" }
            },
            None => html! { (self.visit.t("api-anything")) },
        }
    }
}

/// The members of an object, in order; none of anything else.
fn members(of: &Value) -> Vec<(&str, &Value)> {
    let members = of.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value)).collect()
}
