//! What another service answered, read up to a limit.

use jiff::Timestamp;
use reqwest::header::RETRY_AFTER;

use super::{Failed, Question, error, shown, unanswered};
use crate::error::{Error, ErrorKind};

/// What another service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In the order in which they came, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether it says that what was asked is done.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it says that another attempt may succeed.
    pub(crate) fn is_temporary(&self) -> bool {
        is_temporary(self.status)
    }

    /// The error that it is to who expected success.
    pub(crate) fn as_error(&self, question: &Question, now: Timestamp) -> Error {
        const SHOWN: usize = 200;
        let said: String = String::from_utf8_lossy(&self.body).chars().take(SHOWN).collect();
        let said = said.trim();
        let colon = if said.is_empty() { "" } else { ": " };
        let text = format!("{} answered {}{colon}{said}", shown(question), self.status);
        let failed = error("request_status", text);
        match self.retry_after(now) {
            Some(wait) => failed.with_retry_after(wait),
            None => failed,
        }
    }

    /// How long it asks to wait: seconds, or a date.
    fn retry_after(&self, now: Timestamp) -> Option<std::time::Duration> {
        let text = self.headers.iter().find(|(name, _)| name == RETRY_AFTER.as_str())?.1.trim();
        if let Ok(seconds) = text.parse() {
            return Some(std::time::Duration::from_secs(seconds));
        }
        let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        std::time::Duration::try_from(date.duration_since(now)).ok()
    }
}

fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// Reads an answer until its body is larger than asked for.
pub(super) async fn read(
    question: &Question,
    mut response: reqwest::Response,
) -> Result<Answer, Failed> {
    let status = response.status().as_u16();
    let too_large = || {
        let text = format!("{} answered more than {} bytes", shown(question), question.limit);
        let error = Error::new(ErrorKind::TooLarge, "request_too_large", text);
        // The page of a server that is down says nothing about the next answer.
        if is_temporary(status) { Failed::Now(error) } else { Failed::Always(error) }
    };
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).is_ok_and(|size| size > question.limit) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|failed| unanswered(question, failed))? {
        if body.len() + chunk.len() > question.limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let value = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = response.headers().iter();
    Ok(Answer {
        status,
        headers: headers
            .map(|(name, held)| (name.as_str().to_owned(), value(held.as_bytes())))
            .collect(),
        body,
    })
}
