//! The server a certificate must name (RFC 9525, RFC 5280 §4.2.1.6).

use core::net::IpAddr;
use std::fmt;

use crate::x509::certificate::Certificate;
use crate::x509::extension::general_name::GeneralName;

use super::dns::{DomainName, PresentedDomain};

/// The name or address of a server (RFC 9525 §6.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Host(Reference);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Reference {
    Domain(DomainName),
    Address(IpAddr),
}

impl Host {
    /// A domain name in ASCII, or an address in text; nothing when it is neither (RFC 9525 §6.1).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(text).parse() {
            return Some(Self(Reference::Address(address)));
        }
        let relative = text.strip_suffix('.').unwrap_or(text);
        let last = relative.rsplit('.').next().unwrap_or_default();
        // What ends in digits is a broken address, not a domain.
        if last.bytes().all(|octet| octet.is_ascii_digit()) {
            return None;
        }
        let domain = DomainName::parse(relative)?;
        Some(Self(Reference::Domain(domain)))
    }

    /// Whether the subject alternative names of a certificate hold it. The common name is never looked at
    /// (RFC 9525 §6.3); a wildcard stands for one whole left-most label, with two labels after it or more.
    #[must_use]
    pub fn is_named_by(&self, certificate: &Certificate) -> bool {
        let names = certificate.extensions.subject_alternative_names.as_ref();
        names.is_some_and(|names| names.names.iter().any(|name| self.equals(name)))
    }

    fn equals(&self, presented: &GeneralName) -> bool {
        match (&self.0, presented) {
            (Reference::Domain(host), GeneralName::Dns(text)) => {
                match PresentedDomain::parse(text) {
                    Some(PresentedDomain::Exact(name)) => *host == name,
                    Some(PresentedDomain::Wildcard(name)) => {
                        name.parent().is_some() && host.parent() == Some(name.as_str())
                    }
                    None => false,
                }
            }
            (Reference::Address(IpAddr::V4(host)), GeneralName::Ip(octets)) => {
                host.octets() == **octets
            }
            (Reference::Address(IpAddr::V6(host)), GeneralName::Ip(octets)) => {
                host.octets() == **octets
            }
            _ => false,
        }
    }
}

impl fmt::Display for Host {
    /// The text that [`Host::parse`] reads back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reference::Domain(domain) => f.write_str(domain.as_str()),
            Reference::Address(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::octets::Octets;

    fn dns(host: &str, presented: &str) -> bool {
        let host = Host::parse(host).unwrap();
        host.equals(&GeneralName::Dns(presented.to_owned()))
    }

    #[test]
    fn names_are_equal_without_case_or_covered_by_one_wildcard_label() {
        for (host, presented) in [
            ("a.example.com", "A.Example.com"),
            ("a.example.com.", "a.example.com"),
            ("a.example.com", "*.example.com"),
            ("xn--e1afmkfd.example.com", "*.example.com"),
        ] {
            assert!(dns(host, presented), "{host} {presented}");
        }
        for (host, presented) in [
            ("example.com", "*.example.com"),
            ("b.a.example.com", "*.example.com"),
            ("a.example.com", "a*.example.com"),
            ("a.example.com", "*a.example.com"),
            ("a.example.com", "a.*.com"),
            ("example.com", "*.com"),
            ("com", "*"),
            ("a.example.com", "a.example.com."),
            ("a.example.com", ".example.com"),
            ("a.example.com", "example.com"),
        ] {
            assert!(!dns(host, presented), "{host} {presented}");
        }
    }

    #[test]
    fn addresses_are_compared_by_octets_and_never_as_names() {
        let host = |text| Host::parse(text).unwrap();
        let address = |octets: &[u8]| GeneralName::Ip(Octets::from(octets));
        assert!(host("192.0.2.1").equals(&address(&[192, 0, 2, 1])));
        assert!(!host("192.0.2.1").equals(&address(&[192, 0, 2, 2])));
        assert!(!dns("192.0.2.1", "192.0.2.1"));
        let mut loopback = [0; 16];
        loopback[15] = 1;
        assert!(host("::1").equals(&address(&loopback)));
        assert!(host("[::1]").equals(&address(&loopback)));
        assert!(!host("0.0.0.1").equals(&address(&loopback)));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            ".",
            "*.example",
            "a b",
            "1.2.3",
            "192.168.001.001x.1",
            "пример.рф",
        ] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }
}
