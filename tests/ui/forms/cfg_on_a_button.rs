use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! { Claim { #[cfg(test)] row "Clear" { amount: 0 }; } }

fn main() {}
