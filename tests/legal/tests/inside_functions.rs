//! Everything declared in functions, in modules inside them, and in a `const`.
#![deny(warnings)]

use wfruntime::prelude::*;

fn in_a_function() -> [&'static str; 3] {
    #[choice]
    enum State {
        Open,
        Done,
    }

    #[collection]
    struct Claim {
        amount: i64,
        #[field(default = State::Open)]
        state: State,
    }

    #[post_action(mode = "local", when = data.state != State::Done, changed = [amount])]
    async fn tell(claim: PostAction<Claim>, cx: Context) -> Result<()> {
        let _ = (claim, cx);
        Ok(())
    }

    #[action(Claim)]
    async fn submit(act: Act<Claim>) -> Result<Record<Claim>> {
        let _ = act;
        Err(Error::internal("no"))
    }

    workflow! {
        #[post_action(mode = "local")]
        review<Claim> {
            update data { state: State::Done };
            create Claim { amount: data.amount };
        }
    }

    role! {
        boss { Claim: view, submit; workflows: tell, review; }
    }

    mod deeper {
        use wfruntime::prelude::*;

        // What stands in the function cannot be named here: it has a collection of its own.
        #[collection(name = "deepClaims", table = "deep_claims")]
        pub(super) struct Claim {
            pub(super) amount: i64,
        }

        workflow! {
            #[post_action(mode = "global", on = [create])]
            pub(super) deep_review<Claim> {
                update data { amount: 5 };
            }
        }

        role! {
            deep_boss { Claim: create(amount); workflows: deep_review; }
        }
    }

    use wfruntime::Workflow;
    [tell::KEY, review::KEY, deeper::deep_review::KEY]
}

const _: () = {
    #[collection]
    struct Hidden {
        amount: i64,
    }

    workflow! {
        #[post_action(mode = "local")]
        hidden_review<Hidden> {
            require data.amount > 5;
        }
    }
};

#[test]
fn compiles_and_is_right() {
    assert_eq!(in_a_function(), ["tell", "review", "deep_review"]);
    let registry = wfruntime::registry::global();
    let faults: Vec<String> = registry.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert!(registry.named("hiddens").is_some());
}
