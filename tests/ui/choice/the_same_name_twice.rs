use wfruntime::prelude::*;

#[choice]
enum Status {
    Open,
    #[choice(name = "open")]
    Opened,
}

fn main() {}
