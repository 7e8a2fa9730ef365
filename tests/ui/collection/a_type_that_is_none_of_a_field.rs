use wfruntime::prelude::*;

struct Color;

#[collection]
struct Post {
    color: Color,
}

fn main() {}
