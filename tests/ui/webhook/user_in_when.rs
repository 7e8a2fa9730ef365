use wfruntime::prelude::*;

#[collection]
struct Claim {
    paid: bool,
}

workflow! {
    #[webhook(path = "paid", when = user.is_some())]
    done {
        create Claim { paid: true };
    }
}

fn main() {}
