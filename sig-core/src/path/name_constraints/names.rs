//! The names of one certificate, prepared for comparison (RFC 5280 §4.2.1.6, §4.2.1.10).

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oids;
use crate::path::dns::{DomainName, PresentedDomain};
use crate::x509::certificate::Certificate;
use crate::x509::extension::general_name::{GeneralName, NameForm};
use crate::x509::name::NameAttribute;
use crate::x509::name_match::PreparedName;

/// Names in the form in which they are compared; nothing where one is malformed.
#[derive(Debug, Default)]
pub(in crate::path) struct Names {
    pub(super) directory: Vec<PreparedName>,
    pub(super) domains: Vec<Option<PresentedDomain>>,
    pub(super) mailboxes: Vec<Option<Mailbox>>,
    pub(super) resources: Vec<Option<Resource>>,
    /// Addresses of 4 or 16 octets.
    pub(super) addresses: Vec<Option<Vec<u8>>>,
    /// Forms that are not compared.
    pub(super) others: Vec<NameForm>,
}

/// An electronic mail address: the local part as it is, the domain without case (RFC 5280 §7.5).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Mailbox {
    pub(super) local: String,
    pub(super) domain: DomainName,
}

/// A resource identifier: the whole as it is, and its host (RFC 3986 §3.2.2).
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) identifier: String,
    pub(super) host: DomainName,
}

/// Which certificate the names belong to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::path) enum Place {
    /// One that issued another.
    Authority,
    /// The last of the path.
    EndEntity,
}

impl Names {
    /// The names that constraints apply to: the subject, the subject alternative names, addresses in the
    /// subject's emailAddress, and for an end entity without domain names the common names that look like one.
    ///
    /// # Deviation
    /// RFC 5280 §4.2.1.10 asks for emailAddress only where there are no alternative names, and never for
    /// common names; relying parties read both, so both are held against the constraints.
    ///
    /// # Limits
    /// Name comparisons for the octets of directory names.
    pub(in crate::path) fn of(
        certificate: &Certificate,
        place: Place,
        budget: &mut Budget,
    ) -> Result<Self, LimitExceeded> {
        let mut names = Self::default();
        if !certificate.subject.is_empty() {
            let subject = PreparedName::new(&certificate.subject, budget)?;
            names.directory.push(subject);
        }
        for attribute in certificate.subject.attributes() {
            if attribute.attribute == oids::EMAIL {
                let mailbox = attribute.text().and_then(Mailbox::parse);
                names.mailboxes.push(mailbox);
            }
        }
        let alternative = certificate.extensions.subject_alternative_names.as_ref();
        for name in alternative.iter().flat_map(|names| &names.names) {
            names.add(name, budget)?;
        }
        if place == Place::EndEntity && names.domains.is_empty() {
            let common_names = certificate
                .subject
                .attributes()
                .filter(|attribute| attribute.attribute == oids::COMMON_NAME);
            let domains = common_names
                .filter_map(NameAttribute::text)
                .filter(|text| text.contains('.'))
                .filter_map(PresentedDomain::parse);
            names.domains.extend(domains.map(Some));
        }
        Ok(names)
    }

    pub(super) fn add(
        &mut self,
        name: &GeneralName,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        match name {
            GeneralName::Directory(name) => {
                self.directory.push(PreparedName::new(name, budget)?);
            }
            GeneralName::Dns(text) => self.domains.push(PresentedDomain::parse(text)),
            GeneralName::Rfc822(text) => self.mailboxes.push(Mailbox::parse(text)),
            GeneralName::Uri(text) => self.resources.push(Resource::parse(text)),
            GeneralName::Ip(octets) => {
                let octets = matches!(octets.len(), 4 | 16).then(|| octets.to_vec());
                self.addresses.push(octets);
            }
            GeneralName::OtherName { id, value } => {
                self.others.push(NameForm::OtherName);
                if *id == oids::SMTP_UTF8_MAILBOX {
                    self.mailboxes.push(smtp_utf8_mailbox(value));
                }
            }
            GeneralName::X400(_) | GeneralName::EdiParty(_) | GeneralName::RegisteredId(_) => {
                self.others.push(name.form());
            }
        }
        Ok(())
    }

    /// How many names are compared one by one; the subject is not counted.
    pub(super) const fn pairwise(&self) -> u64 {
        let directory = self.directory.len().saturating_sub(1);
        (directory + self.domains.len() + self.mailboxes.len() + self.addresses.len()) as u64
    }
}

impl Mailbox {
    /// `local@domain` (RFC 5280 §4.2.1.6: the Mailbox of RFC 2821); a quoted local part may hold anything.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.rsplit_once('@')?;
        let quoted = local
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .is_some();
        let plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"@\"(),:;<>[\\]".contains(c);
        if local.is_empty() || (!quoted && !local.chars().all(plain)) {
            return None;
        }
        Some(Self {
            local: local.to_owned(),
            domain: DomainName::parse(domain)?,
        })
    }
}

/// RFC 9598 §3: a UTF8String; constraints on mail addresses apply to it (§6).
fn smtp_utf8_mailbox(value: &[u8]) -> Option<Mailbox> {
    let (header, text) = value.split_at_checked(2)?;
    let (text, length) = match header {
        [tag, length] if *tag == UTF8_STRING && *length < 0x80 => (text, usize::from(*length)),
        [tag, 0x81] if *tag == UTF8_STRING => {
            let (length, text) = text.split_first()?;
            (text, usize::from(*length))
        }
        _ => return None,
    };
    let text = std::str::from_utf8(text).ok()?;
    (text.len() == length).then_some(())?;
    Mailbox::parse(text)
}

/// The identifier octet of UTF8String (X.680 §8.4).
const UTF8_STRING: u8 = 12;

impl Resource {
    /// An absolute resource identifier with an authority (RFC 3986 §3.2) whose host is a domain name: RFC 5280
    /// §4.2.1.10 refuses every other where resource identifiers are constrained.
    pub(super) fn parse(uri: &str) -> Option<Self> {
        let is_foreign = |c: char| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c);
        if uri.contains(is_foreign) {
            return None;
        }
        let (scheme, rest) = uri.split_once("://")?;
        let mut characters = scheme.chars();
        let first = characters.next()?;
        let rest_of_scheme = characters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !first.is_ascii_alphabetic() || !rest_of_scheme {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let host_and_port = match authority.rsplit_once('@') {
            Some((_, after)) => after,
            None => authority,
        };
        let host = match host_and_port.split_once(':') {
            Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
            Some(_) => return None,
            None => host_and_port,
        };
        let last = host.rsplit('.').next()?;
        if last.bytes().all(|octet| octet.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            identifier: uri.to_owned(),
            host: DomainName::parse(host)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_have_one_plain_local_part_and_a_domain() {
        for text in [
            "user@a.example",
            "user*@a",
            "\"a b@c\"@a.example",
            "юзер@a.example",
        ] {
            assert!(Mailbox::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "@a",
            "a@",
            "a",
            "a@b@c.example",
            "a b@c",
            "a@.c",
            "a@c.",
            "a@[192.0.2.1]",
            "a\0@c",
        ] {
            assert!(Mailbox::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn hosts_are_taken_from_the_authority() {
        let host = |uri| Resource::parse(uri).map(|resource| resource.host.as_str().to_owned());
        for uri in [
            "http://a.Example",
            "ldap://a.example/b",
            "https://a.example:443?c",
            "https://user:pass@a.example#d",
            "http://evil.example@a.example/",
        ] {
            assert_eq!(host(uri).as_deref(), Some("a.example"), "{uri}");
        }
        for uri in [
            "",
            "urn:a",
            "mailto:a@b",
            "http:a.example",
            "//a.example",
            "http:///a",
            "http://a.example.",
            "http://192.0.2.1/",
            "http://[::1]/",
            "http://a.example:x/",
            "http://a%2eexample/",
            "http://evil.example\\@a.example/",
            "1http://a.example",
        ] {
            assert_eq!(host(uri), None, "{uri}");
        }
    }

    #[test]
    fn internationalised_mailboxes_are_read() {
        let value = |text: &str| [&[12, text.len() as u8], text.as_bytes()].concat();
        assert!(smtp_utf8_mailbox(&value("юзер@a.example")).is_some());
        assert!(smtp_utf8_mailbox(&value("юзер@пример")).is_none());
        assert!(smtp_utf8_mailbox(&[12, 9, b'a']).is_none());
        assert!(smtp_utf8_mailbox(b"").is_none());
    }
}
