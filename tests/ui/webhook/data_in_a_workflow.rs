use wfruntime::prelude::*;

#[collection]
struct Claim {
    paid: bool,
}

workflow! {
    #[webhook(path = "paid")]
    done {
        require data.paid, "not yet";
    }
}

fn main() {}
