//! `--demo`: seeds users and claims, and prints a `curl` line for each step of the story.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;
use wfruntime::prelude::*;
use wfruntime::{Running, clap};

const DATABASE: &str = "sqlite://claims.db";

/// The tasks that are not decided: `filter={"status":"open"}`, written for a URL.
const OPEN: &str = "/api/tasks:list?filter=%7B%22status%22:%22open%22%7D";

/// Serves with seeded data until the process is asked to end, if the command line says `--demo`.
pub(crate) async fn run_if_asked() -> Result<()> {
    let flag = clap::Arg::new("demo")
        .long("demo")
        .action(clap::ArgAction::SetTrue)
        .help("Seeds users and claims, and prints the story as curl lines");
    let asked = std::env::args().skip(1).any(|arg| matches!(&*arg, "--demo" | "--help" | "-h"));
    if !asked {
        return Ok(());
    }
    let matches = App::command().arg(flag).get_matches();
    App::new(DATABASE)
        .on_start(|running| async move {
            // Before it is said that there is no user yet.
            let people = [
                Person::join(&running, "Ada", "employee").await?,
                Person::join(&running, "Grace", "supervisor").await?,
                Person::join(&running, "Paul", "finance").await?,
            ];
            // Behind the start: what it seeds is worked on by then, as any other request.
            tokio::spawn(async move {
                if let Err(error) = seed(&running, people).await {
                    eprintln!("the demo could not be seeded: {error:?}");
                }
            });
            Ok(())
        })
        .dispatch(&matches)
        .await?;
    std::process::exit(0)
}

/// Someone of the story, with the token that speaks for them.
struct Person {
    name: &'static str,
    role: &'static str,
    token: String,
}

impl Person {
    async fn join(running: &Running, name: &'static str, role: &'static str) -> Result<Self> {
        let token = running.add_user(name, &[role]).await?;
        Ok(Self { name, role, token })
    }

    /// Does it, and gives back the answer's `data`.
    async fn ask(&self, running: &Running, path: &str, body: Option<&str>) -> Result<Value> {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Body::from(body.unwrap_or_default().to_owned()))?;
        let answer = running.answer(request).await;
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await?;
        let mut answer: Value = serde_json::from_slice(&bytes)?;
        if !status.is_success() {
            return Err(Error::internal(format!("{path} answered {status}: {answer}")));
        }
        Ok(answer["data"].take())
    }

    /// The same as a line for the shell.
    fn line(&self, running: &Running, path: &str, body: Option<&str>) -> String {
        let body = body.map(|body| format!(" \\\n  -d '{body}'")).unwrap_or_default();
        format!(
            "curl -H 'Authorization: Bearer {}'{body} \\\n  '{}{path}'",
            self.token,
            running.url()
        )
    }
}

async fn seed(running: &Running, people: [Person; 3]) -> Result<()> {
    const FILE: &str = "/api/reimbursements:create?triggerWorkflows=expense_review";
    let [ada, grace, paul] = &people;
    let small =
        ada.ask(running, FILE, Some(r#"{"project": "Lisbon", "amount": "120.50"}"#)).await?;
    ada.ask(running, FILE, Some(r#"{"project": "Berlin", "amount": "740.00"}"#)).await?;
    let (check, pay) = (first_task(running, grace).await?, first_task(running, paul).await?);

    let names =
        people.each_ref().map(|person| format!("{} ({})", person.name, person.role)).join(", ");
    println!("\nUsers: {names}. Ada has filed 120.50, approved at once, and 740.00, which waits.");
    let submit = |task: Value| format!("/api/tasks:submit?filterByTk={task}");
    let claim = format!("/api/reimbursements:get?filterByTk={}", small["id"]);
    let decision = r#"{"decision": "approved", "comment": "Receipts are complete."}"#;
    let paid = r#"{"values": {"reference": "A-2026-17", "paidOn": "2026-03-02"}}"#;
    let plan = r#"{"project": "Paris", "amount": "80"}"#;
    for (step, line) in [
        (
            "Ada files a claim of exactly 500: no supervisor has to see it",
            ada.line(running, FILE, Some(r#"{"project": "Oslo", "amount": "500"}"#)),
        ),
        (
            "Ada files a larger one: it waits for a supervisor",
            ada.line(running, FILE, Some(r#"{"project": "Rome", "amount": "501"}"#)),
        ),
        ("Grace sees what waits for her", grace.line(running, OPEN, None)),
        (
            "Kill this program, start it again without --demo: it still waits",
            "cargo run -p expense-claims".to_owned(),
        ),
        ("Grace approves the 740.00", grace.line(running, &submit(check), Some(decision))),
        ("Paul sees what is to be paid", paul.line(running, OPEN, None)),
        ("Paul has paid the 120.50", paul.line(running, &submit(pay), Some(paid))),
        ("Ada looks at that claim", ada.line(running, &claim, None)),
        (
            "Ada asks ahead: the claim is made once Grace approves",
            ada.line(running, "/api/plans:create", Some(plan)),
        ),
    ] {
        println!("\n# {step}\n{line}");
    }
    Ok(())
}

/// The id of the first task that waits for `person`.
async fn first_task(running: &Running, person: &Person) -> Result<Value> {
    for _ in 0..200 {
        let mut tasks = person.ask(running, OPEN, None).await?;
        if tasks[0]["id"].is_number() {
            return Ok(tasks[0]["id"].take());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Error::internal(format!("no task has reached {}", person.name)))
}
