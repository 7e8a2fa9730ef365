use wfruntime::prelude::*;

#[answer]
struct Receipt {
    references: Vec<String>,
}

fn main() {}
