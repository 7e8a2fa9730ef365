//! Grants, field lists and `own` through the gate, and who guards the users.

use serde_json::json;
use wfruntime::prelude::*;

use crate::program_under_test::{Answer, Program};

/// Something somebody wrote down.
#[collection]
pub struct Note {
    pub text: String,
    pub remark: Option<String>,
}

/// Reads it aloud.
#[post_action(mode = "local")]
async fn recite(note: PostAction<Note>, cx: Context) -> Result<()> {
    cx.run("recite", async || Ok(note.data.text.clone())).await.map(drop)
}

/// Takes it away; whoever has it in a role, clerks may not.
#[post_action(mode = "local", allow = [reader])]
async fn archive(note: PostAction<Note>, cx: Context) -> Result<()> {
    cx.run("archive", async || Ok(note.data.text.clone())).await.map(drop)
}

role! {
    reader { Note: view(text); tasks; }
    writer {
        Note: view own, create(text), update(text) own, destroy own;
        workflows: recite, archive;
    }
    clerk { User: view, update(nickname) own; }
    anonymous { Note: view(text); }
}

async fn write(program: &Program, token: &str, text: &str) -> i64 {
    let written = program.post("/api/notes:create", token, &json!({ "text": text })).await;
    assert_eq!(written.outcome(), (200, ""), "{written:?}");
    written.id()
}

fn texts(answer: &Answer) -> Vec<&str> {
    let notes = answer.body["data"].as_array().expect("a list");
    notes.iter().filter_map(|note| note["text"].as_str()).collect()
}

#[tokio::test]
async fn own_records_are_seen_and_those_of_others_do_not_exist() {
    let program = Program::start().await;
    let (ada, bob) =
        (program.user("Ada", &["writer"]).await, program.user("Bob", &["writer"]).await);
    let note = write(&program, &ada, "of Ada").await;
    write(&program, &bob, "of Bob").await;

    assert_eq!(texts(&program.get("/api/notes:list", &ada).await), ["of Ada"]);
    assert_eq!(texts(&program.get("/api/notes:list", &bob).await), ["of Bob"]);
    let missing = program.get("/api/notes:get?filterByTk=1", &bob).await;
    let hidden = program.get(&format!("/api/notes:get?filterByTk={note}"), &bob).await;
    assert_eq!((missing.status, missing.code()), (hidden.status, hidden.code()));
    for action in ["update", "destroy"] {
        let path = format!("/api/notes:{action}?filterByTk={note}");
        let other = program.post(&path, &bob, &json!({ "text": "mine" })).await;
        assert_eq!(other.status, 404, "{action} {other:?}");
        let own = program.post(&path, &ada, &json!({ "text": "changed" })).await;
        assert_eq!(own.outcome(), (200, ""), "{action} {own:?}");
    }
}

#[tokio::test]
async fn fields_outside_the_list_are_refused_by_name() {
    let program = Program::start().await;
    let writer = program.user("Ada", &["writer"]).await;
    let reader = program.user("Bob", &["reader"]).await;
    let body = json!({ "text": "a note", "remark": "sneaky" });
    let refused = program.post("/api/notes:create", &writer, &body).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(refused.body["errors"][0]["field"], "remark");
    let listed = program.get("/api/notes:list", &reader).await;
    assert!(texts(&listed).is_empty(), "nothing was written");

    write(&program, &writer, "a note").await;
    let listed = program.get("/api/notes:list", &reader).await;
    let note = &listed.body["data"][0];
    assert_eq!(note["text"], "a note");
    assert!(note["id"].is_i64() && note.get("remark").is_none(), "{note}");
    for by in ["sort=remark", "filter=%7B%22remark%22%3A%22x%22%7D", "fields=remark"] {
        let refused = program.get(&format!("/api/notes:list?{by}"), &reader).await;
        assert_eq!(refused.status, 403, "{by} {refused:?}");
    }
    for action in ["create", "update", "destroy"] {
        let path = format!("/api/notes:{action}?filterByTk=1");
        let refused = program.post(&path, &reader, &json!({ "text": "x" })).await;
        assert_eq!(refused.outcome(), (403, "forbidden"), "{action}");
    }
}

#[tokio::test]
async fn nobody_has_what_is_granted_to_anonymous() {
    let program = Program::start().await;
    let writer = program.user("Ada", &["writer"]).await;
    write(&program, &writer, "a note").await;
    let listed = program.send("GET", "/api/notes:list", &[], "").await;
    assert_eq!(texts(&listed), ["a note"]);
    for path in ["/api/notes:create", "/api/users:create", "/api/tasks:submit?filterByTk=1"] {
        let refused = program.post_as_nobody(path, &json!({ "text": "x" })).await;
        assert_eq!(refused.status, 401, "{path} {refused:?}");
    }
}

#[tokio::test]
async fn a_workflow_is_named_by_roles_that_have_it_and_that_it_allows() {
    let program = Program::start().await;
    let writer = program.user("Ada", &["writer"]).await;
    let admin = program.user("Boss", &["admin"]).await;
    for (token, key, status) in
        [(&writer, "recite", 200), (&writer, "archive", 403), (&admin, "archive", 200)]
    {
        let path = format!("/api/notes:create?triggerWorkflows={key}");
        let answer = program.post(&path, token, &json!({ "text": key })).await;
        assert_eq!(answer.status, status, "{key} {answer:?}");
    }
    let listed = program.get("/api/notes:list", &admin).await;
    assert_eq!(listed.body["meta"]["count"], 2, "what was refused was not written");
}

#[tokio::test]
async fn only_root_makes_and_changes_users_of_role_root() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let admin = program.user("Boss", &["admin"]).await;
    let clerk = program.user("Ada", &["clerk"]).await;
    let root_id = program.get("/api/auth:check", &root).await.id();
    let clerk_id = program.get("/api/auth:check", &clerk).await.id();
    let user = |roles: &[&str]| json!({ "nickname": "New", "roles": roles });

    for (token, roles, status) in [
        (&root, &["root"][..], 200),
        (&admin, &["root"], 403),
        (&admin, &["clerk", "reader"], 200),
        (&admin, &["clark"], 400),
        (&admin, &["anonymous"], 400),
        (&clerk, &["clerk"], 403),
    ] {
        let answer = program.post("/api/users:create", token, &user(roles)).await;
        assert_eq!(answer.status, status, "{roles:?} {answer:?}");
    }
    let update = |id: i64| format!("/api/users:update?filterByTk={id}");
    for (token, id, body, status) in [
        (&admin, root_id, json!({ "nickname": "Fool" }), 403),
        (&admin, clerk_id, json!({ "roles": ["root"] }), 403),
        (&clerk, clerk_id, json!({ "nickname": "Countess" }), 200),
        (&clerk, clerk_id, json!({ "roles": ["root"] }), 403),
        (&clerk, clerk_id, json!({ "email": "a@example.org" }), 403),
        (&clerk, root_id, json!({ "nickname": "Fool" }), 404),
    ] {
        let answer = program.post(&update(id), token, &body).await;
        assert_eq!(answer.status, status, "{body} {answer:?}");
    }
    let path = format!("/api/users:setPassword?filterByTk={root_id}");
    let taken_over = program.post(&path, &admin, &json!({ "password": "correct horse" })).await;
    assert_eq!(taken_over.status, 403);
    let path = format!("/api/users:destroy?filterByTk={root_id}");
    assert_eq!(program.post(&path, &admin, &json!({})).await.status, 403);
}

#[tokio::test]
async fn workflows_and_executions_are_for_administrators() {
    let program = Program::start().await;
    let admin = program.user("Boss", &["admin"]).await;
    let writer = program.user("Ada", &["writer"]).await;
    let note = write(&program, &writer, "a note").await;
    let writer_id = program.get("/api/auth:check", &writer).await.id();
    for path in ["/api/workflows:list", "/api/executions:list", "/api/executions:get?filterByTk=1"]
    {
        assert_eq!(program.get(path, &writer).await.outcome(), (403, "forbidden"), "{path}");
    }
    let off = json!({ "enabled": false });
    let path = "/api/workflows:update?filterByTk=recite";
    assert_eq!(program.post(path, &admin, &off).await.body["data"]["enabled"], false);
    let named = "/api/notes:create?triggerWorkflows=recite";
    let answer = program.post(named, &writer, &json!({ "text": "unheard" })).await;
    assert_eq!(answer.body["workflows"][0]["status"], "disabled", "{answer:?}");

    let path = "/api/workflows:execute?filterByTk=recite";
    let faults = program.post(path, &admin, &json!({ "data": 1, "userId": 2 })).await;
    assert_eq!(faults.status, 400);
    assert_eq!(faults.body["errors"].as_array().map(Vec::len), Some(2), "{faults:?}");
    let run = program.post(path, &admin, &json!({ "data": note, "userId": writer_id })).await;
    assert_eq!(run.outcome(), (200, ""), "a disabled one is run by hand: {run:?}");
    program.running.idle().await;
    let id = run.body["data"]["execution"].as_i64().expect("an execution");
    let shown = program.get(&format!("/api/executions:get?filterByTk={id}"), &admin).await;
    let execution = &shown.body["data"];
    assert_eq!(execution["status"], "resolved", "{shown:?}");
    assert_eq!(execution["context"]["data"]["text"], "a note");
    assert_eq!(execution["context"]["user"]["nickname"], "Ada");
    assert_eq!(execution["jobs"][0]["status"], "resolved");
    let filter = "filter=%7B%22status%22%3A%22resolved%22%7D";
    let listed = program.get(&format!("/api/executions:list?{filter}&pageSize=1"), &admin).await;
    assert_eq!(listed.body["meta"]["count"], 1, "{listed:?}");
    let path = format!("/api/executions:destroy?filterByTk={id}");
    assert_eq!(program.post(&path, &admin, &json!({})).await.outcome(), (200, ""));
    let gone = program.get(&format!("/api/executions:get?filterByTk={id}"), &admin).await;
    assert_eq!(gone.outcome(), (404, "not_found"));
}

#[tokio::test]
async fn the_last_root_user_stays() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let id = program.get("/api/auth:check", &root).await.id();
    let (destroy, update) = (
        format!("/api/users:destroy?filterByTk={id}"),
        format!("/api/users:update?filterByTk={id}"),
    );
    let attempts = [
        (&destroy, json!({})),
        (&update, json!({ "roles": ["admin"] })),
        (&update, json!({ "roles": [] })),
    ];
    for (path, body) in &attempts {
        let refused = program.post(path, &root, body).await;
        assert_eq!(refused.outcome(), (409, "last_root"), "{path} {body} {refused:?}");
    }
    let check = program.get("/api/auth:check", &root).await;
    assert_eq!(check.outcome(), (200, ""), "{check:?}");

    program.user("Second", &["root"]).await;
    let gone = program.post(&destroy, &root, &json!({})).await;
    assert_eq!(gone.outcome(), (200, ""), "{gone:?}");
}
