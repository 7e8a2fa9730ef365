use wfruntime::prelude::*;

#[answer]
struct Receipt {
    #[field(range = 1..=100)]
    paid_on: Date,
}

fn main() {}
