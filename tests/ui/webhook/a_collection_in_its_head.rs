use wfruntime::prelude::*;

#[collection]
struct Claim {
    paid: bool,
}

workflow! {
    #[webhook(path = "paid")]
    done<Claim> {
        create Claim { paid: true };
    }
}

fn main() {}
