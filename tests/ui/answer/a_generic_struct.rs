use wfruntime::prelude::*;

#[answer]
struct Receipt<T> {
    reference: T,
}

fn main() {}
