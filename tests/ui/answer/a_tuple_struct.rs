use wfruntime::prelude::*;

#[answer]
struct Receipt(String);

fn main() {}
