//! What a request was answered, as it went over the wire.

use std::panic::Location;

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::fail;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::Status;

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request, for messages.
    pub(super) asked: String,
    /// The status of HTTP: 200.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null if it is no JSON.
    pub body: Value,
}

/// A workflow that an answer names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// Its key.
    pub key: String,
    /// Where it stood as the answer was written: `queued`, `resolved`, `disabled`, `skipped`, ….
    pub status: String,
    /// The id of its execution, if there is one.
    pub execution: Option<i64>,
}

impl Answer {
    /// What a client sees whose server was killed.
    pub(super) fn of_nobody(asked: String) -> Self {
        let body = json!({ "errors": [{
            "code": "crashed",
            "message": "the application was killed: `restart` starts it again",
        }] });
        Self { asked, status: 503, headers: HeaderMap::new(), body }
    }

    /// The answer itself, if it has this status.
    ///
    /// # Panics
    ///
    /// With the request and the whole answer, if not.
    #[track_caller]
    pub fn expect_status(&self, status: u16) -> &Self {
        if self.status != status {
            let text = format!(
                "expected {status}, and {} was answered with {}\n\n{:#}",
                self.asked, self.status, self.body
            );
            fail(Location::caller(), text);
        }
        self
    }

    /// The member `data`: a record, an array, or null.
    #[must_use]
    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The code of the first error; empty if there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().unwrap_or_default()
    }

    /// The status and the code of the first error, as in `(404, "not_found")`.
    #[must_use]
    pub fn outcome(&self) -> (u16, &str) {
        (self.status, self.code())
    }

    /// What is wrong, in the order of the answer.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        serde_json::from_value(self.body["errors"].clone()).unwrap_or_default()
    }

    /// What `respond` nodes said.
    #[must_use]
    pub fn messages(&self) -> Vec<&str> {
        let messages = self.body["messages"].as_array().into_iter().flatten();
        messages.filter_map(|message| message["message"].as_str()).collect()
    }

    /// The workflows that it says were fired or named.
    #[must_use]
    pub fn workflows(&self) -> Vec<Fired> {
        let workflows = self.body["workflows"].as_array().into_iter().flatten();
        let text = |fired: &Value, name: &str| fired[name].as_str().unwrap_or_default().to_owned();
        workflows
            .map(|fired| Fired {
                key: text(fired, "key"),
                status: text(fired, "status"),
                execution: fired["execution"].as_i64(),
            })
            .collect()
    }

    /// The member `data` of what went well.
    ///
    /// # Errors
    ///
    /// What the application answered, if it refused: its messages, and the kind that fits the
    /// status.
    pub fn into_result(mut self) -> Result<Value> {
        if (200..300).contains(&self.status) {
            return Ok(self.body["data"].take());
        }
        let kind = match self.status {
            400 if self.body["committed"] == true => ErrorKind::Failed,
            400 => ErrorKind::Invalid,
            401 => ErrorKind::Unauthenticated,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            405 => ErrorKind::MethodNotAllowed,
            408 => ErrorKind::Timeout,
            409 => ErrorKind::Conflict,
            413 => ErrorKind::TooLarge,
            415 => ErrorKind::Unsupported,
            422 => ErrorKind::Unprocessable,
            429 => ErrorKind::TooMany,
            503 => ErrorKind::Unavailable,
            _ => ErrorKind::Internal,
        };
        let faults = self.faults();
        if faults.is_empty() {
            let text = format!("{} was answered with {}", self.asked, self.status);
            return Err(Error::new(kind, "no_errors", text));
        }
        Err(Error::faults(kind, faults))
    }
}

impl Fired {
    /// Whether the answer says this of it.
    #[must_use]
    pub fn is(&self, status: Status) -> bool {
        self.status == status.as_str()
    }
}
