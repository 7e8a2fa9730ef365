use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
workflow! {
    #[post_action(mode = "local")]
    check<Claim> { call pay(data); }
    #[post_action(mode = "local")]
    pay<Claim> { let called = call check(data); }
}
fn main() {}
