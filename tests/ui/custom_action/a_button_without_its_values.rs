use wfruntime::prelude::*;
#[collection]
struct Claim {
    amount: i64,
}
workflow! {
    #[custom_action(values = String)]
    remind<Claim> {}
}
forms! {
    Claim {
        row "Remind" => [remind];
    }
}
fn main() {}
