use wfruntime::prelude::*;

#[collection]
struct Claim { parts: HasMany<Part> }
#[collection]
struct Part { claim: BelongsTo<Claim> }
#[post_action(mode = "local")]
async fn review(_: PostAction<Part>, _: Context) -> Result<()> { Ok(()) }

forms! {
    Claim { row "Check" => [review!parts]; }
}

fn main() {}
