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
            let mut people = [
                Person::join(&running, "Ada", "employee").await?,
                Person::join(&running, "Grace", "supervisor").await?,
                Person::join(&running, "Paul", "finance").await?,
                Person::join(&running, "Root", "root").await?,
            ];
            let root = people[3].token.clone();
            for person in &mut people {
                person.draw_password(&running, &root).await?;
            }
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
    /// For the page.
    password: String,
}

impl Person {
    async fn join(running: &Running, name: &'static str, role: &'static str) -> Result<Self> {
        let token = running.add_user(name, &[role]).await.inspect_err(|_| {
            eprintln!("delete claims.db, or start without --demo: it has been seeded before");
        })?;
        Ok(Self { name, role, token, password: String::new() })
    }

    /// Gives them a password that is new at each start, and signs them in with it.
    async fn draw_password(&mut self, running: &Running, root: &str) -> Result<()> {
        let user = self.ask(running, "/api/auth:check", None).await?;
        // Of the token, which is random, and void as soon as there is a password.
        let password: String = self.token.chars().rev().take(12).collect();
        let path = format!("/api/users:setPassword?filterByTk={}", user["id"]);
        send(running, root, &path, Some(&format!(r#"{{"password": "{password}"}}"#))).await?;
        let asked = format!(r#"{{"account": "{}", "password": "{password}"}}"#, self.name);
        let signed_in = send(running, "", "/api/auth:signIn", Some(&asked)).await?;
        self.token = signed_in["token"].as_str().unwrap_or_default().to_owned();
        self.password = password;
        Ok(())
    }

    /// Does it, and gives back the answer's `data`.
    async fn ask(&self, running: &Running, path: &str, body: Option<&str>) -> Result<Value> {
        send(running, &self.token, path, body).await
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

/// Sends a request, and gives back the answer's `data`.
async fn send(running: &Running, token: &str, path: &str, body: Option<&str>) -> Result<Value> {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
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

async fn seed(running: &Running, people: [Person; 4]) -> Result<()> {
    const FILE: &str = "/api/reimbursements:create?triggerWorkflows=expense_review";
    let [ada, grace, paul, _] = &people;
    let small =
        ada.ask(running, FILE, Some(r#"{"project": "Lisbon", "amount": "120.50"}"#)).await?;
    ada.ask(running, FILE, Some(r#"{"project": "Berlin", "amount": "740.00"}"#)).await?;
    let (check, pay) = (first_task(running, grace).await?, first_task(running, paul).await?);

    println!("\nSign in at {}/admin; the passwords are new at each start:", running.url());
    for Person { name, role, password, .. } in &people {
        println!("  {name:<6} {password}  ({role})");
    }
    println!("Ada has filed 120.50, approved at once, and 740.00, which waits.");
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
