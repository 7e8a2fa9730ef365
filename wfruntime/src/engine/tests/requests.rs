//! Requests to a server on loopback: what is tried again, what is kept, what is sent once.

use super::*;
use crate::outside::counting::{serve, serve_all_but_the_first};

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

const WAITS: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let said = cx.request("POST", at(&claim, "429/200?86400")).body("x").retry(AT_ONCE).await?;
        cx.end_failed(said.text()?).map(drop)
    })
};

#[tokio::test]
async fn what_asks_for_a_day_gets_an_hour() {
    let (port, asked) = serve().await;
    let settings = Settings { requests_to: vec!["127.0.0.1".into()], ..Settings::default() };
    let clock = Clock::manual(start_of_time());
    let world = World::with(&[workflow("waits", WAITS)], clock, settings).await;
    world.core.engine.start().await.expect("an engine");
    let claim = world.claim(port).await;
    let id = world.fire_for("waits", &claim).await;
    let times = || asked.lock().expect("the list").len();
    let tried = async {
        while world.found(id).await.1.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    soon(tried).await;
    world.core.clock.advance(jiff::SignedDuration::from_secs(3599));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(times(), 1);
    world.core.clock.advance(jiff::SignedDuration::from_secs(1));
    assert_eq!(world.outcome(id).await, (Status::Failed, Some("x".to_owned())));
    assert_eq!(times(), 2);
}

const TELLS_A_SECRET: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        for path in ["200/200?secret", "401/401?secret"] {
            let request = cx.request("POST", at(&claim, path)).query("token", "secret");
            request.header("Authorization", "Bearer secret").json(&"told").await?;
        }
        Ok(())
    })
};

#[tokio::test]
async fn what_is_sent_is_not_kept() {
    let (port, _) = serve().await;
    let world = started(&["127.0.0.1"], &[workflow("tells", TELLS_A_SECRET)]).await;
    let claim = world.claim(port).await;
    let id = world.fire_for("tells", &claim).await;
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error, "{error:?}");
    let mut kept = String::new();
    for file in std::fs::read_dir(world.folder.path()).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("its bytes");
        kept.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(kept.contains("answered 401") && kept.contains("told"));
    // The answer of this server has it in a header.
    let kept = kept.replace(r#"["retry-after","secret&token=secret"]"#, "");
    assert!(!kept.contains("secret"));
}

const KEEPS: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let body = "x".repeat(1000);
        cx.request("POST", at(&claim, "200/200")).body(body).retry(AT_ONCE).await.map(drop)
    })
};

#[tokio::test]
async fn an_answer_has_to_fit_into_the_journal() {
    let (port, asked) = serve().await;
    let requests_to = vec!["127.0.0.1".into()];
    let settings = Settings { requests_to, payload_limit: 1000, ..Settings::default() };
    let world = World::with(&[workflow("keeps", KEEPS)], Clock::System, settings).await;
    world.core.engine.start().await.expect("an engine");
    let claim = world.claim(port).await;
    let id = world.fire_for("keeps", &claim).await;
    let (status, error) = world.outcome(id).await;
    let error = error.expect("a text");
    assert_eq!(status, Status::Error);
    assert!(error.contains("`request POST#1`") && error.contains("1000"), "{error}");
    assert_eq!(asked.lock().expect("the list").len(), 1);
}

const IS_CUT_OFF: Handler = |call| {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let said = cx.request("POST", at(&claim, "paid")).body("x").await?;
        cx.end_failed(said.text()?).map(drop)
    })
};

#[tokio::test]
async fn what_was_cut_off_is_asked_again_with_the_same_key() {
    let (port, mut asked) = serve_all_but_the_first().await;
    let meta = workflow("is_cut_off", IS_CUT_OFF);
    let first = started(&["127.0.0.1"], &[meta]).await;
    let claim = first.claim(port).await;
    let id = first.fire_for("is_cut_off", &claim).await;
    let key = soon(asked.recv()).await;
    first.core.engine.shutdown(Duration::from_millis(20)).await.expect("a shutdown");

    let next = first.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    assert_eq!(soon(asked.recv()).await, key);
    assert_eq!(next.outcome(id).await, (Status::Failed, Some("paid".to_owned())));
}
