use wfruntime::prelude::*;

#[answer]
struct Receipt {
    #[field(index, hidden)]
    reference: String,
    #[field(column = "n", was = "m")]
    number: i64,
}

fn main() {}
