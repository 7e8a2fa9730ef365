//! The command that calls a webhook as its sender does, with a signature that `openssl` makes.

use super::super::place::Visit;
use crate::webhook::{Hook, PATH, Sender, variable};

/// A call of the webhook of this workflow.
pub(super) fn command(visit: &Visit, key: &'static str, hook: &Hook) -> String {
    let secret = variable(hook.secret_of(key));
    let at = format!("{}/{PATH}{}", super::facts::api(visit), hook.path);
    let sign = |signed: &str, form: &str| {
        format!(
            "signature=$(printf '%s' \"{signed}$body\" | openssl dgst -sha256 -hmac \"${secret}\" {form})"
        )
    };
    let hex = "-hex | sed 's/.* //'";
    let (said, signed, heads) = match hook.from {
        Sender::Standard => (
            "id=msg_$(openssl rand -hex 8); at=$(date +%s)\n",
            sign("$id.$at.", "-binary | base64"),
            "-H \"webhook-id: $id\" -H \"webhook-timestamp: $at\" \\\n  \
             -H \"webhook-signature: v1,$signature\"",
        ),
        Sender::GitHub => (
            "",
            sign("", hex),
            "-H \"X-GitHub-Event: ping\" -H \"X-GitHub-Delivery: $(openssl rand -hex 8)\" \\\n  \
             -H \"X-Hub-Signature-256: sha256=$signature\"",
        ),
        Sender::Stripe => {
            ("at=$(date +%s)\n", sign("$at.", hex), "-H \"Stripe-Signature: t=$at,v1=$signature\"")
        }
    };
    format!("body='{{}}'\n{said}{signed}\ncurl -d \"$body\" {heads} \\\n  '{at}'")
}
