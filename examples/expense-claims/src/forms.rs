//! What people fill in and press, on the page and in requests (`button=claim.submit`).

use wfruntime::prelude::*;

use crate::ahead::Plan;
use crate::{Reimbursement, Status, expense_review};

forms! {
    Reimbursement {
        /// Keep the receipts: above 500 a supervisor checks them.
        add "Claim" (project, amount) {
            "Submit" => [expense_review];
            /// Nobody decides about it yet.
            "Save draft" { status: Status::Draft };
        }
        edit "Change" (project, amount) when status == Status::Draft {
            "Save";
            "Submit" { status: Status::Submitted } => [expense_review];
        }
        row "Resubmit" { status: Status::Submitted } => [expense_review]
            when status == Status::Rejected;
    }
    Plan {
        /// A claim is made of it once a supervisor agrees.
        add "Plan" (project, amount) { "Ask"; }
    }
}
