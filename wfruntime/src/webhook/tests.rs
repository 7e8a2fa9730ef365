use expect_test::{Expect, expect};
use serde_json::json;

use super::*;

/// A moment at which the calls below were signed.
const AT: i64 = 1_614_265_330;

fn hook(from: Sender) -> Hook {
    Hook { path: "test", from, secret: None, within: Duration::from_secs(300) }
}

fn judged(from: Sender, secret: &str, heads: &[(&str, &str)], body: &str, seconds: i64) -> bool {
    let key = (from.scheme().key)(secret).map(|key| Key::of(&key));
    let heads = |name: &str| {
        heads.iter().find(|(head, _)| *head == name).map(|(_, value)| (*value).to_owned())
    };
    let now = Timestamp::from_second(AT + seconds).expect("a moment");
    let keys = [Key::of(b"another one of many bytes"), key.expect("a key")];
    judge(&hook(from), &keys, &heads, body.as_bytes(), now).is_some()
}

/// The example of the standard.
const STANDARD: [(&str, &str); 3] = [
    ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
    ("webhook-timestamp", "1614265330"),
    ("webhook-signature", "v1,bm9uZQ== v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
];

#[test]
fn each_sender_signs_in_its_own_way() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert!(judged(Sender::Standard, secret, &STANDARD, r#"{"test": 2432232314}"#, 0));
    let head = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let heads = [("x-hub-signature-256", head)];
    assert!(judged(Sender::GitHub, "It's a Secret to Everybody", &heads, "Hello, World!", 0));
    let head = format!(
        "t={AT},v0=00,v1=00,v1=c3ef04a6dbb90082ae456fd20b618fcc01c5f3fe6f0373e706c7f09d576a0ea2"
    );
    let heads = [("stripe-signature", head.as_str())];
    assert!(judged(
        Sender::Stripe,
        "whsec_stripe_secret_of_a_test",
        &heads,
        r#"{"id": "evt_1"}"#,
        0
    ));
}

#[test]
fn whatever_is_changed_is_refused() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let body = r#"{"test": 2432232314}"#;
    assert!(!judged(Sender::Standard, secret, &STANDARD, r#"{"test": 2432232315}"#, 0));
    assert!(!judged(Sender::Standard, "a secret of many bytes", &STANDARD, body, 0));
    for (index, other) in ["msg_other", "1614265331", "v1,bm9uZQ=="].into_iter().enumerate() {
        let mut heads = STANDARD;
        heads[index].1 = other;
        assert!(!judged(Sender::Standard, secret, &heads, body, 0), "{other}");
        let mut heads = STANDARD.to_vec();
        heads.remove(index);
        assert!(!judged(Sender::Standard, secret, &heads, body, 0), "without {other}");
    }
}

#[test]
fn a_call_is_too_old_or_too_new_after_its_window() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let at =
        |seconds| judged(Sender::Standard, secret, &STANDARD, r#"{"test": 2432232314}"#, seconds);
    assert_eq!([-301, -300, 300, 301].map(at), [false, true, true, false]);
}

#[test]
fn what_it_is_known_by_is_signed() {
    let check = |from: Sender, heads: &[(&str, &str)], body: &Value, expected: Expect| {
        let hook = hook(from);
        let heads = |name: &str| {
            heads.iter().find(|(head, _)| *head == name).map(|(_, value)| (*value).to_owned())
        };
        let claim = (hook.from.scheme().claim)(&heads).expect("a claim");
        let signed = Signed { identity: claim.identity(body.to_string().as_bytes()) };
        let identity = hook.identity(signed, body);
        let identity = String::from_utf8(identity).unwrap_or_else(|_| "a hash".to_owned());
        let (delivery, event) = hook.told(&heads, body);
        expected.assert_eq(&format!("{identity}, {delivery}, {event:?}"));
    };
    let body = json!({ "id": "evt_1", "type": "paid" });
    check(
        Sender::Standard,
        &STANDARD,
        &body,
        expect![[r#"msg_p5jXN8AQM9LWM0D4loKWxJek, msg_p5jXN8AQM9LWM0D4loKWxJek, Some("paid")"#]],
    );
    let heads = [
        ("x-hub-signature-256", "sha256=00"),
        ("x-github-delivery", "72d3162e"),
        ("x-github-event", "push"),
    ];
    check(Sender::GitHub, &heads, &body, expect![[r#"a hash, 72d3162e, Some("push")"#]]);
    check(
        Sender::Stripe,
        &[("stripe-signature", "t=1,v1=00")],
        &body,
        expect![[r#"evt_1, evt_1, Some("paid")"#]],
    );
}

#[test]
fn secrets_are_not_shown() {
    let mut secrets = Secrets::default();
    secrets.add("payments".to_owned(), "a secret of many bytes".to_owned());
    assert_eq!(format!("{secrets:?} {:?}", Key::of(b"bytes")), r#"{"payments"} Key"#);
    assert_eq!(secrets::variable("claims.paid-1"), "WF_WEBHOOK_CLAIMS_PAID_1");
}
