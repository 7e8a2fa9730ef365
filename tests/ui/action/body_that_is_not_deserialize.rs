use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

struct Form;

#[action(Claim)]
async fn submit(_form: Json<Form>) -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}
fn main() {}
