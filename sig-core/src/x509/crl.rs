//! Certificate revocation lists (RFC 5280 §5.1).

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Reason, Structure};
use crate::base::hex::hex;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

use super::certificate::Fingerprint;
use super::crl_index::{CrlIndex, Hopper, IndexKey, IndexRefused, SavedIndex};
use super::crl_number::CrlNumber;
use super::extension::distribution_point::IssuingDistributionPoint;
use super::extension::key_identifiers::AuthorityKeyIdentifier;
use super::extension::{Extension, Extensions};
use super::name::Name;
use super::signed::Signed;

/// A CRL with an index of its entries (RFC 5280 §5.1).
///
/// ```text
/// TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature AlgorithmIdentifier, issuer Name,
///     thisUpdate Time, nextUpdate Time OPTIONAL, revokedCertificates SEQUENCE OF … OPTIONAL,
///     crlExtensions [0] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct CertificateList {
    /// The whole encoded CRL.
    pub octets: Octets,
    /// What its issuer signed, how, and the signature.
    pub signed: Signed,
    /// 1 or 2; lists and entries of version 1 have no extensions.
    pub version: u8,
    /// The `signature` field inside `tbsCertList`.
    pub tbs_signature: AlgorithmIdentifier,
    /// Issuer name.
    pub issuer: Name,
    /// When it was issued.
    pub this_update: UnixTime,
    /// When the next one is due.
    pub next_update: Option<UnixTime>,
    /// The entries.
    pub entries: CrlIndex,
    /// The extensions of the list.
    pub extensions: Extensions,
    /// The scope. One that is malformed stands in the extensions' `malformed`.
    pub issuing_distribution_point: Option<IssuingDistributionPoint>,
    /// Its number (RFC 5280 §5.2.3). One that is malformed stands in the extensions' `malformed`.
    pub crl_number: Option<CrlNumber>,
    /// Of a delta CRL, the number of the CRL whose changes it lists (RFC 5280 §5.2.4). One that is malformed stands
    /// in the extensions' `malformed`, and [`CertificateList::is_delta`] holds all the same.
    pub delta_base: Option<CrlNumber>,
    fingerprint: Fingerprint,
}

impl CertificateList {
    /// Reads a DER CRL that fills the octets (RFC 5280 §5.1).
    ///
    /// # Errors
    /// It is not a CRL, or octets follow it.
    ///
    /// # Limits
    /// Entries count against `crl_entries`, not against the elements.
    pub fn from_der(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        Self::read(octets, Fingerprint::default(), budget, CrlIndex::read)
    }

    /// Reads a DER CRL whose entries were indexed before: by [`CertificateList::index_to_bytes`]. An index that is
    /// refused is not used, and why is answered beside the list, which is then read like any other.
    ///
    /// Who could write the index decides what it says: it is bound to the list by SHA-256 and to itself by a
    /// checksum, which show what is damaged, stale or of another list, but not what was made on purpose. Give only
    /// files that nobody else can write.
    ///
    /// # Errors
    /// As [`CertificateList::from_der`].
    ///
    /// # Limits
    /// As [`CertificateList::from_der`], and one pass over the index.
    pub fn from_der_with_index(
        octets: &Octets,
        saved: &Octets,
        budget: &mut Budget,
    ) -> Result<(Self, Option<IndexRefused>), Error> {
        let fingerprint = Fingerprint::default();
        let mut refused = None;
        let index = match SavedIndex::open(saved) {
            Ok(index) if index.is_of(fingerprint.of(octets)) => Some(index),
            Ok(_) => {
                refused = Some(IndexRefused::OtherList);
                None
            }
            Err(why) => {
                refused = Some(why);
                None
            }
        };
        let crl = Self::read(octets, fingerprint, budget, |list, hopper| {
            match index.map(|index| index.attach(&list, &hopper)) {
                Some(Ok(index)) => return Ok(index),
                Some(Err(why)) => refused = Some(why),
                None => {}
            }
            CrlIndex::read(list, hopper)
        })?;
        Ok((crl, refused))
    }

    /// The index of the entries as octets to be kept beside the CRL (RFC 5280 §5.1.2.6), for
    /// [`CertificateList::from_der_with_index`].
    #[must_use]
    pub fn index_to_bytes(&self) -> Vec<u8> {
        let list = self.fingerprint.of(&self.octets);
        self.entries.to_bytes(list, self.entries.place())
    }

    /// `index` makes the index of the contents of `revokedCertificates`.
    pub(super) fn read(
        octets: &Octets,
        fingerprint: Fingerprint,
        budget: &mut Budget,
        index: impl FnOnce(Octets, Hopper) -> Result<CrlIndex, Error>,
    ) -> Result<Self, Error> {
        let mut reader = Reader::new(octets, Encoding::Der, Structure::CertificateList);
        let whole = reader.expect(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let mut fields = whole.reader(Structure::CertificateList, budget)?;
        let tbs = fields.expect(Tag::SEQUENCE, budget)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let signature = fields
            .expect(Tag::BIT_STRING, budget)?
            .bit_string_octets()?;
        fields.finish()?;

        let mut fields = tbs.reader(Structure::CertificateList, budget)?;
        let version = match fields.optional(Tag::INTEGER, budget)? {
            None => 1,
            Some(number) if number.small_integer()? == 1 => 2,
            Some(number) => return Err(number.malformed(Reason::UnsupportedVersion)),
        };
        let tbs_signature = AlgorithmIdentifier::read(&mut fields, budget)?;
        let issuer = Name::read(&mut fields, budget)?;
        let this_update = fields.element(budget)?.time()?;
        let next_update = match fields.peek_tag() {
            Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => Some(fields.element(budget)?.time()?),
            _ => None,
        };
        let list = fields.optional(Tag::SEQUENCE, budget)?;
        let list = list.map(|list| list.content()).unwrap_or_default();
        let key = IndexKey::of_signature(&signature);
        let bound = budget.limits().crl_entries;
        let entries = index(list, Hopper::new(key, version, bound))?;
        let mut extensions = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) if version == 2 => {
                let mut inside = wrapper.reader(Structure::CertificateList, budget)?;
                let extensions = Extensions::read(&mut inside, budget)?;
                inside.finish()?;
                extensions
            }
            Some(wrapper) => return Err(wrapper.malformed(Reason::UnsupportedVersion)),
            None => Extensions::default(),
        };
        fields.finish()?;
        let issuing_distribution_point = scope(&mut extensions, budget)?;
        // Entries of a list whose scope cannot be read are looked up as they are written.
        let indirect = match &issuing_distribution_point {
            Some(point) => point.indirect,
            None => extensions
                .malformed
                .contains(&oids::ISSUING_DISTRIBUTION_POINT),
        };
        let crl_number = number(&mut extensions, oids::CRL_NUMBER, budget)?;
        let delta_base = number(&mut extensions, oids::DELTA_CRL_INDICATOR, budget)?;
        Ok(Self {
            octets: whole.octets(),
            signed: Signed {
                octets: tbs.octets(),
                algorithm,
                signature,
            },
            version,
            tbs_signature,
            issuer,
            this_update,
            next_update,
            entries: entries.with_scope(indirect),
            extensions,
            issuing_distribution_point,
            crl_number,
            delta_base,
            fingerprint,
        })
    }

    /// Whether it lists changes to another CRL (RFC 5280 §5.2.4).
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.extensions.find(oids::DELTA_CRL_INDICATOR).is_some()
    }

    /// Value of the freshestCRL extension: where delta CRLs are found (RFC 5280 §5.2.6).
    #[must_use]
    pub fn freshest(&self) -> Option<&Octets> {
        let extension = self.extensions.find(oids::FRESHEST_CRL);
        extension.map(|extension| &extension.value)
    }

    /// Which key signed (RFC 5280 §5.2.1).
    #[must_use]
    pub const fn authority_key_identifier(&self) -> Option<&AuthorityKeyIdentifier> {
        self.extensions.authority_key_identifier.as_ref()
    }

    /// A critical extension of the list that is not understood (RFC 5280 §5.2).
    #[must_use]
    pub fn unknown_critical_extension(&self) -> Option<Oid> {
        const KNOWN: [Oid; 4] = [
            oids::CRL_NUMBER,
            oids::DELTA_CRL_INDICATOR,
            oids::AUTHORITY_KEY_IDENTIFIER,
            oids::ISSUING_DISTRIBUTION_POINT,
        ];
        let unknown = |id: &Oid| !KNOWN.contains(id);
        self.extensions
            .all
            .iter()
            .filter(|e| e.critical)
            .map(|e| e.id)
            .find(unknown)
    }

    /// SHA-256 of the whole CRL, hexadecimal digits: its name in findings (RFC 5280 §5.1).
    ///
    /// It is computed once.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(self.fingerprint.of(&self.octets))
    }
}

/// The scope; a malformed one is noted: what the list says of a certificate is not unsaid by it.
fn scope(
    extensions: &mut Extensions,
    budget: &mut Budget,
) -> Result<Option<IssuingDistributionPoint>, Error> {
    let read = |extension: &Extension| {
        let mut value = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
        let point = IssuingDistributionPoint::read(&mut value, budget)?;
        value.finish().map(|()| point)
    };
    let id = oids::ISSUING_DISTRIBUTION_POINT;
    match extensions.find(id).map(read).transpose() {
        Err(Error::Malformed(_)) => {
            extensions.malformed.push(id);
            Ok(None)
        }
        other => other,
    }
}

/// The number in an extension; a malformed one is noted.
fn number(
    extensions: &mut Extensions,
    id: Oid,
    budget: &mut Budget,
) -> Result<Option<CrlNumber>, Error> {
    let read = |extension: &Extension| CrlNumber::from_extension(&extension.value, budget);
    match extensions.find(id).map(read).transpose() {
        Err(Error::Malformed(_)) => {
            extensions.malformed.push(id);
            Ok(None)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
