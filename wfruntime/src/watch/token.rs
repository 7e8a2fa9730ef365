//! The token with which the metrics are read.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind, Result};

/// The fewest characters of one.
const SHORTEST: usize = 16;

/// A token, of which only the hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// # Errors
    ///
    /// It can be guessed.
    pub(crate) fn new(text: &str) -> Result<Self> {
        let length = text.chars().count();
        if length < SHORTEST {
            let message = format!(
                "the token of `App::metrics` has {length} characters, fewer than {SHORTEST}: it \
                 can be guessed\n= help: `openssl rand -hex 32` makes one"
            );
            return Err(Error::new(ErrorKind::Startup, "weak_token", message));
        }
        Ok(Self(hash(text)))
    }

    /// Whether it is this one; how long that takes tells nothing of it.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.0 == hash(text)
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}
