use wfruntime::prelude::*;

#[choice]
enum Status {
    #[choice(name = " open")]
    Open,
}

fn main() {}
