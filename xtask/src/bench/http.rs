//! Just enough HTTP and JSON to ask a server for a number.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::process::Done;

/// The body of an answer, whatever its status.
pub(super) fn get(address: &str, path: &str, token: &str) -> Done<String> {
    exchange(address, "GET", path, token, "")
}

/// The same, with a JSON body.
pub(super) fn post(address: &str, path: &str, token: &str, body: &str) -> Done<String> {
    exchange(address, "POST", path, token, body)
}

fn exchange(address: &str, method: &str, path: &str, token: &str, body: &str) -> Done<String> {
    let broken = |error: std::io::Error| format!("no answer at http://{address}{path}: {error}");
    let mut stream = TcpStream::connect(address).map_err(broken)?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(broken)?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).map_err(broken)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(broken)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("an answer without a body")?;
    Ok(body.to_owned())
}

/// The first number behind `"key":`.
pub(super) fn number(json: &str, key: &str) -> Option<u64> {
    let digits = after(json, key)?;
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// The first text behind `"key":`, without escapes.
pub(super) fn text(json: &str, key: &str) -> Option<String> {
    let rest = after(json, key)?.strip_prefix('"')?;
    rest.split_once('"').map(|(text, _)| text.to_owned())
}

fn after<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{key}\":"))?;
    Some(rest.trim_start())
}
