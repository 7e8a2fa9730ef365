use wfruntime::prelude::*;

#[choice]
enum Status {}

fn main() {}
