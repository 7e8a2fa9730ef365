//! The number of a record's id is got as it is written, and nothing has to be loaded for it.
#![deny(warnings)]

use wfruntime::Workflow;
use wfruntime::prelude::*;

#[collection]
struct Claim {
    applicant: BelongsTo<User>,
    number: i64,
}

async fn tell(claim: i64, applicant: i64) -> Result<i64> {
    Ok(claim + applicant)
}

workflow! {
    /// Of the record, and of one that is loaded.
    #[post_action(mode = "local", appends = [applicant])]
    told<Claim> {
        let number = run tell(data.id.get(), data.applicant.id.get());
        update data { number };
        run tell(data.id.get() + 1, data.applicant.get()?.id.get());
    }
}

#[test]
fn compiles_and_is_right() {
    assert_eq!(told::KEY, "told");
}
