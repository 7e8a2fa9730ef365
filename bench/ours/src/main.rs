//! The claims API with wfruntime: the same collection several times, each with other workflows.

use wfruntime::prelude::*;

/// Fires nothing.
#[collection]
pub struct Claim {
    pub project: String,
    #[field(default = user)]
    pub applicant: BelongsTo<User>,
    pub amount: Decimal,
    #[field(default = Status::Submitted)]
    pub status: Status,
}

/// Fires an asynchronous workflow.
#[collection]
pub struct QueuedClaim {
    pub project: String,
    #[field(default = user)]
    pub applicant: BelongsTo<User>,
    pub amount: Decimal,
    #[field(default = Status::Submitted)]
    pub status: Status,
}

/// Refers to one of many.
#[collection]
pub struct Receipt {
    pub claim: BelongsTo<QueuedClaim>,
    pub text: String,
}

/// Fires a synchronous workflow.
#[collection]
pub struct PaidClaim {
    pub project: String,
    #[field(default = user)]
    pub applicant: BelongsTo<User>,
    pub amount: Decimal,
    #[field(default = Status::Submitted)]
    pub status: Status,
}

/// Fires an asynchronous workflow of three record nodes.
#[collection]
pub struct ThriceClaim {
    pub project: String,
    pub amount: Decimal,
}

/// Waits for a decision.
#[collection]
pub struct ReviewedClaim {
    pub project: String,
    pub amount: Decimal,
}

/// Waits for a decision, with a long journal behind it.
#[collection]
pub struct LongClaim {
    pub project: String,
    pub amount: Decimal,
}

/// Is refused by its workflow.
#[collection]
pub struct DoubtfulClaim {
    pub project: String,
    pub amount: Decimal,
}

/// Where a claim stands.
#[choice]
pub enum Status {
    Submitted,
    Approved,
}

/// What the synchronous workflow writes.
#[collection]
pub struct Payment {
    pub claim: BelongsTo<PaidClaim>,
    pub amount: Decimal,
}

/// What the asynchronous workflow writes.
#[collection]
pub struct Note {
    pub claim: i64,
    /// From the record's creation to its workflow's first node, in microseconds.
    pub waited: i64,
}

/// What follows a decision.
#[collection]
pub struct Verdict {
    pub claim: i64,
    /// From the moment at which the decision was sent to this node, in microseconds.
    pub waited: i64,
}

role! {
    /// Decides.
    clerk { tasks; }
}

#[post_action(mode = "global", on = [create])]
async fn take_note(claim: PostAction<QueuedClaim>, cx: Context) -> Result<()> {
    let waited = Timestamp::now().as_microsecond() - claim.data.created_at.as_microsecond();
    cx.create(Note::new().claim(claim.data.id.get()).waited(waited)).await?;
    Ok(())
}

#[post_action(mode = "global", on = [create], execution = "sync")]
async fn pay_at_once(claim: PostAction<PaidClaim>, cx: SyncContext) -> Result<()> {
    cx.create(Payment::new().claim(claim.data.id).amount(claim.data.amount)).await?;
    Ok(())
}

#[post_action(mode = "global", on = [create])]
async fn take_three_notes(claim: PostAction<ThriceClaim>, cx: Context) -> Result<()> {
    for waited in 0..3 {
        cx.create(Note::new().claim(claim.data.id.get()).waited(waited)).await?;
    }
    Ok(())
}

#[post_action(mode = "global", on = [create])]
async fn review(claim: PostAction<ReviewedClaim>, cx: Context) -> Result<()> {
    decide(claim.data.id.get(), &cx).await
}

#[post_action(mode = "global", on = [create])]
async fn doubt(claim: PostAction<DoubtfulClaim>, cx: Context) -> Result<()> {
    cx.require(claim.data.amount < dec!(0), "no receipt is there")
}

/// How many nodes are answered from the journal when the decision comes.
const LONG: i64 = 1000;

#[post_action(mode = "global", on = [create])]
async fn long_review(claim: PostAction<LongClaim>, cx: Context) -> Result<()> {
    for waited in 0..LONG {
        cx.create(Note::new().claim(claim.data.id.get()).waited(waited)).await?;
    }
    decide(claim.data.id.get(), &cx).await
}

/// The decision's comment is the moment at which it was sent.
async fn decide(claim: i64, cx: &Context) -> Result<()> {
    let decision = cx.approve("Check the receipts").by_role("clerk").await?;
    let sent: i64 = decision.comment.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0);
    let waited = Timestamp::now().as_microsecond() - sent;
    cx.create(Verdict::new().claim(claim).waited(waited)).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let app = App::new("sqlite://bench.db");
    // Held: what fires is queued, and stays so.
    let held = std::env::var_os("BENCH_HOLD").is_some();
    let app = if held { app.settings(|settings| settings.parallel = 0) } else { app };
    app.run().await
}
