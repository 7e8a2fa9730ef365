use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
workflow! {
    #[post_action(mode = "local")]
    welcome<User> { delete data; }
    #[post_action(mode = "local")]
    pay<Claim> { call welcome(data); }
}
fn main() {}
