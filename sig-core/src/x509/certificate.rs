//! Certificates (RFC 5280 §4.1).

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use sha2::Digest as _;

use crate::alg::digest::{Digest, DigestId, DigestsDisagree};
use crate::alg::identifier::AlgorithmIdentifier;
use crate::alg::keyring::Verification;
use crate::alg::provider::Algorithms;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::verified::VerifiedOnce;
use crate::base::error::{Error, LimitExceeded, Reason, Structure};
use crate::base::hex::hex;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use super::extension::Extensions;
use super::name::Name;
use super::name_match::PreparedName;
use super::signed::{Signed, SignedRejected};

/// A certificate, with the octets of every part that is hashed or compared (RFC 5280 §4.1).
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier,
///                            signatureValue BIT STRING }
/// ```
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The whole encoded certificate.
    pub octets: Octets,
    /// What its issuer signed, how, and the signature.
    pub signed: Signed,
    /// The `signature` field inside `tbsCertificate`.
    pub tbs_signature: AlgorithmIdentifier,
    /// 1, 2 or 3.
    pub version: u8,
    /// Contents of the serial number INTEGER.
    pub serial: Octets,
    /// Issuer name.
    pub issuer: Name,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
    /// Subject name.
    pub subject: Name,
    /// The public key.
    pub spki: SubjectPublicKeyInfo,
    /// The extensions.
    pub extensions: Extensions,
    fingerprint: Fingerprint,
    derived: Derived,
}

/// What follows from the octets, computed when it is first asked for.
#[derive(Clone, Default)]
struct Derived {
    subject: OnceLock<Box<str>>,
    issuer: OnceLock<Box<str>>,
    prepared_subject: OnceLock<PreparedName>,
    prepared_issuer: OnceLock<PreparedName>,
    /// The digest that was asked for first, by the algorithms in the table at this address.
    digest: OnceLock<(usize, Digest)>,
    verified: VerifiedOnce,
    /// What a higher layer found out.
    told: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl fmt::Debug for Derived {
    /// Names may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}

impl Certificate {
    /// Reads a DER certificate that fills the octets.
    ///
    /// # Errors
    /// It is not a certificate, or octets follow it.
    ///
    /// # Deviation
    /// Non-minimal serial numbers and the leniencies listed in [`Extensions::deviations`] are read.
    pub fn from_der(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(octets, Encoding::Der, Structure::Certificate);
        let certificate = Self::read(&mut reader, budget)?;
        reader.finish()?;
        Ok(certificate)
    }

    /// The same, in no more memory than it needs: for those that are kept by the thousand.
    pub(crate) fn fitted(mut self) -> Self {
        self.extensions.fit();
        self
    }

    fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let whole = reader.expect(Tag::SEQUENCE, budget)?;
        let mut fields = whole.reader(Structure::Certificate, budget)?;
        let tbs = fields.expect(Tag::SEQUENCE, budget)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let signature = fields
            .expect(Tag::BIT_STRING, budget)?
            .bit_string_octets()?;
        fields.finish()?;

        let mut fields = tbs.reader(Structure::Certificate, budget)?;
        let version = read_version(&mut fields, budget)?;
        let serial = fields.expect(Tag::INTEGER, budget)?;
        if serial.content_bytes().is_empty() {
            return Err(serial.malformed(Reason::InvalidValue));
        }
        let tbs_signature = AlgorithmIdentifier::read(&mut fields, budget)?;
        let issuer = Name::read(&mut fields, budget)?;
        let mut validity = fields.enter(Tag::SEQUENCE, budget)?;
        let not_before = validity.element(budget)?.time()?;
        let not_after = validity.element(budget)?.time()?;
        validity.finish()?;
        let subject = Name::read(&mut fields, budget)?;
        let spki = SubjectPublicKeyInfo::read(&mut fields, budget)?;
        for number in [1, 2] {
            // issuerUniqueID and subjectUniqueID: conforming authorities do not write them (§4.1.2.8).
            let unique_id = fields.optional(Tag::context(number), budget)?;
            if let Some(unique_id) = unique_id.filter(|_| version < 2) {
                return Err(unique_id.malformed(Reason::UnsupportedVersion));
            }
        }
        let mut extensions = match fields.optional(Tag::context(3).constructed(), budget)? {
            Some(wrapper) if version == 3 => {
                let mut inside = wrapper.reader(Structure::Extension, budget)?;
                let extensions = Extensions::read(&mut inside, budget)?;
                inside.finish()?;
                extensions
            }
            Some(wrapper) => return Err(wrapper.malformed(Reason::UnsupportedVersion)),
            None => Extensions::default(),
        };
        fields.finish()?;
        // The same certificate says the same, wherever it stands.
        for deviation in &mut extensions.deviations {
            deviation.offset = deviation.offset.saturating_sub(whole.offset());
        }
        Ok(Self {
            octets: whole.octets(),
            signed: Signed {
                octets: tbs.octets(),
                algorithm,
                signature,
            },
            tbs_signature,
            version,
            serial: serial.content(),
            issuer,
            not_before,
            not_after,
            subject,
            spki,
            extensions,
            fingerprint: Fingerprint::default(),
            derived: Derived::default(),
        })
    }

    /// Whether issuer and subject are octet for octet the same (RFC 5280 §6.1: self-issued).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer.octets == self.subject.octets
    }

    /// SHA-256 of the whole certificate, hexadecimal digits: its name in findings (RFC 5280 §4.1).
    ///
    /// It is computed once.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(self.fingerprint.of(&self.octets))
    }

    /// The digest of the whole certificate, as references state it (RFC 5035 §4); none when the algorithms lack it. That
    /// of a signer who is known is computed once.
    ///
    /// # Errors
    /// Two implementations disagree.
    pub fn digest(
        &self,
        id: DigestId,
        algorithms: &Algorithms,
    ) -> Result<Option<Digest>, DigestsDisagree> {
        let Some(algorithm) = algorithms.digest(id) else {
            return Ok(None);
        };
        let table = algorithms.digests.as_ptr().addr();
        let known = self.derived.digest.get();
        if let Some((_, digest)) = known.filter(|it| it.0 == table && it.1.algorithm == id) {
            return Ok(Some(digest.clone()));
        }
        let digest = algorithm.digest(&self.octets)?;
        // Another one may be known by now: what is said is the same.
        let _ = self.derived.digest.set((table, digest.clone()));
        Ok(Some(digest))
    }

    /// Whether the certificate is signed with a key (RFC 5280 §6.1.3 (a)(1)). That it is, is found out once.
    ///
    /// # Errors
    /// The limit on signature checks; two implementations disagree.
    ///
    /// # Limits
    /// As for [`Signed::verify`], each time.
    pub(crate) fn verify(
        &self,
        key: &SubjectPublicKeyInfo,
        verification: Verification<'_>,
        budget: &mut Budget,
    ) -> Result<Result<(), SignedRejected>, Error> {
        let once = Some(&self.derived.verified);
        let verdict = self.signed.verify_once(once, key, verification, budget)?;
        Ok(verdict.map(|_| ()))
    }

    /// What a higher layer finds out from the octets alone, found out once; none where another kind of value is kept.
    pub(crate) fn told<T: Any + Send + Sync>(&self, find_out: impl FnOnce() -> T) -> Option<&T> {
        let told = self.derived.told.get_or_init(|| Arc::new(find_out()));
        told.downcast_ref()
    }

    /// The subject as reports show it (RFC 4514).
    #[must_use]
    pub fn subject_text(&self) -> &str {
        let text = &self.derived.subject;
        text.get_or_init(|| self.subject.to_string().into_boxed_str())
    }

    /// The issuer as reports show it (RFC 4514).
    #[must_use]
    pub fn issuer_text(&self) -> &str {
        let text = &self.derived.issuer;
        text.get_or_init(|| self.issuer.to_string().into_boxed_str())
    }

    /// The subject in the form in which equal names are equal values (RFC 5280 §7.1).
    ///
    /// # Errors
    /// The limit on name comparisons.
    ///
    /// # Limits
    /// As for [`PreparedName::new`], each time.
    pub fn prepared_subject(&self, budget: &mut Budget) -> Result<&PreparedName, LimitExceeded> {
        PreparedName::spend(&self.subject, budget)?;
        let prepared = &self.derived.prepared_subject;
        Ok(prepared.get_or_init(|| PreparedName::of(&self.subject)))
    }

    /// The issuer in the form in which equal names are equal values (RFC 5280 §7.1).
    ///
    /// # Errors
    /// The limit on name comparisons.
    ///
    /// # Limits
    /// As for [`PreparedName::new`], each time.
    pub fn prepared_issuer(&self, budget: &mut Budget) -> Result<&PreparedName, LimitExceeded> {
        PreparedName::spend(&self.issuer, budget)?;
        let prepared = &self.derived.prepared_issuer;
        Ok(prepared.get_or_init(|| PreparedName::of(&self.issuer)))
    }

    /// The serial number in hexadecimal digits, without a leading sign octet (RFC 5280 §4.1.2.2).
    #[must_use]
    pub fn serial_hex(&self) -> String {
        let digits = significant(&self.serial);
        let digits = digits
            .strip_prefix(&[0])
            .filter(|rest| !rest.is_empty())
            .unwrap_or(digits);
        hex(digits)
    }
}

/// SHA-256 of an object that does not change (FIPS 180-4), computed when it is first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprint(OnceLock<[u8; 32]>);

impl Fingerprint {
    /// That of the object with these octets.
    pub(super) fn of(&self, octets: &[u8]) -> &[u8; 32] {
        self.0.get_or_init(|| sha2::Sha256::digest(octets).into())
    }
}

/// Serial numbers are compared in their shortest form (RFC 5280 §4.1.2.2): some authorities write a leading zero
/// octet too many. The zero octet that keeps a number from being negative stays.
#[must_use]
pub fn significant(serial: &[u8]) -> &[u8] {
    let mut shortest = serial;
    while let [0, rest @ ..] = shortest
        && rest.first().is_some_and(|next| *next < 0x80)
    {
        shortest = rest;
    }
    shortest
}

/// SHA-256 in hexadecimal digits (FIPS 180-4), the name of an object in findings and reports.
#[must_use]
pub fn sha256_hex(octets: &[u8]) -> String {
    hex(&sha2::Sha256::digest(octets))
}

fn read_version(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<u8, Error> {
    let Some(wrapper) = fields.optional(Tag::context(0).constructed(), budget)? else {
        return Ok(1);
    };
    let mut inside = wrapper.reader(Structure::Certificate, budget)?;
    let number = inside.expect(Tag::INTEGER, budget)?;
    inside.finish()?;
    match number.small_integer()? {
        // An explicit v1 is not DER, but means what it says.
        0 => Ok(1),
        1 => Ok(2),
        2 => Ok(3),
        _ => Err(number.malformed(Reason::UnsupportedVersion)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_compared_in_their_shortest_form() {
        assert_eq!(significant(&[0, 0, 5]), [5]);
        assert_eq!(significant(&[0, 0, 0xff]), [0, 0xff]);
        assert_ne!(significant(&[0, 0xff]), significant(&[0xff]));
        assert_eq!(significant(&[0]), [0]);
        assert_eq!(significant(&[]), [0_u8; 0]);
    }
}
