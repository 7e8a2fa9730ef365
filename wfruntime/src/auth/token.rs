//! Tokens: random, shown once, stored as their hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// Bytes of a token: 256 bits.
const BYTES: usize = 32;

/// What the database keeps of a token.
pub(crate) type TokenHash = [u8; 32];

/// A new token, URL-safe.
pub(crate) fn generate() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal(format!("no random bytes from the system: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The hash of a token; none if the text has not the shape of one.
///
/// A token is 256 random bits: a fast hash cannot be searched backwards.
pub(crate) fn hash(token: &str) -> Option<TokenHash> {
    // Checked first, so that no garbage of a megabyte is hashed.
    if token.len() != BYTES.div_ceil(3) * 4 - 1 || !token.bytes().all(is_token_byte) {
        return None;
    }
    Some(Sha256::digest(token.as_bytes()).into())
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_differs_each_time_and_has_a_hash() -> Result<()> {
        let (one, two) = (generate()?, generate()?);
        assert_ne!(one, two);
        assert_eq!(one.len(), 43);
        assert!(hash(&one).is_some());
        assert_ne!(hash(&one), hash(&two));
        Ok(())
    }

    #[test]
    fn garbage_is_no_token() {
        let long = "x".repeat(1 << 20);
        for garbage in ["", "abc", "ü", long.as_str(), &"/".repeat(43), &"x".repeat(44)] {
            assert_eq!(hash(garbage), None);
        }
    }
}
