use wfruntime::prelude::*;

#[choice]
enum Status {
    Open,
}

#[collection]
struct Post {
    #[field(default = "open")]
    status: Status,
}

fn main() {}
