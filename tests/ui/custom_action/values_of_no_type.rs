use wfruntime::prelude::*;

workflow! {
    #[custom_action(values = 3)]
    tidy {}
}

fn main() {}
