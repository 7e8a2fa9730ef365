use wfruntime::prelude::*;

#[collection]
pub struct Rate {
    pub currency: String,
}

#[action(Rate)]
async fn fix(act: Act<Rate>) -> Result<Record<Rate>> {
    act.update_or_create(Rate::new().currency("EUR"), User::FIELDS.nickname).await
}

fn main() {}
