use wfruntime::prelude::*;
#[collection]
struct Claim {
    amount: i64,
}
workflow! {
    #[custom_action]
    remind<Claim> {}
}
forms! {
    Claim {
        row "Reset" { amount: 0 } => [remind];
    }
}
fn main() {}
