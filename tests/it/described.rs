//! Every answer that the tests get, held to what `/api/openapi.json` says of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The documents by who asked for them, as long as they are true.
#[derive(Debug, Default)]
pub(crate) struct Documents(Mutex<HashMap<Vec<String>, Document>>);

/// What the description says of one caller's requests.
#[derive(Debug, Clone)]
struct Document(Arc<Value>);

/// A request and what it was answered.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) body: &'a Value,
}

impl Documents {
    /// Fails if an answer is not as it was described to this caller; `read` asks for the
    /// description, which may have changed with the caller's role.
    ///
    /// # Panics
    /// It differs.
    pub(crate) async fn check(
        &self,
        caller: Vec<String>,
        exchange: &Exchange<'_>,
        read: impl AsyncFnOnce() -> Option<Value>,
    ) {
        let known = self.0.lock().expect("no test panicked with it").get(&caller).cloned();
        if known.is_some_and(|known| known.differs(exchange).is_none()) {
            return;
        }
        let Some(document) = read().await else { return };
        let document = Document(Arc::new(document));
        if let Some(differs) = document.differs(exchange) {
            panic!("{differs}");
        }
        self.0.lock().expect("no test panicked with it").insert(caller, document);
    }
}

impl Document {
    /// What is not as described, if anything.
    fn differs(&self, exchange: &Exchange<'_>) -> Option<String> {
        let path = exchange.path.split('?').next().unwrap_or_default();
        let action = match path.rsplit_once('/')?.1.split_once(':') {
            Some((_, action)) => action,
            None => path.strip_prefix("/api/hooks/")?,
        };
        let named = format!("{} {path} was answered {}", exchange.method, exchange.status);
        let Some(operation) = self.operation(path) else {
            let refused = exchange.status >= 400;
            return (!refused).then(|| format!("{named}, but `{action}` is not described"));
        };
        let status = exchange.status.to_string();
        let mut answer = &operation["responses"][&status];
        if let Some(name) = answer["$ref"].as_str() {
            answer = self.0.pointer(name.trim_start_matches('#'))?;
        }
        let shape = &answer["content"]["application/json"]["schema"];
        if shape.is_null() {
            return Some(format!("{named}, which is not described"));
        }
        let mut shape = shape.clone();
        shape["components"] = self.0["components"].clone();
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&shape)
            .expect("a schema");
        let faults: Vec<_> = validator
            .iter_errors(exchange.body)
            .map(|it| format!("{it} at {}", it.instance_path()))
            .collect();
        let faults = faults.join("; ");
        (!faults.is_empty())
            .then(|| format!("{named} not as described: {faults}\n{}", exchange.body))
    }

    /// The operation of a path, whatever the method: what only reads may also be posted.
    fn operation(&self, path: &str) -> Option<&Value> {
        let segments: Vec<&str> = path.split('/').collect();
        let paths = self.0["paths"].as_object()?;
        let fits = |template: &str| {
            let template: Vec<&str> = template.split('/').collect();
            template.len() == segments.len()
                && template.iter().zip(&segments).all(|(part, segment)| {
                    part == segment || (*part == "{id}" && segment.parse::<i64>().is_ok())
                })
        };
        let (_, methods) = paths.iter().find(|(template, _)| fits(template))?;
        methods.as_object()?.values().next()
    }
}

#[test]
fn what_is_not_as_described_is_told() {
    let document = Document(Arc::new(json!({
        "paths": { "/api/notes/{id}/tags:list": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": {
                "$ref": "#/components/schemas/Tags"
            } } } },
            "404": { "$ref": "#/components/responses/NotFound" },
        } } } },
        "components": {
            "schemas": { "Tags": { "type": "object", "required": ["data"] } },
            "responses": { "NotFound": { "content": { "application/json": { "schema": {
                "type": "object", "required": ["errors"]
            } } } } },
        },
    })));
    let path = "/api/notes/7/tags:list?page=1";
    for (path, status, body, differs) in [
        (path, 200, json!({ "data": [] }), None),
        (path, 200, json!({}), Some("\"data\" is a required property")),
        (path, 404, json!({ "errors": [] }), None),
        (path, 404, json!({ "data": [] }), Some("\"errors\" is a required property")),
        (path, 409, json!({ "errors": [] }), Some("answered 409, which is not described")),
        ("/api/notes:list", 200, json!({}), Some("`list` is not described")),
        ("/api/notes:list", 403, json!({}), None),
        ("/api/notes/7", 200, json!({}), None),
    ] {
        let told = document.differs(&Exchange { method: "GET", path, status, body: &body });
        match differs {
            None => assert_eq!(told, None, "{path} {status}"),
            Some(part) => {
                let told = told.unwrap_or_default();
                assert!(told.contains(part), "{path} {status}: {told}");
            }
        }
    }
}
