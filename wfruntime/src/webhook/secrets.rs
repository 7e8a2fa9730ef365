//! The secrets of webhooks, by their names: from the program, or from its environment.

use std::collections::HashMap;
use std::fmt;

/// Secrets that the program gives; nothing shows them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(HashMap<String, Vec<String>>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Secrets {
    /// Adds a secret; of one name there may be several.
    pub(crate) fn add(&mut self, name: String, secret: String) {
        self.0.entry(name).or_default().push(secret);
    }

    /// The secrets of this name: the program's, or if it gives none those of the environment.
    pub(crate) fn named(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(given) => given.clone(),
            None => {
                let given = std::env::var(variable(name)).unwrap_or_default();
                given.split_whitespace().map(str::to_owned).collect()
            }
        }
    }
}

/// The variable of the environment that holds a secret: `WF_WEBHOOK_PAYMENTS`.
pub(crate) fn variable(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    format!("WF_WEBHOOK_{}", name.chars().map(letter).collect::<String>().to_ascii_uppercase())
}
