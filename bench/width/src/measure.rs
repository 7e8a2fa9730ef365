//! Creates claims when it is told to, and counts what that took.

use std::alloc::System;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata};
use wfruntime::{App, Error, Result, Running};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many requests are one measurement.
const REQUESTS: u32 = 100;

/// For each line on standard input, prints statements, allocations and nanoseconds of a request.
pub(crate) async fn on_demand() -> Result<()> {
    tracing::subscriber::set_global_default(Statements)?;
    let path = std::env::args().nth(1).ok_or_else(|| Error::internal("no database was named"))?;
    let app = App::new(format!("sqlite://{path}"));
    let is_watched = std::env::var_os("BENCH_METRICS").is_some();
    let app = if is_watched { app.metrics("the token of a bench") } else { app };
    let running = app.start().await?;
    let token = running.add_user("Ada", &["root"]).await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while lines.next_line().await?.is_some() {
        let (statements, region) = (STATEMENTS.load(Ordering::Relaxed), Region::new(ALLOCATOR));
        let begun = Instant::now();
        for _ in 0..REQUESTS {
            create(&running, &token).await?;
        }
        let time = begun.elapsed().as_nanos() / u128::from(REQUESTS);
        let each = |number: f64| number / f64::from(REQUESTS);
        let statements = STATEMENTS.load(Ordering::Relaxed) - statements;
        let allocations = region.change().allocations;
        println!("{} {} {time}", each(statements as f64), each(allocations as f64));
    }
    running.shutdown().await
}

async fn create(running: &Running, token: &str) -> Result<()> {
    let request = Request::post("/api/claims:create")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(r#"{"project":"Berlin","amount":"400.00"}"#))?;
    let answer = running.answer(request).await;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await?;
    if !status.is_success() {
        let text = String::from_utf8_lossy(&body).into_owned();
        return Err(Error::internal(format!("{status}: {text}")));
    }
    Ok(())
}

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Counts what the store logs for each statement, and hears of nothing else.
struct Statements;

impl tracing::Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "wfruntime::sql"
    }

    fn event(&self, _: &Event<'_>) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
