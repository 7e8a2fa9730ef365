//! The webhooks of a program, each with its keys.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::secrets::{Secrets, variable};
use super::{Heads, Hook, Signed, judge};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::registry::{Registry, WorkflowDefinition};

/// The shortest key, in bytes: below that a signature can be guessed.
const SHORTEST: usize = 16;

/// The bytes of a secret; nothing shows them.
#[derive(Clone)]
pub(super) struct Key(Vec<u8>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    #[cfg(test)]
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The signature of these bytes.
    fn mac(&self, prefix: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(prefix.as_bytes());
        mac.update(body);
        Some(mac)
    }

    /// Whether this is the signature; it takes the same time whatever is wrong.
    pub(super) fn signed(&self, prefix: &str, body: &[u8], signature: &[u8]) -> bool {
        self.mac(prefix, body).is_some_and(|mac| mac.verify_slice(signature).is_ok())
    }

    /// The signature of these bytes.
    #[cfg(feature = "testing")]
    fn sign(&self, prefix: &str, body: &[u8]) -> Vec<u8> {
        let signature = self.mac(prefix, body).map(|mac| mac.finalize().into_bytes().to_vec());
        signature.unwrap_or_default()
    }
}

/// A webhook with its keys.
#[derive(Debug)]
pub(crate) struct Hooked {
    pub(crate) workflow: &'static WorkflowDefinition,
    pub(crate) hook: &'static Hook,
    keys: Vec<Key>,
}

impl Hooked {
    /// What is known of a call, if it was signed with one of the keys at a time near enough.
    pub(crate) fn judge(&self, heads: Heads<'_>, body: &[u8], now: Timestamp) -> Option<Signed> {
        judge(self.hook, &self.keys, heads, body, now)
    }

    /// The signature of these bytes, with the first key.
    #[cfg(feature = "testing")]
    pub(crate) fn sign(&self, prefix: &str, body: &[u8]) -> Vec<u8> {
        self.keys.first().map(|key| key.sign(prefix, body)).unwrap_or_default()
    }
}

/// The webhooks of a program, by their paths.
#[derive(Debug, Default)]
pub(crate) struct Ring(HashMap<&'static str, Hooked>);

impl Ring {
    /// The declared webhooks with their keys.
    ///
    /// `kept` is how long deliveries are remembered.
    ///
    /// # Errors
    /// All that have no secret, or one that is none; a window in which a delivery is forgotten.
    pub(crate) fn of(registry: &Registry, secrets: &Secrets, kept: Duration) -> Result<Self> {
        let (mut ring, mut faults) = (HashMap::new(), Vec::new());
        for (workflow, hook) in registry.webhooks() {
            if hook.within.saturating_mul(2) > kept {
                faults.push(forgotten(workflow, hook));
            }
            match keys(workflow, hook, secrets) {
                Ok(keys) => drop(ring.insert(hook.path, Hooked { workflow, hook, keys })),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() {
            Ok(Self(ring))
        } else {
            Err(Error::faults(ErrorKind::Startup, faults))
        }
    }

    /// The webhook that is called at this path.
    pub(crate) fn at(&self, path: &str) -> Option<&Hooked> {
        self.0.get(path)
    }

    /// The webhook of this key.
    #[cfg(feature = "testing")]
    pub(crate) fn of_key(&self, key: &str) -> Option<&Hooked> {
        self.0.values().find(|hooked| hooked.workflow.meta.key == key)
    }
}

/// The keys of a webhook; what is wrong does not say the secret.
fn keys(workflow: &WorkflowDefinition, hook: &Hook, secrets: &Secrets) -> Result<Vec<Key>, Fault> {
    let name = hook.secret_of(workflow.meta.key);
    let told = |what: String| fault(workflow, &what);
    let given = secrets.named(name);
    if given.is_empty() {
        return Err(told(format!(
            "has no secret `{name}`\n= help: set `{}` in the environment, or add `.webhook_secret(\"{name}\", …)` to the `App`",
            variable(name)
        )));
    }
    let key = |secret: &String| match (hook.from.scheme().key)(secret.trim()) {
        None => Err(told(format!(
            "has a secret `{name}` with broken base64\n= note: what follows `whsec_` has to be base64"
        ))),
        Some(key) if key.len() < SHORTEST => Err(told(format!(
            "has a secret `{name}` of less than {SHORTEST} bytes\n= help: make one with `openssl rand -hex 32`, and give it to who calls"
        ))),
        Some(key) => Ok(Key(key)),
    };
    given.iter().map(key).collect()
}

fn forgotten(workflow: &WorkflowDefinition, hook: &Hook) -> Fault {
    let what = format!(
        "takes calls `within` {} s, and the application remembers them for less than twice that\n= help: raise `Settings::idempotency`, or lower `within`",
        hook.within.as_secs()
    );
    fault(workflow, &what)
}

fn fault(workflow: &WorkflowDefinition, what: &str) -> Fault {
    let meta = workflow.meta;
    Fault::new("webhook", format!("{}: the webhook `{}` {what}", meta.location, meta.key))
}
