use wfruntime::prelude::*;

#[collection]
struct Claim {
    due_on: Date,
}

workflow! {
    #[schedule(at = due_on)]
    tick<Claim> {
        require before.is_some(), "nothing was";
    }
}

fn main() {}
