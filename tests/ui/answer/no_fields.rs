use wfruntime::prelude::*;

#[answer]
struct Receipt {}

fn main() {}
