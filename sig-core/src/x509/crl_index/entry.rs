//! One entry of a CRL (RFC 5280 §5.3).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::x509::extension::general_name::GeneralName;
use crate::x509::extension::{Extension, Extensions};

/// One entry of a CRL (RFC 5280 §5.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CrlEntry {
    /// When the certificate was revoked.
    pub revocation_date: UnixTime,
    /// Why (RFC 5280 §5.3.1); unspecified when absent.
    pub reason: RevocationReason,
    /// Since when the key is suspected (RFC 5280 §5.3.2).
    pub invalidity_date: Option<UnixTime>,
    /// Who issued the certificate, in an indirect CRL: as this entry says, or the nearest one before it that says so
    /// (RFC 5280 §5.3.3). None: the issuer of the CRL.
    pub certificate_issuer: Option<Vec<GeneralName>>,
    /// A critical extension of the entry is not understood, so its meaning is open.
    pub has_unknown_critical_extension: bool,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names are those of RFC 5280")]
pub enum RevocationReason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
}

impl RevocationReason {
    /// The name of RFC 5280 §5.3.1.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }

    pub(in crate::x509) const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => return None,
        })
    }
}

/// The parts of an entry, its extensions not yet interpreted.
pub(super) struct RawEntry {
    revocation_date: UnixTime,
    extensions: Extensions,
}

impl RawEntry {
    /// Reads the entry that begins the octets.
    pub(super) fn read(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(octets, Encoding::Der, Structure::CertificateList);
        let entry = reader.expect(Tag::SEQUENCE, budget)?;
        let mut fields = entry.reader(Structure::CertificateList, budget)?;
        fields.expect(Tag::INTEGER, budget)?;
        let revocation_date = fields.element(budget)?.time()?;
        let extensions = if fields.is_empty() {
            Extensions::default()
        } else {
            Extensions::read(&mut fields, budget)?
        };
        fields.finish()?;
        if !extensions.duplicates.is_empty() {
            return Err(entry.malformed(Reason::Duplicate));
        }
        Ok(Self {
            revocation_date,
            extensions,
        })
    }

    /// The names of its certificateIssuer extension (RFC 5280 §5.3.3).
    pub(super) fn certificate_issuer(
        &self,
        budget: &mut Budget,
    ) -> Result<Option<Vec<GeneralName>>, Error> {
        let read = |extension: &Extension| {
            let mut value = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
            let names = value.expect(Tag::SEQUENCE, budget)?;
            value.finish()?;
            GeneralName::read_all(&names, budget)
        };
        let extension = self.extensions.find(oids::CERTIFICATE_ISSUER);
        extension.map(read).transpose()
    }

    /// The entry. `issuer` is the certificateIssuer in effect; none in a direct CRL, where such an extension is not
    /// understood.
    pub(super) fn interpret(
        self,
        indirect: bool,
        issuer: Option<Vec<GeneralName>>,
        budget: &mut Budget,
    ) -> Result<CrlEntry, Error> {
        let understood = |extension: &Extension| match extension.id {
            oids::REASON_CODE | oids::INVALIDITY_DATE => true,
            oids::CERTIFICATE_ISSUER => indirect,
            _ => false,
        };
        Ok(CrlEntry {
            revocation_date: self.revocation_date,
            reason: self.reason(budget)?,
            invalidity_date: self.invalidity_date(budget)?,
            certificate_issuer: issuer,
            has_unknown_critical_extension: self
                .extensions
                .all
                .iter()
                .any(|extension| extension.critical && !understood(extension)),
        })
    }

    fn reason(&self, budget: &mut Budget) -> Result<RevocationReason, Error> {
        let Some(extension) = self.extensions.find(oids::REASON_CODE) else {
            return Ok(RevocationReason::Unspecified);
        };
        let mut value = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
        let number = value.expect(Tag::ENUMERATED, budget)?;
        value.finish()?;
        match number.content_bytes() {
            [octet] => RevocationReason::from_number(*octet),
            _ => None,
        }
        .ok_or_else(|| number.malformed(Reason::InvalidValue))
    }

    fn invalidity_date(&self, budget: &mut Budget) -> Result<Option<UnixTime>, Error> {
        let Some(extension) = self.extensions.find(oids::INVALIDITY_DATE) else {
            return Ok(None);
        };
        let mut value = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
        let date = value.expect(Tag::GENERALIZED_TIME, budget)?.time()?;
        value.finish()?;
        Ok(Some(date))
    }
}
