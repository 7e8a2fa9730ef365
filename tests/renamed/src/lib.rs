//! What every macro emits fits a crate that knows the framework as `wf`, knows nothing else, and
//! denies what can be denied.
#![deny(warnings)]

use wf::prelude::*;

/// What is claimed.
#[collection(crate = "wf")]
pub struct Claim {
    /// How much.
    #[field(default = dec!(0.10), range = dec!(0)..=dec!(100_000))]
    pub amount: Decimal,
    /// Who claims it.
    #[field(default = user)]
    pub applicant: BelongsTo<User>,
    /// Where it stands.
    #[field(default = Status::Submitted)]
    pub status: Status,
}

/// Where a claim stands.
#[choice(crate = "wf")]
pub enum Status {
    /// It was made.
    Submitted,
    /// It is paid.
    Paid,
}

/// Tells about it.
///
/// # Errors
/// None.
#[post_action(
    mode = "global",
    on = [create, mark_paid],
    appends = [applicant],
    when = data.amount > dec!(5),
    changed = [amount],
    crate = "wf"
)]
pub async fn tell(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    cx.respond(claim.data.applicant.get()?.nickname.clone()).await
}

/// Pays it.
///
/// # Errors
/// It is gone.
#[action(Claim, crate = "wf")]
pub async fn mark_paid(act: Act<Claim>) -> Result<Record<Claim>> {
    let claim = act.target().ok_or_else(|| Error::invalid("no_target", "which claim?"))?;
    act.update(claim, Claim::changes().status(Status::Paid)).await
}

/// Sends a text.
///
/// # Errors
/// None.
pub async fn send(text: String) -> Result<usize> {
    std::future::ready(Ok(text.len())).await
}

workflow! {
    /// Claims above 500 wait.
    #[post_action(mode = "local", appends = [applicant], crate = "wf")]
    pub review<Claim> {
        if data.amount > dec!(500) {
            let review = approve "Check {data.applicant.nickname}" { by: role(boss), within: 3 days };
            if review.is_rejected() {
                end failed "{review.comment}";
            }
        }
        let length = run send("sent".to_owned()) retry 3;
        require length > 0, "nothing was sent";
        let found = find Claim where status == Status::Paid;
        if let Some(mut found) = found {
            update found { status: Status::Submitted };
            delete found;
        }
        update data { status: Status::Paid };
        create Claim { amount: dec!(1.5), applicant: data.applicant };
    }
}

role! {
    crate = "wf";

    /// Who decides.
    boss { Claim: view, update(status) own, mark_paid; workflows: tell, review; tasks; }
}

forms! {
    crate = "wf";

    Claim {
        /// Keep the receipts.
        add "Claim" (amount) { "Submit" { status: Status::Submitted } => [review]; }
        edit "Change" (amount) when status == Status::Submitted { "Save"; }
        row "Pay" { status: Status::Paid, applicant: user } => [review]
            when status == Status::Submitted && amount > dec!(0.5) allow [boss];
    }
}

#[cfg(test)]
mod tests {
    use wf::Workflow;
    use wf::prelude::*;

    #[test]
    fn everything_is_registered() {
        let registry = wf::registry::global();
        let faults: Vec<String> = registry.faults().iter().map(ToString::to_string).collect();
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!([super::tell::KEY, super::review::KEY], ["tell", "review"]);
        assert_eq!(super::Claim::definition().columns.len(), 8);
        assert_eq!(super::Status::Paid.to_string(), "paid");
    }
}
