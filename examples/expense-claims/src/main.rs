//! Employees file claims; above 500 a supervisor decides; what is approved is paid.

mod demo;
use wfruntime::prelude::*;

/// A claim for money spent.
#[collection]
pub struct Reimbursement {
    pub project: String,
    #[field(default = user)]
    pub applicant: BelongsTo<User>,
    pub amount: Decimal,
    #[field(default = Status::Submitted)]
    pub status: Status,
}

/// Money that goes to an applicant.
#[collection]
pub struct Payment {
    pub claim: BelongsTo<Reimbursement>,
    pub amount: Decimal,
}

/// Where a claim stands.
#[choice]
pub enum Status {
    Draft,
    Submitted,
    Approved,
    Rejected,
    Processed,
}

/// Tells finance about every claim, new or changed.
#[post_action(mode = "global", on = [create, update], appends = [applicant])]
async fn notify_finance(claim: PostAction<Reimbursement>, cx: Context) -> Result<()> {
    let text = format!("{} claims {}", claim.data.applicant.get()?.nickname, claim.data.amount);
    cx.run("mail", async || mail("finance", &text).await).await
}

/// Tells the applicant in the answer who will decide.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn say_who_decides(claim: PostAction<Reimbursement>, cx: SyncContext) -> Result<()> {
    let decider = if claim.data.amount > dec!(500) { "a supervisor" } else { "nobody" };
    cx.respond(format!("{decider} has to approve this claim")).await
}

workflow! {
    /// Claims above 500 wait for a supervisor; the rest are approved at once.
    #[post_action(mode = "local", appends = [applicant], overlap = "cancel_previous")]
    pub expense_review<Reimbursement> {
        if data.amount > dec!(500) {
            let review = approve "Check the receipts of {data.applicant.nickname}" {
                by: role(supervisor),
                within: 3 days,
            };
            if review.is_rejected() {
                update data { status: Status::Rejected };
                end failed "{review.comment}";
            }
        }
        update data { status: Status::Approved };
        create Payment { claim: data.id, amount: data.amount };
    }
}

role! {
    employee {
        Reimbursement: view own, create(project, amount), update(project, amount) own;
        User: view(nickname);
        workflows: expense_review;
    }
    supervisor { Reimbursement: view; User: view(nickname); tasks; }
    finance { Reimbursement: view; Payment: view; User: view(nickname); }
}

/// Stands for the program's mailer.
async fn mail(to: &str, text: &str) -> Result<()> {
    println!("mail to {to}: {text}");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    demo::run_if_asked().await?;
    App::new("sqlite://claims.db").run().await
}
