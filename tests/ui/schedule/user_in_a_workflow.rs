use wfruntime::prelude::*;

#[collection]
struct Claim {
    due_on: Date,
}

workflow! {
    #[schedule(cron = "0 9 * * *")]
    tick {
        require user.is_some(), "nobody asks";
    }
}

fn main() {}
