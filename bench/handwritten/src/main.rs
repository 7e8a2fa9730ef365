//! The claims API as one would write it with axum and sqlx: no framework, a transaction a request.
//!
//! Usage: `handwritten ADDRESS FILE pool|single alone|outbox|sync`

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Json, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a create writes besides the claim.
#[derive(Clone, Copy, PartialEq)]
enum Variant {
    Alone,
    Outbox,
    Sync,
}

struct Shared {
    pool: SqlitePool,
    variant: Variant,
    next: AtomicI64,
    authorization: &'static str,
}

#[derive(Deserialize)]
struct New {
    project: String,
    amount: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    id: i64,
    created_at: i64,
    updated_at: i64,
    created_by_id: i64,
    updated_by_id: Option<i64>,
    project: String,
    applicant_id: i64,
    amount: String,
    status: &'static str,
}

#[derive(Serialize)]
struct Answer<'a> {
    data: &'a Claim,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    workflows: Vec<Fired>,
}

#[derive(Serialize)]
struct Fired {
    key: &'static str,
    execution: i64,
    status: &'static str,
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, nickname TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS claims (
    id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    created_by_id INTEGER REFERENCES users, updated_by_id INTEGER REFERENCES users,
    project TEXT NOT NULL, applicant_id INTEGER NOT NULL REFERENCES users,
    amount TEXT NOT NULL, status TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS claims_created_by ON claims (created_by_id);
CREATE INDEX IF NOT EXISTS claims_updated_by ON claims (updated_by_id);
CREATE INDEX IF NOT EXISTS claims_applicant ON claims (applicant_id);
CREATE TABLE IF NOT EXISTS payments (
    id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL,
    claim_id INTEGER NOT NULL REFERENCES claims, amount TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payments_claim ON payments (claim_id);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL, topic TEXT NOT NULL,
    payload TEXT NOT NULL);
INSERT OR IGNORE INTO users VALUES (1, 'Ada');
";

#[tokio::main]
async fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, file, writer, variant] = args.as_slice() else {
        return Err("usage: handwritten ADDRESS FILE pool|single alone|outbox|sync".into());
    };
    let connections = if writer == "pool" { 8 } else { 1 };
    let variant = match variant.as_str() {
        "alone" => Variant::Alone,
        "outbox" => Variant::Outbox,
        _ => Variant::Sync,
    };
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30));
    let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options).await?;
    sqlx::raw_sql(SCHEMA).execute(&pool).await?;
    let shared = Shared {
        pool,
        variant,
        next: AtomicI64::new(now() << 16),
        authorization: "Bearer benchmark",
    };
    let app = axum::Router::new()
        .route("/api/reimbursements:create", post(create))
        .with_state(Arc::new(shared));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn create(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(new): Json<New>,
) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(shared.authorization) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let at = now();
    let claim = Claim {
        id: shared.next.fetch_add(1, Ordering::Relaxed),
        created_at: at,
        updated_at: at,
        created_by_id: 1,
        updated_by_id: None,
        project: new.project,
        applicant_id: 1,
        amount: new.amount,
        status: "submitted",
    };
    match save(&shared, &claim).await {
        Ok(workflows) => Json(Answer { data: &claim, workflows }).into_response(),
        Err(error) => {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn save(shared: &Shared, claim: &Claim) -> Fallible<Vec<Fired>> {
    let payload = match shared.variant {
        Variant::Outbox => Some(serde_json::to_string(claim)?),
        Variant::Alone | Variant::Sync => None,
    };
    let mut fired = Vec::new();
    let mut unit = shared.pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(
        "INSERT INTO claims (id, created_at, updated_at, created_by_id, updated_by_id, project,
         applicant_id, amount, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(claim.id)
    .bind(claim.created_at)
    .bind(claim.updated_at)
    .bind(claim.created_by_id)
    .bind(claim.updated_by_id)
    .bind(&claim.project)
    .bind(claim.applicant_id)
    .bind(&claim.amount)
    .bind(claim.status)
    .execute(&mut *unit)
    .await?;
    if let Some(payload) = payload {
        let id = shared.next.fetch_add(1, Ordering::Relaxed);
        sqlx::query("INSERT INTO outbox (id, created_at, topic, payload) VALUES (?, ?, ?, ?)")
            .bind(id)
            .bind(claim.created_at)
            .bind("notify_finance")
            .bind(payload)
            .execute(&mut *unit)
            .await?;
        fired.push(Fired { key: "notify_finance", execution: id, status: "queued" });
    }
    if shared.variant == Variant::Sync {
        sqlx::query("INSERT INTO payments (id, created_at, claim_id, amount) VALUES (?, ?, ?, ?)")
            .bind(shared.next.fetch_add(1, Ordering::Relaxed))
            .bind(claim.created_at)
            .bind(claim.id)
            .bind(&claim.amount)
            .execute(&mut *unit)
            .await?;
        fired.push(Fired { key: "pay_at_once", execution: claim.id, status: "resolved" });
    }
    unit.commit().await?;
    Ok(fired)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
