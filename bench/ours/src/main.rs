//! The claims API with wfruntime: three times the same collection, each with other workflows.

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

#[tokio::main]
async fn main() -> Result<()> {
    let app = App::new("sqlite://bench.db");
    // Held: what fires is queued, and stays so.
    let held = std::env::var_os("BENCH_HOLD").is_some();
    let app = if held { app.settings(|settings| settings.parallel = 0) } else { app };
    app.run().await
}
