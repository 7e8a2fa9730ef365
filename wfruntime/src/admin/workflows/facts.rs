//! What was declared of a workflow, in words; and the commands that fire it.

use std::time::Duration;

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::super::ask::Asked;
use super::super::executions::{self, OPEN};
use super::super::inputs::plain;
use super::super::place::Visit;
use super::super::show;
use super::signed;
use crate::collection::{Column, Definition, Kind};
use crate::value::Type;
use crate::webhook::Sender;
use crate::workflow::{Mode, Overlap, Retry, Trigger, WorkflowMeta};

/// When it fires, in words.
pub(super) fn trigger(visit: &Visit, workflow: &Value) -> Markup {
    let collection = plain(&workflow["collection"]);
    let on = workflow["on"].as_array().map_or(&[][..], Vec::as_slice);
    let on: Vec<String> = on.iter().map(plain).collect();
    let values = [
        ("collection", collection.into()),
        ("actions", on.join(", ").into()),
        ("path", plain(&workflow["path"]).into()),
    ];
    let is_local = workflow["mode"] == "local";
    let mode = match (plain(&workflow["trigger"]).as_str(), is_local) {
        ("collection_event", _) => "fires-event",
        ("custom_action", _) if workflow["collection"].is_null() => "fires-alone",
        ("custom_action", _) => "fires-custom",
        ("webhook", _) => "fires-called",
        ("schedule", _) if workflow["collection"].is_null() => "fires-clock",
        ("schedule", _) => "fires-date",
        ("pre_action", true) => "runs-before-named",
        ("pre_action", false) => "runs-before",
        (_, true) => "fires-local",
        (_, false) => "fires-global",
    };
    html! {
        (visit.text.with(mode, &values))
        @if let Some(plan) = workflow["schedule"].as_str() {
            " " code { (plan) }
        } @else {
            div.quiet { (visit.t(&format!("execution-{}", plain(&workflow["execution"])))) }
        }
    }
}

/// Where it stands in the source, and its arguments as far as they are not the usual ones.
pub(super) fn declared(visit: &Visit, workflow: &Value) -> Markup {
    let found = visit.core.workflows.get(&plain(&workflow["key"]));
    let Some((meta, _)) = found else { return html! {} };
    let arguments = arguments(meta);
    html! {
        div { dt { (visit.t("source")) } dd { (super::copied(&meta.location.to_string())) } }
        @if !arguments.is_empty() {
            div { dt { (visit.t("arguments")) } dd {
                @for argument in &arguments { code { (argument) } br; }
            } }
        }
    }
}

/// As they are written.
fn arguments(meta: &WorkflowMeta) -> Vec<String> {
    let list = |name: &str, words: &[&str]| {
        (!words.is_empty()).then(|| format!("{name} = [{}]", words.join(", ")))
    };
    let paths: Vec<String> = meta.appends.iter().map(|path| path.join(".")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let overlap = match meta.overlap {
        Overlap::Allow => None,
        Overlap::CancelPrevious => Some("overlap = \"cancel_previous\"".to_owned()),
        Overlap::Refuse => Some("overlap = \"refuse\"".to_owned()),
    };
    let retry = (meta.retry != Retry::DEFAULT).then(|| {
        format!("retry = {}, at most {} apart", meta.retry.attempts, length(meta.retry.max_pause))
    });
    let (from, secret, within) = match meta.trigger {
        Trigger::Webhook(hook) => (
            Some(format!("from = \"{}\"", hook.from.as_str())),
            Some(format!("secret = \"{}\"", hook.secret_of(meta.key))),
            (hook.from != Sender::GitHub).then(|| format!("within = {}", length(hook.within))),
        ),
        _ => (None, None, None),
    };
    let all = [
        from,
        secret,
        within,
        (meta.version > 1).then(|| format!("version = {}", meta.version)),
        (!meta.enabled).then(|| "enabled = false".to_owned()),
        meta.when.map(|_| "when = …".to_owned()),
        list("changed", meta.changed),
        (meta.trigger == Trigger::PostAction { batch: true }).then(|| "batch = true".to_owned()),
        list("appends", &paths),
        list("allow", meta.allow),
        overlap,
        meta.concurrency.map(|limit| format!("concurrency = {limit}")),
        meta.timeout.map(|timeout| format!("timeout = {}", length(timeout))),
        retry,
    ];
    all.into_iter().flatten().collect()
}

/// A length of time as it is written.
fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", time.as_millis()),
        _ if seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// When a schedule runs next and ran last.
pub(super) fn outlook(visit: &Visit, workflow: &Value) -> Markup {
    if workflow["trigger"] != "schedule" {
        return html! {};
    }
    let moment = |name: &str| match workflow[name].as_str() {
        Some(at) => show::moment(at),
        None => html! { "–" },
    };
    html! {
        div { dt { (visit.t("next-run")) } dd { (moment("nextAt")) } }
        div { dt { (visit.t("last-run")) } dd {
            @if workflow["lastExecution"].is_null() { "–" } @else {
                a href=(visit.at(&format!("/executions/{}", workflow["lastExecution"]))) {
                    (moment("lastAt"))
                }
            }
        } }
    }
}

/// Its revision, and how many executions of another one are not over.
pub(super) async fn revision(visit: &Visit, workflow: &Value) -> Asked<Markup> {
    let (key, revision) = (plain(&workflow["key"]), plain(&workflow["revision"]));
    let open = json!({ "key": key, "status": { "$in": OPEN } });
    let same = json!({ "key": key, "status": { "$in": OPEN }, "revision": revision });
    let open = executions::count(visit, &open).await?;
    let others = open.saturating_sub(executions::count(visit, &same).await?);
    Ok(html! {
        div { dt { (visit.t("revision")) } dd {
            code { (revision) }
            @if others > 0 {
                div.quiet { (visit.text.with("revisions-open", &[("count", others.into())])) }
            }
        } }
    })
}

/// The commands that fire it.
pub(super) fn fire(visit: &Visit, key: &str) -> Markup {
    let Some((meta, collection)) = visit.core.workflows.get(key) else { return html! {} };
    let commands = commands(visit, meta, collection);
    html! {
        h2 { (visit.t("fire-it")) }
        @for command in &commands {
            div.command {
                pre.code tabindex="0" { (command) }
                button.copy.small type="button" data-copy=(command) { (visit.t("copy")) }
            }
        }
    }
}

fn commands(visit: &Visit, meta: &WorkflowMeta, collection: Option<&Definition>) -> Vec<String> {
    let key = meta.key;
    if let Trigger::Webhook(hook) = meta.trigger {
        let body = json!({ "userId": "<id>", "values": {} });
        let by_hand = command(visit, &format!("workflows:execute?filterByTk={key}"), &body);
        return vec![signed::command(visit, key, hook), by_hand];
    }
    if matches!(meta.trigger, Trigger::Schedule(_)) {
        let data = if collection.is_some() { json!("<id>") } else { Value::Null };
        let body = json!({ "data": data, "userId": "<id>" });
        return vec![command(visit, &format!("workflows:execute?filterByTk={key}"), &body)];
    }
    let Some(collection) = collection else {
        return vec![command(
            visit,
            &format!("workflows:trigger?triggerWorkflows={key}"),
            &json!({}),
        )];
    };
    let name = collection.name();
    if matches!(meta.trigger, Trigger::CustomAction { .. }) {
        let path = format!("{name}:trigger?filterByTk=<id>&triggerWorkflows={key}");
        return vec![command(visit, &path, &json!({}))];
    }
    match meta.mode {
        Mode::Local => {
            let own = format!("{name}:create?triggerWorkflows={}", meta.key);
            let mut commands = vec![command(visit, &own, &sample(collection))];
            // By the record of another collection that refers to one of this.
            let far = visit.collections().find_map(|other| {
                let mut links = other.associations.iter().filter(|link| link.is_to_one());
                let link = links.find(|link| {
                    link.target() == collection && !matches!(link.rust, "created_by" | "updated_by")
                })?;
                let path =
                    format!("{}:create?triggerWorkflows={}!{}", other.name(), meta.key, link.json);
                Some(command(visit, &path, &sample(other)))
            });
            // One that runs before a write is about the record that is written.
            commands.extend(far.filter(|_| !meta.runs_before()));
            commands
        }
        Mode::Global => {
            let of = |action: &&str| match *action {
                "create" => command(visit, &format!("{name}:create"), &sample(collection)),
                "update" => {
                    let path = format!("{name}:update?filterByTk=<id>");
                    command(visit, &path, &sample(collection))
                }
                "delete" | "destroy" => {
                    let path = format!("{name}:destroy?filterByTk=<id>");
                    command(visit, &path, &json!({}))
                }
                own => command(visit, &format!("{name}:{own}"), &json!({})),
            };
            meta.on.iter().map(of).collect()
        }
    }
}

fn command(visit: &Visit, path: &str, body: &Value) -> String {
    let at = api(visit);
    let body = body.to_string().replace('\'', "'\\''");
    format!("curl -H 'Authorization: Bearer <token>' \\\n  -d '{body}' \\\n  '{at}/{path}'")
}

/// Where the routes are: `http://localhost:3000/api`.
pub(super) fn api(visit: &Visit) -> String {
    let host = visit.parts.headers.get("host").and_then(|host| host.to_str().ok());
    format!("http://{}{}/api", host.unwrap_or("localhost:3000"), visit.prefix())
}

/// Values for the fields that a new record needs.
fn sample(collection: &Definition) -> Value {
    let needed = collection
        .columns
        .iter()
        .filter(|column| !column.system && !column.nullable && column.default().is_none());
    let values = needed.map(|column| (column.json.to_owned(), value(column)));
    Value::Object(values.collect::<Map<_, _>>())
}

fn value(column: &Column) -> Value {
    if let Kind::Choice(choice) = column.kind {
        return choice.variants.first().map_or(Value::Null, |variant| variant.name.into());
    }
    match column.kind.ty() {
        Type::Bool => true.into(),
        Type::Int | Type::Float => 1.into(),
        Type::Decimal => "1.00".into(),
        Type::Timestamp => "2026-03-01T12:00:00Z".into(),
        Type::Date => "2026-03-01".into(),
        Type::Time => "12:00:00".into(),
        Type::DateTime => "2026-03-01T12:00:00".into(),
        Type::Uuid => "00000000-0000-4000-8000-000000000000".into(),
        Type::Json => json!({}),
        Type::Text | Type::Bytes => "…".into(),
    }
}
