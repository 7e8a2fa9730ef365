//! Collections and schedules of the program under test.

use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

/// What a schedule left behind.
#[collection]
pub(crate) struct Mark {
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    pub(crate) invoice: Option<i64>,
}

#[collection]
pub(crate) struct Customer {
    pub(crate) name: String,
}

#[collection]
pub(crate) struct Invoice {
    pub(crate) number: i64,
    pub(crate) due_on: Option<Date>,
    pub(crate) remind_at: Option<Timestamp>,
    #[field(default = false)]
    pub(crate) paid: bool,
    pub(crate) customer: Option<BelongsTo<Customer>>,
}

/// On working days.
#[schedule(cron = "0 9 * * 1-5", timezone = "Europe/Paris")]
async fn report(due: Scheduled, cx: Context) -> Result<()> {
    cx.create(Mark::new().by("report").at(due.at)).await?;
    Ok(())
}

/// Misses nothing.
#[schedule(cron = "30 9 * * *", catch_up = "all")]
async fn each(due: Scheduled, cx: Context) -> Result<()> {
    cx.create(Mark::new().by("each").at(due.at)).await?;
    Ok(())
}

/// Never late.
#[schedule(cron = "45 9 * * *", catch_up = "none")]
async fn punctual(due: Scheduled, cx: Context) -> Result<()> {
    cx.create(Mark::new().by("punctual").at(due.at)).await?;
    Ok(())
}

/// Three times in all.
#[schedule(every = 1 hour, start = "2026-02-01T00:30", repeat = 3)]
async fn thrice(due: Scheduled, cx: Context) -> Result<()> {
    cx.create(Mark::new().by("thrice").at(due.at)).await?;
    Ok(())
}

workflow! {
    /// As nodes.
    #[schedule(cron = "0 0 1 * *", when = at.as_second() > 0)]
    pub(crate) monthly {
        create Mark { by: "monthly", at: at }
    }

    /// Two days before, at nine in Paris.
    #[schedule(
        at = due_on, before = 1 day 15 hours, timezone = "Europe/Paris", when = !data.paid,
        appends = [customer]
    )]
    pub(crate) remind<Invoice> {
        create Mark { by: "remind", at: at, invoice: data.number }
    }
}

/// A moment, and a week later again.
#[schedule(at = remind_at, every = 1 week, repeat = 2)]
async fn nag(due: Scheduled<Invoice>, cx: Context) -> Result<()> {
    cx.create(Mark::new().by("nag").at(due.at).invoice(due.data.number)).await?;
    Ok(())
}

/// Monday, 5 January 2026, 8:00 in Paris.
pub(crate) async fn program() -> TestApp {
    TestApp::start_at(at("2026-01-05T07:00:00Z"), |app| app).await
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// The moments of a schedule that ran, with the numbers of invoices.
pub(crate) async fn ran(app: &TestApp, by: &str) -> Vec<String> {
    let mut marks = app.all::<Mark>().await;
    marks.sort_by_key(|mark| (mark.at, mark.invoice));
    let marks = marks.into_iter().filter(|mark| mark.by == by);
    let text = |mark: Record<Mark>| match mark.invoice {
        Some(number) => format!("{} {number}", mark.at),
        None => mark.at.to_string(),
    };
    marks.map(text).collect()
}
