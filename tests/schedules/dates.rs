//! Schedules that go by a date of each record.

use jiff::ToSpan as _;
use wf_tests::sql;

use crate::model::{Customer, Invoice, at, date, program, ran};

#[tokio::test]
async fn before_a_date_of_each_record() {
    let app = program().await;
    let root = app.root().await;
    root.create(Invoice::new().number(1).due_on(date("2026-01-09"))).await.expect("created");
    root.create(Invoice::new().number(2).due_on(date("2026-01-09"))).await.expect("created");
    root.create(Invoice::new().number(3).due_on(date("2026-01-10"))).await.expect("created");
    root.create(Invoice::new().number(4)).await.expect("created");
    let paid = Invoice::new().number(5).due_on(date("2026-01-10")).paid(true);
    root.create(paid).await.expect("created");
    app.advance(10.days()).await;
    assert_eq!(
        ran(&app, "remind").await,
        ["2026-01-07T08:00:00Z 1", "2026-01-07T08:00:00Z 2", "2026-01-08T08:00:00Z 3"]
    );
}

#[tokio::test]
async fn a_date_that_is_moved_emptied_or_gone() {
    let app = program().await;
    let root = app.root().await;
    let make = async |number: i64| {
        let new = Invoice::new().number(number).due_on(date("2026-01-09"));
        root.create(new).await.expect("created")
    };
    let (moved, emptied, gone) = (make(1).await, make(2).await, make(3).await);
    let again = make(4).await;
    root.update(moved.id, Invoice::changes().due_on(date("2026-01-12"))).await.expect("updated");
    root.update(emptied.id, Invoice::changes().due_on(None)).await.expect("updated");
    root.destroy(gone.id).await.expect("destroyed");
    app.advance(3.days()).await;
    assert_eq!(ran(&app, "remind").await, ["2026-01-07T08:00:00Z 4"]);
    // It ran, and runs again for the new moment.
    root.update(again.id, Invoice::changes().due_on(date("2026-01-12"))).await.expect("updated");
    app.advance(7.days()).await;
    assert_eq!(
        ran(&app, "remind").await,
        ["2026-01-07T08:00:00Z 4", "2026-01-10T08:00:00Z 1", "2026-01-10T08:00:00Z 4"]
    );
}

#[tokio::test]
async fn again_and_again_for_each_record() {
    let app = program().await;
    let root = app.root().await;
    let new = Invoice::new().number(1).remind_at(at("2026-01-06T10:00:00Z"));
    root.create(new).await.expect("created");
    app.advance(30.days()).await;
    assert_eq!(ran(&app, "nag").await, ["2026-01-06T10:00:00Z 1", "2026-01-13T10:00:00Z 1"]);
}

#[tokio::test]
async fn a_moment_that_had_passed_when_it_was_written() {
    let app = program().await;
    let root = app.root().await;
    app.advance(2.days()).await;
    for (number, moment) in [(1, "2026-01-07T06:30:00Z"), (2, "2026-01-07T05:59:00Z")] {
        root.create(Invoice::new().number(number).remind_at(at(moment))).await.expect("created");
    }
    app.rest().await;
    assert_eq!(ran(&app, "nag").await, ["2026-01-07T06:30:00Z 1"]);
    app.rest().await;
    assert_eq!(ran(&app, "nag").await, ["2026-01-07T06:30:00Z 1"]);
}

#[tokio::test]
async fn what_was_missed_runs_once_for_each_record() {
    let app = program().await;
    let root = app.root().await;
    for number in 1..=200 {
        // All at one moment, and more than are looked at together.
        let new = Invoice::new().number(number).due_on(date("2026-01-09"));
        root.create(new).await.expect("created");
    }
    let new = Invoice::new().number(300).remind_at(at("2026-01-06T10:00:00Z"));
    root.create(new).await.expect("created");
    app.stop().await;
    app.set_clock(at("2026-02-10T12:00:00Z"));
    app.restart().await;
    app.rest().await;
    assert_eq!(ran(&app, "remind").await.len(), 200);
    // The later of its two.
    assert_eq!(ran(&app, "nag").await, ["2026-01-13T10:00:00Z 300"]);
}

#[tokio::test]
async fn dates_that_another_program_wrote() {
    let app = program().await;
    let root = app.root().await;
    root.create(Customer::new().name("Berta")).await.expect("created");
    root.create(Invoice::new().number(1)).await.expect("created");
    let moved = "UPDATE invoices SET due_on = '2026-01-09' RETURNING number";
    assert_eq!(sql(app.database().url(), moved), ["1"]);
    app.advance(5.days()).await;
    assert_eq!(ran(&app, "remind").await, ["2026-01-07T08:00:00Z 1"]);
}
