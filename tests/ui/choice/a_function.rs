use wfruntime::prelude::*;

#[choice]
fn status() {}

fn main() {}
