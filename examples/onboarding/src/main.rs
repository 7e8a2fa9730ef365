//! New colleagues: a workflow that waits for weeks.
//!
//! ```bash
//! cargo run --package onboarding -- user add Hanna --role hr --token
//! cargo run --package onboarding -- user add Ian --role it --token
//! cargo run --package onboarding -- user add Mary --role manager --token
//! cargo run --package onboarding
//!
//! # somebody is hired; Hanna sees the id of Mary at /api/users:list
//! curl -H 'Authorization: Bearer <token of Hanna>' \
//!   -d '{"name": "Nora", "email": "nora@example.com", "startsOn": "2026-03-02", "managerId": <id>}' \
//!   'http://localhost:3000/api/hires:create'
//!
//! # the contract is back: an own action sends the signal that the workflow waits for
//! curl -H 'Authorization: Bearer <token of Hanna>' -d '{"on": "2026-02-10"}' \
//!   'http://localhost:3000/api/hires:sign?filterByTk=<id of the hire>'
//!
//! # the sub-flow asks for a laptop
//! curl -H 'Authorization: Bearer <token of Ian>' 'http://localhost:3000/api/tasks:list'
//! curl -H 'Authorization: Bearer <token of Ian>' -d '{"values": {"laptop": "L-042"}}' \
//!   'http://localhost:3000/api/tasks:submit?filterByTk=<id of the task>'
//! ```
//!
//! On the day on which Nora starts she is welcomed, and after each of her first weeks Mary is asked
//! how she is doing. Nothing runs meanwhile, and the program may stop and start as it likes.
//!
//! Since 2026 there are four weeks instead of three: `version = 2`. Who was hired before goes on
//! with what is in `before.rs`.

mod before;
#[cfg(test)]
mod tests;

use wfruntime::prelude::*;

/// Somebody who will work here.
#[collection]
pub struct Hire {
    pub name: String,
    pub email: String,
    pub starts_on: Date,
    pub manager: BelongsTo<User>,
    #[field(default = Stage::Offered)]
    pub stage: Stage,
    pub signed_on: Option<Date>,
    pub laptop: Option<String>,
}

/// How somebody is doing.
#[collection]
pub struct Talk {
    pub hire: BelongsTo<Hire>,
    pub week: i64,
    pub going_well: bool,
    pub remark: Option<String>,
}

/// How far somebody has come.
#[choice]
pub enum Stage {
    Offered,
    Withdrawn,
    Signed,
    Started,
    Settled,
}

/// What is known of a contract that came back.
#[derive(serde::Deserialize)]
struct Signed {
    on: Date,
}

/// Says that the contract was signed: `POST /api/hires:sign`.
#[action(Hire)]
async fn sign(contract: Json<Signed>, act: Act<Hire>) -> Result<Record<Hire>> {
    let hire = act.target().ok_or_else(|| Error::invalid("no_target", "who has signed?"))?;
    // Both are there, or neither.
    act.signal(onboarding, hire, "signed", contract.0.on)?;
    act.update(hire, Hire::changes().signed_on(contract.0.on)).await
}

workflow! {
    /// Accompanies somebody from the offer to the end of the fourth week.
    #[post_action(mode = "global", on = [create], version = 2)]
    pub onboarding<Hire> {
        let Some(_contract) = signal "signed" within 2 weeks else {
            update data { stage: Stage::Withdrawn };
            end failed "{data.name} did not sign in time";
        };
        update data { stage: Stage::Signed };
        parallel {
            { call equipment(data); }
            { sleep until data.starts_on; }
        }
        update data { stage: Stage::Started };
        let laptop = data.laptop.clone().unwrap_or_default();
        run mail(data.email, format!("Welcome, {}! Your laptop is {laptop}.", data.name));
        for week in 1..=4 {
            sleep 1 week;
            let talk = ask "How is {data.name} doing after week {week}?" {
                by: data.manager,
                within: 3 days,
                going_well: bool,
                remark: Option<String>,
            };
            // Nobody has to answer.
            if let Some(talk) = talk {
                create Talk {
                    hire: data.id,
                    week,
                    going_well: talk.going_well,
                    remark: talk.remark,
                };
            }
        }
        update data { stage: Stage::Settled };
    }

    /// Has everything ready before somebody starts.
    #[post_action(mode = "local")]
    pub equipment<Hire> {
        let ready = ask "A laptop for {data.name}, who starts on {data.starts_on}" {
            by: role(it),
            laptop: String,
        };
        update data { laptop: ready.laptop };
    }
}

role! {
    hr {
        Hire: view, create(name, email, starts_on, manager), sign;
        Talk: view;
        User: view(nickname);
    }
    it {
        Hire: view(name, starts_on, laptop);
        tasks;
    }
    manager {
        Hire: view;
        Talk: view;
        tasks;
    }
}

/// Stands for the program's mailer.
async fn mail(to: String, text: String) -> Result<()> {
    println!("mail to {to}: {text}");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://onboarding.db").run().await
}
