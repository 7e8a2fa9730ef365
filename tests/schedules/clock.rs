//! Schedules that go by the clock.

use jiff::ToSpan as _;

use crate::model::{at, program, ran};

#[tokio::test]
async fn each_moment_runs_once() {
    let app = program().await;
    app.advance(7.days()).await;
    assert_eq!(
        ran(&app, "report").await,
        [
            "2026-01-05T08:00:00Z",
            "2026-01-06T08:00:00Z",
            "2026-01-07T08:00:00Z",
            "2026-01-08T08:00:00Z",
            "2026-01-09T08:00:00Z",
        ]
    );
    assert_eq!(ran(&app, "each").await.len(), 7);
    assert_eq!(ran(&app, "punctual").await.len(), 7);
    app.rest().await;
    assert_eq!(ran(&app, "each").await.len(), 7);
}

#[tokio::test]
async fn nodes_of_a_workflow_see_the_moment() {
    let app = program().await;
    app.advance(60.days()).await;
    let expected = ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"];
    assert_eq!(ran(&app, "monthly").await, expected);
}

#[tokio::test]
async fn as_often_as_it_may() {
    let app = program().await;
    app.advance(30.days()).await;
    assert_eq!(
        ran(&app, "thrice").await,
        ["2026-02-01T00:30:00Z", "2026-02-01T01:30:00Z", "2026-02-01T02:30:00Z"]
    );
}

#[tokio::test]
async fn moments_that_were_missed() {
    let app = program().await;
    app.advance(1.day()).await;
    app.stop().await;
    app.set_clock(at("2026-01-10T12:00:00Z"));
    app.restart().await;
    app.rest().await;
    // The latest of four.
    assert_eq!(ran(&app, "report").await, ["2026-01-05T08:00:00Z", "2026-01-09T08:00:00Z"]);
    assert_eq!(ran(&app, "each").await.len(), 6);
    assert_eq!(ran(&app, "punctual").await, ["2026-01-05T09:45:00Z"]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_runs_nothing_twice() {
    let app = program().await;
    app.advance(2.hours()).await;
    let before = ran(&app, "report").await;
    assert_eq!(before, ["2026-01-05T08:00:00Z"]);
    app.set_clock(at("2026-01-05T07:30:00Z"));
    app.advance(1.hour()).await;
    assert_eq!(ran(&app, "report").await, before);
    app.advance(24.hours()).await;
    assert_eq!(ran(&app, "report").await, ["2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z"]);
}

#[tokio::test]
async fn a_clock_that_was_a_year_ahead() {
    let app = program().await;
    app.set_clock(at("2027-01-05T12:00:00Z"));
    app.rest().await;
    app.set_clock(at("2026-01-05T07:30:00Z"));
    app.advance(1.day()).await;
    let expected = ["2026-01-05T08:00:00Z", "2027-01-05T08:00:00Z"];
    assert_eq!(ran(&app, "report").await, expected);
}

#[tokio::test]
async fn nothing_of_the_time_in_which_it_was_off() {
    let app = program().await;
    let root = app.root().await;
    let switch = async |enabled: bool| {
        let body = serde_json::json!({ "enabled": enabled });
        let answer = root.post("/api/workflows:update?filterByTk=each", body).await;
        answer.expect_status(200);
    };
    switch(false).await;
    app.advance(3.days()).await;
    assert_eq!(ran(&app, "each").await.len(), 0);
    switch(true).await;
    app.advance(1.day()).await;
    assert_eq!(ran(&app, "each").await, ["2026-01-08T09:30:00Z"]);
}

#[tokio::test]
async fn nobody_asks_and_it_can_be_run_by_hand() {
    let app = program().await;
    app.advance(1.day()).await;
    let root = app.root().await;
    let body = serde_json::json!({ "userId": root.id() });
    let answer = root.post("/api/workflows:execute?filterByTk=report", body).await;
    answer.expect_status(200);
    app.rest().await;
    assert_eq!(ran(&app, "report").await, ["2026-01-05T08:00:00Z", "2026-01-06T07:00:00Z"]);
}
