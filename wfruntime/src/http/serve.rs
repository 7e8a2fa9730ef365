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

/// The largest head of a request, in bytes: filters stand in addresses.
const HEAD: usize = 128 << 10;

/// How long to wait before the next connection, if the process has no room for one.
const PAUSE: Duration = Duration::from_millis(50);

/// How many connections there may be, and how slow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many are open at the same time; others wait in the system's queue.
    pub connections: usize,
    /// How long the head of a request may take, and how long a connection may stay idle.
    pub head: Duration,
    /// How long requests that have begun may take once the end has come.
    pub grace: Duration,
}

/// Answers requests at `listener` until `end`, then lets those that have begun finish.
///
/// Handlers find the client's address in `ConnectInfo<SocketAddr>`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    end: impl Future<Output = ()> + Send,
) {
    let room = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
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
        let connection = graceful.watch(connection(stream, address, router.clone(), limits.head));
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
    if tokio::time::timeout(limits.grace, graceful.shutdown()).await.is_err() {
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
    head: Duration,
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
        .header_read_timeout(head)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::{Notify, oneshot};
    use tokio::task::JoinHandle;

    use super::*;

    impl Default for Limits {
        fn default() -> Self {
            let (head, grace) = (Duration::from_secs(30), Duration::from_secs(35));
            Self { connections: 4096, head, grace }
        }
    }

    struct Server {
        address: SocketAddr,
        /// Told when a slow request has begun.
        begun: Arc<Notify>,
        /// Lets slow requests finish.
        finish: Arc<Notify>,
        end: oneshot::Sender<()>,
        task: JoinHandle<()>,
    }

    async fn start(limits: Limits) -> std::io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begins, finishes) = (Arc::clone(&begun), Arc::clone(&finish));
        let slow = move || async move {
            begins.notify_one();
            finishes.notified().await;
            "slow"
        };
        let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let router = Router::new().route("/slow", get(slow)).route("/peer", get(peer));
        let (end, ended) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, router, limits, async {
            // A test that fails drops the sender, which is an end, too.
            let _ = ended.await;
        }));
        Ok(Server { address, begun, finish, end, task })
    }

    async fn ask(stream: &mut TcpStream, path: &str) -> std::io::Result<()> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(head.as_bytes()).await
    }

    /// What the server still sends until it closes the connection.
    async fn rest(stream: &mut TcpStream) -> std::io::Result<String> {
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }

    #[tokio::test]
    async fn a_request_that_has_begun_is_answered_before_the_end() -> std::io::Result<()> {
        let server = start(Limits::default()).await?;
        let mut slow = TcpStream::connect(server.address).await?;
        let mut idle = TcpStream::connect(server.address).await?;
        ask(&mut slow, "/slow").await?;
        server.begun.notified().await;
        server.end.send(()).expect("it listens");
        // The idle one is closed at once; new ones are refused.
        assert_eq!(rest(&mut idle).await?, "");
        assert!(TcpStream::connect(server.address).await.is_err());
        server.finish.notify_one();
        let answer = rest(&mut slow).await?;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("slow"), "{answer}");
        server.task.await.expect("it ends");
        Ok(())
    }

    #[tokio::test]
    async fn what_takes_too_long_is_cut_off_at_the_end() -> std::io::Result<()> {
        let limits = Limits { grace: Duration::from_millis(20), ..Limits::default() };
        let server = start(limits).await?;
        let mut slow = TcpStream::connect(server.address).await?;
        ask(&mut slow, "/slow").await?;
        server.begun.notified().await;
        server.end.send(()).expect("it listens");
        server.task.await.expect("it ends although a request has not");
        Ok(())
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_the_connection() -> std::io::Result<()> {
        let limits = Limits { head: Duration::from_millis(50), ..Limits::default() };
        let server = start(limits).await?;
        let mut stream = TcpStream::connect(server.address).await?;
        stream.write_all(b"GET /peer HTTP/1.1\r\nHost:").await?;
        let answer = rest(&mut stream).await?;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
        Ok(())
    }

    #[tokio::test]
    async fn whatever_is_sent_is_answered() -> std::io::Result<()> {
        let server = start(Limits::default()).await?;
        let long = "x".repeat(70_000);
        for (sent, status) in [
            // More than the request, as some clients send it.
            ("GET /peer HTTP/1.1\r\nConnection: close\r\n\r\n\r\n", "200"),
            ("POST /peer HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}}", "405"),
            ("hello\r\n\r\n", "400"),
            ("GET / HTTP/9.9\r\n\r\n", "400"),
            ("GET /peer HTTP/1.1\r\nX: a\0b\r\n\r\n", "400"),
            ("POST /peer HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}", "400"),
            (&format!("GET /{long} HTTP/1.1\r\n\r\n"), "414"),
            (&format!("GET / HTTP/1.1\r\nX: {long}{long}{long}\r\n\r\n"), "431"),
        ] {
            let mut stream = TcpStream::connect(server.address).await?;
            stream.write_all(sent.as_bytes()).await?;
            let answer = rest(&mut stream).await?;
            let first = answer.lines().next().unwrap_or_default();
            assert!(first.starts_with(&format!("HTTP/1.1 {status}")), "{sent:.60}: {answer}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn only_so_many_connections_are_open() -> std::io::Result<()> {
        let server = start(Limits { connections: 1, ..Limits::default() }).await?;
        let mut first = TcpStream::connect(server.address).await?;
        ask(&mut first, "/slow").await?;
        server.begun.notified().await;
        let mut second = TcpStream::connect(server.address).await?;
        let peer = second.local_addr()?;
        second.write_all(b"GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await?;
        // The second is answered once the first is gone, and not before.
        let mut answered = [0; 1];
        let early = Duration::from_millis(50);
        assert!(tokio::time::timeout(early, second.peek(&mut answered)).await.is_err());
        drop(first);
        let answer = rest(&mut second).await?;
        assert!(answer.ends_with(&peer.to_string()), "{answer}");
        Ok(())
    }
}
