//! What is left out by `cfg` names things that do not exist.
#![deny(warnings)]

use wfruntime::prelude::*;

#[choice]
enum State {
    Open,
    #[cfg(any())]
    Never,
}

#[collection]
struct Claim {
    amount: i64,
    #[field(default = State::Open)]
    state: State,
    #[cfg(any())]
    never: BelongsTo<NoSuchType>,
    #[cfg(test)]
    always: Option<String>,
}

#[cfg(any())]
#[collection]
struct Never {
    amount: NoSuchType,
}

#[collection]
#[cfg(any())]
struct NeverBelow {
    amount: NoSuchType,
}

#[choice]
#[cfg(any())]
enum NeverChosen {
    One,
}

#[post_action(mode = "global", on = [create], appends = [nobody])]
#[cfg(any())]
async fn never(claim: PostAction<NoSuchType>, cx: Context) -> Result<()> {}

#[action(NoSuchType)]
#[cfg(any())]
async fn never_submit() -> Result<Record<NoSuchType>> {}

workflow! {
    #[post_action(mode = "local")]
    #[cfg(any())]
    never_review<NoSuchType> {
        update data { nothing: 5 };
    }

    #[cfg(test)]
    #[post_action(mode = "local")]
    review<Claim> {
        update data { always: "here" };
        create Claim { amount: 1, always: "there" };
    }
}

role! {
    #[cfg(any())]
    nobody { NoSuchType: view(nothing); workflows: never_review; }

    boss { Claim: view(always); workflows: review; }
}

#[test]
fn compiles_and_is_right() {
    let registry = wfruntime::registry::global();
    let faults: Vec<String> = registry.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(registry.workflows().len(), 1);
    assert_eq!(Claim::definition().columns.len(), 8);
}
