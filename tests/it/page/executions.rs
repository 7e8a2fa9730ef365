//! Executions on the page: what happened node by node, who caused it, and what can be done.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use wf_tests::sql;
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

/// Something on its way.
#[collection]
pub struct Crate {
    pub goal: String,
    #[field(hidden)]
    pub door: String,
    pub state: Option<String>,
}

/// A note on a crate.
#[collection]
pub struct CrateNote {
    pub text: String,
    pub about: BelongsTo<Crate>,
}

static IS_SHUT: AtomicBool = AtomicBool::new(true);

/// Takes it from stop to stop.
#[post_action(mode = "local", retry = 3, timeout = 3 days)]
async fn carry(on: PostAction<Crate>, cx: Context) -> Result<()> {
    for (stop, index) in ["dock", "yard"].into_iter().zip(0..) {
        cx.pass("stops", index).run("stop", async || Ok(stop.to_owned())).await?;
    }
    let tried = AtomicU32::new(0);
    let door = on.data.door.clone();
    cx.run("ring", || {
        let number = tried.fetch_add(1, Ordering::Relaxed);
        let text = format!("<b>nobody</b> at {door}, try {number}");
        async move { if number < 2 { Err(Error::internal(text)) } else { Ok(()) } }
    })
    .await?;
    let handed = cx.call::<hand_over>(&on.data).await?;
    cx.require(handed.is_resolved(), "nobody took it")
}

workflow! {
    /// Hands it over.
    #[post_action(mode = "local")]
    hand_over<Crate> {
        let sign = approve "Sign for {data.goal}" { by: role(crate_clerk), within: 2 days };
        update data { state: "signed" };
        run open_door(data.goal.clone());
        if sign.is_approved() { end failed "kept by the clerk"; }
    }
}

async fn open_door(goal: String) -> Result<()> {
    if goal == "vault" && IS_SHUT.load(Ordering::Relaxed) {
        return Err(Error::invalid("shut", "the vault is shut"));
    }
    Ok(())
}

role! {
    crate_clerk { Crate: view; tasks; }
}

/// A page as root sees it, or what a form leads to.
async fn page(app: &TestApp, token: &str, path: &str, form: Option<&str>) -> String {
    let method = if form.is_some() { "POST" } else { "GET" };
    let request = Request::builder().method(method).uri(path);
    let request = request
        .header("cookie", format!("wf_session={token}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.unwrap_or_default().to_owned()))
        .expect("a request");
    let response = app.running().answer(request).await;
    let location = response.headers().get("location").cloned();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(!body.contains("swordfish") && !body.contains("<b>nobody"), "{path}: {body}");
    app.rest().await;
    location.map_or(body, |to| to.to_str().expect("an address").to_owned())
}

fn assert_has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "no {part} in {page}");
    }
}

struct Depot {
    app: TestApp,
    token: String,
}

impl Depot {
    async fn open() -> Self {
        let app = TestApp::start(|app| app).await;
        let token = app.running().add_user("Ada", &["root"]).await.expect("a user");
        Self { app, token }
    }

    async fn see(&self, path: &str) -> String {
        page(&self.app, &self.token, path, None).await
    }

    async fn send(&self, path: &str, form: &str) -> String {
        page(&self.app, &self.token, path, Some(form)).await
    }

    /// A new crate that is carried: its executions, the outer one and the one it called, and its id.
    async fn carry(&self, goal: &str) -> Result<(i64, i64, i64)> {
        let root = self.app.root().await;
        let draft = Crate::new().goal(goal).door("swordfish");
        let made = root.create(draft).fire(carry).await?;
        let all = self.app.executions(&made).await;
        Ok((all[1].id, all[0].id, made.id.get()))
    }

    /// Signs what waits, as the page does it.
    async fn sign(&self) {
        let tasks = self.see("/admin/tasks").await;
        let from = tasks.find("/admin/tasks/").expect("a task");
        let task = tasks[from..].split('"').next().expect("an address");
        self.send(task, "decision=rejected").await;
    }
}

#[tokio::test]
async fn an_execution_shows_what_happened_who_caused_it_and_what_it_waits_for() -> Result<()> {
    let depot = Depot::open().await;
    let before = depot.see("/admin/workflows/carry").await;
    assert_has(&before, &["what it does is known when it has run", "retry = 3", "timeout = 3 d"]);
    assert!(!before.contains("<svg"), "{before}");
    let (outer, inner, _) = depot.carry("Oslo").await?;

    let page = depot.see(&format!("/admin/executions/{outer}")).await;
    assert_has(
        &page,
        &[
            // Its graph, from its own jobs.
            "<g data-state=\"resolved\" data-key=\"stops/run stop#1\">",
            "<g data-state=\"pending\" data-key=\"call hand_over#1\">",
            // Every attempt.
            "<ol class=\"tries\"",
            "&lt;b&gt;nobody&lt;/b&gt; at •••, try 1",
            "3 attempts",
            "<code>&quot;yard&quot;</code>",
            // What it waits for, and what it called.
            "All of it is aborted",
            &format!("/admin/executions/{inner}\">Hands it over"),
            "/cancel\"",
        ],
    );
    assert!(!page.contains("/rerun\""), "nothing to run again: {page}");

    let page = depot.see(&format!("/admin/executions/{inner}")).await;
    assert_has(
        &page,
        &[
            &format!("<a href=\"/admin/executions/{outer}\">Called by #{outer}</a>"),
            "<code>call hand_over#1</code>",
            "/admin/workflows/carry\">Takes it from stop to stop",
            "Sign for Oslo</a>",
            "crate_clerk",
            "until <time datetime=",
            "<g data-state=\"pending\" data-key=\"sign\">",
        ],
    );
    let page = depot.see("/admin/workflows/carry").await;
    assert_has(
        &page,
        &["data-key=\"stops/run stop#1\"", "data-key=\"run ring#1\"", ">each</text>"],
    );
    Ok(())
}

#[tokio::test]
async fn an_execution_runs_again_from_any_node_and_shows_what_was_put_aside() -> Result<()> {
    let depot = Depot::open().await;
    let (outer, inner, _) = depot.carry("vault").await?;
    depot.app.advance(std::time::Duration::from_secs(3600)).await;
    depot.sign().await;
    let path = format!("/admin/executions/{inner}");
    let page = depot.see(&path).await;
    assert_has(
        &page,
        &["the vault is shut", "1 h 0 min", "{&quot;state&quot;:&quot;signed&quot;}"],
    );
    assert_has(&page, &["aria-label=\"Run again from here: update#1\"", "value=\"run#1\""]);
    let outer = depot.see(&format!("/admin/executions/{outer}")).await;
    assert_has(&outer, &["data-status=\"failed\"", "nobody took it", "Run again from here"]);
    assert!(!outer.contains("Run again from where it broke"), "it would fail again: {outer}");

    // Both stand out, and are counted where they are found.
    let all = depot.see("/admin/executions").await;
    assert_has(&all, &["<tr class=\"stands-out\">", "title=\"2 executions are in trouble\""]);
    let all = depot.see("/admin/workflows").await;
    assert_has(
        &all,
        &["/admin/executions?key=hand%5Fover&amp;status=trouble", "the vault is shut"],
    );
    let one = depot.see("/admin/workflows/hand_over").await;
    assert_has(&one, &["Last error", "data-status=\"error\""]);

    IS_SHUT.store(false, Ordering::Relaxed);
    let to = depot.send(&format!("{path}/rerun"), "from=update%231").await;
    assert_eq!(to, path);
    let page = depot.see(&path).await;
    assert_has(&page, &["data-status=\"resolved\"", "Put aside", "Run again <time"]);
    assert!(!page.contains("/rerun\"") && !page.contains("/cancel\""), "{page}");
    Ok(())
}

#[tokio::test]
async fn a_stranded_execution_says_what_does_not_fit_and_goes_on_from_there() -> Result<()> {
    let depot = Depot::open().await;
    let (_, inner, _) = depot.carry("Rome").await?;
    // As if the node had been another one when it began.
    let change = format!(
        "UPDATE wf_jobs SET fingerprint = 1 WHERE execution_id = {inner} AND key = 'sign' \
         RETURNING 1"
    );
    assert_eq!(sql(depot.app.database().url(), &change), ["1"]);
    depot.sign().await;

    let path = format!("/admin/executions/{inner}");
    let page = depot.see(&path).await;
    assert_has(
        &page,
        &[
            "Its journal does not fit today",
            "<a href=\"#node-sign\"><code>sign</code></a>",
            "id=\"node-sign\"",
            "aria-label=\"Go on with today’s code from this node: sign\"",
            "/cancel\"",
        ],
    );
    depot.send(&format!("{path}/rerun"), "from=sign").await;
    let page = depot.see(&path).await;
    assert_has(&page, &["data-status=\"started\"", "It waits for", "Put aside"]);
    Ok(())
}

#[tokio::test]
async fn executions_are_found_by_all_that_is_known_of_them() -> Result<()> {
    let depot = Depot::open().await;
    let (_, _, carried) = depot.carry("Oslo").await?;
    let day = depot.app.now().strftime("%Y-%m-%d").to_string();
    for (query, is_found) in [
        ("key=carry&status=open".to_owned(), true),
        ("key=carry&status=error".to_owned(), false),
        (format!("collection=crates&record={carried}"), true),
        (format!("collection=crateNotes&record={carried}"), false),
        ("record=none".to_owned(), false),
        ("by=root".to_owned(), true),
        ("by=nobody".to_owned(), false),
        (format!("from={day}&to={day}"), true),
        ("to=2020-01-01".to_owned(), false),
        ("error=vault".to_owned(), false),
    ] {
        let page = depot.see(&format!("/admin/executions?{query}")).await;
        assert_eq!(page.contains("Takes it from stop to stop"), is_found, "{query}: {page}");
        assert_eq!(page.contains("Nothing fits what you look for."), !is_found, "{query}");
        assert_has(&page, &["Show all"]);
    }
    let page = depot.see("/admin/executions?by=root&error=&from=2020-01-01&page=2").await;
    assert_has(&page, &["name=\"by\" value=\"root\"", "name=\"from\" value=\"2020-01-01\""]);
    Ok(())
}

#[tokio::test]
async fn a_workflow_tells_how_to_fire_it() {
    let depot = Depot::open().await;
    let page = depot.see("/admin/workflows/hand_over").await;
    assert_has(
        &page,
        &[
            "Where it is named, for a record of crates",
            "behind the request",
            "tests/it/page/executions.rs:",
            "&quot;goal&quot;:&quot;…&quot;",
            "/api/crates:create?triggerWorkflows=hand_over",
            "/api/crateNotes:create?triggerWorkflows=hand_over!about",
            "data-copy=\"hand_over\"",
            "data-copy=\"curl ",
            "A click on a node copies its key.",
        ],
    );
    let page = depot.see("/admin/workflows/errand_price").await;
    assert_has(&page, &["On each create of errands", "in the request", "/api/errands:create'"]);
}
