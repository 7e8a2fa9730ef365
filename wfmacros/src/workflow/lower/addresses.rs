//! Constant addresses of `request` that the program itself refuses when it runs.

use std::net::{Ipv4Addr, Ipv6Addr};

use syn::LitStr;

use super::super::ast::Text;
use super::super::emit::text::{Piece, parse};
use crate::diag::{Errors, message};

/// Reports what is wrong with the beginning of a URL, as far as it is constant.
pub(super) fn check(url: &Text, errors: &mut Errors) {
    let Text::Literal(literal) = url else { return };
    // Faults of the text are reported where it is emitted.
    let pieces = parse(literal, &mut Errors::default());
    let Some(Piece::Plain(start)) = pieces.first() else { return };
    let rest = start.strip_prefix("https://").or_else(|| start.strip_prefix("http://"));
    let Some(rest) = rest else { return no_url(literal, errors) };
    let end = rest.find(['/', '?', '#']);
    // What follows could still belong to the name.
    let Some(authority) = end.map(|end| &rest[..end]).or((pieces.len() == 1).then_some(rest))
    else {
        return;
    };
    let host = host(authority);
    if is_private(host) {
        errors.at(
            literal,
            message(
                format!("`request` refuses the private address `{host}`"),
                Some("a workflow that anybody fires must not reach the inside of your network"),
                Some("take the address from your configuration, and allow it with `App::allow_requests_to`"),
            ),
        );
    }
}

fn no_url(literal: &LitStr, errors: &mut Errors) {
    errors.at(
        literal,
        message(
            "expected a URL",
            None,
            Some("begin it with `https://`, or with a value that does: `\"{base}/path\"`"),
        ),
    );
}

/// Without who asks, and without the port.
fn host(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some((host, _)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return host;
    }
    host.split_once(':').map_or(host, |(host, _)| host)
}

fn is_private(host: &str) -> bool {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return is_private_v4(address);
    }
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return address.is_loopback()
            || address.is_unspecified()
            || address.is_unique_local()
            || address.is_unicast_link_local()
            || address.to_ipv4_mapped().is_some_and(is_private_v4);
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_and_what_is_not() {
        for (url, expected) in [
            ("https://api.example/orders/{data.id}", ""),
            ("http://localhost", "localhost"),
            ("http://me:secret@LOCALHOST.:8080/x", "LOCALHOST."),
            ("https://127.0.0.1:8443?x", "127.0.0.1"),
            ("https://10.1.2.3/", "10.1.2.3"),
            ("https://192.168.1{data.rest}", ""),
            ("https://[::1]:80/", "::1"),
            ("https://[fd00::1]/", "fd00::1"),
            ("https://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1"),
            ("https://8.8.8.8/", ""),
            ("{base}/x", ""),
            ("ftp://localhost/", "a URL"),
        ] {
            let mut errors = Errors::default();
            let literal = LitStr::new(url, proc_macro2::Span::call_site());
            check(&Text::Literal(literal), &mut errors);
            let text = errors.text();
            assert!(
                text.is_empty() == expected.is_empty() && text.contains(expected),
                "{url}: {text}"
            );
        }
    }
}
