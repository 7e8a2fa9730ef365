use wfruntime::prelude::*;

struct Payment;

workflow! {
    #[webhook(path = "paid", values = Payment, execution = "sync")]
    done {
        respond "thank you";
    }
}

fn main() {}
