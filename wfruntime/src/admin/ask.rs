//! What the page asks of the routes below `/api`, in the same process.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::Value;

use super::place::Place;
use crate::error::Error;
use crate::http;

/// What the routes answered to something that they refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) errors: Vec<Told>,
    /// The whole answer, if the record is stored and a workflow failed behind it.
    pub(super) committed: Option<Value>,
}

/// One of the errors of an answer.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Told {
    pub(super) message: String,
    pub(super) field: Option<String>,
}

/// What was asked for, or why not.
pub(super) type Asked<T = Value> = Result<T, Refused>;

impl Refused {
    /// Something that the page itself finds wrong.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let told = Told { message: message.into(), field: None };
        Self { status, errors: vec![told], committed: None }
    }

    /// Something that should not have happened; the text is logged, never shown.
    pub(super) fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::internal("the page asked for what cannot be").with_source(error).into()
    }

    pub(super) fn is(&self, status: StatusCode) -> bool {
        self.status == status
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, http::internal(&error).message)
    }
}

impl Place {
    /// Reads from a route, as in `claims:list?page=2`; what stands in it is encoded.
    pub(super) async fn read(&self, route: &str) -> Asked {
        self.ask(Method::GET, route, None).await
    }

    /// Writes to a route.
    pub(super) async fn write(&self, route: &str, body: &Value) -> Asked {
        self.ask(Method::POST, route, Some(body)).await
    }

    /// Reads a file from a route, as it is.
    pub(super) async fn file(&self, route: &str) -> Asked<Response> {
        let answer = self.send(Method::GET, route, Body::empty()).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        match self.told(answer).await {
            Err(refused) => Err(refused),
            Ok(_) => Err(Refused::broken("a refusal that is none")),
        }
    }

    /// Writes a file to a route.
    pub(super) async fn send_file(&self, route: &str, file: String) -> Asked {
        let answer = self.send(Method::POST, route, Body::from(file)).await?;
        self.told(answer).await
    }

    async fn ask(&self, method: Method, route: &str, body: Option<&Value>) -> Asked {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = self.send(method, route, body).await?;
        self.told(answer).await
    }

    async fn send(&self, method: Method, route: &str, body: Body) -> Asked<Response> {
        let uri: Uri = format!("/api/{route}").parse().map_err(Refused::broken)?;
        let mut parts = self.parts.clone();
        (parts.method, parts.uri) = (method, uri);
        for name in [CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING] {
            parts.headers.remove(name);
        }
        Ok(http::handle(&self.core, Request::from_parts(parts, body)).await)
    }

    /// What stands in an answer.
    async fn told(&self, mut answer: Response) -> Asked {
        let status = answer.status();
        let told = answer.extensions_mut().remove::<http::Told>();
        let bytes = answer.into_body().collect().await.map_err(Refused::broken)?.to_bytes();
        let mut body: Value = serde_json::from_slice(&bytes).map_err(Refused::broken)?;
        // In the visitor's language.
        for (index, fault) in told.iter().flat_map(|told| &told.0).enumerate() {
            body["errors"][index]["message"] = self.text.fault(fault).into();
        }
        if status.is_success() {
            return Ok(body);
        }
        let errors = body.get("errors").cloned().unwrap_or_default();
        let errors = serde_json::from_value(errors).map_err(Refused::broken)?;
        let committed = (body["committed"] == true).then_some(body);
        Err(Refused { status, errors, committed })
    }
}
