//! Signals over HTTP and from own actions: taken, kept, for nobody.

use serde_json::json;
use wfruntime::prelude::*;

use crate::program_under_test::Program;

/// Something that is sent.
#[collection]
pub struct Parcel {
    pub address: String,
    pub state: Option<String>,
}

/// Waits until the parcel has left and until it has arrived.
#[post_action(mode = "global", on = [create])]
async fn deliver(parcel: PostAction<Parcel>, cx: Context) -> Result<()> {
    let left: Json = Json(cx.signal("left").await?.payload);
    let mut parcel = parcel.data;
    cx.update(&mut parcel, Parcel::changes().state(left.to_string())).await?;
    let arrived = cx.signal("arrived").await?;
    let by = arrived.by.map_or_else(|| "nobody".to_owned(), |by| by.nickname);
    cx.update(&mut parcel, Parcel::changes().state(format!("arrived, says {by}"))).await
}

/// Tells that a parcel has arrived.
#[action(Parcel)]
async fn arrive(name: Json<String>, act: Act<Parcel>) -> Result<Record<Parcel>> {
    let parcel = act.target().ok_or_else(|| Error::invalid("no_target", "which parcel?"))?;
    act.signal(deliver, parcel, &name.0, ())?;
    act.update(parcel, Parcel::changes().address("here")).await
}

async fn state(program: &Program, token: &str, id: i64) -> String {
    program.running.idle().await;
    let parcel = program.get(&format!("/api/parcels:get?filterByTk={id}"), token).await;
    parcel.body["data"]["state"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn signals_reach_the_executions_of_a_record() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let made = program.post("/api/parcels:create", &root, &json!({ "address": "far" })).await;
    let (id, execution) = (made.id(), &made.body["workflows"][0]["execution"]);

    let path = format!("/api/parcels:arrive?filterByTk={id}");
    let kept = program.post(&path, &root, &json!("arrived")).await;
    assert_eq!(kept.outcome(), (200, ""), "{kept:?}");
    assert_eq!(state(&program, &root, id).await, "", "it waits for another signal first");

    let path = format!("/api/executions:signal?filterByTk={execution}");
    let body = json!({ "name": "left", "payload": { "at": "noon" } });
    let taken = program.post(&path, &root, &body).await;
    assert_eq!(taken.outcome(), (200, ""), "{taken:?}");
    assert_eq!(state(&program, &root, id).await, "arrived, says Root");

    let late = program.post(&path, &root, &body).await;
    assert_eq!(late.outcome(), (409, "final"));
    let path = format!("/api/parcels:arrive?filterByTk={id}");
    let nobody = program.post(&path, &root, &json!("arrived")).await;
    assert_eq!(nobody.outcome(), (404, "no_execution"));
    let found = program.get(&format!("/api/parcels:get?filterByTk={id}"), &root).await;
    assert_eq!(found.body["data"]["address"], "here", "what was written before stays");
}

#[tokio::test]
async fn signals_name_a_workflow_and_a_record() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let made = program.post("/api/parcels:create", &root, &json!({ "address": "far" })).await;
    let id = made.id();
    let path = "/api/workflows:signal?filterByTk=deliver";
    let sent = program.post(path, &root, &json!({ "data": id, "name": "left" })).await;
    assert_eq!(sent.body["data"], json!({ "key": "deliver", "executions": 1 }), "{sent:?}");
    assert_eq!(state(&program, &root, id).await, "null");

    let body = json!({ "data": id + 1, "name": "left", "payload": 1 });
    let nobody = program.post(path, &root, &body).await;
    assert_eq!(nobody.outcome(), (404, "no_execution"));
    let nameless = program.post(path, &root, &json!({ "data": id, "nam": "left" })).await;
    let faults = nameless.body["errors"].as_array().map(Vec::len);
    assert_eq!((nameless.outcome().0, faults), (400, Some(2)), "{nameless:?}");
    let unknown = program.post("/api/workflows:signal?filterByTk=delivr", &root, &json!({})).await;
    assert_eq!(unknown.outcome(), (404, "not_found"));
    let clerk = program.user("Claire", &[]).await;
    let body = json!({ "data": id, "name": "arrived" });
    assert_eq!(program.post(path, &clerk, &body).await.outcome().0, 403);
}
