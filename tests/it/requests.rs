//! Requests in all the shapes in which clients send them, and what they are answered.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wfruntime::prelude::*;

use crate::program_under_test::{Answer, Program};

/// People who play together.
#[collection]
pub struct Band {
    pub name: String,
    pub founded: Option<i32>,
    pub albums: HasMany<Album>,
}

/// What they recorded.
#[collection]
pub struct Album {
    pub title: String,
    pub price: Option<Decimal>,
    pub released: Option<Date>,
    #[field(hidden)]
    pub margin: Option<i64>,
    #[field(on_delete = cascade)]
    pub band: Option<BelongsTo<Band>>,
}

/// A program with root signed in.
struct Site {
    program: Program,
    token: String,
}

impl Site {
    async fn open() -> Self {
        let program = Program::start().await;
        let token = program.user("Root", &["root"]).await;
        Self { program, token }
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.program.send(method, path, &[("authorization", &bearer)], body).await
    }

    /// The id of a new record.
    async fn make(&self, path: &str, values: Value) -> i64 {
        let answer = self.ask("POST", path, &values.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} {values}: {}", answer.body);
        answer.body["data"]["id"].as_i64().expect("an id")
    }

    async fn count(&self, collection: &str) -> Value {
        let answer = self.ask("GET", &format!("/api/{collection}"), "").await;
        answer.body["meta"]["count"].clone()
    }
}

#[tokio::test]
async fn methods_and_named_actions_ask_for_the_same() {
    let site = Site::open().await;
    let band = site.make("/api/bands", json!({ "name": "Can" })).await;
    let other = site.make("/api/bands:create", json!({ "values": { "name": "Neu!" } })).await;
    let album = site.make(&format!("/api/bands/{band}/albums"), json!({ "title": "Ege" })).await;
    site.make(&format!("/api/bands/{band}/albums:create"), json!({ "title": "Tago" })).await;
    for (method, path, body, expected) in [
        ("GET", format!("/api/bands/{band}"), "", json!({ "name": "Can" })),
        ("GET", format!("/api/bands:get?filterByTk={band}"), "", json!({ "name": "Can" })),
        ("POST", format!("/api/bands:get?filterByTk={band}"), "", json!({ "name": "Can" })),
        (
            "GET",
            "/api/bands:get?filter={\"name\":\"Neu!\"}".replace('"', "%22"),
            "",
            json!({ "id": other }),
        ),
        (
            "GET",
            format!("/api/bands/{band}/albums/{album}"),
            "",
            json!({ "title": "Ege", "bandId": band }),
        ),
        ("GET", format!("/api/albums/{album}/band:get"), "", json!({ "name": "Can" })),
        (
            "PATCH",
            format!("/api/bands/{band}"),
            "{\"founded\": 1968}",
            json!({ "founded": 1968, "name": "Can" }),
        ),
        ("PUT", format!("/api/bands/{band}"), "{\"founded\": null}", json!({ "founded": null })),
        (
            "POST",
            format!("/api/bands:update?filterByTk={band}"),
            "{\"values\": {\"founded\": 1969}}",
            json!({ "founded": 1969 }),
        ),
        ("DELETE", format!("/api/bands/{other}"), "", json!(1)),
        ("POST", format!("/api/albums:destroy?filterByTk={album}"), "", json!(1)),
    ] {
        let answer = site.ask(method, &path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{method} {path}: {}", answer.body);
        let data = &answer.body["data"];
        match expected.as_object() {
            Some(members) => {
                for (name, value) in members {
                    assert_eq!(&data[name], value, "{method} {path}: {data}");
                }
            }
            None => assert_eq!(data, &expected, "{method} {path}"),
        }
    }
    let list = site.ask("GET", &format!("/api/bands/{band}/albums?fields=title"), "").await;
    assert_eq!(
        list.body,
        json!({
            "data": [{ "title": "Tago" }],
            "meta": { "count": 1, "page": 1, "pageSize": 20, "totalPage": 1 },
        })
    );
    assert_eq!(list.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(list.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_body_is_json_whatever_its_type() {
    let site = Site::open().await;
    let bearer = format!("Bearer {}", site.token);
    for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json", "nonsense"]
    {
        let headers = [("authorization", &*bearer), ("content-type", kind)];
        let answer = site.program.send("POST", "/api/bands", &headers, "{\"name\": \"Can\"}").await;
        assert_eq!(answer.status, StatusCode::OK, "{kind}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_list_shows_what_is_asked_for() {
    let site = Site::open().await;
    let band = site.make("/api/bands", json!({ "name": "Can" })).await;
    for (title, price) in [("Ege", "9.90"), ("Tago", "12.50"), ("Soon", "9.9")] {
        let album = json!({ "title": title, "price": price, "band": band, "margin": 1 });
        site.make("/api/albums", album).await;
    }
    for (query, titles, count) in [
        ("sort=-price,title", vec!["Tago", "Ege", "Soon"], 3),
        ("sort[]=-price&sort[]=-title", vec!["Tago", "Soon", "Ege"], 3),
        ("filter={%22price%22:9.9}", vec!["Ege", "Soon"], 2),
        ("filter={%22band.name%22:{%22$includes%22:%22a%22}}&pageSize=1", vec!["Ege"], 3),
        ("pageSize=2&page=2", vec!["Soon"], 3),
        ("page=9", vec![], 3),
    ] {
        let answer = site.ask("GET", &format!("/api/albums:list?{query}"), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        let rows = answer.body["data"].as_array().expect("rows");
        let found: Vec<_> = rows.iter().filter_map(|row| row["title"].as_str()).collect();
        assert_eq!((found, &answer.body["meta"]["count"]), (titles, &json!(count)), "{query}");
        assert!(rows.iter().all(|row| row.get("margin").is_none()), "{query}");
    }
    let path = "/api/albums:list?appends=band,band.albums&fields=title&pageSize=1";
    let answer = site.ask("GET", path, "").await;
    let album = &answer.body["data"][0];
    assert_eq!((&album["title"], &album["band"]["name"]), (&json!("Ege"), &json!("Can")));
    assert_eq!(album["band"]["albums"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn the_routes_can_stand_under_any_prefix() {
    let site = Site::open().await;
    let router = axum::Router::new().nest("/deep/er", site.program.running.router());
    for (path, status) in [
        ("/deep/er/api/bands", StatusCode::OK),
        ("/deep/er/api/bands:list", StatusCode::OK),
        ("/deep/er/api/nothing", StatusCode::NOT_FOUND),
    ] {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {}", site.token))
            .body(Body::empty())
            .expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        assert!(serde_json::from_slice::<Value>(&body).is_ok(), "{path}");
    }
}

#[tokio::test]
async fn a_path_that_nobody_answers_says_what_there_is() {
    let own = || {
        let silent = || async { StatusCode::NOT_FOUND };
        axum::Router::new().route("/own", axum::routing::get(silent))
    };
    let program = Program::start_with(|app| app.merge(own())).await;
    for (path, expected) in [
        ("/", "expected `/api/<collection>:<action>`, `/api/<collection>/<id>` or "),
        ("/nothing/at/all/here/either", "collections: `/api/albums`, `/api/bands`"),
        ("/bands:list", "there is nothing at `/bands:list`; did you mean `/api/bands:list`?"),
        ("/bands/1/albums", "did you mean `/api/bands/1/albums`?"),
        ("/auth:signIn", "did you mean `/api/auth:signIn`?"),
        ("/apis", "there is nothing at `/apis`; expected "),
    ] {
        let answer = program.send("GET", path, &[], "").await;
        assert_eq!(answer.outcome(), (404, "unknown_path"), "{path}");
        let message = answer.body["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains(expected), "{path}: {message}");
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    }
    // What the program itself says is left as it is: of a route, and of a fallback.
    assert_eq!(program.send("GET", "/own", &[], "").await.code(), "");
    let other = Program::start_with(|app| app.merge(own().fallback(async || "mine"))).await;
    let answer = other.send("GET", "/nothing", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, ""));
    assert_eq!(other.send("GET", "/api/nothing", &[], "").await.code(), "unknown_collection");
}

#[tokio::test]
async fn nonsense_is_refused_by_name_and_changes_nothing() {
    let site = Site::open().await;
    let band = site.make("/api/bands", json!({ "name": "Can" })).await;
    let deep = format!("{{\"name\": {}{}}}", "[".repeat(200), "]".repeat(200));
    let long = format!("{{\"name\": \"{}\"}}", "x".repeat(2 << 20));
    let get = |path: &str| ("GET", path.to_owned(), String::new());
    let post = |path: &str, body: &str| ("POST", path.to_owned(), body.to_owned());
    let name = "{\"name\": \"x\"}";
    for ((method, path, body), status, code) in [
        // Paths.
        (get("/api"), 404, "unknown_path"),
        (get("/api/"), 404, "unknown_path"),
        (get("/api/bands/"), 404, "unknown_path"),
        (get("/api//bands"), 404, "unknown_path"),
        (get("/api/bands/1/albums/2/band"), 404, "unknown_path"),
        (get("/api/bands%2F1"), 404, "unknown_path"),
        (get("/api/%ff"), 404, "unknown_path"),
        (get("/api/band"), 404, "unknown_collection"),
        (post("/api/band:create", name), 404, "unknown_collection"),
        (post("/api/bands:creat", name), 404, "unknown_action"),
        (get(&format!("/api/bands/{band}/album")), 404, "unknown_association"),
        (get("/api/bands/999/albums"), 404, "not_found"),
        (get("/api/bands/abc"), 400, "invalid_id"),
        (get("/api/bands/1.5"), 400, "invalid_id"),
        (get("/api/bands/99999999999999999999"), 400, "invalid_id"),
        (get("/api/bands/999"), 404, "not_found"),
        (get("/api/auth:signin"), 404, "unknown_action"),
        // Methods.
        (get("/api/bands:create"), 405, "method_not_allowed"),
        (("DELETE", "/api/bands".to_owned(), String::new()), 405, "method_not_allowed"),
        (("PUT", "/api/bands:update".to_owned(), String::new()), 405, "method_not_allowed"),
        (("BREW", "/api/bands:list".to_owned(), String::new()), 405, "method_not_allowed"),
        (get("/api/auth:signIn"), 405, "method_not_allowed"),
        // Parameters.
        (get("/api/bands?page=0"), 400, "invalid_page"),
        (get("/api/bands?pageSize=501"), 400, "invalid_page_size"),
        (get("/api/bands?pageSize=-1"), 400, "invalid_page_size"),
        (get("/api/bands?sort=nme"), 400, "unknown_field"),
        (get("/api/bands?fields=nme"), 400, "unknown_field"),
        (get("/api/bands?appends=album"), 400, "unknown_association"),
        (get("/api/bands?filter={"), 400, "invalid_filter"),
        (get("/api/bands?filter=[]"), 400, "invalid_filter"),
        (get("/api/bands?filter={%22name%22:{%22$x%22:1}}"), 400, "unknown_operator"),
        (get("/api/bands?filterByTK=1"), 400, "unknown_parameter"),
        (get("/api/bands?page=%zz"), 400, "invalid_encoding"),
        (get("/api/bands:get"), 400, "invalid_target"),
        (get(&format!("/api/bands/{band}?filterByTk={band}")), 400, "duplicate_target"),
        (get("/api/albums?filter={%22margin%22:1}"), 400, "unknown_field"),
        // Bodies.
        (post("/api/bands", "name=x"), 400, "invalid_json"),
        (post("/api/bands", "{'name': 'x'}"), 400, "invalid_json"),
        (post("/api/bands", "{\"name\": \"x\""), 400, "invalid_json"),
        (post("/api/bands", "5"), 400, "invalid_body"),
        (post("/api/bands", "null"), 400, "invalid_body"),
        (post("/api/bands", &deep), 400, "too_deep"),
        (post("/api/bands", &long), 413, "body_too_large"),
        (post("/api/bands", "{\"name\": 5}"), 400, "wrong_type"),
        (post("/api/bands", "{}"), 400, "required"),
        (post("/api/bands", "{\"name\": \"x\", \"founded\": 3000000000}"), 400, "out_of_range"),
        (post("/api/bands", "{\"name\": \"x\", \"nme\": 1}"), 400, "unknown_field"),
        (post("/api/bands?triggerWorkflows=nothing", name), 400, "unknown_workflow"),
    ] {
        let answer = site.ask(method, &path, &body).await;
        let shown: String = body.chars().take(40).collect();
        let fault = &answer.body["errors"][0];
        assert_eq!(
            (answer.status.as_u16(), fault["code"].as_str()),
            (status, Some(code)),
            "{method} {path} {shown}: {}",
            answer.body
        );
        assert!(fault["message"].as_str().is_some_and(|message| message.len() < 600), "{fault}");
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
        assert_eq!(answer.headers.contains_key("allow"), status == 405, "{method} {path}");
    }
    assert_eq!(site.count("bands").await, 1);
}

#[tokio::test]
async fn a_body_may_come_without_its_length_but_not_compressed() {
    let site = Site::open().await;
    let router = site.program.running.router();
    let chunks = |pieces: Vec<&'static [u8]>| {
        let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
        Body::from_stream(futures_util::stream::iter(pieces))
    };
    for (body, encoding, status) in [
        (chunks(vec![b"{\"name\":", b" \"Can", b"\"}"]), None, StatusCode::OK),
        (chunks(vec![b"{\"name\": \"", &[0xff], b"\"}"]), None, StatusCode::BAD_REQUEST),
        (chunks(vec![&[b'x'; 700_000], &[b'x'; 700_000]]), None, StatusCode::PAYLOAD_TOO_LARGE),
        (chunks(vec![b"x"]), Some("gzip"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (chunks(vec![b"{\"name\": \"Neu!\"}"]), Some("identity"), StatusCode::OK),
    ] {
        let mut request =
            Request::post("/api/bands").header("authorization", format!("Bearer {}", site.token));
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        let request = request.body(body).expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), status, "{encoding:?}");
    }
    assert_eq!(site.count("bands").await, 2);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_told_how() {
    let site = Site::open().await;
    let answer = site.program.send("GET", "/api/bands", &[], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    let path = format!("/api/bands?token={}", site.token);
    assert_eq!(site.program.send("GET", &path, &[], "").await.status, StatusCode::OK);
    let forged = [("authorization", "Bearer forged")];
    let answer = site.program.send("GET", "/api/bands", &forged, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
