//! Tokens in the database: given out, checked on each request, taken back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::tables::TOKENS;
use super::token::{self, TokenHash};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Actor;
use crate::store::Statement;
use crate::store::sql::{
    Condition, Delete, Insert, OnConflict, Op, Query as _, Select, Set, Update,
};
use crate::value::{Type, Value};

/// How long a token is believed without asking the database: what another process revokes is
/// revoked here after this time at the latest.
const TRUST: SignedDuration = SignedDuration::from_secs(1);
/// How many tokens are remembered.
const CAPACITY: usize = 10_000;
/// How often the use of a token is written down.
const COARSE: SignedDuration = SignedDuration::from_hours(1);

/// The tokens that were seen lately.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    seen: Mutex<HashMap<TokenHash, Seen>>,
    /// Rises when anything is revoked here; what was read before is not believed any more.
    generation: AtomicU64,
}

#[derive(Debug, Clone)]
struct Seen {
    actor: Actor,
    expires_at: Timestamp,
    last_used: Timestamp,
    read_at: Timestamp,
    generation: u64,
}

/// A new token and the statement that makes it valid.
pub(crate) fn issue(core: &Core, user: &Actor) -> Result<(String, Statement)> {
    let token = token::generate()?;
    let hash = token::hash(&token).ok_or_else(|| Error::internal("a token has no hash"))?;
    let now = core.clock.now();
    let insert = Insert {
        table: TOKENS,
        columns: vec!["hash", "user_id", "roles", "created_at", "last_used", "expires_at"],
        rows: vec![vec![
            hash.to_vec().into(),
            user.id.into(),
            fingerprint(&user.roles).into(),
            now.into(),
            now.into(),
            expiry(now, core.settings.token_lifetime).into(),
        ]],
        conflict: OnConflict::Fail,
    };
    Ok((token, insert.build()))
}

/// The statement that takes back all tokens of a user.
pub(crate) fn revoke_all(user: i64) -> Statement {
    Delete { table: TOKENS, filter: Condition::eq("user_id", user) }.build()
}

/// The statement that takes back one token.
pub(crate) fn revoke(hash: TokenHash) -> Statement {
    Delete { table: TOKENS, filter: Condition::eq("hash", hash.to_vec()) }.build()
}

/// The statement that removes tokens nobody can use any more.
pub(crate) fn remove_expired(now: Timestamp) -> Statement {
    Delete { table: TOKENS, filter: Condition::Compare("expires_at", Op::Lte, now.into()) }.build()
}

impl Sessions {
    /// Believes nothing that was read before: a token was revoked or a user was changed.
    pub(crate) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// The user of a token.
    pub(crate) async fn user(&self, core: &Core, token: &str) -> Result<Actor> {
        let hash = token::hash(token).ok_or_else(unknown)?;
        let now = core.clock.now();
        let seen = match self.remembered(&hash, now) {
            Some(seen) => seen,
            None => self.read(core, hash, now).await?,
        };
        if seen.expires_at <= now {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "token_expired",
                "the token has expired; sign in again",
            ));
        }
        if now.duration_since(seen.last_used) >= coarse(core.settings.token_lifetime) {
            self.touch(core, hash, now).await;
        }
        Ok(seen.actor)
    }

    fn remembered(&self, hash: &TokenHash, now: Timestamp) -> Option<Seen> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.get(hash)?;
        let age = now.duration_since(seen.read_at);
        let fresh = seen.generation == self.generation.load(Ordering::SeqCst)
            && age >= SignedDuration::ZERO
            && age < TRUST;
        fresh.then(|| seen.clone())
    }

    async fn read(&self, core: &Core, hash: TokenHash, now: Timestamp) -> Result<Seen> {
        // Before the read: what is revoked during it is not believed after it.
        let generation = self.generation.load(Ordering::SeqCst);
        let select = Select {
            table: TOKENS,
            columns: vec![
                ("user_id", Type::Int),
                ("roles", Type::Text),
                ("last_used", Type::Timestamp),
                ("expires_at", Type::Timestamp),
            ],
            filter: Condition::eq("hash", hash.to_vec()),
            order: Vec::new(),
            limit: Some(1),
            offset: None,
        };
        let row = core.store.read(&select.build()).await?.pop().ok_or_else(unknown)?;
        let [
            Value::Int(user),
            Value::Text(roles),
            Value::Timestamp(last_used),
            Value::Timestamp(expires_at),
        ] = row.as_slice()
        else {
            return Err(Error::internal(
                "a stored token has another shape than it was written with",
            ));
        };
        let actor = core.auth.account.find(core, *user).await?.ok_or_else(unknown)?;
        // Another role than at sign-in, whoever changed it and however: the token is void.
        if fingerprint(&actor.roles) != *roles {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "token_revoked",
                "the roles of the user have changed; sign in again",
            ));
        }
        let seen = Seen {
            actor,
            expires_at: *expires_at,
            last_used: *last_used,
            read_at: now,
            generation,
        };
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= CAPACITY {
            all.clear();
        }
        all.insert(hash, seen.clone());
        Ok(seen)
    }

    /// Writes down that a token was used, which prolongs it; only now and then.
    async fn touch(&self, core: &Core, hash: TokenHash, now: Timestamp) {
        {
            // First, so that requests at the same time do not write it too.
            let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(seen) = all.get_mut(&hash) {
                seen.last_used = now;
                seen.expires_at = expiry(now, core.settings.token_lifetime);
            }
        }
        let update = Update {
            table: TOKENS,
            set: vec![
                ("last_used", Set::To(now.into())),
                ("expires_at", Set::To(expiry(now, core.settings.token_lifetime).into())),
            ],
            filter: Condition::eq("hash", hash.to_vec()),
            returning: Vec::new(),
        }
        .build();
        let written =
            core.store.write(|tx| Box::pin(async move { tx.execute(&update).await })).await;
        if let Err(error) = written {
            tracing::warn!(%error, "the use of a token could not be written down");
        }
    }
}

fn unknown() -> Error {
    Error::new(
        ErrorKind::Unauthenticated,
        "token_unknown",
        "unknown or revoked token; sign in again",
    )
}

/// The roles of a user as a token remembers them.
fn fingerprint(roles: &[String]) -> String {
    roles.join(" ")
}

fn expiry(now: Timestamp, lifetime: Duration) -> Timestamp {
    now.checked_add(lifetime).unwrap_or(Timestamp::MAX)
}

fn coarse(lifetime: Duration) -> SignedDuration {
    SignedDuration::try_from(lifetime / 24).map_or(COARSE, |part| part.min(COARSE))
}
