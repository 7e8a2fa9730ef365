use wfruntime::prelude::*;

#[collection]
struct Post {
    #[field(unique)]
    #[field(hidden)]
    title: String,
}

fn main() {}
