use wfruntime::prelude::*;

#[collection(account)]
struct Member {
    nickname: String,
}

fn main() {}
