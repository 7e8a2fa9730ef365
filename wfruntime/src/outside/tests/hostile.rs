//! Who means harm: urls that hide where they lead, names with two faces, answers without an end.

use std::time::Instant;

use axum::http::HeaderValue;
use futures_util::stream;

use super::*;
use crate::outside::resolve::Resolver;

#[tokio::test]
async fn however_an_address_is_written_it_is_the_same_address() {
    let strict = Outside::with(&[], Resolver::System);
    for (host, reason) in [
        ("127.1", "`127.0.0.1`"),
        ("127.0.0.1.", "`127.0.0.1`"),
        ("0x7f000001", "`127.0.0.1`"),
        ("017700000001", "`127.0.0.1`"),
        ("0177.0.0.0x1", "`127.0.0.1`"),
        ("%31%32%37.0.0.1", "`127.0.0.1`"),
        ("\u{ff11}27.0.0.1", "`127.0.0.1`"),
        ("127\u{3002}0\u{3002}0\u{3002}1", "`127.0.0.1`"),
        ("0", "`0.0.0.0`"),
        ("0.0.0.0", "`0.0.0.0`"),
        ("10.0.0.1", "`10.0.0.1`"),
        ("3232235777", "`192.168.1.1`"),
        ("169.254.169.254", "`169.254.169.254`"),
        ("100.64.0.1", "`100.64.0.1`"),
        ("[::]", "`::`"),
        ("[::ffff:127.0.0.1]", "`::ffff:127.0.0.1`"),
        ("[::ffff:7f00:1]", "`::ffff:127.0.0.1`"),
        ("[::ffff:a9fe:a9fe]", "`::ffff:169.254.169.254`"),
        ("[64:ff9b::7f00:1]", "`64:ff9b::7f00:1`"),
        ("[fd00:ec2::254]", "`fd00:ec2::254`"),
        ("localhost", "`localhost` is at"),
        ("LocalHost.", "`localhost` is at"),
    ] {
        for scheme in ["http", "https"] {
            let error = refused(&strict, format!("{scheme}://{host}/")).await;
            assert!(error.contains(reason), "{host}: {error}");
            assert!(error.contains("not a public address"), "{host}: {error}");
        }
    }
}

#[tokio::test]
async fn of_a_name_with_two_faces_only_the_public_one_is_asked() {
    use reqwest::dns::Resolve as _;

    let addresses = ["10.0.0.1", "1.1.1.1", "::ffff:10.0.0.1", "2606:4700::1111"];
    let addresses = addresses.map(|text| text.parse().expect("an address")).to_vec();
    let table = HashMap::from([("two.example".to_owned(), addresses)]);
    let way = Outside::with(&[], Resolver::Table(Arc::new(table)));
    let name = "two.example".parse().expect("a name");
    let found = way.guard.resolve(name).await.expect("addresses");
    let found: Vec<String> = found.map(|socket| socket.ip().to_string()).collect();
    assert_eq!(found, ["1.1.1.1", "2606:4700::1111"]);
}

/// Leads to itself.
async fn circle() -> impl IntoResponse {
    (Status::TEMPORARY_REDIRECT, [(header::LOCATION, "/circle")])
}

/// A body without an end, fast or slow.
async fn endless(Path(pause): Path<u64>) -> Body {
    Body::from_stream(stream::unfold((), move |()| async move {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        Some((Ok::<_, std::io::Error>("x".repeat(16)), ()))
    }))
}

/// Small on the wire, as large as it likes once it is unpacked.
const PACKED: &[u8] = &[0x1f, 0x8b, 0x08, 0x00, 0xff];

async fn packed(headers: Headers) -> impl IntoResponse {
    assert_eq!(headers.get(header::ACCEPT_ENCODING), None);
    ([(header::CONTENT_ENCODING, "gzip")], PACKED)
}

/// Says that it is larger than it is, which it may say of what it does not send.
async fn head() -> impl IntoResponse {
    [(header::CONTENT_LENGTH, HeaderValue::from_static("1000000000"))]
}

async fn serve_harm() -> String {
    let routes = axum::Router::new()
        .route("/circle", any(circle))
        .route("/endless/{pause}", get(endless))
        .route("/packed", get(packed))
        .route("/head", axum::routing::head(head));
    format!("http://127.0.0.1:{}", counting::listen(routes).await)
}

#[tokio::test]
async fn what_has_no_end_is_ended() {
    let base = serve_harm().await;
    let way = outside(&["127.0.0.1"], &[]);
    let error = refused(&way, format!("{base}/circle")).await;
    assert!(error.contains("leads to more than 5 redirects"), "{error}");

    let error = refused(&way, format!("{base}/endless/0")).await;
    assert!(error.ends_with("answered more than 1000 bytes"), "{error}");

    let begun = Instant::now();
    let slow = Question {
        timeout: Duration::from_millis(100),
        ..question("GET", format!("{base}/endless/20"))
    };
    let Err(Failed::Now(error)) = way.ask(&slow).await else { panic!("it never ends") };
    assert!(error.to_string().ends_with("took longer than 100ms"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_is_never_unpacked() {
    let base = serve_harm().await;
    let way = outside(&["127.0.0.1"], &[]);
    let asked = Question { limit: PACKED.len(), ..question("GET", format!("{base}/packed")) };
    let answer = way.ask(&asked).await.expect("an answer");
    assert_eq!(answer.body, PACKED);
    assert!(answer.headers.contains(&("content-encoding".into(), "gzip".into())));
}

#[tokio::test]
async fn the_size_of_a_body_that_is_not_sent_does_not_count() {
    let base = serve_harm().await;
    let answer = outside(&["127.0.0.1"], &[]).ask(&question("HEAD", format!("{base}/head"))).await;
    let answer = answer.expect("an answer");
    assert!(answer.body.is_empty());
    assert!(answer.headers.contains(&("content-length".into(), "1000000000".into())));
}

#[tokio::test]
async fn secrets_go_to_their_host_and_into_no_message() {
    let (here, there) = (server().await, server().await);
    let way = outside(&["127.0.0.1"], &[("other.example", "127.0.0.1")]);
    for (to, sent) in [
        (format!("127.0.0.1:{here}"), "x-secret authorization cookie proxy-authorization"),
        (format!("127.0.0.1:{there}"), ""),
        (format!("other.example:{here}"), ""),
    ] {
        let path = format!("/away/307/http://{to}/secrets");
        let mut asked = question("GET", format!("http://127.0.0.1:{here}{path}"));
        for name in ["x-secret", "authorization", "cookie", "proxy-authorization"] {
            asked.headers.insert(name, HeaderValue::from_static("secret"));
        }
        assert_eq!(said(&way, &asked).await, sent, "{to}");
    }
    let mut asked = question("GET", format!("http://127.0.0.1:{here}/nowhere?key=secret"));
    asked.headers.insert("authorization", HeaderValue::from_static("secret"));
    let answer = way.ask(&asked).await.expect("an answer");
    let error = answer.as_error(&asked, jiff::Timestamp::UNIX_EPOCH);
    asked.url.set_port(Some(1)).expect("a port");
    let Err(Failed::Now(unanswered)) = way.ask(&asked).await else { panic!("nobody is there") };
    for error in [error, unanswered] {
        let text = format!("{error:?}");
        assert!(text.contains("/nowhere") && !text.contains("secret"), "{text}");
    }
}
