use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

workflow! {
    review<Claim> {
        end;
    }
}

fn main() {}
