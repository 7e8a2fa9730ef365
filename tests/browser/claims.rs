//! The example of the README, running, and the people who work with it.

use serde_json::Value;

use crate::child::{Program, wait_for};
use crate::driver::{Driver, Look};
use crate::person::Person;

/// The program, with a database of its own.
pub(crate) struct Claims {
    pub(crate) program: Program,
    /// Holds the executable under the name that the page shows.
    _folder: tempfile::TempDir,
}

impl Claims {
    pub(crate) fn start() -> Self {
        let built = env!("CARGO_BIN_EXE_claims");
        let folder = tempfile::tempdir_in(crate::driver::kept()).expect("a folder");
        let named = folder.path().join("expense-claims");
        let linked = std::fs::hard_link(built, &named);
        linked.or_else(|_| std::fs::copy(built, &named).map(drop)).expect("the executable");
        let mut program = Program::new(named.to_str().expect("a path"));
        program.start();
        Self { program, _folder: folder }
    }

    /// With a claim that waits, one that is to be paid, a draft and a rejected one.
    pub(crate) fn start_with_claims() -> Self {
        let claims = Self::start();
        let ada = claims.program.user("Ada", "employee");
        let grace = claims.program.user("Grace", "supervisor");
        claims.program.user("Paul", "finance");
        for (project, amount, button) in [
            ("Lisbon", "120.50", "claim.submit"),
            ("Berlin", "740", "claim.submit"),
            ("Oslo", "80", "claim.save_draft"),
            ("Rome", "910.20", "claim.submit"),
        ] {
            let path = format!("/api/reimbursements:create?button={button}");
            let body = format!(r#"{{"project": "{project}", "amount": "{amount}"}}"#);
            let answer = claims.program.post(&ada, &path, &body);
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let rome = claims.tasks(&grace, 2)[1]["id"].clone();
        let rejection = r#"{"decision": "rejected", "comment": "A receipt is missing."}"#;
        let path = format!("/api/tasks:submit?filterByTk={rome}");
        assert_eq!(claims.program.post(&grace, &path, rejection).status, 200);
        claims.tasks(&ada, 1);
        claims
    }

    /// The open tasks of somebody, the oldest first, once there are so many.
    pub(crate) fn tasks(&self, token: &str, count: usize) -> Vec<Value> {
        wait_for("tasks", || {
            let open = "/api/tasks:list?sort=id&filter={\"status\":\"open\"}";
            let tasks = self.program.get(token, open).body["data"].as_array()?.clone();
            (tasks.len() == count).then_some(tasks)
        })
    }

    /// Waits until the newest claim has this status.
    pub(crate) fn until_status(&self, token: &str, status: &str) {
        wait_for(status, || {
            let newest = self.program.get(token, "/api/reimbursements:list?sort=-id&pageSize=1");
            (newest.body["data"][0]["status"] == status).then_some(())
        });
    }

    /// A new user in front of a browser.
    pub(crate) async fn person(&self, driver: &Driver, name: &str, role: &str) -> Person {
        self.person_with(driver, name, role, Look::DESKTOP).await
    }

    pub(crate) async fn person_with(
        &self,
        driver: &Driver,
        name: &str,
        role: &str,
        look: Look,
    ) -> Person {
        let token = self.program.user(name, role);
        driver.person(name, self.program.url(), &token, look).await
    }
}
