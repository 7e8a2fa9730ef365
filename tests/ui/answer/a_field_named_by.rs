use wfruntime::prelude::*;

#[answer]
struct Receipt {
    reference: String,
    by: String,
}

fn main() {}
