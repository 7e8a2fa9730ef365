//! Calls from other systems: where they come in, how they are signed, and with which secrets.
//!
//! It refuses to know HTTP: the head of a call is a function to it, and its body bytes.

mod ring;
mod scheme;
mod secrets;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

#[cfg(feature = "testing")]
pub(crate) use ring::Hooked;
use ring::Key;
pub(crate) use ring::Ring;
use scheme::{Claim, Place};
pub(crate) use secrets::Secrets;
#[cfg(feature = "page")]
pub(crate) use secrets::variable;

/// How a webhook is called, as its macro declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hook {
    /// The end of its address.
    pub path: &'static str,
    /// Who calls, and so how it is signed.
    pub from: Sender,
    /// The name of its secret; the key of the workflow if it has none.
    pub secret: Option<&'static str>,
    /// How far the time of a call may be from now.
    pub within: Duration,
}

impl Hook {
    /// Stands where a declaration has faults.
    pub const BARE: Self =
        Self { path: "", from: Sender::Standard, secret: None, within: Duration::ZERO };

    /// How it is called, in words.
    pub(crate) fn text(&self) -> String {
        format!("POST /api/{PATH}{}", self.path)
    }

    /// The name of its secret.
    pub(crate) fn secret_of(&self, key: &'static str) -> &'static str {
        self.secret.unwrap_or(key)
    }
}

/// Where all of them are called, below `/api/`.
pub(crate) const PATH: &str = "hooks/";

/// Who calls a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// Whoever signs as Standard Webhooks say.
    Standard,
    /// GitHub.
    GitHub,
    /// Stripe.
    Stripe,
}

impl Sender {
    /// The headers that it signs with.
    pub(crate) const fn heads(self) -> &'static [&'static str] {
        match self {
            Self::Standard => &["webhook-id", "webhook-timestamp", "webhook-signature"],
            Self::GitHub => &["X-Hub-Signature-256"],
            Self::Stripe => &["Stripe-Signature"],
        }
    }

    /// As `from` names it.
    #[cfg(feature = "page")]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::GitHub => "github",
            Self::Stripe => "stripe",
        }
    }
}

/// A header of a call, by its name in lower case; none if it has not exactly one of text.
pub(crate) type Heads<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// What is known of a call whose signature is right.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// What tells the delivery from others: signed, so that nobody can change it.
    pub(crate) identity: Vec<u8>,
}

/// Whether a call was signed with one of the keys, and at a time that is near enough.
///
/// Which of it is wrong is nobody's business who does not know the secret.
fn judge(
    hook: &Hook,
    keys: &[Key],
    heads: Heads<'_>,
    body: &[u8],
    now: Timestamp,
) -> Option<Signed> {
    let scheme = hook.from.scheme();
    let claim: Claim = (scheme.claim)(heads)?;
    let is_near = claim.at.is_none_or(|at| {
        let within = SignedDuration::try_from(hook.within).unwrap_or(SignedDuration::ZERO);
        Timestamp::from_second(at).is_ok_and(|at| now.duration_since(at).abs() <= within)
    });
    // Each signature is held against each key, whatever the ones before it came to.
    let pairs = keys.iter().flat_map(|key| claim.signatures.iter().map(move |it| (key, it)));
    let is_signed = pairs.fold(false, |is, (key, it)| key.signed(&claim.prefix, body, it) | is);
    (is_near && is_signed).then(|| Signed { identity: claim.identity(body) })
}

impl Place {
    /// What stands there, if it is a text.
    fn read(&self, heads: Heads<'_>, body: &Value) -> Option<String> {
        match self {
            Self::Head(name) => heads(name),
            Self::Body(name) => body.get(name)?.as_str().map(str::to_owned),
        }
    }
}

impl Hook {
    /// The delivery's id and the kind of event, as far as the sender says them.
    pub(crate) fn told(&self, heads: Heads<'_>, body: &Value) -> (String, Option<String>) {
        let scheme = self.from.scheme();
        let delivery = scheme.delivery.read(heads, body).unwrap_or_default();
        (delivery, scheme.event.read(heads, body))
    }

    /// What tells a delivery from others, once its body is read.
    pub(crate) fn identity(&self, signed: Signed, body: &Value) -> Vec<u8> {
        let scheme = self.from.scheme();
        match &scheme.delivery {
            // Signed with the body: it stays the same when the call is signed anew.
            Place::Body(_) => scheme.delivery.read(&|_| None, body).map(String::into_bytes),
            Place::Head(_) => None,
        }
        .unwrap_or(signed.identity)
    }
}
