//! Collections as files over HTTP: what goes out, what comes in, for whom.

use axum::http::StatusCode;
use serde_json::json;
use wfruntime::prelude::*;

use crate::program_under_test::{Page, Program};

/// Somewhere to put pallets.
#[collection]
pub struct Bay {
    #[field(unique)]
    pub name: String,
}

/// A pallet on a bay.
#[collection]
pub struct Pallet {
    pub name: String,
    pub count: Option<i64>,
    pub price: Option<Decimal>,
    #[field(hidden)]
    pub secret: Option<String>,
    pub bay: Option<BelongsTo<Bay>>,
}

/// What an event heard of.
#[collection]
pub struct PalletHeard {
    pub what: String,
}

workflow! {
    #[collection_event(on = [create], execution = "sync")]
    pallet_arrives<Pallet> {
        create PalletHeard { what: data.name };
    }

    #[post_action(mode = "global", on = [create])]
    pallet_is_created<Pallet> {
        create PalletHeard { what: "created by an action" };
    }

    #[collection_event(
        on = [create], execution = "sync", rollback = true, when = data.name == "a bomb"
    )]
    no_bombs<Pallet> {
        end failed "no bombs here";
    }
}

role! {
    loader { Bay: view; Pallet: view(name, count, bay), create, export, import; }
    wrapper { Pallet: view own, create(name), export, import; }
    looker { Pallet: view; }
}

async fn export(program: &Program, token: &str, query: &str) -> Page {
    let path = format!("/api/pallets:export?token={token}&{query}");
    program.browse("GET", &path, &[], "").await
}

async fn import(
    program: &Program,
    token: &str,
    query: &str,
    file: &str,
) -> crate::program_under_test::Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer), ("content-type", "text/csv")];
    program.send("POST", &format!("/api/pallets:import?{query}"), &headers, file).await
}

const CSV: &str = "name,count\n\"a, b\",1\nc,\n";

#[tokio::test]
async fn what_a_role_may_view_goes_out() {
    let program = Program::start().await;
    let keeper = program.user("Kim", &["loader"]).await;
    let wrapper = program.user("Pat", &["wrapper"]).await;
    let pallet = json!({"name": "box", "count": 3, "price": "1.50", "secret": "no"});
    program.post("/api/pallets:create", &keeper, &pallet).await;
    program.post("/api/pallets:create", &wrapper, &json!({"name": "bag"})).await;
    let page = export(&program, &keeper, "format=csv&fields=name,count").await;
    assert_eq!((page.status, &*page.text), (StatusCode::OK, "name,count\nbox,3\nbag,\n"));
    assert_eq!(page.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(page.headers["content-disposition"], "attachment; filename=\"pallets.csv\"");
    let filter = "filter=%7B%22count%22:3%7D&except=id,createdAt,updatedAt,createdById,updatedById";
    let page = export(&program, &keeper, filter).await;
    assert_eq!(page.text, "[\n{\"name\":\"box\",\"count\":3,\"bayId\":null}\n]\n");
    let page = export(&program, &wrapper, "format=csv&fields=name").await;
    assert_eq!(page.text, "name\nbag\n", "her own alone");
    let looker = program.user("Lee", &["looker"]).await;
    for (token, query, status, code) in [
        (&looker, "", 403, "forbidden"),
        (&keeper, "fields=price", 403, "forbidden_field"),
        (&keeper, "fields=secret", 400, "unknown_field"),
        (&keeper, "filter=%7B%22price%22:1%7D", 403, "forbidden_field"),
        (&keeper, "format=xml", 400, "invalid_format"),
        (&keeper, "page=2", 400, "unsupported_parameter"),
    ] {
        let page = export(&program, token, query).await;
        let told: serde_json::Value = serde_json::from_str(&page.text).expect("JSON");
        let told = (page.status.as_u16(), told["errors"][0]["code"].as_str());
        assert_eq!(told, (status, Some(code)), "{query}");
    }
}

#[tokio::test]
async fn many_records_go_out_in_parts_and_come_in_again() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let rows: String = (0..1203).map(|number| format!("n{number}\n")).collect();
    let path = "/api/bays:import?format=csv";
    let file = format!("name\n{rows}");
    let bearer = |token: &str| format!("Bearer {token}");
    let done = program.send("POST", path, &[("authorization", &bearer(&root))], &file).await;
    assert_eq!(done.body, json!({"data": {"count": 1203, "written": true}}));
    let export = async |program: &Program, token: &str, format: &str, fields: &str| {
        let path = format!("/api/bays:export?token={token}&format={format}&fields={fields}");
        program.browse("GET", &path, &[], "").await.text
    };
    for format in ["csv", "json"] {
        let other = Program::start().await;
        let there = other.user("Root", &["root"]).await;
        let path = format!("/api/bays:import?format={format}&whole=true");
        let headers = [("authorization", &*bearer(&there))];
        // Who made them has the same id there: the clock stands still.
        let file = export(&program, &root, format, "").await;
        let done = other.send("POST", &path, &headers, &file).await;
        assert_eq!(done.body["data"]["count"], 1203, "{:?}", done.body);
        assert_eq!(export(&other, &there, format, "").await, file);
    }
}

#[tokio::test]
async fn events_hear_of_what_comes_in_and_no_action_does() {
    let program = Program::start().await;
    let keeper = program.user("Kim", &["loader"]).await;
    let root = program.user("Root", &["root"]).await;
    let tried = import(&program, &keeper, "dryRun=true", CSV).await;
    assert_eq!(tried.body, json!({"data": {"count": 2, "written": false}}));
    let listed = program.get("/api/pallets:list", &keeper).await;
    assert_eq!(listed.body["meta"]["count"], 0);
    import(&program, &keeper, "", CSV).await;
    let listed = program.get("/api/pallets:list?sort=id&appends=createdBy", &root).await;
    assert_eq!(listed.body["data"][0]["name"], "a, b");
    assert_eq!(listed.body["data"][1]["createdBy"]["nickname"], "Kim");
    program.running.idle().await;
    let heard = program.get("/api/palletHeards:list?sort=id&fields=what", &root).await;
    let heard: Vec<_> = heard.body["data"].as_array().expect("a list").iter().collect();
    assert_eq!(heard, [&json!({"what": "a, b"}), &json!({"what": "c"})]);
    for query in ["", "whole=true"] {
        let refused = import(&program, &keeper, query, "name\nd\na bomb\n").await;
        let told = &refused.body["errors"][0]["message"];
        assert_eq!((refused.status.as_u16(), told), (400, &json!("no bombs here")));
    }
    let listed = program.get("/api/pallets:list", &keeper).await;
    assert_eq!(listed.body["meta"]["count"], 2);
}

/// The events of an import of bays with these names, as name and data.
async fn followed(program: &Program, token: &str, query: &str, names: &[String]) -> Vec<String> {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer), ("accept", "text/html, text/event-stream;q=1")];
    let path = format!("/api/bays:import?format=csv&{query}");
    let file = format!("name\n{}\n", names.join("\n"));
    let page = program.browse("POST", &path, &headers, &file).await;
    if page.status != StatusCode::OK {
        return vec![page.text];
    }
    assert_eq!(page.headers["content-type"], "text/event-stream");
    let events = page.text.strip_suffix("\n\n").expect("the end of an event").split("\n\n");
    let event = |it: &str| it.replace("event: ", "").replace("\ndata:", "");
    events.map(event).collect()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("n{number}")).collect()
}

async fn bays(program: &Program, token: &str) -> serde_json::Value {
    program.get("/api/bays:list?pageSize=1", token).await.body["meta"]["count"].take()
}

#[tokio::test]
async fn who_accepts_events_hears_how_far_an_import_is() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let progress = |written| format!("progress {{\"count\":1203,\"written\":{written}}}");
    let done = |written| format!("done {{\"data\":{{\"count\":1203,\"written\":{written}}}}}");
    let tried = followed(&program, &root, "dryRun=true", &names(1203)).await;
    assert_eq!(tried, [progress(0), done(false)]);
    assert_eq!(bays(&program, &root).await, 0);
    let told = followed(&program, &root, "", &names(1203)).await;
    assert_eq!(told, [progress(0), progress(500), progress(1000), progress(1203), done(true)]);
    assert_eq!(bays(&program, &root).await, 1203);
    // What is wrong with the file is no event.
    let [wrong] = &*followed(&program, &root, "", &["a,b".to_owned()]).await else {
        panic!("one answer")
    };
    assert!(wrong.starts_with("{\"errors\":[{"), "{wrong}");
}

#[tokio::test]
async fn an_import_that_is_refused_midway_tells_what_stays() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let mut twice = names(1203);
    twice[1100] = "n3".to_owned();
    for (query, left) in [("", 1000), ("whole=true", 0)] {
        let program = Program::start().await;
        let root = program.user("Root", &["root"]).await;
        let told = followed(&program, &root, query, &twice).await;
        let (last, before) = told.split_last().expect("events");
        assert_eq!(before.len(), if left == 0 { 1 } else { 3 }, "{told:?}");
        assert!(last.starts_with("failed {\"errors\":[{") && last.contains("line 1102"), "{last}");
        let stays = "the first 1000 records are written, none after them";
        assert_eq!(last.contains(stays), left > 0, "{last}");
        assert_eq!(bays(&program, &root).await, left);
    }
    // A body without its end is no file.
    let headers = [("authorization", &*format!("Bearer {root}")), ("accept", "text/event-stream")];
    let path = "/api/bays:import?format=json";
    let cut = program.browse("POST", path, &headers, "[{\"name\": \"a\"}, {\"na").await;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST);
    assert_eq!(bays(&program, &root).await, 0);
}

#[tokio::test]
async fn an_import_goes_on_though_its_client_hangs_up() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let request = axum::http::Request::post("/api/bays:import?format=csv")
        .header("authorization", format!("Bearer {root}"))
        .header("accept", "text/event-stream")
        .body(format!("name\n{}\n", names(1203).join("\n")).into())
        .expect("a request");
    let response = program.running.answer(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut events = response.into_body().into_data_stream();
    let first = futures_util::StreamExt::next(&mut events).await.expect("an event");
    assert!(first.expect("bytes").starts_with(b"event: progress\n"));
    drop(events);
    // What comes to its end is written, whenever one looks.
    let all = async {
        while bays(&program, &root).await != 1203 {
            tokio::task::yield_now().await;
        }
    };
    let all = tokio::time::timeout(std::time::Duration::from_secs(60), all);
    all.await.expect("all of it, though nobody listens");
}

#[tokio::test]
async fn what_is_wrong_or_not_allowed_is_told_and_nothing_written() {
    let program = Program::start().await;
    let (keeper, wrapper) =
        (program.user("Kim", &["loader"]).await, program.user("Pat", &["wrapper"]).await);
    let looker = program.user("Lee", &["looker"]).await;
    for (token, query, file, status, code, message) in [
        (&keeper, "", "name,count\na,x\nb,1.5\n", 400, "wrong_type", "line 2: "),
        (&keeper, "", "name,cuont\na,1\n", 400, "input", "did you mean `count`?"),
        (&keeper, "", "count\n1\n", 400, "required", "line 2: `name` is required"),
        (&keeper, "", "name,bayId\na,7\n", 409, "reference", "line 2: "),
        (&keeper, "", "name,id\na,7\n", 403, "forbidden_field", "bring in `id`"),
        (
            &keeper,
            "format=json",
            "[{\"name\": \"a\", \"createdAt\": 1}]",
            403,
            "forbidden_field",
            "line 1",
        ),
        (&wrapper, "", "name,count\na,1\n", 403, "forbidden_field", "bring in `count`"),
        (&wrapper, "", "name,bayId\na,1\n", 403, "forbidden_field", "bring in `bayId`"),
        (&wrapper, "", "name,secret\na,1\n", 400, "input", "unknown field `secret`"),
        (&looker, "", "name\na\n", 403, "forbidden", "may not import"),
        (&keeper, "dryRun=yes", "name\na\n", 400, "invalid_flag", "`true` or `false`"),
        (&keeper, "dryRun=true&whole=true", "name\na\n", 400, "no_effect", "leave out `whole`"),
        (&keeper, "filter={}", "name\na\n", 400, "unsupported_parameter", "takes no `filter`"),
    ] {
        let refused = import(&program, token, query, file).await;
        let error = &refused.body["errors"][0];
        assert_eq!(
            (refused.status.as_u16(), error["code"].as_str()),
            (status, Some(code)),
            "{file} {:?}",
            refused.body
        );
        assert!(error["message"].as_str().is_some_and(|it| it.contains(message)), "{error}");
    }
    let listed = program.get("/api/pallets:list", &keeper).await;
    assert_eq!(listed.body["meta"]["count"], 0);
    let program = Program::start_with(|app| app.settings(|it| it.import_limit = 10)).await;
    let keeper = program.user("Kim", &["loader"]).await;
    let refused = import(&program, &keeper, "", CSV).await;
    assert_eq!(refused.outcome(), (413, "body_too_large"));
}

#[tokio::test]
async fn people_take_files_out_and_bring_them_in_on_the_page() {
    let program = Program::start().await;
    let keeper = program.user("Kim", &["loader"]).await;
    let page = program.page("/admin/data/pallets?q=box", &keeper, None).await;
    for link in ["/admin/data/pallets/export?format=csv&amp;q=box", "/admin/data/pallets/import"] {
        assert!(page.text.contains(&format!("href=\"{link}\"")), "{link}: {}", page.text);
    }
    let form = program.page("/admin/data/pallets/import", &keeper, None).await;
    assert_eq!(form.status, StatusCode::OK);
    let path = "/admin/data/pallets/import";
    let sent = |text: &str, tries: &str| format!("format=csv&try={tries}&text={text}");
    let tried = program.page(path, &keeper, Some(&sent("name%0Abox%0Abag", "yes"))).await;
    assert!(tried.text.contains("2 records would be added. Nothing was stored."), "{}", tried.text);
    let wrong = program.page(path, &keeper, Some(&sent("name,count%0Abox,x", "no"))).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("Line 2: ") && wrong.text.contains("box,x"), "{}", wrong.text);
    let done = program.page(path, &keeper, Some(&sent("name%0Abox%0Abag", "no"))).await;
    assert_eq!(done.location(), "/admin/data/pallets");
    let page = program.page("/admin/data/pallets/export?format=csv&q=bag", &keeper, None).await;
    assert_eq!(page.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(page.text.lines().count(), 2, "{}", page.text);
    let looker = program.user("Lee", &["looker"]).await;
    let page = program.page("/admin/data/pallets", &looker, None).await;
    assert!(!page.text.contains("pallets/export") && !page.text.contains("pallets/import"));
    for (path, form) in [("export", None), ("import", Some(sent("name%0Abox", "no")))] {
        let path = format!("/admin/data/pallets/{path}");
        let page = program.page(&path, &looker, form.as_deref()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
}
