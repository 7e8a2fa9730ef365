use wfruntime::prelude::*;

#[choice]
enum Status<const N: usize> {
    Open,
}

fn main() {}
