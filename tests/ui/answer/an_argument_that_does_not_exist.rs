use wfruntime::prelude::*;

#[answer(table = "receipts")]
struct Receipt {
    #[field(lenght = 8)]
    reference: String,
}

fn main() {}
