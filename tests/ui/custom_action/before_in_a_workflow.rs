use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

workflow! {
    #[custom_action]
    remind<Claim> {
        require before.amount > 5, "too small";
    }
}

fn main() {}
