use wfruntime::prelude::*;

#[choice]
enum Status {
    #[choice(name, titel = "Open")]
    Open,
    #[choice(title = 1)]
    Closed,
}

fn main() {}
