//! The other way round: what is to be spent is decided first, and only then is there a claim.

use wfruntime::prelude::*;

use crate::{Reimbursement, Status, payment};

/// Money that somebody would like to spend.
#[collection]
pub struct Plan {
    pub project: String,
    #[field(default = user)]
    pub applicant: BelongsTo<User>,
    pub amount: Decimal,
}

workflow! {
    /// Makes a plan a claim once a supervisor agrees; a no ends it, and nothing is claimed.
    #[post_action(mode = "global", on = [create], appends = [applicant])]
    pub plan_review<Plan> {
        approve "May {data.applicant.nickname} spend {data.amount} on {data.project}?" {
            by: role(supervisor),
            within: 7 days,
        };
        let claim = create Reimbursement {
            project: data.project,
            applicant: data.applicant,
            amount: data.amount,
            status: Status::Approved,
        };
        call payment(claim);
    }
}
