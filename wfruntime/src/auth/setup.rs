//! The first administrator: made with a code that is shown once, where the program started.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::account::NewUser;
use super::sign_in::{self, SignedIn};
use super::token::{self, TokenHash};
use super::{Names, ROOT, session, write_user};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};

/// How long the code is valid; it ends with the process too.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The code, if nobody used it yet; only its hash is kept.
#[derive(Debug, Default)]
pub(crate) struct Setup(Mutex<Option<(TokenHash, Timestamp)>>);

/// What the first administrator is made from.
pub(crate) struct FirstUser {
    pub(crate) code: String,
    pub(crate) nickname: String,
    pub(crate) password: String,
    pub(crate) email: Option<String>,
}

impl Setup {
    /// A new code; an earlier one is void.
    pub(crate) fn open(&self, now: Timestamp) -> Result<String> {
        let code = token::generate()?;
        let hash = token::hash(&code).ok_or_else(|| Error::internal("a code has no hash"))?;
        *self.lock() = Some((hash, now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX)));
        Ok(code)
    }

    fn is_valid(&self, code: &str, now: Timestamp) -> bool {
        let hash = token::hash(code);
        self.lock().is_some_and(|(kept, until)| Some(kept) == hash && now < until)
    }

    /// Uses the code up; only one of those who send it at the same time gets it.
    fn take(&self, code: &str, now: Timestamp) -> Option<(TokenHash, Timestamp)> {
        let hash = token::hash(code);
        self.lock().take_if(|(kept, until)| Some(*kept) == hash && now < *until)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(TokenHash, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the first user, with the role `root`, and signs it in.
pub(crate) async fn set_up(core: &Arc<Core>, first: FirstUser) -> Result<SignedIn> {
    let now = core.clock.now();
    if !core.auth.setup.is_valid(&first.code, now) {
        return Err(refused());
    }
    let user =
        NewUser { nickname: first.nickname, email: first.email, roles: vec![ROOT.to_owned()] };
    let (user, insert) = core.auth.account.insert(core, user)?;
    let hash = core.auth.passwords.hash(&first.password).await?;
    let (token, issued) = session::issue(core, &user)?;
    let code = core.auth.setup.take(&first.code, now).ok_or_else(refused)?;
    if !core.auth.account.is_empty(core).await? {
        return Err(refused());
    }
    let others = vec![sign_in::set_password(core, user.id, hash), issued];
    if let Err(error) = write_user(core, insert, others, Names::default()).await {
        *core.auth.setup.lock() = Some(code);
        return Err(error);
    }
    Ok(SignedIn { token, user })
}

fn refused() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "setup_closed",
        "the code is wrong, used or expired; start the program again for a new one, \
         or use its command `user add`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_valid_once_and_for_a_day() -> Result<()> {
        let (setup, now) = (Setup::default(), Timestamp::UNIX_EPOCH);
        let first = setup.open(now)?;
        let code = setup.open(now)?;
        assert!(!setup.is_valid(&first, now), "an earlier one is void");
        assert!(!setup.is_valid("", now) && setup.is_valid(&code, now));
        assert!(!setup.is_valid(&code, now + SignedDuration::from_hours(24)));
        assert!(setup.take(&code, now).is_some());
        assert!(setup.take(&code, now).is_none() && !setup.is_valid(&code, now));
        Ok(())
    }
}
