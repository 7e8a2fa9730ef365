use wfruntime::prelude::*;

#[answer]
struct Receipt {
    #[field(column = "n", was = "m")]
    number: i64,
}

fn main() {}
