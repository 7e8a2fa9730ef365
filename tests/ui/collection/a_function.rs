use wfruntime::prelude::*;

#[collection]
fn posts() {}

fn main() {}
