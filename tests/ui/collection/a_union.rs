use wfruntime::prelude::*;

#[collection]
union Post {
    title: u64,
}

fn main() {}
