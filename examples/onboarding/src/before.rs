//! Onboarding as it was until 2025: who was hired then comes to the end by it.
//!
//! Without this declaration those executions would not fit today's code. Once
//! `executions list --key onboarding` shows none of them that is open, it can go.

use wfruntime::prelude::*;

use crate::{Hire, Stage, Talk, equipment, mail};

workflow! {
    /// Accompanies somebody from the offer to the end of the third week.
    #[post_action(mode = "global", on = [create], key = "onboarding")]
    pub onboarding_until_2025<Hire> {
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
        run mail(data.email, format!("Welcome, {}! Your laptop is {:?}.", data.name, data.laptop));
        for week in 1..=3 {
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
}
