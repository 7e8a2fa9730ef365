use wfruntime::prelude::*;

#[collection(account)]
struct Member {
    nickname: String,
    email: String,
    roles: Roles,
}

fn main() {}
