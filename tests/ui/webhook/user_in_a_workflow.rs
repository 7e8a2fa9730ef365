use wfruntime::prelude::*;

#[collection]
struct Claim {
    paid: bool,
}

workflow! {
    #[webhook(path = "paid")]
    done {
        require user.is_some(), "nobody";
    }
}

fn main() {}
