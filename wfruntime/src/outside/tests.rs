//! A server on loopback that is allowed by name, and addresses that are not.

mod hostile;

use std::collections::HashMap;
use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap as Headers, Method as Verb, StatusCode as Status, header};
use axum::response::IntoResponse;
use axum::routing::{any, get};

use super::*;

/// Tells what it was asked.
async fn echo(method: Verb, headers: Headers, body: Bytes) -> String {
    let told = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-");
    let (secret, kind) = (told("x-secret"), told("content-type"));
    format!("{method} {secret} {kind} {}", String::from_utf8_lossy(&body))
}

/// Leads to itself so many times.
async fn around(Path(times): Path<u32>) -> impl IntoResponse {
    match times {
        0 => (Status::OK, [(header::LOCATION, String::new())]),
        _ => (Status::FOUND, [(header::LOCATION, format!("/around/{}", times - 1))]),
    }
}

async fn away(Path((status, to)): Path<(u16, String)>) -> impl IntoResponse {
    (Status::from_u16(status).expect("a status"), [(header::LOCATION, to)])
}

/// The names of the secrets that came.
async fn secrets(headers: Headers) -> String {
    let names = ["x-secret", "authorization", "cookie", "proxy-authorization"];
    names.into_iter().filter(|name| headers.contains_key(*name)).collect::<Vec<_>>().join(" ")
}

async fn server() -> i64 {
    let routes = axum::Router::new()
        .route("/echo", any(echo))
        .route("/secrets", get(secrets))
        .route("/around/{times}", any(around))
        .route("/away/{status}/{*to}", any(away))
        .route("/sized", get(async || "x".repeat(100)))
        .route(
            "/streamed",
            get(async || {
                let chunk = || Ok::<_, std::io::Error>("x".repeat(50));
                Body::from_stream(futures_util::stream::iter([chunk(), chunk()]))
            }),
        )
        .route("/never", get(std::future::pending::<()>))
        .route("/busy", get(async || (Status::TOO_MANY_REQUESTS, [("retry-after", "7")], "later")));
    counting::listen(routes).await
}

fn question(method: &str, url: impl AsRef<str>) -> Question {
    Question {
        method: method.parse().expect("a method"),
        url: url.as_ref().parse().expect("a url"),
        headers: HeaderMap::new(),
        body: None,
        timeout: Duration::from_secs(20),
        limit: 1000,
    }
}

fn outside(allowed: &[&str], names: &[(&str, &str)]) -> Outside {
    let address = |text: &str| vec![text.parse::<IpAddr>().expect("an address")];
    let table = names.iter().map(|(name, at)| ((*name).to_owned(), address(at)));
    let table: HashMap<_, _> = table.collect();
    let allowed: Vec<String> = allowed.iter().map(|text| (*text).to_owned()).collect();
    check(&allowed).expect("rules");
    Outside::with(&allowed, Resolver::Table(Arc::new(table)))
}

async fn said(way: &Outside, question: &Question) -> String {
    let answer = way.ask(question).await.expect("an answer");
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body).expect("text")
}

/// The error of a question that would fail in each attempt.
async fn refused(way: &Outside, url: impl AsRef<str>) -> String {
    match way.ask(&question("GET", url)).await {
        Err(Failed::Always(error)) => error.to_string(),
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[tokio::test]
async fn only_what_is_public_or_allowed_is_connected_to() {
    let port = server().await;
    let names = [("inner.example", "127.0.0.1"), ("mapped.example", "::ffff:127.0.0.1")];
    let strict = outside(&[], &names);
    for (url, reason) in [
        (format!("http://127.0.0.1:{port}/echo"), "`127.0.0.1` is not a public address"),
        (format!("http://[::1]:{port}/echo"), "`::1` is not a public address"),
        (format!("http://2130706433:{port}/echo"), "`127.0.0.1` is not a public address"),
        (format!("http://0x7f.1:{port}/echo"), "`127.0.0.1` is not a public address"),
        (format!("http://inner.example:{port}/"), "`inner.example` is at 127.0.0.1"),
        (format!("http://INNER.example.:{port}/"), "`inner.example` is at 127.0.0.1"),
        (format!("http://mapped.example:{port}/"), "is at ::ffff:127.0.0.1"),
        ("ftp://example.com/".to_owned(), "only http and https"),
        ("http://user:word@example.com/".to_owned(), "credentials do not belong into a url"),
    ] {
        let error = refused(&strict, &url).await;
        assert!(error.contains(reason), "{url}: {error}");
    }
    for allowed in ["127.0.0.0/8", "inner.example"] {
        let way = outside(&[allowed], &names);
        let asked = question("GET", format!("http://inner.example:{port}/echo"));
        assert_eq!(said(&way, &asked).await, "GET - - ");
    }
    // Nobody knows the name, which may change; and there is no TLS at this port.
    for url in ["http://gone.example/".to_owned(), format!("https://inner.example:{port}/")] {
        let asked = outside(&["inner.example"], &names).ask(&question("GET", &url)).await;
        assert!(matches!(asked, Err(Failed::Now(_))), "{url}: {asked:?}");
    }
}

#[tokio::test]
async fn redirects_are_checked_and_carry_nothing_to_another_host() {
    let (here, there) = (server().await, server().await);
    let way = outside(&["127.0.0.1"], &[("inner.example", "192.168.7.7")]);
    let at = |port: i64, path: &str| format!("http://127.0.0.1:{port}{path}");
    for (to, reason) in [
        ("http://10.0.0.1/", "`10.0.0.1` is not a public address"),
        ("http://inner.example/", "`inner.example` is at 192.168.7.7"),
        ("file:/etc/passwd", "only http and https"),
        ("http://user@127.0.0.1/", "credentials"),
    ] {
        let error = refused(&way, at(here, &format!("/away/302/{to}"))).await;
        assert!(error.contains(reason), "{to}: {error}");
    }
    assert_eq!(said(&way, &question("GET", at(here, "/around/5"))).await, "");
    let error = refused(&way, at(here, "/around/6")).await;
    assert!(error.contains("more than 5 redirects"), "{error}");

    for (status, port, expected) in [
        (307, here, "POST secret text/plain body"),
        (307, there, "POST - text/plain body"),
        (302, here, "GET secret - "),
        (303, there, "GET - - "),
    ] {
        let path = format!("/away/{status}/{}", at(port, "/echo"));
        let mut asked = question("POST", at(here, &path));
        asked.body = Some(b"body".to_vec());
        asked.headers.insert("x-secret", "secret".parse().expect("a header"));
        asked.headers.insert(CONTENT_TYPE, "text/plain".parse().expect("a header"));
        assert_eq!(said(&way, &asked).await, expected, "{status}");
    }
}

#[tokio::test]
async fn answers_have_limits() {
    let port = server().await;
    let way = outside(&["127.0.0.1"], &[]);
    for path in ["sized", "streamed"] {
        let mut asked = question("GET", format!("http://127.0.0.1:{port}/{path}?key=secret"));
        asked.limit = 100;
        assert_eq!(said(&way, &asked).await.len(), 100);
        asked.limit = 99;
        let Err(Failed::Always(error)) = way.ask(&asked).await else { panic!("it is too large") };
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let text = format!("`GET http://127.0.0.1:{port}/{path}` answered more than 99 bytes");
        assert_eq!(error.to_string(), text);
    }
    let mut asked = question("GET", format!("http://127.0.0.1:{port}/never"));
    asked.timeout = Duration::from_millis(20);
    let Err(Failed::Now(error)) = way.ask(&asked).await else { panic!("it never answers") };
    assert!(error.to_string().ends_with("took longer than 20ms"), "{error}");

    let asked = question("GET", format!("http://127.0.0.1:{port}/busy"));
    let answer = way.ask(&asked).await.expect("an answer");
    assert!(answer.is_temporary() && !answer.is_success());
    let error = answer.as_error(&asked, jiff::Timestamp::UNIX_EPOCH);
    assert!(error.to_string().ends_with("answered 429: later"), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let dated = Answer {
        headers: vec![("retry-after".to_owned(), "Thu, 01 Jan 1970 00:01:00 GMT".to_owned())],
        ..answer
    };
    let error = dated.as_error(&asked, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
}
