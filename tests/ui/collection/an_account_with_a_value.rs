use wfruntime::prelude::*;

#[collection(account = true)]
struct Member {
    nickname: String,
    email: Option<String>,
    roles: Roles,
}

fn main() {}
