//! `batch = true`: one execution has all records of an action.

use serde_json::{Value, json};
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

use crate::client::{Program, workflows};

#[collection]
pub(crate) struct Depot {
    name: String,
}

#[collection]
pub(crate) struct Crate {
    name: String,
    weight: i64,
    #[field(hidden)]
    seal: Option<String>,
    depot: Option<BelongsTo<Depot>>,
}

/// What batches did.
#[collection]
pub(crate) struct Told {
    what: String,
}

/// Weighs the crates that became heavier, together.
#[post_action(
    mode = "global",
    on = [create, update, stack],
    appends = [depot],
    changed = [weight],
    when = data.weight > before.as_ref().map_or(0, |before| before.weight),
    batch = true,
)]
async fn weigh_all(batch: Batch<Crate>, cx: Context) -> Result<()> {
    let mut what = vec![batch.action.clone(), batch.role.clone()];
    let shares = batch.before.iter().zip(&batch.changed);
    for (one, (before, changed)) in batch.records.iter().zip(shares) {
        let before = before.as_ref().map_or(0, |before| before.weight);
        let depot = one.depot.as_ref().map(|depot| depot.get()).transpose()?;
        let depot = depot.map_or("-", |depot| depot.name.as_str());
        let named = if changed.contains("name") { " named" } else { "" };
        what.push(format!("{} {before}-{} {depot}{named}", one.name, one.weight));
    }
    cx.create(Told::new().what(what.join(", "))).await.map(drop)
}

/// Says how many crates there are, before the answer.
#[post_action(mode = "local", execution = "sync", batch = true)]
async fn count_all(batch: Batch<Crate>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("{} crates", batch.records.len())).await
}

workflow! {
    /// Sets the weight of all, and tells of each.
    #[post_action(mode = "local", batch = true)]
    level<Crate> {
        for (one, was) in records.into_iter().zip(before) {
            let mut one = one;
            update one { weight: 1 };
            create Told { what: format!("{} {}", one.name, was.is_some()) };
        }
    }

    /// Tells of depots.
    #[post_action(mode = "local", batch = true)]
    visit<Depot> {
        let names = records.iter().map(|depot| depot.name.clone()).collect::<Vec<_>>().join("+");
        create Told { what: format!("visit {names}") };
    }

    /// Is broken for the one crate that has no weight.
    #[post_action(mode = "local", batch = true, when = 10 / data.weight > 0)]
    divide<Crate> {
        create Told { what: "divided" };
    }
}

/// Gives two crates more weight and has the batch told of both.
#[action(Crate)]
async fn stack(act: Act<Crate>) -> Result<Record<Crate>> {
    let id = act.target().ok_or_else(|| Error::invalid("no_target", "which crate?"))?;
    let one = act.get::<Crate>(id).await?;
    act.update(&one, Crate::changes().weight(one.weight + 1)).await
}

async fn told(program: &Program) -> Vec<String> {
    program.running.idle().await;
    let all = program.read("tolds:list?sort=id").await;
    let all = all.as_array().cloned().unwrap_or_default();
    all.iter().map(|told| told["what"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn newest(program: &Program) -> Value {
    let newest = program.read("executions:list?sort=-id&pageSize=1").await;
    program.read(&format!("executions:get?filterByTk={}", newest[0]["id"])).await
}

#[tokio::test]
async fn all_records_of_a_create_are_one_batch() {
    let program = Program::start().await;
    let north = program.data("depots:create", json!({"name": "North"})).await;
    let crates = json!([
        {"name": "a", "weight": 3, "seal": "swordfish", "depotId": north["id"]},
        {"name": "b", "weight": 0},
        {"name": "c", "weight": 5},
    ]);
    let (status, answer) = program.post("crates:create", crates).await;
    assert_eq!((status, workflows(&answer)), (200, vec!["weigh_all queued".to_owned()]));
    assert_eq!(told(&program).await, ["create, root, a 0-3 North named, c 0-5 - named"]);
    let shown = newest(&program).await;
    assert_eq!((&shown["recordId"], &shown["collection"]), (&Value::Null, &json!("crates")));
    let context = &shown["context"];
    let names: Vec<_> =
        context["data"].as_array().expect("rows").iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(context["data"][0]["depot"]["name"], "North");
    assert!(!context.to_string().contains("swordfish"), "{context}");
    assert_eq!(context["before"], Value::Null);
    // What is hidden is no name, either.
    assert_eq!(context["changed"], json!([["name", "weight", "depotId"], ["name", "weight"]]));
    // One record is a batch of one; none that it is about fires nothing.
    let (_, answer) = program.post("crates:create", json!({"name": "d", "weight": 1})).await;
    assert_eq!(workflows(&answer), ["weigh_all queued"]);
    let (_, answer) = program.post("crates:create", json!([{"name": "e", "weight": 0}])).await;
    assert_eq!(workflows(&answer), Vec::<String>::new());
    let path = "crates:create?triggerWorkflows=weigh_all";
    let (_, answer) = program.post(path, json!([{"name": "e", "weight": 0}])).await;
    assert_eq!(workflows(&answer), ["weigh_all skipped"]);
    assert_eq!(told(&program).await[1..], ["create, root, d 0-1 - named"]);
}

#[tokio::test]
async fn records_that_an_update_did_not_change_are_left_out() {
    let program = Program::start().await;
    let crates = json!([
        {"name": "a", "weight": 3}, {"name": "b", "weight": 7}, {"name": "c", "weight": 9},
    ]);
    program.data("crates:create", crates).await;
    let path =
        "crates:update?filter=%7B%22weight%22:%7B%22$gt%22:0%7D%7D&triggerWorkflows=count_all";
    let (status, answer) = program.post(path, json!({"weight": 7})).await;
    assert_eq!(
        (status, workflows(&answer)),
        (200, vec!["count_all resolved".to_owned(), "weigh_all queued".to_owned(),])
    );
    assert_eq!(answer["messages"][0]["message"], "3 crates");
    // `b` stayed as it was, and `c` became lighter.
    assert_eq!(told(&program).await[1..], ["update, root, a 3-7 -"]);
    let context = newest(&program).await["context"].clone();
    assert_eq!(
        (&context["before"][0]["weight"], &context["changed"]),
        (&json!(3), &json!([["weight"]]))
    );
    // An own action's record is a batch, too.
    let first = program.read("crates:list?sort=id").await[0]["id"].clone();
    let (_, answer) = program.post(&format!("crates:stack?filterByTk={first}"), json!({})).await;
    assert_eq!(workflows(&answer), ["weigh_all queued"]);
    assert_eq!(told(&program).await[2..], ["stack, root, a 7-8 -"]);
}

#[tokio::test]
async fn a_path_leads_to_each_record_once() {
    let program = Program::start().await;
    let depots = json!([{"name": "North"}, {"name": "South"}]);
    let depots = program.data("depots:create", depots).await;
    let of = |index: usize| depots[index]["id"].clone();
    let crates = json!([
        {"name": "a", "weight": 0, "depotId": of(1)},
        {"name": "b", "weight": 0, "depotId": of(0)},
        {"name": "c", "weight": 0, "depotId": of(1)},
        {"name": "d", "weight": 0},
    ]);
    let path = "crates:create?triggerWorkflows=visit!depot";
    let (status, answer) = program.post(path, crates).await;
    assert_eq!((status, workflows(&answer)), (200, vec!["visit queued".to_owned()]));
    assert_eq!(told(&program).await, ["visit South+North"]);
    let (_, answer) = program.post(path, json!([{"name": "e", "weight": 0}])).await;
    assert_eq!(workflows(&answer), ["visit skipped"]);
}

#[tokio::test]
async fn a_workflow_goes_through_its_records() {
    let program = Program::start().await;
    let crates = json!([{"name": "a", "weight": 0}, {"name": "b", "weight": 0}]);
    program.data("crates:create?triggerWorkflows=level", crates).await;
    assert_eq!(told(&program).await, ["a false", "b false"]);
    let weights = program.read("crates:list?sort=id").await;
    assert_eq!((&weights[0]["weight"], &weights[1]["weight"]), (&json!(1), &json!(1)));
    // By hand it takes several records, too.
    let me = program.read("users:list").await[0]["id"].clone();
    let ids = json!([weights[1]["id"], weights[0]["id"]]);
    let body = json!({"userId": me, "data": ids});
    assert_eq!(program.data("workflows:execute?filterByTk=level", body).await["status"], "queued");
    assert_eq!(told(&program).await[2..], ["b false", "a false"]);
}

#[tokio::test]
async fn a_condition_that_breaks_for_one_record_is_told_and_nothing_runs() {
    let program = Program::start().await;
    let crates = json!([{"name": "a", "weight": 2}, {"name": "b", "weight": 0}]);
    let (status, answer) = program.post("crates:create?triggerWorkflows=divide", crates).await;
    let fired = workflows(&answer);
    assert_eq!(
        (status, &*fired),
        (200, &["divide error", "weigh_all queued"].map(str::to_owned)[..])
    );
    assert_eq!(told(&program).await.len(), 1, "only the other one ran");
    assert_eq!(program.count("crates").await, 2);
}

#[tokio::test]
async fn a_batch_over_the_size_of_a_context_is_written_as_an_error() {
    let program = Program::start().await;
    for _ in 0..6 {
        program.data("crates:create", json!({"name": "x".repeat(200_000), "weight": 1})).await;
    }
    let path = "crates:update?filter=%7B%22weight%22:1%7D";
    let (status, answer) = program.post(path, json!({"weight": 2})).await;
    assert_eq!((status, workflows(&answer)), (200, vec!["weigh_all error".to_owned()]));
    let error = newest(&program).await["error"].to_string();
    assert!(error.contains("over the limit of"), "{error}");
    assert_eq!(program.read("crates:list?filter=%7B%22weight%22:2%7D").await[5]["weight"], 2);
}

#[tokio::test]
async fn a_batch_is_finished_once_behind_a_crash() {
    for node in ["for#1.0/update#1", "for#1.1/create#1"] {
        for before in [true, false] {
            let app = TestApp::start(|app| app).await;
            let root = app.root().await;
            match before {
                true => app.crash_before(level, node),
                false => app.crash_after(level, node),
            }
            let crates = json!([{"name": "a", "weight": 0}, {"name": "b", "weight": 0}]);
            let path = "/api/crates:create?triggerWorkflows=level";
            root.post(path, crates).await.expect_status(200);
            app.restart().await;
            app.rest().await;
            let told: Vec<_> = app.all::<Told>().await.iter().map(|it| it.what.clone()).collect();
            assert_eq!(told, ["a false", "b false"], "{node} {before}");
            assert_eq!(app.all::<Crate>().await.iter().map(|it| it.weight).sum::<i64>(), 2);
        }
    }
}
