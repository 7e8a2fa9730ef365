//! How the known senders sign: a table, with a function each that reads a head.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{Heads, Sender};

/// How a sender signs its calls, and what it says of them.
#[derive(Debug)]
pub(super) struct Scheme {
    /// What the head of a call claims; none if something is missing.
    pub(super) claim: fn(Heads<'_>) -> Option<Claim>,
    /// The bytes of a secret; none if it is not written as it should be.
    pub(super) key: fn(&str) -> Option<Vec<u8>>,
    /// Where the id of a delivery stands.
    pub(super) delivery: Place,
    /// Where the kind of event stands.
    pub(super) event: Place,
}

/// Where something stands in a call.
#[derive(Debug)]
pub(super) enum Place {
    /// In the header of this name.
    Head(&'static str),
    /// In the member of this name of the body.
    Body(&'static str),
}

/// What the head of a call claims.
pub(super) struct Claim {
    /// When it was signed, in seconds since 1970; GitHub does not say it.
    pub(super) at: Option<i64>,
    /// What was signed before the body.
    pub(super) prefix: String,
    /// An id that was signed.
    id: Option<String>,
    /// One of them has to be right.
    pub(super) signatures: Vec<Vec<u8>>,
}

impl Claim {
    /// What tells the delivery from others: its id, or all that was signed.
    pub(super) fn identity(self, body: &[u8]) -> Vec<u8> {
        let all =
            || Sha256::new().chain_update(&self.prefix).chain_update(body).finalize().to_vec();
        self.id.map_or_else(all, String::into_bytes)
    }
}

/// <https://www.standardwebhooks.com>
static BY_STANDARD: Scheme = Scheme {
    claim: standard,
    key: |secret| match secret.strip_prefix("whsec_") {
        Some(secret) => STANDARD.decode(secret).ok(),
        None => Some(secret.as_bytes().to_vec()),
    },
    delivery: Place::Head("webhook-id"),
    event: Place::Body("type"),
};

/// <https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries>
static BY_GITHUB: Scheme = Scheme {
    claim: github,
    key: plain,
    delivery: Place::Head("x-github-delivery"),
    event: Place::Head("x-github-event"),
};

/// <https://docs.stripe.com/webhooks/signature>
static BY_STRIPE: Scheme =
    Scheme { claim: stripe, key: plain, delivery: Place::Body("id"), event: Place::Body("type") };

impl Sender {
    /// How it signs.
    pub(super) fn scheme(self) -> &'static Scheme {
        match self {
            Self::Standard => &BY_STANDARD,
            Self::GitHub => &BY_GITHUB,
            Self::Stripe => &BY_STRIPE,
        }
    }
}

fn plain(secret: &str) -> Option<Vec<u8>> {
    Some(secret.as_bytes().to_vec())
}

/// `webhook-id: msg_1`, `webhook-timestamp: 1614265330`, `webhook-signature: v1,aGFzaA== v1,…`
fn standard(heads: Heads<'_>) -> Option<Claim> {
    let (id, at) = (heads("webhook-id")?, heads("webhook-timestamp")?);
    let signatures = heads("webhook-signature")?;
    let signatures = signatures.split_whitespace().filter_map(|it| it.strip_prefix("v1,"));
    Some(Claim {
        at: Some(at.parse().ok()?),
        prefix: format!("{id}.{at}."),
        signatures: signatures.filter_map(|it| STANDARD.decode(it).ok()).collect(),
        id: Some(id),
    })
}

/// `X-Hub-Signature-256: sha256=…`; the id beside it is not signed.
fn github(heads: Heads<'_>) -> Option<Claim> {
    let signature = heads("x-hub-signature-256")?;
    let signature = hex(signature.strip_prefix("sha256=")?)?;
    Some(Claim { at: None, prefix: String::new(), id: None, signatures: vec![signature] })
}

/// `Stripe-Signature: t=1614265330,v1=…,v1=…`
fn stripe(heads: Heads<'_>) -> Option<Claim> {
    let head = heads("stripe-signature")?;
    let parts = || head.split(',').filter_map(|part| part.trim().split_once('='));
    let (_, at) = parts().find(|(name, _)| *name == "t")?;
    let signatures = parts().filter(|(name, _)| *name == "v1");
    Some(Claim {
        at: Some(at.parse().ok()?),
        prefix: format!("{at}."),
        id: None,
        signatures: signatures.filter_map(|(_, it)| hex(it)).collect(),
    })
}

/// The bytes of hexadecimal digits.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}
