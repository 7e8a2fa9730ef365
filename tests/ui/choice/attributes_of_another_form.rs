use wfruntime::prelude::*;

#[choice]
enum Status {
    #[choice(title = "Shut")]
    #[choice(name = "shut")]
    Closed,
    #[choice]
    Gone,
}

fn main() {}
