//! What the trust store of OpenSSL means, in anchors and offered certificates.
//!
//! Its rules, by its manuals x509(1) and openssl-verification-options(1): a certificate may carry purposes it is
//! trusted or rejected for; issuers are looked for in the store first; a certificate of the store that is not
//! self-signed ends a path only when it is trusted for the purpose or partial chains are allowed.

use anyhow::{Result, ensure};
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use super::super::case::Source;

/// Where a path may end and lead through.
#[derive(Debug, Default)]
pub struct Roles {
    /// Trust anchors.
    pub anchors: Vec<Source>,
    /// Offered certificates.
    pub material: Vec<Source>,
}

/// One certificate of a file.
struct Trusted {
    certificate: Certificate,
    /// Purposes it is trusted for.
    trusted: Vec<Oid>,
    /// Purposes it is rejected for.
    rejected: Vec<Oid>,
}

/// How the store ends paths.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ends {
    /// At self-signed certificates.
    SelfSigned,
    /// At any certificate of the store.
    Anywhere,
}

/// The roles of the certificates of the store and of those offered beside it.
pub fn roles(
    store: &[Vec<u8>],
    offered: &[Vec<u8>],
    purpose: Option<Oid>,
    ends: Ends,
) -> Result<Roles> {
    let store: Vec<Trusted> = store.iter().map(|der| read(der)).collect::<Result<_>>()?;
    let offered: Vec<Trusted> = offered.iter().map(|der| read(der)).collect::<Result<_>>()?;
    let mut roles = Roles::default();
    for own in &store {
        if store
            .iter()
            .any(|other| other.is_rejected(purpose) && other.is_same_entity(own))
        {
            continue;
        }
        let ends_here = ends == Ends::Anywhere
            || own.is_trusted(purpose)
            || own.certificate.subject.octets == own.certificate.issuer.octets
                && own.is_issued_by_itself();
        let role = if ends_here {
            &mut roles.anchors
        } else {
            &mut roles.material
        };
        role.push(own.source());
    }
    // What the store holds of an authority stands for it: the offered one is not looked at.
    let is_shadowed = |other: &Trusted| store.iter().any(|own| own.is_same_entity(other));
    let offered = offered.iter().filter(|other| !is_shadowed(other));
    roles.material.extend(offered.map(Trusted::source));
    Ok(roles)
}

impl Trusted {
    fn source(&self) -> Source {
        Source::Octets(self.certificate.octets.to_vec().into())
    }

    fn is_same_entity(&self, other: &Self) -> bool {
        self.certificate.subject.octets == other.certificate.subject.octets
            && self.certificate.spki.octets == other.certificate.spki.octets
    }

    /// A key that cannot sign makes no certificate self-signed, whatever its names say.
    fn is_issued_by_itself(&self) -> bool {
        let key = &self.certificate.spki.algorithm.algorithm;
        ![oids::X25519, oids::X448].contains(key)
    }

    fn is_trusted(&self, purpose: Option<Oid>) -> bool {
        covers(&self.trusted, purpose)
    }

    /// Rejected by name, or trusted for other purposes only.
    fn is_rejected(&self, purpose: Option<Oid>) -> bool {
        let only_others = purpose.is_some() && !self.trusted.is_empty();
        covers(&self.rejected, purpose) || (only_others && !self.is_trusted(purpose))
    }
}

fn covers(purposes: &[Oid], purpose: Option<Oid>) -> bool {
    purposes.contains(&oids::ANY_EXTENDED_KEY_USAGE)
        || purpose.is_some_and(|purpose| purposes.contains(&purpose))
}

/// A certificate, or one followed by `X509_CERT_AUX`:
///
/// ```text
/// SEQUENCE { trust SEQUENCE OF OBJECT IDENTIFIER OPTIONAL, reject [0] SEQUENCE OF OBJECT IDENTIFIER OPTIONAL, … }
/// ```
fn read(der: &[u8]) -> Result<Trusted> {
    let mut budget = Budget::new(Limits::STANDARD);
    let octets = Octets::from(der);
    let mut reader = Reader::new(&octets, Encoding::Der, Structure::Certificate);
    let certificate = reader.expect(Tag::SEQUENCE, &mut budget)?.octets();
    let mut trusted = Vec::new();
    let mut rejected = Vec::new();
    if !reader.is_empty() {
        let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
        let lists = [
            (Tag::SEQUENCE, &mut trusted),
            (Tag::context(0).constructed(), &mut rejected),
        ];
        for (tag, list) in lists {
            if let Some(purposes) = fields.optional(tag, &mut budget)? {
                let mut purposes = purposes.reader(Structure::Certificate, &budget)?;
                while !purposes.is_empty() {
                    list.push(purposes.oid(&mut budget)?);
                }
            }
        }
        ensure!(
            reader.is_empty(),
            "octets follow the purposes of a trusted certificate"
        );
    }
    Ok(Trusted {
        certificate: Certificate::from_der(&certificate, &mut budget)?,
        trusted,
        rejected,
    })
}
