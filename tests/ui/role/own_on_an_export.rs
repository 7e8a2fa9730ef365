use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
role! { clerk { Claim: view own, export own; } }
fn main() {}
