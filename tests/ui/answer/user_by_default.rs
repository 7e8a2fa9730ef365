use wfruntime::prelude::*;

#[answer]
struct Receipt {
    #[field(default = user)]
    payer: Option<i64>,
}

fn main() {}
