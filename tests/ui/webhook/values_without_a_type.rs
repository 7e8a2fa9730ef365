use wfruntime::prelude::*;

workflow! {
    #[webhook(path = "paid", execution = "sync", values = "Payment")]
    done {
        respond "thank you";
    }
}

fn main() {}
