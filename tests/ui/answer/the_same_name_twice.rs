use wfruntime::prelude::*;

#[answer]
struct Receipt {
    paid_on: Date,
    _paid_on: Date,
}

fn main() {}
