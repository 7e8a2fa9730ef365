use wfruntime::prelude::*;

#[collection]
struct Claim {
    due_on: Date,
}

workflow! {
    #[schedule(cron = "0 9 * * *")]
    tick {
        require data.id > 0, "no record";
    }
}

fn main() {}
