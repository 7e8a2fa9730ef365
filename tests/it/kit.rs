//! The test kit: what it drives, and what it says when an expectation does not hold.

use std::sync::atomic::{AtomicU32, Ordering};

use expect_test::{Expect, expect};
use futures_util::FutureExt as _;
use jiff::ToSpan as _;
use serde_json::json;
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;
use wfruntime::{JobStatus, Status};

/// Something that is lent.
#[collection]
pub struct Rental {
    pub thing: String,
    pub days: i64,
    pub note: Option<String>,
    #[field(hidden)]
    pub code: Option<String>,
}

/// A line in the book of rentals.
#[collection]
pub struct RentalEntry {
    pub rental: BelongsTo<Rental>,
    pub text: String,
}

/// What the desk writes down.
#[answer]
struct RentalCheck {
    note: String,
}

/// How often the outside was called, and how often it fails first.
struct Outside {
    calls: AtomicU32,
    failures: u32,
}

workflow! {
    /// Has it approved, and writes it into the book.
    #[post_action(mode = "local")]
    rental_review<Rental> {
        create RentalEntry { rental: data.id, text: "asked" };
        let review = approve "Lend {data.thing}?" { by: role(rental_desk), within: 3 days };
        if review.is_rejected() {
            end failed "{review.comment}";
        }
        update data { note: "lent" };
        create RentalEntry { rental: data.id, text: "lent" };
    }
}

/// Asks for it back when its days are over.
#[post_action(mode = "local")]
async fn rental_reminder(rental: PostAction<Rental>, cx: Context) -> Result<()> {
    cx.sleep(2.days()).await?;
    cx.create(RentalEntry::new().rental(rental.data.id).text("soon")).await?;
    let text = match cx.signal("returned").within(5.days()).await? {
        Some(signal) => signal.get::<String>()?,
        None => "overdue".to_owned(),
    };
    cx.create(RentalEntry::new().rental(rental.data.id).text(text)).await?;
    Ok(())
}

/// Tells the outside.
#[post_action(mode = "local")]
async fn rental_mail(rental: PostAction<Rental>, cx: Context) -> Result<()> {
    let outside = cx.state::<Outside>()?;
    cx.run("mail", async || {
        let calls = outside.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if calls <= outside.failures {
            return Err(Error::internal(format!("no mail today, {calls}")));
        }
        Ok(calls)
    })
    .await?;
    cx.create(RentalEntry::new().rental(rental.data.id).text("mailed")).await?;
    Ok(())
}

/// Has the desk write something down.
#[post_action(mode = "local")]
async fn rental_check(rental: PostAction<Rental>, cx: Context) -> Result<()> {
    let mut rental = rental.data;
    let check = cx.ask::<RentalCheck>("What do we write?").by_role("rental_desk").await?;
    cx.update(&mut rental, Rental::changes().note(check.note.clone())).await
}

/// Says so in the answer, and refuses long ones.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn rental_terms(rental: PostAction<Rental>, cx: SyncContext) -> Result<()> {
    if rental.data.days > 100 {
        cx.end_failed("too long")?;
    }
    cx.respond(format!("for {} days", rental.data.days)).await
}

/// Stamps it before the answer.
#[post_action(mode = "local", execution = "sync")]
async fn rental_stamp(rental: PostAction<Rental>, cx: SyncContext) -> Result<()> {
    cx.create(RentalEntry::new().rental(rental.data.id).text("stamped")).await?;
    cx.respond("stamped").await
}

role! {
    tenant {
        Rental: view own, create, update(note) own, destroy own;
        workflows: rental_review, rental_reminder, rental_mail, rental_check, rental_stamp, rental_terms;
    }
    rental_desk { Rental: view; RentalEntry: view; tasks; }
}

async fn start() -> TestApp {
    TestApp::start(|app| app.state(Outside { calls: AtomicU32::new(0), failures: 2 })).await
}

fn drill() -> wfruntime::collection::Draft<Rental> {
    use wfruntime::collection::IntoDraft as _;
    Rental::new().thing("a drill").days(7).into_draft()
}

async fn texts(app: &TestApp) -> Vec<String> {
    app.all::<RentalEntry>().await.into_iter().map(|entry| entry.text.clone()).collect()
}

/// What a future says as it panics.
async fn words(future: impl Future<Output = ()>, expected: Expect) {
    expected.assert_eq(&said(future).await);
}

/// The same without what happened.
async fn headline(future: impl Future<Output = ()>, expected: Expect) {
    let text = said(future).await;
    let (headline, timeline) = text.split_once("\n\n").expect("a headline");
    assert!(timeline.contains("fired by ann as tenant"), "{timeline}");
    expected.assert_eq(headline);
}

/// The text without the line of this file, which stands at its end.
async fn said(future: impl Future<Output = ()>) -> String {
    let panic = std::panic::AssertUnwindSafe(future).catch_unwind().await;
    let panic = panic.expect_err("the expectation does not hold");
    let text = panic.downcast_ref::<String>().expect("a text");
    let (text, at) = text.rsplit_once("\n  --> ").unwrap_or_else(|| panic!("no place: {text}"));
    assert!(at.starts_with("tests/it/kit.rs:") || at.starts_with("it/kit.rs:"), "{at}");
    text.to_owned()
}

#[tokio::test]
async fn people_act_and_time_passes() -> Result<()> {
    let app = start().await;
    let ann = app.user("ann", &["tenant"]).await;
    let desk = app.user("dora", &["rental_desk"]).await;
    let rental = ann.create(drill()).fire(rental_review).await?;
    assert_eq!(rental.created_by.as_ref().map(BelongsTo::id), Some(ann.id()));
    app.execution_of(rental_review, &rental).await.job("review").expect_status(JobStatus::Pending);
    app.advance(1.day()).await;
    desk.approve_next().comment("fine").await?;
    assert_eq!(ann.get(&rental).await?.note.as_deref(), Some("lent"));
    let review = app.execution_of(rental_review, &rental).await;
    review.expect_status(Status::Resolved);
    review.expect_jobs(&["create#1", "review", "update#1", "create#2"]);
    assert_eq!(texts(&app).await, ["asked", "lent"]);

    // Nobody answers in time.
    let late = ann.create(drill()).fire(rental_review).await?;
    app.rest().await;
    app.advance(4.days()).await;
    app.execution_of(rental_review, &late).await.expect_status(Status::Failed);
    assert!(desk.tasks().await.is_empty());
    assert_eq!(ann.list::<Rental>().await?.len(), 2);
    let spare = ann.create(drill()).await?;
    ann.destroy(&spare).await?;
    assert_eq!(ann.get(&spare).await.expect_err("it is gone").kind(), ErrorKind::NotFound);
    assert_eq!(ann.list::<Rental>().await?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timers_retries_and_signals_take_no_time() -> Result<()> {
    let begun = std::time::Instant::now();
    let app = start().await;
    let (ann, root) = (app.user("ann", &["tenant"]).await, app.root().await);
    let at = app.now();
    let first = ann.create(drill()).fire(rental_reminder).fire(rental_mail).await?;
    let second = ann.create(drill()).fire(rental_reminder).await?;
    let mail = app.execution_of(rental_mail, &first).await;
    mail.expect_status(Status::Resolved)
        .job("run mail#1")
        .expect_attempts(3)
        .expect_output(&json!(3));
    assert!(app.now() > at, "the pauses between its attempts are over");
    app.advance(1.week()).await;
    let overdue = ["mailed", "soon", "soon", "overdue", "overdue"];
    app.advance(3.days()).await;
    assert_eq!(texts(&app).await, overdue);

    let third = ann.create(drill()).fire(rental_reminder).await?;
    app.advance(3.days()).await;
    let waiting = app.execution_of(rental_reminder, &third).await;
    root.signal(&waiting, "returned", json!("as new")).await?;
    app.execution(waiting.id).await.expect_status(Status::Resolved);
    let gone = root.signal_all(rental_reminder, &second, "returned", json!("late")).await;
    assert_eq!(gone.expect_err("it is over").kind(), ErrorKind::NotFound);
    assert_eq!(texts(&app).await.last().map(String::as_str), Some("as new"));
    assert!(begun.elapsed().as_secs() < 20);
    Ok(())
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_done_twice() -> Result<()> {
    let nodes = ["create#1", "review", "update#1", "create#2"];
    for (index, node) in nodes.iter().flat_map(|node| [node; 2]).enumerate() {
        let app = start().await;
        let ann = app.user("ann", &["tenant"]).await;
        let desk = app.user("dora", &["rental_desk"]).await;
        match index % 2 {
            0 => app.crash_before(rental_review, node),
            _ => app.crash_after(rental_review, node),
        }
        let rental = ann.create(drill()).fire(rental_review).await?;
        if index < 4 {
            app.restart().await;
        }
        desk.approve_next().await?;
        if index >= 4 {
            app.restart().await;
        }
        app.execution_of(rental_review, &rental).await.expect_status(Status::Resolved);
        assert_eq!(texts(&app).await, ["asked", "lent"], "{index}");
        assert_eq!(ann.get(&rental).await?.note.as_deref(), Some("lent"));
    }
    Ok(())
}

#[tokio::test]
async fn a_killed_application_answers_and_writes_nothing() -> Result<()> {
    let app = start().await;
    let ann = app.user("ann", &["tenant"]).await;
    app.crash_before(rental_mail, "create RentalEntry#1");
    let rental = ann.create(drill()).fire(rental_mail).await?;
    app.rest().await;
    let refused = ann.create(drill()).await.expect_err("nobody is there");
    assert_eq!(refused.all()[0].code, "crashed");
    app.restart().await;
    assert_eq!(ann.list::<Rental>().await?.len(), 1);
    app.execution_of(rental_mail, &rental).await.expect_status(Status::Resolved);
    assert_eq!(texts(&app).await, ["mailed"]);

    app.stop().await;
    app.restart().await;
    app.crash();
    app.restart().await;
    assert_eq!(app.reload(&rental).await.days, 7);
    Ok(())
}

#[tokio::test]
async fn a_crash_in_a_request_is_seen_by_its_client_and_the_rest_is_done_after_it() -> Result<()> {
    for before in [true, false] {
        let app = start().await;
        let ann = app.user("ann", &["tenant"]).await;
        if before {
            app.crash_before(rental_stamp, "create RentalEntry#1");
        } else {
            app.crash_after(rental_stamp, "create RentalEntry#1");
        }
        let hung_up = ann.create(drill()).fire(rental_stamp).await.expect_err("no answer");
        assert_eq!(hung_up.all()[0].code, "crashed");
        app.restart().await;
        let [rental] = &*ann.list::<Rental>().await? else { panic!("one rental, not more") };
        let stamp = app.execution_of(rental_stamp, rental).await;
        stamp.expect_status(Status::Resolved);
        assert_eq!(stamp.said, ["stamped"]);
        assert_eq!(texts(&app).await, ["stamped"]);
    }
    Ok(())
}

#[tokio::test]
async fn requests_are_refused_with_the_words_of_the_application() -> Result<()> {
    let app = start().await;
    let ann = app.user("ann", &["tenant"]).await;
    let (bob, desk) =
        (app.user("bob", &["tenant"]).await, app.user("dora", &["rental_desk"]).await);
    let rental = ann.create(drill()).await?;
    assert_eq!(bob.get(&rental).await.expect_err("not his").kind(), ErrorKind::NotFound);
    let refused = ann.update(&rental, Rental::changes().days(9)).await.expect_err("not hers");
    expect!["role `tenant` may not write this field"].assert_eq(&refused.to_string());
    let nobody = app.anonymous().create(drill()).await.expect_err("nobody");
    assert_eq!(nobody.kind(), ErrorKind::Unauthenticated);
    let long = ann.create(Rental::new().thing("a car").days(101)).await.expect_err("too long");
    assert_eq!((long.kind(), &*long.to_string()), (ErrorKind::Failed, "too long"));

    let body = json!({ "thing": "a saw", "days": 3 });
    let answer = ann.post("/api/rentals:create?triggerWorkflows=rental_review", body).await;
    answer.expect_status(200);
    assert_eq!(answer.messages(), ["for 3 days"]);
    let fired = answer.workflows();
    assert!(fired[0].is(Status::Queued) && fired[1].is(Status::Resolved), "{fired:?}");
    assert_eq!(answer.data()["thing"], "a saw");
    let found = ann.fetch(r#"/api/rentals:list?filter={"thing":"a saw"}"#).await;
    assert_eq!(found.body["meta"]["count"], 1);

    let task = desk.task().await;
    assert_eq!(task.title, "Lend a saw?");
    let not_hers = ann.approve(&task).await.expect_err("not hers");
    assert_eq!(not_hers.kind(), ErrorKind::Forbidden);
    desk.reject(&task).comment("broken").await?;
    let twice = desk.approve(&task).await.expect_err("decided");
    assert_eq!(twice.kind(), ErrorKind::Conflict);
    app.execution(fired[0].execution.expect("an execution"))
        .await
        .expect_status(Status::Failed)
        .expect_message("broken");

    ann.create(drill()).fire(rental_check).await?;
    let task = desk.task().await;
    let other = app.user("emil", &["rental_desk"]).await;
    let handed = desk.delegate(&task, &other).await?;
    assert_eq!(handed.assignees.len(), 2, "{handed:?}");
    other.answer_next(json!({ "note": "scratched" })).await?;
    let note = app.list(Rental::FIELDS.note.eq("scratched")).await;
    assert_eq!(note.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_fails_shows_what_happened() -> Result<()> {
    let app = start().await;
    let ann = app.user("ann", &["tenant"]).await;
    let desk = app.user("dora", &["rental_desk"]).await;
    let rental = ann.create(drill()).fire(rental_review).await?;
    let review = app.execution_of(rental_review, &rental).await;
    words(async { drop(review.expect_status(Status::Resolved).clone()) }, expect![[r#"
        expected `rental_review` to be `resolved`, found `started`

        rental_review of rentals 133245488332802
          2026-01-05 09:00:00  fired by ann as tenant
          2026-01-05 09:00:00  create#1  create   resolved  {"id":133245488332805,"rentalId":133245488332802,"text":"asked"}
          2026-01-05 09:00:00  review    approve  pending
                               task 133245488332806 "Lend a drill?" for the role `rental_desk` until 2026-01-08 09:00:00: open
                               it waits"#]]).await;
    app.advance(1.hour()).await;
    desk.reject_next().comment("the drill\nis broken").await?;
    let review = app.execution_of(rental_review, &rental).await;
    words(async { drop(review.expect_status(Status::Resolved).clone()) }, expect![[r#"
        expected `rental_review` to be `resolved`, found `failed`: the drill
        is broken

        rental_review of rentals 133245488332802
          2026-01-05 09:00:00  fired by ann as tenant
          2026-01-05 09:00:00  create#1  create   resolved  {"id":133245488332805,"rentalId":133245488332802,"text":"asked"}
          2026-01-05 09:00:00  review    approve  resolved at 2026-01-05 10:00:00
                               task 133245488332806 "Lend a drill?" for the role `rental_desk` until 2026-01-08 09:00:00: rejected
                               2026-01-05 10:00:00  rejected by dora as rental_desk: the drill
                               is broken
          2026-01-05 10:00:00  failed: the drill
                               is broken"#]]).await;
    let other = ann.create(drill()).fire(rental_mail).await?;
    let mail = app.execution_of(rental_mail, &other).await;
    words(async { drop(mail.job("mail").clone()) }, expect![[r#"
        `rental_mail` has no job `mail`

        rental_mail of rentals 133253038080000
          2026-01-05 10:00:00  fired by ann as tenant
          2026-01-05 10:00:01  run mail#1            run     resolved after 3 attempts  3
          2026-01-05 10:00:01  create RentalEntry#1  create  resolved  {"id":133253040177152,"rentalId":133253038080000,"text":"mailed"}
          2026-01-05 10:00:01  resolved"#]]).await;
    words(async { drop(app.execution_of(rental_check, &other).await) }, expect![[r#"
        no execution of `rental_check` for `rentals` 133253038080000

        rental_terms of rentals 133253038080000
          2026-01-05 10:00:00  fired by ann as tenant
          2026-01-05 10:00:00  resolved

        rental_mail of rentals 133253038080000
          2026-01-05 10:00:00  fired by ann as tenant
          2026-01-05 10:00:01  run mail#1            run     resolved after 3 attempts  3
          2026-01-05 10:00:01  create RentalEntry#1  create  resolved  {"id":133253040177152,"rentalId":133253038080000,"text":"mailed"}
          2026-01-05 10:00:01  resolved"#]]).await;

    let sent = mail.job("run mail#1");
    headline(
        async { drop(review.expect_message("no").clone()) },
        expect![[r#"
        expected the message `no`, found `the drill
        is broken`"#]],
    )
    .await;
    headline(
        async { drop(mail.expect_message("no").clone()) },
        expect!["expected the message `no`, found none"],
    )
    .await;
    headline(
        async { drop(review.expect_jobs(&["review"]).clone()) },
        expect!["expected the jobs `review`, found `create#1`, `review`"],
    )
    .await;
    headline(
        async { drop(sent.expect_attempts(1).clone()) },
        expect!["expected `run mail#1` to take 1 attempts, found 3"],
    )
    .await;
    headline(
        async { drop(sent.expect_output(&json!(1)).clone()) },
        expect!["expected `run mail#1` to give 1, found 3"],
    )
    .await;
    headline(
        async { drop(sent.expect_status(JobStatus::Pending).clone()) },
        expect!["expected `run mail#1` to be `pending`, found `resolved`"],
    )
    .await;
    headline(async { drop(sent.output::<String>()) }, expect!["expected `run mail#1` to give a `alloc::string::String`, found 3: invalid type: integer `3`, expected a string"]).await;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_done_is_said() -> Result<()> {
    let app = start().await;
    let ann = app.user("ann", &["tenant"]).await;
    let desk = app.user("dora", &["rental_desk"]).await;
    words(
        async { drop(desk.approve_next().await) },
        expect![[r#"
        dora has no open task

        every execution is at its end"#]],
    )
    .await;
    words(
        async { drop(app.user("eve", &["tennant"]).await) },
        expect!["unknown role `tennant`; did you mean `tenant`?"],
    )
    .await;
    words(async { drop(app.execution(7).await) }, expect!["there is no execution 7"]).await;
    words(
        async { drop(app.reload(Id::<Rental>::new(7)).await) },
        expect!["there is no record 7 of `rentals`"],
    )
    .await;
    words(
        async { assert_eq!(app.anonymous().id(), ann.id()) },
        expect!["somebody who is not signed in has no id"],
    )
    .await;
    let answer = ann.post("/api/rentals:create", json!({ "thing": 1 })).await;
    words(
        async { drop(answer.expect_status(200).clone()) },
        expect![[r#"
        expected 200, and POST /api/rentals:create was answered with 400

        {
          "errors": [
            {
              "code": "wrong_type",
              "field": "thing",
              "message": "`thing` must be a string, found 1"
            },
            {
              "code": "required",
              "field": "days",
              "message": "`days` is required"
            }
          ]
        }"#]],
    )
    .await;
    for _ in 0..2 {
        ann.create(drill()).fire(rental_review).await?;
    }
    words(
        async { drop(desk.task().await) },
        expect![[r#"
        dora has more than one open task:
          Lend a drill?
          Lend a drill?"#]],
    )
    .await;
    let checked = ann.create(drill()).fire(rental_check).await?;
    desk.approve_next().await?;
    desk.approve_next().await?;
    words(async { drop(ann.task().await) }, expect!["role `tenant` may not use `tasks:list`"])
        .await;
    app.crash_before(rental_check, "update Rental#2");
    words(app.restart(), expect![[r#"
        expected a crash before `update Rental#2` of `rental_check`, and no execution came there

        rental_check of rentals 133245488332812
          2026-01-05 09:00:00  fired by ann as tenant
          2026-01-05 09:00:00  ask RentalCheck#1  ask  pending
                               task 133245488332815 "What do we write?" for the role `rental_desk`: open
                               it waits"#]]).await;
    desk.answer_next(json!({ "note": "new" })).await?;
    assert_eq!(app.reload(&checked).await.note.as_deref(), Some("new"));
    app.stop().await;
    words(
        async { drop(app.running()) },
        expect!["the application is stopped: call `restart` first"],
    )
    .await;
    Ok(())
}

#[tokio::test]
async fn a_record_is_found_by_its_key_or_made() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    let draft = |days| Rental::new().thing("bike").days(days);
    let made = root.first_or_create(draft(1), Rental::FIELDS.thing).await?;
    let found = root.first_or_create(draft(2), Rental::FIELDS.thing).await?;
    assert_eq!((found.id, found.days), (made.id, 1));
    let changed = root.update_or_create(draft(3), Rental::FIELDS.thing).await?;
    assert_eq!((changed.id, changed.days), (made.id, 3));
    assert_eq!(app.all::<Rental>().await.len(), 1);
    Ok(())
}
