//! Programs that are deployed with other schedules than before.

use jiff::ToSpan as _;
use wf_tests::sql;
use wfruntime::testing::TestApp;

use crate::model::{at, program, ran};

/// Stops the program and has it start at another time, as if the one before had had another plan.
async fn deployed(app: &TestApp, moment: &str) {
    app.stop().await;
    let older =
        "UPDATE wf_schedules SET plan = 'cron = \"0 3 * * *\"' WHERE key = 'each' RETURNING key";
    assert_eq!(sql(app.database().url(), older), ["each"]);
    app.set_clock(at(moment));
    app.restart().await;
    app.rest().await;
}

async fn next(app: &TestApp) -> String {
    let root = app.root().await;
    let shown = root.fetch("/api/workflows:get?filterByTk=each").await;
    shown.data()["nextAt"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_changed_plan_counts_from_its_deploy() {
    let app = program().await;
    app.advance(1.day()).await;
    assert_eq!(ran(&app, "each").await, ["2026-01-05T09:30:00Z"]);
    // It misses nothing, but of the days before it was not its own.
    deployed(&app, "2026-01-08T08:00:00Z").await;
    assert_eq!(ran(&app, "each").await, ["2026-01-05T09:30:00Z"]);
    assert_eq!(next(&app).await, "2026-01-08T09:30:00Z");
    app.advance(1.day()).await;
    assert_eq!(ran(&app, "each").await, ["2026-01-05T09:30:00Z", "2026-01-08T09:30:00Z"]);
}

#[tokio::test]
async fn a_moment_of_both_plans_runs_once() {
    let app = program().await;
    app.advance(1.day()).await;
    // The clock is behind: the moment of before comes again, now by the new plan.
    deployed(&app, "2026-01-05T09:00:00Z").await;
    assert_eq!(next(&app).await, "2026-01-05T09:30:00Z");
    app.advance(25.hours()).await;
    let expected = ["2026-01-05T09:30:00Z", "2026-01-06T09:30:00Z"];
    assert_eq!(ran(&app, "each").await, expected);
}

#[tokio::test]
async fn a_schedule_that_is_gone_is_forgotten() {
    let app = program().await;
    app.advance(1.day()).await;
    let before = ran(&app, "each").await;
    app.stop().await;
    for table in ["wf_schedules", "wf_moments"] {
        let renamed = format!("UPDATE {table} SET key = 'gone' WHERE key = 'each' RETURNING key");
        assert!(!sql(app.database().url(), &renamed).is_empty(), "{table}");
    }
    app.set_clock(at("2026-01-09T08:00:00Z"));
    app.restart().await;
    app.rest().await;
    // What the program has now is new to the database: it catches nothing up.
    assert_eq!(ran(&app, "each").await, before);
    for table in ["wf_schedules", "wf_moments"] {
        let left = format!("SELECT key FROM {table} WHERE key = 'gone'");
        assert!(sql(app.database().url(), &left).is_empty(), "{table}");
    }
}
