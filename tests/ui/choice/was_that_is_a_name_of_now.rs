use wfruntime::prelude::*;

#[choice]
enum Status {
    #[choice(was = "open")]
    Open,
    #[choice(was = "open")]
    Closed,
}

fn main() {}
