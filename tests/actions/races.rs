use futures_util::future::join_all;
use serde_json::json;

use crate::client::Program;
use crate::model::seen;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn updates_of_one_record_see_exactly_what_they_replace() {
    let program = Program::start().await;
    let body = json!({"number": 900, "total": "0"});
    let id = program.data("orders:create", body).await["id"].clone();
    let path = format!("orders:update?filterByTk={id}");
    let by_filter = "orders:update?filter=%7B%22number%22%3A900%7D";
    let updates = (1..=40).map(|total| {
        let path = if total % 4 == 0 { by_filter } else { path.as_str() };
        program.post(path, json!({"total": total}))
    });
    for (status, answer) in join_all(updates).await {
        assert_eq!(status, 200, "{answer}");
    }
    // Each value but the last was replaced once, and by one update.
    let steps: Vec<(String, String)> = seen("total_changed", "900 ")
        .iter()
        .map(|saw| {
            let words: Vec<&str> = saw.split(' ').collect();
            (words[1].to_owned(), words[2].to_owned())
        })
        .collect();
    assert_eq!(steps.len(), 40);
    let mut at = "0".to_owned();
    for _ in 0..40 {
        let next: Vec<_> = steps.iter().filter(|(before, _)| *before == at).collect();
        assert_eq!(next.len(), 1, "{at} in {steps:?}");
        at.clone_from(&next[0].1);
    }
    let stored = program.read(&format!("orders:get?filterByTk={id}")).await;
    assert_eq!(stored["total"], json!(at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_away_changes_nothing() {
    let program = Program::start().await;
    let mut gone = 0;
    for number in 1000..1100 {
        let path = "orders:create?triggerWorkflows=loaded,annotate";
        let request = program.post(path, json!({"number": number}));
        // The client hangs up after a while, sooner or later.
        let patience = std::time::Duration::from_micros((number - 1000) * 20);
        gone += usize::from(tokio::time::timeout(patience, request).await.is_err());
    }
    assert!(gone > 0, "nobody hung up");
    // What was committed runs to its end, whether or not somebody waits for it.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let (stored, ran) = (program.count("orders").await, seen("loaded", "10").len());
        if stored == ran {
            assert!(stored >= 100 - gone, "{stored} stored, {gone} gone");
            break;
        }
        assert!(std::time::Instant::now() < end, "{stored} stored, {ran} ran");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_after_the_end_is_refused() {
    let program = Program::start().await;
    program.running.shutdown().await.expect("it ends");
    let (status, answer) = program.post("orders:create", json!({"number": 1})).await;
    assert_eq!(status, 503, "{answer}");
}
