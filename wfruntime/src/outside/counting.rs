//! A server for tests on loopback, which keeps what it is asked.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::mpsc;

/// What the server was asked: the path and the key of each request.
pub(crate) type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// Answers `/<first>/<later>?<wait>` with the status `first` at first, and with `later` from then
/// on, and asks for a pause of so many seconds.
async fn answer(
    State(asked): State<Asked>,
    Path((first, later)): Path<(u16, u16)>,
    RawQuery(wait): RawQuery,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, [(&'static str, String); 2], Vec<u8>) {
    let path = format!("{first}/{later}");
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = key.unwrap_or("none").to_owned();
    let mut asked = asked.lock().expect("the list");
    let status = if asked.iter().any(|(earlier, _)| *earlier == path) { later } else { first };
    asked.push((path, key));
    let number = asked.len().to_string();
    let body = if body.is_empty() { vec![0xff, 0x00] } else { body.into_bytes() };
    let headers = [("x-number", number), ("retry-after", wait.unwrap_or_default())];
    (StatusCode::from_u16(status).expect("a status"), headers, body)
}

/// Its port, and what it will have been asked.
pub(crate) async fn serve() -> (i64, Asked) {
    let asked = Asked::default();
    let route = axum::routing::any(answer);
    let routes = axum::Router::new().route("/{first}/{later}", route);
    (listen(routes.with_state(Arc::clone(&asked))).await, asked)
}

/// A server that does what it is asked, but answers `/paid` only from the second time on.
///
/// Its port, and the keys of the requests.
pub(crate) async fn serve_all_but_the_first() -> (i64, mpsc::UnboundedReceiver<String>) {
    let (asks, asked) = mpsc::unbounded_channel();
    let first = AtomicBool::new(true);
    let pay = Arc::new(move |headers: HeaderMap| {
        let key = headers["idempotency-key"].to_str().expect("a text");
        asks.send(key.to_owned()).expect("a listener");
        first.swap(false, Ordering::SeqCst)
    });
    let paid = async move |headers| {
        if pay(headers) { std::future::pending().await } else { "paid" }
    };
    (listen(axum::Router::new().route("/paid", axum::routing::post(paid))).await, asked)
}

/// The port at which these answer.
pub(crate) async fn listen(routes: axum::Router) -> i64 {
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = tokio::net::TcpListener::bind(local).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    port.into()
}
