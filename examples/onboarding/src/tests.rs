//! Weeks, passed in no time.

use jiff::ToSpan as _;
use serde_json::json;
use wfruntime::prelude::*;
use wfruntime::testing::{Person, TestApp};
use wfruntime::{JobStatus, Status};

use super::{Hire, Stage, Talk, onboarding};

struct Office {
    app: TestApp,
    hr: Person,
    it: Person,
    manager: Person,
}

impl Office {
    async fn open() -> Self {
        let app = TestApp::start(|app| app).await;
        let hr = app.user("Hanna", &["hr"]).await;
        let it = app.user("Ian", &["it"]).await;
        let manager = app.user("Mary", &["manager"]).await;
        Self { app, hr, it, manager }
    }

    /// Nora, who starts in four weeks.
    async fn hire(&self) -> Result<Record<Hire>> {
        let starts = Date::constant(2026, 2, 2);
        let nora = Hire::new().name("Nora").email("nora@example.com").starts_on(starts);
        self.hr.create(nora.manager(self.manager.id())).await
    }

    async fn sign(&self, hire: &Record<Hire>) {
        let path = format!("/api/hires:sign?filterByTk={}", hire.id);
        self.hr.post(&path, json!({ "on": "2026-01-12" })).await.expect_status(200);
    }
}

#[tokio::test]
async fn somebody_is_accompanied_for_four_weeks() -> Result<()> {
    let office = Office::open().await;
    let (app, hire) = (&office.app, office.hire().await?);
    app.advance(1.week()).await;
    office.sign(&hire).await;
    assert_eq!(app.reload(&hire).await.stage, Stage::Signed);

    let laptop = office.it.task().await;
    assert_eq!(laptop.title, "A laptop for Nora, who starts on 2026-02-02");
    office.it.answer(&laptop, json!({ "laptop": "L-042" })).await?;
    assert_eq!(app.reload(&hire).await.stage, Stage::Signed, "it is not yet the day");
    app.advance(3.weeks()).await;
    assert_eq!(app.reload(&hire).await.stage, Stage::Started);

    for week in 1..=4 {
        app.advance(1.week()).await;
        let talk = office.manager.task().await;
        assert_eq!(talk.title, format!("How is Nora doing after week {week}?"));
        if week == 2 {
            app.advance(3.days()).await;
        } else {
            let values = json!({ "goingWell": true, "remark": format!("week {week}") });
            office.manager.answer(&talk, values).await?;
        }
    }
    app.execution_of(onboarding, &hire).await.expect_status(Status::Resolved);
    assert_eq!(app.reload(&hire).await.stage, Stage::Settled);
    let weeks: Vec<i64> = app.all::<Talk>().await.iter().map(|talk| talk.week).collect();
    assert_eq!(weeks, [1, 3, 4], "nobody had to answer in the second");
    Ok(())
}

#[tokio::test]
async fn who_does_not_sign_within_two_weeks_is_withdrawn() -> Result<()> {
    let office = Office::open().await;
    let hire = office.hire().await?;
    office.app.advance(15.days()).await;
    let onboarding = office.app.execution_of(onboarding, &hire).await;
    onboarding.expect_status(Status::Failed).expect_message("Nora did not sign in time");
    assert_eq!(office.app.reload(&hire).await.stage, Stage::Withdrawn);
    assert!(office.it.tasks().await.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_crash_as_somebody_is_welcomed_changes_nothing() -> Result<()> {
    let office = Office::open().await;
    let (app, hire) = (&office.app, office.hire().await?);
    app.rest().await;
    office.sign(&hire).await;
    office.it.answer_next(json!({ "laptop": "L-042" })).await?;
    app.crash_before(onboarding, "run#1");
    app.advance(4.weeks()).await;
    app.restart().await;
    let welcome = app.execution_of(onboarding, &hire).await;
    welcome.job("run#1").expect_status(JobStatus::Resolved).expect_attempts(1);
    assert_eq!(app.reload(&hire).await.stage, Stage::Started);
    Ok(())
}

#[test]
fn who_was_hired_before_goes_on_as_before() {
    wfruntime::testing::replay("tests/hired_in_2025.jsonl");
}
