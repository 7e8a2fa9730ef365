//! Requests to a server on loopback: what is tried again, what is kept, what is sent once.

use super::*;
use crate::outside::counting::serve;

async fn started(allowed: &[&str], metas: &[WorkflowMeta]) -> World {
    let requests_to = allowed.iter().map(|text| (*text).to_owned()).collect();
    let settings = Settings { requests_to, ..Settings::default() };
    let world = World::with(metas, Clock::System, settings).await;
    world.core.engine.start().await.expect("an engine");
    world
}

/// Three attempts without a pause.
const AT_ONCE: Retry = Retry { attempts: 3, max_pause: Duration::ZERO };

fn at(claim: &Record<Claim>, path: &str) -> String {
    format!("http://127.0.0.1:{}/{path}", claim.amount)
}

const SENDS: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let paid = cx.request("POST", at(&claim, "503/201")).json(&"Berlin").retry(AT_ONCE).await?;
        let seen = cx.request("GET", at(&claim, "200/200")).query("day", "1 2").await?;
        cx.approve("Well?").by_role("boss").await?;
        assert_eq!(seen.body, [0xff, 0x00]);
        let number = paid.header("X-Number").unwrap_or_default();
        let text = format!("{} {} at {number}", paid.status, paid.json::<String>()?);
        cx.end_failed(text).map(drop)
    })
};

#[tokio::test]
async fn a_finished_request_is_not_sent_again() {
    let (port, asked) = serve().await;
    let meta = workflow("sends", SENDS);
    let first = started(&["127.0.0.1"], &[meta]).await;
    let claim = first.claim(port).await;
    let id = first.fire_for("sends", &claim).await;
    first.settled().await;
    first.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");

    let next = first.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    let task = next.task_of(id).await.id;
    let decided = next.decide(&person(3, "boss"), task, Outcome::Approved, None).await;
    decided.expect("a decision");
    assert_eq!(next.outcome(id).await, (Status::Failed, Some("201 Berlin at 2".to_owned())));

    let key = format!("{id}/request%20POST#1");
    let once = |path: &str, key: &str| (path.to_owned(), key.to_owned());
    let expected = [once("503/201", &key), once("503/201", &key), once("200/200", "none")];
    assert_eq!(*asked.lock().expect("the list"), expected);
}

const FINDS_NOTHING: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        cx.request("GET", at(&claim, "404/200")).retry(AT_ONCE).await.map(drop)
    })
};

const TAKES_ANYTHING: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let url = at(&claim, "404/500");
        let nothing = cx.request("GET", url.clone()).any_status().retry(AT_ONCE).await?;
        let broken = cx.request("GET", url).any_status().retry(AT_ONCE).await?;
        cx.end_failed(format!("{} {}", nothing.status, broken.status)).map(drop)
    })
};

const STAYS_BROKEN: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        cx.request("PUT", at(&claim, "429/500")).body("x").retry(AT_ONCE).await.map(drop)
    })
};

const ASKS_TOO_MUCH: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let url = at(&claim, "200/200");
        cx.request("PUT", url).body("12345").limit(4).retry(AT_ONCE).await.map(drop)
    })
};

const NO_URL: Handler =
    |call| Box::pin(async move { call.cx.request("GET", "/somewhere").await.map(drop) });

const NO_HEADER: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        cx.request("GET", at(&claim, "200/200")).header("x", "a\nb").await.map(drop)
    })
};

#[tokio::test]
async fn the_status_decides_what_is_tried_again() {
    for (handler, attempts, status, text) in [
        (FINDS_NOTHING, 1, Status::Error, "answered 404"),
        (TAKES_ANYTHING, 4, Status::Failed, "404 500"),
        (STAYS_BROKEN, 3, Status::Error, "answered 500: x"),
        (ASKS_TOO_MUCH, 1, Status::Error, "answered more than 4 bytes"),
        (NO_URL, 0, Status::Error, "a request needs a whole url"),
        (NO_HEADER, 0, Status::Error, "`x` cannot be sent as a header"),
    ] {
        let (port, asked) = serve().await;
        let world = started(&["127.0.0.0/8"], &[workflow("asks", handler)]).await;
        let claim = world.claim(port).await;
        let id = world.fire_for("asks", &claim).await;
        let (found, error) = world.outcome(id).await;
        let error = error.expect("a text");
        assert_eq!(found, status, "{error}");
        assert!(error.contains(text), "{error}");
        assert_eq!(asked.lock().expect("the list").len(), attempts, "{text}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_at_once() {
    let (port, asked) = serve().await;
    let world = started(&["10.0.0.0/8"], &[workflow("asks", FINDS_NOTHING)]).await;
    let claim = world.claim(port).await;
    let id = world.fire_for("asks", &claim).await;
    let (status, error) = world.outcome(id).await;
    let text = "`127.0.0.1` is not a public address: \
                allow it with `App::allow_requests_to([\"127.0.0.1\"])`";
    assert_eq!((status, error.as_deref()), (Status::Error, Some(text)));
    assert!(asked.lock().expect("the list").is_empty());
}
