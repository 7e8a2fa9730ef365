//! What is kept and shown of what executions tried, waited for and called.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

/// Money on its way.
#[collection]
pub struct Transfer {
    pub payee: String,
    #[field(hidden)]
    pub pin: String,
    pub state: Option<String>,
}

/// Asks the bank until it answers, and waits for the receipt.
#[post_action(mode = "global", on = [create])]
async fn wire(transfer: PostAction<Transfer>, cx: Context) -> Result<()> {
    let tried = AtomicU32::new(0);
    let mut transfer = transfer.data;
    let pin = transfer.pin.clone();
    let answer: Value = cx
        .run("bank", || {
            let (number, pin) = (tried.fetch_add(1, Ordering::Relaxed), pin.clone());
            async move {
                if number < 2 {
                    return Err(Error::internal(format!("try {number}: not with {pin}")));
                }
                Ok(json!({ "note": format!("{pin} is right"), "pin": pin, "token": "abc" }))
            }
        })
        .await?;
    cx.update(&mut transfer, Transfer::changes().state("sent").pin("0000")).await?;
    cx.call::<receipt>(&transfer).await?;
    cx.end_failed(format!("{} {}", answer["token"], answer["pin"]))?;
    Ok(())
}

/// Is called, and waits.
#[post_action(mode = "local")]
async fn receipt(transfer: PostAction<Transfer>, cx: Context) -> Result<()> {
    let hours = std::time::Duration::from_secs(2 * 3600);
    cx.signal("receipt").within(hours).await?;
    cx.require(transfer.data.payee.is_empty(), "there is no receipt")
}

/// Cannot be written as JSON.
#[derive(Clone)]
struct Ink;

workflow! {
    /// Has own code write it down.
    #[post_action(mode = "local")]
    note_down<Transfer> {
        run write_down(data.payee, data.pin, 7, Ink, data);
    }
}

#[expect(clippy::unused_async, reason = "as own code is")]
async fn write_down(
    payee: String,
    pin: String,
    times: u64,
    _: Ink,
    transfer: Record<Transfer>,
) -> Result<String> {
    Ok(format!("{payee} {times}").repeat(usize::from(pin == transfer.pin)))
}

#[tokio::test]
async fn a_run_shows_what_it_was_given() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    for (payee, expected) in
        [("Ann".to_owned(), json!("Ann")), ("A".repeat(4000), json!("… 4002 bytes"))]
    {
        let transfer = json!({ "payee": payee, "pin": "swordfish" });
        let path = "/api/transfers:create?triggerWorkflows=note_down";
        let answer = root.post(path, transfer).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        app.rest().await;
        let newest = "/api/executions:list?sort=-id&filter={\"key\":\"note_down\"}";
        let id = root.fetch(newest).await.data()[0]["id"].clone();
        let shown = root.fetch(&format!("/api/executions:get?filterByTk={id}")).await;
        let job = shown.data()["jobs"][0].clone();
        assert_eq!(job["status"], "resolved", "{job}");
        let input = &job["input"];
        assert!(!input.to_string().contains("swordfish"), "{input}");
        assert_eq!(
            (&input["payee"], &input["pin"], &input["3"]),
            (&expected, &Value::Null, &json!(7))
        );
        assert!(input["Ink"].as_str().is_some_and(|of| of.ends_with("::Ink")), "{input}");
    }
    Ok(())
}

#[tokio::test]
async fn an_execution_shows_its_attempts_inputs_and_those_it_called() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    let transfer = root.create(Transfer::new().payee("Ann").pin("swordfish")).await?;
    let found = root.fetch("/api/executions:list?sort=id").await;
    let [parent, child] = [0, 1].map(|index| found.data()[index]["id"].clone());
    let get = async |id: &Value| {
        let answer = root.fetch(&format!("/api/executions:get?filterByTk={id}")).await;
        assert!(!answer.body.to_string().contains("swordfish"), "{}", answer.body);
        answer.data().clone()
    };

    let shown = get(&parent).await;
    let [bank, update, call] = [0, 1, 2].map(|index| &shown["jobs"][index]);
    let errors: Vec<_> = bank["tries"].as_array().expect("tries").iter().collect();
    assert_eq!((bank["attempts"].as_u64(), errors.len()), (Some(3), 3), "{bank}");
    assert_eq!(errors[0]["error"], "try 0: not with •••");
    assert_eq!((&errors[2]["number"], &errors[2]["error"]), (&json!(3), &Value::Null));
    let moment = |of: &Value| of.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    assert!(moment(&errors[1]["startedAt"]) > moment(&errors[0]["finishedAt"]), "{bank}");
    assert_eq!(bank["output"], json!({ "note": "••• is right", "token": "•••" }));
    assert_eq!(update["input"], json!({ "state": "sent" }), "no hidden fields: {update}");
    assert_eq!(call["input"], json!({ "workflow": "receipt", "record": transfer.id.get() }));
    let called =
        json!([{ "id": child, "key": "receipt", "status": "started", "node": call["key"] }]);
    assert_eq!(shown["called"], called);

    let waits = get(&child).await;
    assert_eq!((&waits["callerId"], &waits["callerKey"]), (&parent, &call["key"]));
    let job = &waits["jobs"][0];
    assert_eq!((&job["status"], &job["output"]), (&json!("pending"), &Value::Null));
    assert_eq!(moment(&job["until"]), Some(app.now() + jiff::SignedDuration::from_hours(2)));
    assert_eq!(job["input"], json!({ "name": "receipt", "until": job["until"] }));

    app.advance(std::time::Duration::from_secs(3 * 3600)).await;
    let ended = get(&parent).await;
    assert_eq!(ended["status"], "failed");
    assert_eq!(ended["error"], "\"abc\" \"•••\"");
    let listed = root.fetch("/api/executions:list?filter={\"status\":\"failed\"}&sort=id").await;
    assert_eq!(listed.data()[0]["error"], ended["error"], "{}", listed.body);
    let said = "/api/executions:list?filter={\"error\":{\"$includes\":\"no receipt\"}}";
    assert_eq!(root.fetch(said).await.data()[0]["id"], child);
    Ok(())
}
