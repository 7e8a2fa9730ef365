use wfruntime::prelude::*;

#[collection]
enum Status {
    Open,
}

fn main() {}
