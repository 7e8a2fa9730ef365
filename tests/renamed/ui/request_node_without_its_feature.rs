use wf::prelude::*;

#[collection(crate = "wf")]
struct Rate {
    value: Decimal,
}

workflow! {
    #[post_action(mode = "local", crate = "wf")]
    rates<Rate> {
        request GET "https://rates.example";
    }
}

fn main() {}
