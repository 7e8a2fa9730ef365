//! Every node, in asynchronous and synchronous bodies, under the strictest lints.
#![deny(warnings, missing_docs, unused)]
#![forbid(unsafe_code)]

use std::time::Duration;

use wfruntime::prelude::*;

/// A claim.
#[collection]
pub struct Claim {
    /// What it is for.
    pub title: String,
    /// How much.
    pub amount: i64,
    /// Whose it is.
    pub owner: BelongsTo<User>,
    /// When it is due.
    pub due: Date,
}

async fn send(title: String, amount: i64) -> Result<String> {
    Ok(format!("{title}: {amount}"))
}

workflow! {
    /// Waits.
    #[post_action(mode = "local", appends = [owner])]
    pub waits<Claim> {
        let words = ["a", "b"];
        for word in words {
            if word == "c" { continue; }
            let Some(first) = word.chars().next() else { break; };
            let said = run send(data.title, i64::from(u32::from(first))) retry 3;
            match said.as_str() {
                "" => end,
                text if text.len() > 5 => {
                    let word = text.len();
                    require word > 1, "{word} is too short";
                }
                _ => continue,
            }
        }
        parallel {
            {
                update data { amount: 4 };
                let won = race {
                    { sleep 2 days; sleep Duration::from_secs(5); }
                    { sleep until data.due; end failed "{data.title} of {data.owner.nickname}"; }
                    { signal "paid"; signal "sent" within 3 days; }
                };
                if won == 2 { create Claim { title: "x", amount: 1, owner: data.owner, due: data.due }; }
            }
            {
                approve "Pay {data.title}?" {
                    by: quorum 2 [role(boss), data.owner], within: 3 days, otherwise: approved,
                };
                let form = ask "How?" { by: [role(boss)], within: 1 week, reference: String };
                let Some(form) = form else { end failed "nobody"; };
                update data { title: form.reference };
            }
            { call checks(data); let called = call checks(data); require called.is_resolved(); }
            {}
        }
        let base = "https://rates.example";
        let answer = request GET "{base}/{data.id}" { any_status: true, limit: 1000, timeout: 1 minute };
        request POST "https://rates.example" { json: answer.status, headers: { "x": "y" }, retry: 2 };
        refresh data;
    }

    /// Waits for nothing.
    #[post_action(mode = "global", on = [create, update], execution = "sync")]
    checks<Claim> {
        parallel {
            { update data { amount: 5 }; }
            { for claim in 1..=3 { create Claim { title: "x", amount: claim, owner: data.owner, due: data.due }; } }
        }
    }

    /// Waits for nothing either.
    #[post_action(mode = "local", execution = "sync")]
    sums<Claim> {
        let mine = list Claim where owner == data.owner && amount > 5 order due desc, title limit 3;
        for mut claim in mine {
            update claim { amount: 0 };
            delete claim;
        }
        let won = race {
            { update data { amount: 5 }; }
            { delete Claim where amount == 1; }
        };
        let total = sum Claim.amount where amount > 5;
        let (mean, least) = (data.amount, won);
        let most = max Claim.due;
        let number = count Claim;
        let changed = update Claim where amount < 0 { amount: 0 };
        respond "{total} {mean} {least} {most} {number} {changed}";
    }
}

role! {
    boss { Claim: view; tasks; }
}

#[test]
fn compiles_and_is_right() {
    let faults: Vec<_> = wfruntime::registry::global().faults().iter().collect();
    assert!(faults.is_empty(), "{faults:?}");
}
