use wfruntime::prelude::*;

#[answer]
struct Receipt {
    #[field(index, hidden)]
    reference: String,
}

fn main() {}
