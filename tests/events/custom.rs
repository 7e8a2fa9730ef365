//! `#[custom_action]`: what a request names, and writes nothing.

use serde::Deserialize;
use serde_json::{Value, json};
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

use crate::client::{Program, faults, workflows};

#[collection]
pub(crate) struct Letter {
    to: String,
    writer: Option<BelongsTo<User>>,
}

/// What custom actions did.
#[collection]
pub(crate) struct Sent {
    what: String,
}

#[derive(Debug, Deserialize)]
struct Reminder {
    text: String,
    days: u8,
}

#[custom_action(appends = [writer])]
async fn remind(act: CustomAction<Letter, Reminder>, cx: Context) -> Result<()> {
    let Reminder { text, days } = &act.values;
    let what = format!("{}: {text} in {days} for {}", act.data.to, act.role);
    cx.create(Sent::new().what(what)).await.map(drop)
}

#[custom_action(execution = "sync", allow = [scribe])]
async fn print(act: CustomAction<Many<Letter>>, cx: SyncContext) -> Result<()> {
    let to: Vec<_> = act.data.iter().map(|letter| letter.to.as_str()).collect();
    cx.respond(to.join(", ")).await
}

workflow! {
    /// Is about nothing.
    #[custom_action(execution = "sync", values = Reminder)]
    tidy {
        require values.days < 9, "too late";
        create Sent { what: values.text.clone() };
        respond "tidied by {role}";
    }

    #[custom_action]
    all<Many<Letter>> {
        for letter in records {
            create Sent { what: letter.to.clone() };
        }
    }

    #[custom_action(execution = "sync", when = data.to != "Nobody")]
    check<Letter> {
        require data.to != "Rome", "not to Rome";
        respond "{data.to} it is";
    }

    #[post_action(mode = "local")]
    after<Letter> {
        create Sent { what: "after" };
    }
}

forms! {
    Letter {
        row "Print" => [print];
    }
}

role! {
    scribe {
        Letter: view own, create(to);
        workflows: remind, print, tidy;
    }
    reader { Letter: view; }
}

async fn letters<const N: usize>(program: &Program, to: [&str; N]) -> [Value; N] {
    let all: Vec<_> = to.iter().map(|to| json!({ "to": to })).collect();
    let made = program.data("letters:create", json!(all)).await;
    std::array::from_fn(|index| made[index]["id"].clone())
}

async fn sent(program: &Program) -> Vec<String> {
    program.running.idle().await;
    let all = program.read("sents:list?sort=id").await;
    let all = all.as_array().cloned().unwrap_or_default();
    all.iter().map(|sent| sent["what"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn one_runs_for_each_record_and_one_for_all_of_them() {
    let program = Program::start().await;
    let [a, b] = letters(&program, ["Ann", "Bob"]).await;
    let path = format!("letters:trigger?triggerWorkflows=remind&filterByTk={a}");
    let values = json!({"text": "pay", "days": 3});
    let (status, answer) = program.post(&path, values.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(workflows(&answer), ["remind queued"]);
    assert_eq!(answer.get("data"), None);
    let path = format!("letters:trigger?triggerWorkflows=print,all&filterByTk={b},{a}");
    let (status, answer) = program.post(&path, json!({})).await;
    assert_eq!((status, &answer["messages"][0]["message"]), (200, &json!("Bob, Ann")));
    assert_eq!(workflows(&answer), ["print resolved", "all queued"]);
    let path = "letters:trigger?triggerWorkflows=check&filter=%7B%22to%22:%22Ann%22%7D";
    let (status, answer) = program.post(path, json!({})).await;
    assert_eq!((status, &answer["messages"][0]["message"]), (200, &json!("Ann it is")));
    let execution = &program.read("executions:list?sort=-id&pageSize=1").await[0];
    assert_eq!((&execution["recordId"], &execution["collection"]), (&a, &json!("letters")));
    let mut all = sent(&program).await;
    all.sort();
    assert_eq!(all, ["Ann", "Ann: pay in 3 for root", "Bob"]);
}

#[tokio::test]
async fn one_may_be_about_no_record() {
    let program = Program::start().await;
    let path = "workflows:trigger?triggerWorkflows=tidy";
    let (status, answer) = program.post(path, json!({"text": "dust", "days": 1})).await;
    assert_eq!((status, &answer["messages"][0]["message"]), (200, &json!("tidied by root")));
    let (status, answer) = program.post(path, json!({"text": "dust", "days": 10})).await;
    assert_eq!((status, &answer["committed"]), (400, &json!(true)), "{answer}");
    assert_eq!(sent(&program).await, ["dust"]);
    let execution = &program.read("executions:list?sort=-id&pageSize=1").await[0];
    assert_eq!((&execution["recordId"], &execution["collection"]), (&Value::Null, &Value::Null));
    let path = format!("executions:get?filterByTk={}", execution["id"]);
    let shown = program.read(&path).await;
    assert_eq!(shown["context"]["input"], json!({"text": "dust", "days": 10}));
    assert_eq!(shown["context"]["data"], Value::Null);
    // By hand, too.
    let me = program.read("users:list").await[0]["id"].clone();
    let body = json!({"userId": me, "values": {"text": "by hand", "days": 1}});
    let ran = program.data("workflows:execute?filterByTk=tidy", body).await;
    assert_eq!(ran["status"], "queued");
    assert_eq!(sent(&program).await, ["dust", "by hand"]);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_nothing_runs() {
    let program = Program::start().await;
    let [rome] = letters(&program, ["Rome"]).await;
    let ask = async |path: &str, body: Value| {
        let (status, answer) = program.post(path, body).await;
        (status, faults(&answer).join(", "))
    };
    let table = [
        ("remind", json!({"text": "x"}), 400, "wrong_value days"),
        ("remind", json!({"text": "x", "days": 900}), 400, "wrong_value days"),
        ("check", json!({"text": "x"}), 400, "no_values "),
        (
            "remnd,tidy",
            json!({}),
            400,
            "unknown_workflow triggerWorkflows, other_collection triggerWorkflows",
        ),
        ("after", json!({}), 400, "no_custom_action triggerWorkflows"),
        ("check!writer", json!({}), 400, "custom_path triggerWorkflows"),
        ("", json!({}), 400, "required triggerWorkflows"),
        ("check", json!({}), 400, "failed "),
    ];
    for (keys, body, expected, told) in table {
        let path = format!("letters:trigger?triggerWorkflows={keys}&filterByTk={rome}");
        assert_eq!(ask(&path, body).await, (expected, told.to_owned()), "{keys}");
    }
    let told = ask("letters:trigger?triggerWorkflows=check", json!({})).await;
    assert_eq!(told, (400, "no_target ".to_owned()));
    let told = ask("letters:trigger?triggerWorkflows=check&filterByTk=5", json!({})).await;
    assert_eq!(told.0, 404);
    let told = ask("letters:create?triggerWorkflows=check", json!({"to": "Oslo"})).await;
    assert_eq!(told, (400, "custom_named triggerWorkflows".to_owned()));
    let told = ask("workflows:trigger?triggerWorkflows=check&filterByTk=1", json!({})).await;
    assert_eq!(told, (400, "unsupported_parameter filterByTk".to_owned()));
    assert_eq!(program.count("letters").await, 1);
    assert_eq!(program.read("executions:list").await.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_role_needs_the_workflow_and_the_sight_of_the_records() {
    let program = Program::start().await;
    let scribe = program.user("Sue", &["scribe"]).await;
    let reader = program.user("Ray", &["reader"]).await;
    let [others] = letters(&program, ["Ann"]).await;
    let (_, own) = program.post_as(&scribe, "letters:create", json!({"to": "Bob"})).await;
    let at =
        |key: &str, id: &Value| format!("letters:trigger?triggerWorkflows={key}&filterByTk={id}");
    let own = own["data"]["id"].clone();
    assert_eq!(program.post_as(&scribe, &at("print", &own), json!({})).await.0, 200);
    assert_eq!(program.post_as(&scribe, &at("print", &others), json!({})).await.0, 404);
    assert_eq!(program.post_as(&scribe, &at("check", &own), json!({})).await.0, 403);
    assert_eq!(program.post_as(&reader, &at("print", &own), json!({})).await.0, 403);
    let alone = "workflows:trigger?triggerWorkflows=tidy";
    let values = json!({"text": "dust", "days": 1});
    assert_eq!(program.post_as(&scribe, alone, values.clone()).await.0, 200);
    assert_eq!(program.post_as(&reader, alone, values).await.0, 403);
    // The button of the form names it as well, for all records that it is pressed on.
    let path = format!("letters:update?button=print&filterByTk={own}");
    let (status, answer) = program.post_as(&scribe, &path, json!({})).await;
    assert_eq!((status, &answer["messages"][0]["message"]), (200, &json!("Bob")), "{answer}");
}

#[tokio::test]
async fn a_crash_loses_no_custom_action_and_fires_none_twice() {
    let app = TestApp::start(|app| app).await;
    let sue = app.user("sue", &["scribe"]).await;
    let letter = sue.create(Letter::new().to("Ann")).await.expect("a letter");
    for (before, days) in [(true, 1), (false, 2)] {
        if before {
            app.crash_before(remind, "create Sent#1");
        } else {
            app.crash_after(remind, "create Sent#1");
        }
        let values = json!({"text": "pay", "days": days});
        sue.trigger(remind, &[letter.id], values).await.expect_status(200);
        app.restart().await;
    }
    let sent = app.all::<Sent>().await;
    let sent: Vec<_> = sent.iter().map(|sent| sent.what.as_str()).collect();
    assert_eq!(sent, ["Ann: pay in 1 for scribe", "Ann: pay in 2 for scribe"]);
    // An execution of a workflow without a collection goes on, too.
    let values = json!({"text": "dust", "days": 1});
    sue.trigger_alone(tidy, values.clone()).await.expect_status(200);
    sue.trigger_alone(tidy, json!({})).await.expect_status(400);
    app.restart().await;
    assert_eq!(app.all::<Sent>().await.len(), 3);
}
