use wfruntime::prelude::*;

#[choice]
enum Status {
    #[choice(was = "running")]
    Open,
    #[choice(was = "running")]
    Paused,
    #[choice(was = " idle")]
    Waiting,
}

fn main() {}
