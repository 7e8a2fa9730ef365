//! Which hosts and addresses a request may go to: public ones, and those that the program names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::error::{Error, ErrorKind, Result};

/// What a program allows besides the public addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// All addresses of a network.
    Net(IpNet),
    /// A host, whatever addresses its name has.
    Host(String),
}

impl Rule {
    /// The rule of a text: a network, an address or the name of a host.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (text, host) = (text.trim(), host(text.trim()));
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Net(net));
        }
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(Self::Net(IpNet::from(address)));
        }
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
        if !host.is_empty() && host.chars().all(is_name) {
            return Ok(Self::Host(host));
        }
        let message = format!(
            "requests cannot be allowed to `{text}`\n\
             = help: name a network, an address or a host, as in `10.0.0.0/8` or `intranet.example`"
        );
        Err(Error::new(ErrorKind::Startup, "requests", message))
    }

    pub(super) fn fits_host(&self, name: &str) -> bool {
        matches!(self, Self::Host(allowed) if *allowed == host(name))
    }

    pub(super) fn fits_address(&self, address: IpAddr) -> bool {
        matches!(self, Self::Net(net) if net.contains(&address))
    }
}

/// A host as it is compared: without the brackets of an address, or the dot at the end of a name.
pub(super) fn host(text: &str) -> String {
    text.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

/// Whether an address belongs to the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// As the IANA registry of special addresses has it.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        // This network; shared by carriers; protocols; relays of 6to4; benchmarks; reserved.
        || a == 0
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18)
        || a >= 240;
    !special
}

/// Global unicast alone: what maps or embeds an IPv4 address, or is local, lies outside of it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Protocols, Teredo and benchmarks; documentation.
    let special = (a == 0x2001 && (b < 0x200 || b == 0xdb8))
        || a == 0x2002 // 6to4
        || (a == 0x3fff && b < 0x1000); // documentation
    a & 0xe000 == 0x2000 && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for (address, public) in [
            ("1.1.1.1", true),
            ("100.128.0.1", true),
            ("172.32.0.1", true),
            ("2606:4700::1111", true),
            ("2a00:1450:4001:80b::200e", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("198.19.0.1", false),
            ("198.51.100.7", false),
            ("203.0.113.9", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:1.1.1.1", false),
            ("64:ff9b::a00:1", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("2002:a00:1::", false),
            ("3fff::1", false),
            ("fc00::1", false),
            ("fd12::1", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            let parsed = address.parse().expect("an address");
            assert_eq!(is_public(parsed), public, "{address}");
        }
    }

    #[test]
    fn networks_addresses_and_hosts_are_allowed_by_name() {
        let rule = |text| Rule::parse(text).expect("a rule");
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(rule("10.0.0.0/8").fits_address(address("10.255.0.1")));
        assert!(!rule("10.0.0.0/8").fits_address(address("11.0.0.1")));
        assert!(!rule("10.0.0.0/8").fits_address(address("::ffff:10.0.0.1")));
        assert!(rule("127.0.0.1").fits_address(address("127.0.0.1")));
        assert!(rule("[::1]").fits_address(address("::1")));
        assert!(rule("Intranet.example").fits_host("intranet.example."));
        assert!(!rule("intranet.example").fits_host("x.intranet.example"));
        for wrong in ["", "http://x", "10.0.0.0/33", "a b", "*.example"] {
            let error = Rule::parse(wrong).expect_err(wrong);
            assert!(error.to_string().contains("name a network"), "{error}");
        }
    }
}
