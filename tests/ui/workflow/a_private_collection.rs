use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
pub mod inner {
    use super::*;
    workflow! {
        #[post_action(mode = "local")]
        pub review<Claim> { end; }
    }
}
fn main() {}
