use wfruntime::prelude::*;

struct Status;

forms! {
    Status { row "Clear" { amount: 0 }; }
}

fn main() {}
