//! Variables and functions named as nodes, guards, loops in loops.
#![deny(warnings)]

use wfruntime::Workflow;
use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    r#create: String,
    list: Option<i64>,
}

fn sleep(seconds: i64) -> i64 {
    seconds
}

fn signal() -> i64 {
    1
}

async fn race(first: i64, second: i64) -> Result<i64> {
    Ok(first.max(second))
}

workflow! {
    /// Names that are nodes elsewhere.
    #[post_action(mode = "local")]
    odd<Claim> {
        let r#create = sleep(5);
        let r#sleep = r#create;
        let until = std::time::Duration::from_secs(1);
        sleep until;
        let count = count Claim where amount > r#create && list.is_none();
        let list = list Claim where r#create == "x" order list desc, amount asc limit count;
        let sum = sum Claim.amount;
        let min = min Claim.list where amount > 5;
        let end = signal();
        let fastest = run race(end, r#sleep);
        require min.unwrap_or_default() - fastest < 100;
        for r#for in list {
            for (index, amount) in [r#for.amount, end].into_iter().enumerate() {
                match (index, amount, r#for.list) {
                    (0, 1..=9, None) if sum.is_some() => continue,
                    (0, _, Some(list)) if list > amount => {
                        let list = list - 1;
                        update data { amount: list };
                    }
                    (1, ..) | (0, 0, _) => break,
                    _ => (),
                }
            }
        }
        for _ in 0..2 {}
    }
}

#[test]
fn compiles_and_is_right() {
    assert_eq!(odd::KEY, "odd");
}
