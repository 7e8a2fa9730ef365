//! `/api/<collection>:export` and `:import`: many records as one file, CSV or JSON.
//!
//! It sends and takes bytes; what a record of a file is, `transfer` knows.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde_json::json;
use tokio::sync::mpsc;

use super::progress::{self, Going};
use super::query::Params;
use super::{answer as answers, body as bodies, resource};
use crate::action;
use crate::auth::{self, Access};
use crate::collection::Definition;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::spelling::quoted;
use crate::transfer::{self, Export, Extent, Format, Input, Source};
use crate::watch;

/// How many parts of a file wait for a slow client.
const AHEAD: usize = 2;

/// A part of a file on its way; an error breaks the connection off.
type Part = std::io::Result<Vec<u8>>;

/// Answers the records that the role may view, all of one moment, part by part.
///
/// # Errors
/// What is wrong with the request, and what the role may not see.
pub(super) async fn export(core: &Arc<Core>, name: &str, parts: &Parts) -> Result<Response> {
    let collection = resource::collection(core, name)?;
    let taken = ["token", "filter", "fields", "except", "format"];
    let params = params(parts, collection, action::EXPORT, &taken)?;
    let format = format(params.format.as_deref())?.unwrap_or(Format::Json);
    let identity = auth::identify(core, parts).await?;
    let access = Access::of(core, &identity);
    let what = action::exported(&access, collection, &params.view, params.filter.as_ref())?;
    let mut export = Export::of(core, collection, what, format).await?;
    // What cannot be read at all is still an answer.
    let first = export.next().await?.unwrap_or_default();
    let (sender, receiver) = mpsc::channel::<Part>(AHEAD);
    let patience = core.settings.request_timeout;
    watch::spawn(async move {
        let mut part = Ok(Some(first));
        loop {
            let sent = match part {
                Ok(Some(bytes)) => sender.send(Ok(bytes)),
                Ok(None) => return,
                Err(error) => {
                    tracing::error!("an export broke off: {error:?}");
                    sender.send(Err(std::io::Error::other("the export broke off")))
                }
            };
            // Who takes nothing any more does not keep the database's past alive.
            if !matches!(tokio::time::timeout(patience, sent).await, Ok(Ok(()))) {
                return;
            }
            part = export.next().await;
        }
    });
    let stream = futures_util::stream::unfold(receiver, async |mut parts| {
        parts.recv().await.map(|part: Part| (part, parts))
    });
    let mut response = Response::new(Body::from_stream(stream));
    describe(response.headers_mut(), collection, format);
    Ok(response)
}

fn describe(headers: &mut HeaderMap, collection: &Definition, format: Format) {
    let (mime, end) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json; charset=utf-8", "json"),
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = format!("attachment; filename=\"{}.{end}\"", collection.name());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
}

/// Reads the records of the body into the collection, and answers how many there were.
///
/// It goes on though nobody waits for the answer any more. Who accepts events is told how far it is;
/// what is wrong with the file is answered as to everybody else.
///
/// # Errors
/// All that is wrong with the records, by line: nothing was written then. What the role may not.
pub(super) async fn import(
    core: &Arc<Core>,
    name: &str,
    parts: &Parts,
    body: Body,
) -> Result<Response> {
    let collection = resource::collection(core, name)?;
    let params =
        params(parts, collection, action::IMPORT, &["token", "format", "dryRun", "whole"])?;
    let format = format(params.format.as_deref())?.unwrap_or_else(|| sent_as(&parts.headers));
    let identity = auth::identify(core, parts).await?;
    let access = Access::of(core, &identity);
    // Before the body is read: it is a large one.
    let may = action::imported(&access, collection)?;
    let bytes = bodies::file(parts, body, &core.settings).await?;
    let source = Source {
        definition: collection,
        input: Input::Sent(bytes.into()),
        format,
        may: Some(may.into()),
    };
    let extent = match (params.dry_run, params.whole) {
        (true, _) => Extent::Trial,
        (false, true) => Extent::Whole,
        (false, false) => Extent::Chunks,
    };
    let (core, user) = (Arc::clone(core), identity.user_id());
    let (sender, mut told) = mpsc::unbounded_channel();
    let work = watch::spawn(async move {
        let tell = |progress| {
            // Nobody may listen.
            let _ = sender.send(progress);
        };
        let count = transfer::import(&core, &source, extent, user, tell).await?;
        Ok(json!({ "count": count, "written": extent != Extent::Trial }))
    });
    if progress::is_wanted(&parts.headers)
        && let Some(first) = told.recv().await
    {
        return Ok(Going { first: Some(first), told, work }.answer());
    }
    Ok(answers::data(&work.await??))
}

/// The parameters, of which only these mean something here.
fn params(parts: &Parts, collection: &Definition, action: &str, taken: &[&str]) -> Result<Params> {
    let mut params = Params::parse(parts.uri.query());
    let mut faults = std::mem::take(&mut params.faults);
    for name in params.given.iter().filter(|name| !taken.contains(name)) {
        let message = format!("`{}:{action}` takes no `{name}`", collection.name());
        faults.push(Fault::new("unsupported_parameter", message).at(*name));
    }
    if params.dry_run && params.whole {
        let message = "`dryRun` writes nothing; leave out `whole`";
        faults.push(Fault::new("no_effect", message).at("whole"));
    }
    if faults.is_empty() { Ok(params) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
}

fn format(asked: Option<&str>) -> Result<Option<Format>> {
    match asked {
        None => Ok(None),
        Some("csv") => Ok(Some(Format::Csv)),
        Some("json") => Ok(Some(Format::Json)),
        Some(other) => {
            let message = format!("`format` must be `csv` or `json`, not {}", quoted(other));
            let fault = Fault::new("invalid_format", message).at("format");
            Err(Error::faults(ErrorKind::Invalid, vec![fault]))
        }
    }
}

/// How the body says that it is written; JSON unless it says CSV.
fn sent_as(headers: &HeaderMap) -> Format {
    let mime = headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok()).unwrap_or_default();
    if mime.trim_start().starts_with("text/csv") { Format::Csv } else { Format::Json }
}
