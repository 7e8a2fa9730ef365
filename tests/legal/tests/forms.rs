//! Forms in every place a program can have them, with every clause.

#![forbid(unsafe_code)]
#![deny(warnings)]

use wfruntime::prelude::*;

/// Where a claim stands.
#[choice]
pub enum Status {
    Draft,
    Open,
    Closed,
}

/// Who has been there.
#[collection]
pub struct Customer {
    pub name: String,
    pub referrer: Option<BelongsTo<Customer>>,
}

/// Money spent.
#[collection]
pub struct Claim {
    pub project: String,
    pub amount: Decimal,
    pub r#type: Option<String>,
    pub customer: Option<BelongsTo<Customer>>,
    pub owner: Option<BelongsTo<User>>,
    pub closed_on: Option<Timestamp>,
    pub status: Status,
}

/// Looks at it.
#[post_action(mode = "local")]
pub async fn review(_: PostAction<Claim>, _: Context) -> Result<()> {
    Ok(())
}

/// Greets them.
#[post_action(mode = "local")]
pub async fn greet(_: PostAction<Customer>, _: Context) -> Result<()> {
    Ok(())
}

/// Tells a user.
#[post_action(mode = "local")]
pub async fn tell(_: PostAction<User>, _: Context) -> Result<()> {
    Ok(())
}

role! {
    clerk { Claim: view, create, update; workflows: review, greet, tell; }
}

const LIMIT: i64 = 500;

forms! {
    Claim {
        /// What was
        /// spent.
        add "Claim" (project, amount, r#type, customer,) allow [clerk] {
            "Submit" { status: Status::Open } => [review, self::greet!customer.referrer];
            /// Nobody sees it yet.
            "Save draft" as draft { status: Status::Draft, };
        }
        edit "Change" (amount) when status == Status::Draft && amount > LIMIT {
            "Save";
            "Submit" { status: Status::Open } => [review,] when customer.is_some() allow [clerk]
        }
        row "Close" { status: Status::Closed, closed_on: now, owner: user, r#type: None::<String> }
            when !(status == Status::Closed) || r#type.is_none();
        row "Remind" => [tell!created_by] as remind_them;
    }
    Customer {
        edit "Rename" (name) { "Save" }
    }
}

forms! {
    #[cfg(any())]
    Nothing {
        add "Nothing" (nothing) { "Save"; }
    }
    Claim {
        add "Another" (project) { "Save" { amount: 5, status: Status::Draft }; }
    }
}

#[test]
fn compiles_and_is_right() {
    let nested = || {
        forms! { Customer { row "Forget" { referrer: None::<BelongsTo<Customer>> }; } }
    };
    nested();
}
