use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
workflow! { #[post_action(mode = "local")] calls<Claim> { call tell(data); } }
workflow! { #[pre_action(mode = "local")] tell<Claim> { respond "told"; } }
fn main() {}
