//! identificationKind (FSB order 795 as amended by FSB order 31).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// How the applicant was identified when the certificate was issued (FSB order 31).
///
/// ```text
/// IdentificationKind ::= INTEGER { personal(0), remote-cert(1), remote-passport(2), remote-system(3) }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IdentificationKind {
    /// In person.
    Personal,
    /// By a qualified certificate that was valid.
    RemoteCertificate,
    /// By a passport with an electronic carrier.
    RemotePassport,
    /// By the state's information systems.
    RemoteSystem,
    /// A number that the order does not know.
    Unknown(u32),
}

impl IdentificationKind {
    /// Reads the extension (FSB order 31).
    ///
    /// # Errors
    /// It is not a small INTEGER.
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let number = reader.expect(Tag::INTEGER, budget)?.small_integer()?;
        Ok(match number {
            0 => Self::Personal,
            1 => Self::RemoteCertificate,
            2 => Self::RemotePassport,
            3 => Self::RemoteSystem,
            other => Self::Unknown(other),
        })
    }

    /// The word of the order, used in reports (FSB order 31).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::RemoteCertificate => "remote_cert",
            Self::RemotePassport => "remote_passport",
            Self::RemoteSystem => "remote_system",
            Self::Unknown(_) => "unknown",
        }
    }
}
