use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

workflow! {
    #[custom_action]
    print<Many<Claim>> {
        require data.amount > 5, "too small";
    }
}

fn main() {}
