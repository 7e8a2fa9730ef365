use wfruntime::prelude::*;

#[answer]
struct Receipt {
    #[field(unique, length = 8)]
    reference: String,
}

fn main() {}
