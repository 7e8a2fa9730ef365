use wfruntime::prelude::*;

#[collection]
struct Post<T> {
    title: T,
}

fn main() {}
