//! Lists of executions, tasks and workflows: which, in which order, what of them.

use serde_json::{Value, json};
use wfruntime::prelude::*;

use crate::program_under_test::{Answer, Program};

/// Who keeps a code to himself.
#[collection]
pub struct Spy {
    pub alias: String,
    #[field(hidden)]
    pub code: Option<String>,
}

/// What a spy found: its code is no secret.
#[collection]
pub struct Find {
    pub code: String,
    #[field(hidden)]
    pub alias: Option<String>,
    pub spy: BelongsTo<Spy>,
    pub helper: Option<BelongsTo<Spy>>,
}

/// Writes down what was found once more, and looks at the spy.
#[post_action(mode = "global", on = [create, update], appends = [spy, helper])]
async fn copy_find(find: PostAction<Find>, cx: Context) -> Result<()> {
    if find.data.code == "copy" {
        return Ok(());
    }
    cx.create(Find::new().code("copy").alias("hidden").spy(find.data.spy.id())).await?;
    cx.list::<Spy>(Spy::FIELDS.alias.eq("Q")).await?;
    cx.run("own code", async || Ok(serde_json::json!({ "code": 1, "open": 2 }))).await?;
    Ok(())
}

/// The members of this name, in the order of the list.
fn all(answer: &Answer, name: &str) -> Vec<Value> {
    let rows = answer.body["data"].as_array().expect("a list");
    rows.iter().map(|row| row[name].clone()).collect()
}

#[tokio::test]
async fn executions_are_filtered_sorted_and_cut() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    for (text, key) in [("one", "recite"), ("two", "archive"), ("three", "recite")] {
        let path = format!("/api/notes:create?triggerWorkflows={key}");
        let made = program.post(&path, &root, &json!({ "text": text })).await;
        assert_eq!(made.outcome(), (200, ""), "{made:?}");
    }
    program.running.idle().await;
    for (query, keys) in [
        ("sort=key,id", vec!["archive", "recite", "recite"]),
        ("sort=-key", vec!["recite", "recite", "archive"]),
        ("sort=-key&pageSize=1&page=3", vec!["archive"]),
        ("filter={%22key%22:%22archive%22}", vec!["archive"]),
        ("filter={%22status%22:{%22$in%22:[%22error%22,%22aborted%22]}}", vec![]),
        ("filter={%22status%22:%22resolved%22,%22key%22:%22recite%22}", vec!["recite"; 2]),
        ("filter={%22createdAt%22:{%22$lt%22:%222026-01-01T00:00:00Z%22}}", vec![]),
        (
            "filter={%22createdAt%22:{%22$gte%22:%222026-01-01T00:00:00Z%22}}&sort=key",
            vec!["archive", "recite", "recite"],
        ),
        ("filter={%22error%22:{%22$includes%22:%22nothing%22}}", vec![]),
        ("filter={%22error%22:{%22$search%22:%22nothing%22}}", vec![]),
    ] {
        let found = program.get(&format!("/api/executions:list?{query}"), &root).await;
        assert_eq!(found.outcome(), (200, ""), "{query} {found:?}");
        assert_eq!(all(&found, "key"), keys, "{query}");
    }
    let by_id = program.get("/api/executions:list?sort=id", &root).await;
    let newest = program.get("/api/executions:list", &root).await;
    let mut ids = all(&by_id, "id");
    ids.reverse();
    assert_eq!(all(&newest, "id"), ids, "the newest first");

    let path =
        "/api/executions:count?filter={%22status%22:{%22$in%22:[%22resolved%22,%22error%22]}}";
    let mut counts = program.get(path, &root).await.body["data"].take();
    counts.as_array_mut().expect("counts").sort_by_key(|count| count["count"].as_u64());
    assert_eq!(
        counts,
        json!([
            { "key": "archive", "status": "resolved", "count": 1 },
            { "key": "recite", "status": "resolved", "count": 2 },
        ])
    );

    let path = "/api/executions:list?fields=status,key&except=key&pageSize=1";
    let cut = program.get(path, &root).await;
    assert_eq!(cut.body["data"], json!([{ "status": "resolved" }]));
    let path = format!("/api/executions:get?filterByTk={}&except=context,jobs", ids[0]);
    let one = program.get(&path, &root).await;
    assert_eq!((&one.body["data"]["id"], &one.body["data"]["jobs"]), (&ids[0], &Value::Null));
}

#[tokio::test]
async fn workflows_are_filtered_sorted_and_cut() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let off = json!({ "enabled": false });
    program.post("/api/workflows:update?filterByTk=recite", &root, &off).await;
    for (query, keys) in [
        ("filter={%22enabled%22:false}", vec!["recite"]),
        ("filter={%22collection%22:%22notes%22}&sort=-key", vec!["recite", "archive"]),
        ("filter={%22collection%22:%22notes%22}&sort=enabled&pageSize=1", vec!["recite"]),
    ] {
        let found = program.get(&format!("/api/workflows:list?{query}"), &root).await;
        assert_eq!(found.outcome(), (200, ""), "{query} {found:?}");
        assert_eq!(all(&found, "key"), keys, "{query}");
    }
    let path = "/api/workflows:list?filter={%22key%22:%22recite%22}&fields=key,enabled";
    assert_eq!(
        program.get(path, &root).await.body,
        json!({
            "data": [{ "key": "recite", "enabled": false }],
            "meta": { "count": 1, "page": 1, "pageSize": 20, "totalPage": 1 },
        })
    );
}

#[tokio::test]
async fn what_a_system_route_does_not_take_is_refused_by_name() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    for (path, code, field) in [
        ("executions:list?appends=jobs", "unsupported_parameter", "appends"),
        ("executions:list?triggerWorkflows=recite", "unsupported_parameter", "triggerWorkflows"),
        ("executions:list?filterByTk=1", "unsupported_parameter", "filterByTk"),
        ("executions:list?sort=chain", "invalid_sort", "sort"),
        ("executions:list?sort=createdat", "unknown_field", "sort"),
        ("executions:list?fields=nothing", "unknown_field", "fields"),
        ("executions:list?except=nothing", "unknown_field", "except"),
        ("executions:list?filter={%22createdAt%22:1}", "invalid_filter", "filter.createdAt"),
        ("executions:count?pageSize=1", "unsupported_parameter", "pageSize"),
        ("executions:list?filter={%22status%22:%22x%22}", "unknown_choice", "filter.status"),
        ("executions:list?pageSize=501", "invalid_page_size", "pageSize"),
        ("tasks:list?appends=user", "unsupported_parameter", "appends"),
        ("tasks:list?sort=assignees", "invalid_sort", "sort"),
        ("tasks:list?filter={%22status%22:%22opn%22}", "unknown_choice", "filter.status"),
        ("workflows:list?sort=on", "invalid_sort", "sort"),
        ("workflows:list?filter={%22enabled%22:1}", "wrong_type", "filter.enabled"),
        ("executions:get?filterByTk=1,2", "invalid_target", "filterByTk"),
        ("executions/1?filterByTk=1", "invalid_target", "filterByTk"),
        ("executions:get?filterByTk=1&sort=id", "unsupported_parameter", "sort"),
        ("workflows:get?filterByTk=recite,archive", "invalid_target", "filterByTk"),
        ("tasks:get", "required", "filterByTk"),
        ("auth:check?filter={}", "unsupported_parameter", "filter"),
    ] {
        let refused = program.get(&format!("/api/{path}"), &root).await;
        assert_eq!(refused.outcome(), (400, code), "{path} {refused:?}");
        assert_eq!(refused.body["errors"][0]["field"], field, "{path}");
    }
    for path in ["executions:cancel", "executions:destroy", "tasks:submit", "users:setPassword"] {
        let path = format!("/api/{path}?filterByTk=1,2");
        let refused = program.post(&path, &root, &json!({ "password": "correct horse" })).await;
        assert_eq!(refused.outcome(), (400, "invalid_target"), "{path} {refused:?}");
    }
}

#[tokio::test]
async fn an_execution_shows_what_each_collection_shows() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let find = json!({
        "code": "open", "alias": "hidden", "helper": { "alias": "Q", "code": "hidden" },
        "spy": { "alias": "Bond", "code": "hidden" },
    });
    let made = program.post("/api/finds:create", &root, &find).await;
    let changed = json!({ "alias": "hidden, too", "code": "changed" });
    let path = format!("/api/finds:update?filterByTk={}", made.id());
    let updated = program.post(&path, &root, &changed).await;
    program.running.idle().await;
    for (answer, code) in [(&made, "open"), (&updated, "changed")] {
        let id = &answer.body["workflows"][0]["execution"];
        let path = format!("/api/executions:get?filterByTk={id}");
        let shown = program.get(&path, &root).await;
        assert_eq!(shown.body["data"]["status"], "resolved", "{shown:?}");
        assert!(!shown.body.to_string().contains("hidden"), "{shown:?}");
        let context = &shown.body["data"]["context"];
        assert_eq!(context["data"]["code"], code, "hidden elsewhere, not here: {context}");
        assert_eq!(context["data"]["spy"]["alias"], "Bond", "{context}");
        assert_eq!(context["data"]["helper"]["alias"], "Q", "{context}");
        let jobs = &shown.body["data"]["jobs"];
        assert_eq!(
            (&jobs[0]["collection"], &jobs[1]["collection"]),
            (&json!("finds"), &json!("spies"))
        );
        assert_eq!(jobs[0]["output"]["code"], "copy", "{jobs}");
        assert_eq!(jobs[1]["output"][0]["alias"], "Q", "{jobs}");
        assert_eq!(jobs[2]["output"], json!({ "open": 2 }), "own code may give any record");
    }
    let id = &updated.body["workflows"][0]["execution"];
    let shown = program.get(&format!("/api/executions:get?filterByTk={id}"), &root).await;
    let context = &shown.body["data"]["context"];
    assert_eq!(
        (&context["before"]["code"], &context["changed"]),
        (&json!("open"), &json!(["code"]))
    );
}
