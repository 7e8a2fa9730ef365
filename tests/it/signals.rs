//! Signals over HTTP and from own actions: taken, kept, for nobody.

use serde_json::json;
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

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

#[tokio::test]
async fn signals_reach_the_executions_of_a_record() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    let parcel = root.create(Parcel::new().address("far")).await?;

    let path = format!("/api/parcels:arrive?filterByTk={}", parcel.id);
    root.post(&path, json!("arrived")).await.expect_status(200);
    let waiting = app.execution_of(deliver, &parcel).await;
    assert_eq!(app.reload(&parcel).await.state, None, "it waits for another signal first");

    root.signal(&waiting, "left", json!({ "at": "noon" })).await?;
    assert_eq!(app.reload(&parcel).await.state.as_deref(), Some("arrived, says root"));

    let late = root.signal(&waiting, "left", ()).await.expect_err("it is at its end");
    assert_eq!((late.kind(), &*late.all()[0].code), (ErrorKind::Conflict, "final"));
    let nobody = root.post(&path, json!("arrived")).await;
    assert_eq!(nobody.outcome(), (404, "no_execution"));
    assert_eq!(app.reload(&parcel).await.address, "here", "what was written before stays");
    Ok(())
}

#[tokio::test]
async fn signals_name_a_workflow_and_a_record() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    let parcel = root.create(Parcel::new().address("far")).await?;
    let path = "/api/workflows:signal?filterByTk=deliver";
    let sent = root.post(path, json!({ "data": parcel.id, "name": "left" })).await;
    assert_eq!(sent.data(), &json!({ "key": "deliver", "executions": 1 }), "{sent:?}");
    assert_eq!(app.reload(&parcel).await.state.as_deref(), Some("null"));

    let other = Id::<Parcel>::new(parcel.id.get() + 1);
    let nobody = root.signal_all(deliver, other, "left", 1).await.expect_err("there is none");
    assert_eq!((nobody.kind(), &*nobody.all()[0].code), (ErrorKind::NotFound, "no_execution"));
    let nameless = root.post(path, json!({ "data": parcel.id, "nam": "left" })).await;
    assert_eq!((nameless.status, nameless.faults().len()), (400, 2), "{nameless:?}");
    let unknown = root.post("/api/workflows:signal?filterByTk=delivr", json!({})).await;
    assert_eq!(unknown.outcome(), (404, "not_found"));
    let clerk = app.user("Claire", &[]).await;
    let refused = clerk.signal_all(deliver, &parcel, "arrived", ()).await.expect_err("not hers");
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    Ok(())
}
