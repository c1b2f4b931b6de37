//! Web origins (RFC 6454).

use std::net::{Ipv4Addr, Ipv6Addr};

/// An origin of scheme `https`, as RFC 6454 §6.2 serialises it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Room for the scheme, a name of 253 octets and a port.
const MOST_OCTETS: usize = 300;

impl Origin {
    /// Reads `https://host[:port]`, in the one form of each origin: lower
    /// case, no default port, no path.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MOST_OCTETS {
            return None;
        }
        let authority = text.strip_prefix("https://")?;
        let (host, port) = match authority.rsplit_once(':') {
            // A colon within brackets belongs to the address.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        (is_host(host) && port.is_none_or(is_port)).then(|| Self(text.to_owned()))
    }

    /// The serialised origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_port(text: &str) -> bool {
    let port = text.parse::<u16>().ok();
    port.is_some_and(|port| port != 0 && port != 443 && port.to_string() == text)
}

fn is_host(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|written| {
            let read = written.parse::<Ipv6Addr>();
            read.is_ok_and(|read| read.to_string() == written)
        });
    }
    // A name whose last label is a number is an address to browsers.
    let numeric = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    match text.rsplit('.').next() {
        Some(last) if numeric(last) => text.parse::<Ipv4Addr>().is_ok(),
        _ => text.len() <= 253 && text.split('.').all(is_label),
    }
}

fn is_label(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_origin_has_one_form() {
        for good in [
            "https://portal.example",
            "https://localhost:8443",
            "https://xn--80aaxitdbjk.xn--p1ai",
            "https://127.0.0.1:1",
            "https://[::1]:65535",
            "https://[2001:db8::1]",
        ] {
            let read = Origin::parse(good).unwrap();
            assert_eq!(read.as_str(), good);
        }
        let long = format!("https://{}", ["a".repeat(63).as_str(); 4].join("."));
        for wrong in [
            "",
            "https://",
            "http://portal.example",
            "HTTPS://portal.example",
            "https://Portal.example",
            "https://portal.example/",
            "https://portal.example/path",
            "https://portal.example?x",
            "https://user@portal.example",
            "https://portal.example:443",
            "https://portal.example:0",
            "https://portal.example:08443",
            "https://portal.example:+1",
            "https://portal.example:",
            "https://portal.example:65536",
            "https://portal..example",
            "https://portal.example.",
            "https://-portal.example",
            "https://портал.рф",
            "https://1.2.3",
            "https://1.2.3.04",
            "https://[::1",
            "https://[0:0::1]",
            "https://::1",
            "null",
            &long,
        ] {
            assert_eq!(Origin::parse(wrong), None, "{wrong}");
        }
    }
}
