//! Connections: how many, how slow they may be, and how they end.
//!
//! `axum::serve` has no time limits: a client that sends a header a minute would hold its
//! connection for ever.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// How long the head of a request may take, and how long a connection may stay idle.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest head of a request, in bytes: filters stand in addresses.
const HEAD: usize = 128 << 10;

/// How long to wait before the next connection, if the process has no room for one.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers requests at `listener` until `end`, then lets those that have begun finish.
///
/// At most `connections` are open; others wait in the system's queue. What has not finished
/// after `grace` is cut off. Handlers find the client's address in `ConnectInfo<SocketAddr>`.
///
/// ```no_run
/// # async fn example(router: axum::Router) -> std::io::Result<()> {
/// use std::time::Duration;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// let end = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
/// wfruntime::http::serve(listener, router, 4096, Duration::from_secs(35), end).await;
/// # Ok(()) }
/// ```
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    grace: Duration,
    end: impl Future<Output = ()> + Send,
) {
    let room = Arc::new(Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        // The semaphore is never closed; a missing permit would only mean one connection more.
        let permit = Arc::clone(&room).acquire_owned();
        let accepted = async { (permit.await.ok(), accept(&listener).await) };
        let (permit, (stream, address)) = tokio::select! {
            () = &mut end => break,
            accepted = accepted => accepted,
        };
        let connection = graceful.watch(connection(stream, address, router.clone()));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Clients go away, and send what is no HTTP.
                tracing::debug!("a connection broke: {error}");
            }
            drop(permit);
        });
    }
    // Nobody connects any more, also not to wait in the system's queue.
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off at the end");
    }
}

/// The next connection; failures to accept one are waited out.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!("a connection broke: {error}");
                }
                return (stream, address);
            }
            Err(error) => {
                tracing::warn!("no connection could be accepted: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    >,
> {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEAD)
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), service)
}
