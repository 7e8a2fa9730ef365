//! Employees file claims; above 500 a supervisor decides; finance pays what is approved.

mod ahead;
mod demo;
mod forms;
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
    #[field(default = Status::Approved)]
    pub status: Status,
    pub reference: Option<String>,
    pub paid_on: Option<Date>,
}

/// Where a claim or a payment stands.
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
    /// Claims above 500 wait for a supervisor; a rejected one goes back to its applicant.
    #[post_action(mode = "local", appends = [applicant], overlap = "cancel_previous")]
    pub expense_review<Reimbursement> {
        require data.status != Status::Processed, "the claim is paid already";
        // Of an earlier review: the claim was changed since.
        delete Payment where claim == data.id;
        for round in 1..=3 {
            update data { status: Status::Submitted };
            if data.amount <= dec!(500) {
                break;
            }
            let review = approve "Check the receipts of {data.applicant.nickname}" {
                by: role(supervisor),
                within: 3 days,
            };
            if review.is_approved() {
                break;
            }
            update data { status: Status::Rejected };
            require round < 3, "{review.comment}";
            let Some(change) = ask "Your claim was rejected. {review.comment}" {
                by: data.applicant,
                within: 14 days,
                project: String,
                amount: Decimal,
            } else {
                end failed "{review.comment}";
            };
            update data { project: change.project, amount: change.amount };
        }
        update data { status: Status::Approved };
        call payment(data);
    }

    /// Has finance pay an approved claim.
    #[post_action(mode = "local", appends = [applicant])]
    pub payment<Reimbursement> {
        let mut payment = create Payment { claim: data.id, amount: data.amount };
        let paid = ask "Pay {data.amount} to {data.applicant.nickname}" {
            by: role(finance),
            #[field(length = 4..=35)]
            reference: String,
            paid_on: Date,
        };
        update payment {
            status: Status::Processed,
            reference: paid.reference,
            paid_on: paid.paid_on,
        };
        update data { status: Status::Processed };
    }
}

role! {
    employee {
        Reimbursement: view own, create(project, amount), update(project, amount) own;
        ahead::Plan: view own, create(project, amount);
        User: view(nickname);
        workflows: expense_review;
        tasks;
    }
    supervisor {
        Reimbursement: view;
        ahead::Plan: view;
        User: view(nickname);
        tasks;
    }
    finance {
        Reimbursement: view;
        Payment: view;
        User: view(nickname);
        tasks;
    }
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
