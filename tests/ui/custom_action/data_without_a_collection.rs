use wfruntime::prelude::*;

workflow! {
    #[custom_action]
    tidy {
        require data.amount > 5, "too small";
    }
}

fn main() {}
