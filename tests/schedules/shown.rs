//! When a schedule runs next and ran last, where people look.

use jiff::ToSpan as _;
use serde_json::json;
use wfruntime::prelude::Timestamp;

use crate::child::Program;
use crate::model::{Invoice, date, program};

#[tokio::test]
async fn over_http() {
    let app = program().await;
    let root = app.root().await;
    root.create(Invoice::new().number(1).due_on(date("2026-01-09"))).await.expect("created");
    let shown = async |key: &str| {
        let answer = root.fetch(&format!("/api/workflows:get?filterByTk={key}")).await;
        answer.expect_status(200);
        answer.data().clone()
    };
    let report = shown("report").await;
    assert_eq!(report["trigger"], "schedule");
    assert_eq!(report["schedule"], "0 9 * * 1-5, Europe/Paris");
    assert_eq!(report["collection"], json!(null));
    assert_eq!(report["nextAt"], "2026-01-05T08:00:00Z");
    assert_eq!(report["lastAt"], json!(null));
    app.advance(2.hours()).await;
    let report = shown("report").await;
    assert_eq!(report["nextAt"], "2026-01-06T08:00:00Z");
    assert_eq!(report["lastAt"], "2026-01-05T08:00:00Z");
    assert!(report["lastExecution"].is_i64(), "{report}");
    let remind = shown("remind").await;
    assert_eq!(remind["nextAt"], "2026-01-07T08:00:00Z");
    let plan = "Invoice: 1 day 15 hours before due_on, Europe/Paris";
    assert_eq!(remind["nodes"][0]["label"], plan);
    let answer =
        root.post("/api/invoices:create?triggerWorkflows=remind", json!({"number": 2})).await;
    assert_eq!(answer.outcome(), (400, "schedule_named"));
}

#[test]
fn on_the_command_line() {
    let ticking = Program::new(env!("CARGO_BIN_EXE_ticking"));
    let before = Timestamp::now();
    let listed = ticking.run(&["workflows"]);
    let listed = String::from_utf8(listed.stdout).expect("a text");
    let [headings, tick] = listed.lines().collect::<Vec<_>>()[..] else { panic!("{listed}") };
    assert!(headings.starts_with("key   version  trigger "), "{listed}");
    assert!(tick.starts_with("tick  1        every 1 second"), "{listed}");
    assert!(tick.ends_with(" global  async      yes"), "{listed}");
    let next = tick.split_once("(next ").and_then(|(_, rest)| rest.split_once(')'));
    let next: Timestamp = next.and_then(|(next, _)| next.parse().ok()).expect("a moment");
    assert!(next > before && next <= Timestamp::now() + jiff::SignedDuration::from_secs(1));
}
