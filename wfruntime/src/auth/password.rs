//! Passwords: Argon2id, at most two hashed at once.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::error::{Error, ErrorKind, Fault, Result};

/// The fewest characters of a password.
pub(crate) const LEAST: usize = 8;
/// The most bytes of a password: hashing reads all of it.
pub(crate) const MOST: usize = 1024;

/// What a password is checked against where there is no such user, so that the answer takes the
/// same time; the parameters are those of [`Argon2::default`]. No password is known to fit.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg\
                      $bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkIGF0IGFsbC4";

/// Hashes and checks passwords, two at a time: each takes 19 MiB and all of a core.
#[derive(Debug)]
pub(crate) struct Passwords(Semaphore);

impl Default for Passwords {
    fn default() -> Self {
        Self(Semaphore::new(2))
    }
}

impl Passwords {
    /// What the database keeps of a password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String> {
        check_strength(password)?;
        let password = password.to_owned();
        self.off_thread(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
        })
        .await?
    }

    /// Whether the password is the one that was hashed; never, but as slowly, if there is no hash.
    pub(crate) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool> {
        if password.len() > MOST {
            return Ok(false);
        }
        let password = password.to_owned();
        self.off_thread(move || {
            let known = hash.is_some();
            let stored = hash.as_deref().unwrap_or(NOBODY);
            let stored = PasswordHash::new(stored).map_err(|error| {
                Error::internal(format!("a stored password is broken: {error}"))
            })?;
            let fits = Argon2::default().verify_password(password.as_bytes(), &stored).is_ok();
            Ok(fits && known)
        })
        .await?
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _permit = self.0.acquire().await?;
        Ok(tokio::task::spawn_blocking(work).await?)
    }
}

/// Fails for a password that is too short or too long.
pub(crate) fn check_strength(password: &str) -> Result<()> {
    if password.chars().count() < LEAST {
        let message = format!("expected a password of at least {LEAST} characters");
        let fault = Fault::new("password_too_short", message).with("min", LEAST);
        return Err(Error::faults(ErrorKind::Invalid, vec![fault]));
    }
    if password.len() > MOST {
        let message = format!("expected a password of at most {MOST} bytes");
        let fault = Fault::new("password_too_long", message).with("max", MOST);
        return Err(Error::faults(ErrorKind::Invalid, vec![fault]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() -> Result<()> {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse").await?;
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse", Some(hash.clone())).await?);
        assert!(!passwords.verify("correct house", Some(hash)).await?);
        Ok(())
    }

    #[tokio::test]
    async fn nobody_is_checked_like_a_user_and_never_fits() -> Result<()> {
        let own = PasswordHash::new(NOBODY).map_err(|error| Error::internal(error.to_string()))?;
        let real = Passwords::default().hash("correct horse").await?;
        let real = PasswordHash::new(&real).map_err(|error| Error::internal(error.to_string()))?;
        assert_eq!((own.algorithm, own.version), (real.algorithm, real.version));
        assert_eq!(own.params.to_string(), real.params.to_string());
        assert!(!Passwords::default().verify("", None).await?);
        Ok(())
    }

    #[tokio::test]
    async fn weak_passwords_are_refused() {
        for (password, code) in
            [("short", "password_too_short"), (&"x".repeat(2000), "password_too_long")]
        {
            let error = Passwords::default().hash(password).await.expect_err("weak");
            assert_eq!(error.all()[0].code, code);
        }
    }
}
