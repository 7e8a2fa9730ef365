use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

workflow! {
    #[post_action(mode = "local", batch = true)]
    digest<Claim> {
        require data.amount > 5, "too small";
    }
}

fn main() {}
