//! The body of a request: JSON whatever its type says, within limits of size, time and depth.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::request::Parts;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::core::Settings;
use crate::error::{Error, ErrorKind, Result};

/// How deep arrays and objects may be nested; less than what readers of JSON bear.
const DEPTH: usize = 100;

/// Reads the body, at most `body_limit` bytes of it; nothing if it is empty.
///
/// # Errors
/// [`ErrorKind::TooLarge`], [`ErrorKind::Timeout`], [`ErrorKind::Unsupported`] for a compressed
/// one, [`ErrorKind::Invalid`] for one that is no JSON, with line and column.
pub(super) async fn read(
    parts: &Parts,
    body: Body,
    settings: &Settings,
) -> Result<Option<Box<RawValue>>> {
    parse(&bytes(parts, body, settings).await?)
}

/// Reads the body as it came, at most `body_limit` bytes of it.
///
/// # Errors
/// As [`read`], but for what it says.
pub(super) async fn bytes(parts: &Parts, body: Body, settings: &Settings) -> Result<Bytes> {
    let limit = settings.body_limit;
    check_head(parts, limit)?;
    let collected = tokio::time::timeout(settings.request_timeout, collect(body, limit)).await;
    collected.map_err(|_| late())?
}

/// Reads a body of any kind, at most `import_limit` bytes of it; none of its parts may take longer
/// than a whole body otherwise.
///
/// # Errors
/// As [`read`], but for what it says.
pub(super) async fn file(parts: &Parts, mut body: Body, settings: &Settings) -> Result<Vec<u8>> {
    let limit = settings.import_limit;
    check_head(parts, limit)?;
    let mut all = Vec::new();
    loop {
        let frame = tokio::time::timeout(settings.request_timeout, body.frame()).await;
        let Some(frame) = frame.map_err(|_| late())? else { return Ok(all) };
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if data.len() + all.len() > limit {
            return Err(too_large(limit));
        }
        all.extend_from_slice(&data);
    }
}

fn late() -> Error {
    Error::new(ErrorKind::Timeout, "timeout", "the body did not arrive in time")
}

fn broken(error: axum::Error) -> Error {
    Error::invalid("broken_body", "the body broke off").with_source(error)
}

/// Fails if the head says that the body is compressed or too large.
fn check_head(parts: &Parts, limit: usize) -> Result<()> {
    if let Some(encoding) = parts.headers.get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "unsupported_encoding",
            "a compressed body is not read; send it without `Content-Encoding`",
        ));
    }
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|length| exceeds(length, limit))
    {
        return Err(too_large(limit));
    }
    Ok(())
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if data.len() + first.len().max(all.len()) > limit {
            return Err(too_large(limit));
        }
        // Most bodies come in one piece, which needs no copy.
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

fn exceeds(length: u64, limit: usize) -> bool {
    usize::try_from(length).map_or(true, |length| length > limit)
}

fn too_large(limit: usize) -> Error {
    let message = format!("the body is larger than {limit} bytes");
    Error::new(ErrorKind::TooLarge, "body_too_large", message)
}

/// Checks that the bytes are JSON of a bearable depth; nothing if there are none.
///
/// # Errors
/// [`ErrorKind::Invalid`], with line and column.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Box<RawValue>>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("the body is not UTF-8 from byte {} on", error.valid_up_to() + 1);
        Error::invalid("invalid_json", message)
    })?;
    // Some programs put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
        return Ok(None);
    }
    if let Some((line, column)) = too_deep(text) {
        let message =
            format!("the body is nested deeper than {DEPTH} at line {line} column {column}");
        return Err(Error::invalid("too_deep", message));
    }
    serde_json::from_str(text).map(Some).map_err(|error| {
        let hint = hint(text, &error);
        Error::invalid("invalid_json", format!("the body is no JSON: {error}{hint}"))
    })
}

/// Where the depth is passed, if it is: line and column.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH {
                    let before = &text[..index];
                    let line = before.rfind('\n').map_or(0, |end| end + 1);
                    return Some((before.matches('\n').count() + 1, index - line + 1));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// What was probably meant by a body that is no JSON.
fn hint(text: &str, error: &serde_json::Error) -> &'static str {
    let text = text.trim_start();
    if text.starts_with('\'') || text.starts_with("{'") {
        return "; texts and names stand in double quotes";
    }
    if !text.starts_with(['{', '[', '"']) && text.contains('=') {
        return "; it looks like a form: send `{\"title\": \"A title\"}` in place of `title=A title`";
    }
    if error.is_eof() {
        return "; it ends too early";
    }
    if error.to_string().starts_with("key must be a string") {
        return "; names stand in double quotes, and no comma follows the last value";
    }
    ""
}

/// The values in the body of an action on a collection: the body itself, or what stands in its
/// only member `values`.
///
/// # Errors
/// [`ErrorKind::Invalid`] for a body that is neither an object nor an array.
pub(super) fn values(body: Box<RawValue>, unwraps: bool) -> Result<Box<RawValue>> {
    /// A body in which the values are wrapped.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped {
        values: Box<RawValue>,
    }

    let text = body.get();
    if text.starts_with('[') {
        return Ok(body);
    }
    let Some(members) = text.strip_prefix('{') else {
        let message = "the body must be an object with the values, or an array of objects";
        return Err(Error::invalid("invalid_body", message));
    };
    let is_wrapped = unwraps && members.trim_start().starts_with("\"values\"");
    if is_wrapped
        && let Ok(Wrapped { values }) = serde_json::from_str::<Wrapped>(text)
        && values.get().starts_with(['{', '['])
    {
        return Ok(values);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &[u8]) -> String {
        match parse(body) {
            Ok(found) => format!("{:?}", found.map(|body| body.get().to_owned())),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_body_that_is_no_json_says_where_and_what_to_do() {
        for (body, expected) in [
            (&b""[..], "None"),
            (b" \n ", "None"),
            (b"{\"a\": 1}", "Some(\"{\\\"a\\\": 1}\")"),
            (b"\xef\xbb\xbf{}", "Some(\"{}\")"),
            (
                b"title=A title",
                "the body is no JSON: expected ident at line 1 column 2; it looks like a form: \
                 send `{\"title\": \"A title\"}` in place of `title=A title`",
            ),
            (
                b"{'a': 1}",
                "the body is no JSON: key must be a string at line 1 column 2; texts and names \
                 stand in double quotes",
            ),
            (
                b"{\n  a: 1}",
                "the body is no JSON: key must be a string at line 2 column 3; names stand in \
                 double quotes, and no comma follows the last value",
            ),
            (b"[1,]", "the body is no JSON: expected value at line 1 column 4"),
            (
                b"{\"a\": 1",
                "the body is no JSON: EOF while parsing an object at line 1 column 7; it ends too \
                 early",
            ),
            (b"{} {}", "the body is no JSON: trailing characters at line 1 column 4"),
            (b"{\"a\": \"\xff\"}", "the body is not UTF-8 from byte 8 on"),
        ] {
            assert_eq!(message(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_deep_body_is_refused_before_it_is_read() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(DEPTH).as_bytes()).is_ok());
        let error = message(nested(DEPTH + 1).as_bytes());
        assert_eq!(error, "the body is nested deeper than 100 at line 1 column 101");
        assert!(message("[".repeat(1 << 20).as_bytes()).starts_with("the body is nested deeper"));
        let brackets_in_a_text = format!("\"{}\\\"\"", "[".repeat(1000));
        assert!(parse(brackets_in_a_text.as_bytes()).is_ok());
    }

    #[test]
    fn values_stand_in_the_body_or_under_their_name() {
        for (body, expected) in [
            ("{\"title\": 1}", Some("{\"title\": 1}")),
            ("{ \"values\" : {\"a\": 1} }", Some("{\"a\": 1}")),
            ("{\"values\": [{}]}", Some("[{}]")),
            ("{\"values\": 1}", Some("{\"values\": 1}")),
            ("{\"values\": {}, \"a\": 1}", Some("{\"values\": {}, \"a\": 1}")),
            ("[{}]", Some("[{}]")),
            ("5", None),
            ("\"a\"", None),
            ("null", None),
        ] {
            let body = RawValue::from_string(body.to_owned()).expect("JSON");
            let found = values(body, true).ok().map(|values| values.get().to_owned());
            assert_eq!(found.as_deref(), expected);
        }
        let body = RawValue::from_string("{\"values\": {}}".to_owned()).expect("JSON");
        assert_eq!(values(body, false).expect("an object").get(), "{\"values\": {}}");
    }
}
