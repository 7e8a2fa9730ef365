//! Signing in and out, tokens, passwords, the first administrator.

use jiff::SignedDuration;
use serde_json::json;
use wf_tests::sql;
use wfruntime::{Actor, Identity};

use crate::program_under_test::{Answer, Program};

const CHECK: &str = "/api/auth:check";

async fn sign_in(program: &Program, account: &str, password: &str) -> Answer {
    let credentials = json!({ "account": account, "password": password });
    program.post_as_nobody("/api/auth:signIn", &credentials).await
}

fn token(answer: &Answer) -> String {
    answer.body["data"]["token"].as_str().expect("a token").to_owned()
}

/// The id of whoever has the token.
async fn id(program: &Program, token: &str) -> i64 {
    program.get(CHECK, token).await.id()
}

#[tokio::test]
async fn a_token_says_who_asks_until_it_is_signed_out() {
    let program = Program::start().await;
    let ada = program.user("Ada", &["admin"]).await;
    let other = program.user("Bob", &["admin"]).await;
    let check = program.get(CHECK, &ada).await;
    assert_eq!(check.body["data"]["nickname"], "Ada");
    assert_eq!(check.body["data"]["roles"], json!(["admin"]));
    assert_eq!(check.body["data"]["role"], "admin");
    let by_query = program.send("GET", &format!("{CHECK}?token={ada}"), &[], "").await;
    assert_eq!(by_query.body, check.body);

    let out = program.post("/api/auth:signOut", &ada, &json!({})).await;
    assert_eq!(out.outcome(), (200, ""));
    assert_eq!(program.get(CHECK, &ada).await.outcome(), (401, "token_unknown"));
    assert_eq!(program.get(CHECK, &other).await.outcome(), (200, ""), "others stay signed in");
    let again = program.post("/api/auth:signOut", &ada, &json!({})).await;
    assert_eq!(again.outcome(), (200, ""), "signing out twice is no fault");
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let program = Program::start().await;
    let forged = "A".repeat(43);
    for (header, code) in [
        ("Bearer abc".to_owned(), "token_unknown"),
        (format!("Bearer {forged}"), "token_unknown"),
        ("Bearer ".to_owned(), "token_unknown"),
        ("Basic YTpi".to_owned(), "token_malformed"),
    ] {
        for path in [CHECK, "/api/users:list"] {
            let answer = program.send("GET", path, &[("authorization", &header)], "").await;
            assert_eq!(answer.outcome(), (401, code), "{header} {path}");
        }
    }
    assert_eq!(program.send("GET", CHECK, &[], "").await.outcome(), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_token_expires_without_use_and_lives_on_with_it() {
    let day = 24;
    let program = Program::start_with(|app| {
        app.settings(|settings| {
            settings.token_lifetime = std::time::Duration::from_secs(3 * 86_400)
        })
    })
    .await;
    let (used, unused) =
        (program.user("Ada", &["admin"]).await, program.user("Bob", &["admin"]).await);
    for _ in 0..4 {
        assert_eq!(program.get(CHECK, &used).await.outcome(), (200, ""));
        program.clock.advance(SignedDuration::from_hours(day));
    }
    assert_eq!(program.get(CHECK, &used).await.outcome(), (200, ""));
    assert_eq!(program.get(CHECK, &unused).await.outcome(), (401, "token_expired"));
}

#[tokio::test]
async fn changing_the_roles_or_the_user_voids_the_tokens_at_once() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let (ada, bob) = (program.user("Ada", &["admin"]).await, program.user("Bob", &["admin"]).await);
    let (ada_id, bob_id) = (id(&program, &ada).await, id(&program, &bob).await);

    let path = format!("/api/users:update?filterByTk={ada_id}");
    let renamed = program.post(&path, &root, &json!({ "nickname": "Countess" })).await;
    assert_eq!(renamed.outcome(), (200, ""), "{renamed:?}");
    let check = program.get(CHECK, &ada).await;
    assert_eq!(check.body["data"]["nickname"], "Countess", "a new name is seen at once");

    let changed = program.post(&path, &root, &json!({ "roles": ["admin", "root"] })).await;
    assert_eq!(changed.outcome(), (200, ""), "{changed:?}");
    assert_eq!(program.get(CHECK, &ada).await.outcome(), (401, "token_revoked"));

    let path = format!("/api/users:destroy?filterByTk={bob_id}");
    let destroyed = program.post(&path, &root, &json!({})).await;
    assert_eq!(destroyed.outcome(), (200, ""), "{destroyed:?}");
    assert_eq!(program.get(CHECK, &bob).await.outcome(), (401, "token_unknown"));
}

#[tokio::test]
async fn a_password_signs_in_and_changing_it_voids_the_tokens() {
    let program = Program::start().await;
    let admin = program.user("Boss", &["admin"]).await;
    let ada = program.user("Ada", &["admin"]).await;
    let path = format!("/api/users:setPassword?filterByTk={}", id(&program, &ada).await);

    assert_eq!(sign_in(&program, "Ada", "correct horse").await.outcome(), (401, "unauthenticated"));
    let short = program.post(&path, &admin, &json!({ "password": "short" })).await;
    assert_eq!(short.outcome(), (400, "password_too_short"));
    let set = program.post(&path, &admin, &json!({ "password": "correct horse" })).await;
    assert_eq!(set.outcome(), (200, ""));
    assert_eq!(program.get(CHECK, &ada).await.outcome(), (401, "token_unknown"));

    let signed_in = sign_in(&program, "Ada", "correct horse").await;
    assert_eq!(signed_in.body["data"]["user"]["nickname"], "Ada");
    let ada = token(&signed_in);
    let change = |old: &str| json!({ "oldPassword": old, "newPassword": "battery staple" });
    let path = "/api/users:changePassword";
    let wrong = program.post(path, &ada, &change("wrong")).await;
    assert_eq!(wrong.outcome(), (400, "wrong_password"));
    let changed = program.post(path, &ada, &change("correct horse")).await;
    assert_eq!(changed.outcome(), (200, ""));
    assert_eq!(program.get(CHECK, &ada).await.outcome(), (401, "token_unknown"));
    assert_eq!(program.get(CHECK, &token(&changed)).await.outcome(), (200, ""));
    assert_eq!(sign_in(&program, "Ada", "correct horse").await.outcome(), (401, "unauthenticated"));
    assert_eq!(sign_in(&program, "Ada", "battery staple").await.outcome(), (200, ""));
}

#[tokio::test]
async fn nobody_takes_a_name_that_another_signs_in_with() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let make = async |body| program.post("/api/users:create", &root, &body).await;
    let email = "ada@example.org";
    let ada = make(json!({ "nickname": "Ada", "email": email, "roles": ["admin"] })).await.id();
    // Nobody signs in as `Ada` yet, but the email is hers.
    let bob = make(json!({ "nickname": "Ada" })).await.id();
    let password = json!({ "password": "correct horse" });
    let set = async |id: i64| {
        program.post(&format!("/api/users:setPassword?filterByTk={id}"), &root, &password).await
    };
    assert_eq!(set(ada).await.outcome(), (200, ""));

    let taken = set(bob).await;
    assert_eq!(taken.outcome(), (409, "name_taken"), "{taken:?}");
    let message = "another user signs in as `Ada`; choose another nickname";
    assert_eq!(taken.body["errors"][0]["message"], message);
    let update = async |id: i64, body| {
        program.post(&format!("/api/users:update?filterByTk={id}"), &root, &body).await
    };
    for (refused, field) in [
        (make(json!({ "nickname": "Ada" })).await, "nickname"),
        (make(json!({ "nickname": email })).await, "nickname"),
        (make(json!({ "nickname": "Eve", "email": "Ada" })).await, "email"),
        (update(bob, json!({ "nickname": email })).await, "nickname"),
        (update(bob, json!({ "email": "Ada" })).await, "email"),
        (
            make(json!([{ "nickname": "e@x" }, { "nickname": "E", "email": "e@x" }])).await,
            "nickname",
        ),
    ] {
        assert_eq!(refused.outcome(), (409, "name_taken"), "{refused:?}");
        assert_eq!(refused.body["errors"][0]["field"], field, "{refused:?}");
    }
    assert_eq!(update(bob, json!({ "nickname": "Bob" })).await.outcome(), (200, ""));
    // One's own names are not taken: both alike, and the same once more.
    for body in [json!({ "email": "Ada" }), json!({ "nickname": "Ada", "email": email })] {
        assert_eq!(update(ada, body).await.outcome(), (200, ""));
    }
    assert_eq!(set(bob).await.outcome(), (200, ""));
    for (account, id) in [("Ada", ada), (email, ada), ("Bob", bob)] {
        let signed_in = sign_in(&program, account, "correct horse").await;
        assert_eq!(signed_in.body["data"]["user"]["id"], id, "{account} {signed_in:?}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_whether_or_not_there_is_such_a_user() {
    let program =
        Program::start_with(|app| app.settings(|settings| settings.sign_in_attempts = 2)).await;
    program.user("Ada", &["admin"]).await;
    for account in ["Ada", "nobody"] {
        for _ in 0..2 {
            let wrong = sign_in(&program, account, "a guess").await;
            assert_eq!(wrong.outcome(), (401, "unauthenticated"));
            assert_eq!(wrong.body["errors"][0]["message"], "wrong name or password");
        }
        let refused = sign_in(&program, account, "a guess").await;
        assert_eq!(refused.outcome(), (429, "too_many_attempts"));
        assert_eq!(refused.headers["retry-after"], "900");
    }
    program.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(sign_in(&program, "Ada", "a guess").await.outcome(), (401, "unauthenticated"));
}

#[tokio::test]
async fn the_role_is_one_of_the_users() {
    let program = Program::start().await;
    let ada = program.user("Ada", &["admin", "root"]).await;
    let bearer = format!("Bearer {ada}");
    for (role, outcome) in [
        ("root", (200, "")),
        ("admin", (200, "")),
        ("employee", (403, "role_not_held")),
        ("ünknown", (403, "role_not_held")),
    ] {
        let headers = [("authorization", &*bearer), ("x-role", role)];
        let answer = program.send("GET", CHECK, &headers, "").await;
        assert_eq!(answer.outcome(), outcome, "{role}");
        if outcome.0 == 200 {
            assert_eq!(answer.body["data"]["role"], role);
        }
    }
    let nobody = program.send("GET", CHECK, &[("x-role", "root")], "").await;
    assert_eq!(nobody.outcome(), (401, "unauthenticated"));
}

#[tokio::test]
async fn the_programs_own_sign_in_names_a_user_who_exists() {
    let program = Program::start_with(|app| {
        app.identify(|parts| async move {
            let id = parts.headers.get("x-user")?.to_str().ok()?.parse().ok()?;
            let roles = vec!["admin".to_owned()];
            let user = Actor { id, nickname: "Ada".to_owned(), email: None, roles };
            Some(Identity { role: "admin".to_owned(), user: Some(user) })
        })
    })
    .await;
    program.user("Ada", &["admin"]).await;
    let ada = sql(program.database.url(), "SELECT id FROM users");
    let ada: i64 = ada[0].parse().expect("Ada");
    let check = program.send("GET", CHECK, &[("x-user", &ada.to_string())], "").await;
    assert_eq!((check.outcome(), check.id()), ((200, ""), ada));

    let users = program.send("GET", CHECK, &[("x-user", "1")], "").await;
    assert_eq!(users.outcome(), (401, "unknown_user"), "{users:?}");
    let message = "the identity names user 1, who does not exist in `users`";
    assert_eq!(users.body["errors"][0]["message"], message);
    let path = "/api/users:create";
    let written = program.send("POST", path, &[("x-user", "1")], r#"{"nickname": "Bob"}"#).await;
    assert_eq!(written.outcome(), (401, "unknown_user"), "{written:?}");
    assert_eq!(program.send("GET", CHECK, &[], "").await.outcome(), (401, "unauthenticated"));
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let program = Program::start().await;
    let code = program.running.setup_code().await.expect("readable").expect("a code");
    let first = |code: &str, password: &str| json!({ "code": code, "nickname": "admin", "password": password });
    let path = "/api/auth:setup";
    for (code, password, outcome) in [
        ("x", "correct horse", (403, "setup_closed")),
        (&*code, "…", (400, "password_too_short")),
        (&*code, "correct horse", (200, "")),
        (&*code, "correct horse", (403, "setup_closed")),
    ] {
        let answer = program.post_as_nobody(path, &first(code, password)).await;
        assert_eq!(answer.outcome(), outcome);
    }
    let root = sign_in(&program, "admin", "correct horse").await;
    assert_eq!(root.body["data"]["user"]["roles"], json!(["root"]));
    assert_eq!(program.running.setup_code().await.expect("readable"), None);
}
