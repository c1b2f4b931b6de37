//! One certificate as rules look at it: what they share is decoded once (RFC 5280 §4).

use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;
use crate::x509::certificate::Certificate;
use crate::x509::extension::authority_information_access::AuthorityInformationAccess;
use crate::x509::extension::distribution_point::DistributionPointName;
use crate::x509::extension::general_name::GeneralName;
use crate::x509::extension::identification_kind::IdentificationKind;
use crate::x509::extension::private_key_usage_period::PrivateKeyUsagePeriod;
use crate::x509::extension::qc_statements::QcStatements;
use crate::x509::extension::sign_tools::{IssuerSignTool, ToolName};
use crate::x509::extension::{Extension, whole};
use crate::x509::name::{Name, NameAttribute};

use super::holder::Holder;
use super::rule::Seen;

/// A certificate with the parts that only profiles decode (RFC 5280 §4).
#[derive(Debug)]
pub struct View<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Whose it is.
    pub holder: Holder,
    pub(super) authority_information_access: Decoded<AuthorityInformationAccess>,
    pub(super) subject_sign_tool: Decoded<ToolName>,
    pub(super) issuer_sign_tool: Decoded<IssuerSignTool>,
    pub(super) identification_kind: Decoded<IdentificationKind>,
    pub(super) private_key_usage_period: Decoded<PrivateKeyUsagePeriod>,
    pub(super) qc_statements: Decoded<QcStatements>,
    /// Parameters of a GOST key: `publicKeyParamSet` and what follows it; none when they are not a list of
    /// identifiers.
    pub(super) gost_parameters: Option<Vec<Oid>>,
}

/// An extension.
#[derive(Debug)]
pub(super) enum Decoded<T> {
    /// It is not there.
    Absent,
    /// It is there and cannot be read.
    Malformed,
    /// What it says.
    Is(T),
}

impl<T> Decoded<T> {
    /// What a rule about the contents says: nothing where the extension is absent; that it is readable is another
    /// rule's.
    pub(super) fn check(&self, check: impl FnOnce(&T) -> Seen) -> Seen {
        match self {
            Self::Is(value) => check(value),
            Self::Absent => Seen::not_applicable().word("seen", "absent"),
            Self::Malformed => Seen::not_applicable().word("seen", "malformed"),
        }
    }

    /// Whether it can be read, where it is there.
    pub(super) fn readable(&self) -> Seen {
        match self {
            Self::Is(_) => Seen::pass(),
            Self::Absent => Seen::not_applicable().word("seen", "absent"),
            Self::Malformed => Seen::fail().word("seen", "malformed"),
        }
    }

    pub(super) const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Malformed => None,
        }
    }
}

impl<'a> View<'a> {
    /// Decodes what rules look at (RFC 5280 §4).
    ///
    /// # Limits
    /// [`Limits::STANDARD`]; an extension that reaches them counts as malformed.
    #[must_use]
    pub fn new(certificate: &'a Certificate) -> Self {
        let mut budget = Budget::new(Limits::STANDARD);
        let parameters = certificate.spki.algorithm.parameters.as_ref();
        Self {
            certificate,
            holder: Holder::of(certificate),
            authority_information_access: decode(
                certificate,
                oids::AUTHORITY_INFO_ACCESS,
                AuthorityInformationAccess::read,
                &mut budget,
            ),
            subject_sign_tool: decode(
                certificate,
                oids::SUBJECT_SIGN_TOOL,
                ToolName::read,
                &mut budget,
            ),
            issuer_sign_tool: decode(
                certificate,
                oids::ISSUER_SIGN_TOOL,
                IssuerSignTool::read,
                &mut budget,
            ),
            identification_kind: decode(
                certificate,
                oids::IDENTIFICATION_KIND,
                IdentificationKind::read,
                &mut budget,
            ),
            private_key_usage_period: decode(
                certificate,
                oids::PRIVATE_KEY_USAGE_PERIOD,
                PrivateKeyUsagePeriod::read,
                &mut budget,
            ),
            qc_statements: decode(
                certificate,
                oids::QC_STATEMENTS,
                QcStatements::read,
                &mut budget,
            ),
            gost_parameters: parameters
                .and_then(|octets| whole(octets, identifiers, &mut budget).ok()),
        }
    }

    /// Every attribute of a kind in the subject.
    pub(super) fn subject(&self, attribute: Oid) -> impl Iterator<Item = &'a NameAttribute> {
        of_kind(&self.certificate.subject, attribute)
    }

    /// The text of the first attribute of a kind in the subject, blanks around it cut off.
    pub(super) fn subject_text(&self, attribute: Oid) -> Option<&'a str> {
        self.certificate.subject.text_of(attribute)
    }

    pub(super) fn extension(&self, id: Oid) -> Option<&'a Extension> {
        self.certificate.extensions.find(id)
    }

    /// Whether issuer and subject are the same.
    pub(super) fn is_self_issued(&self) -> bool {
        self.certificate.is_self_issued()
    }

    /// The places of CRLs that are resource identifiers.
    pub(super) fn crl_uris(&self) -> impl Iterator<Item = &'a str> {
        let points = self.certificate.extensions.crl_distribution_points.as_ref();
        let points = points.into_iter().flat_map(|it| &it.points);
        let names = points.filter_map(|point| match &point.name {
            Some(DistributionPointName::Full(names)) => Some(names),
            _ => None,
        });
        names.flatten().filter_map(|name| match name {
            GeneralName::Uri(uri) => Some(uri.as_str()),
            _ => None,
        })
    }
}

/// Every attribute of a kind.
pub(super) fn of_kind(name: &Name, attribute: Oid) -> impl Iterator<Item = &NameAttribute> {
    name.attributes()
        .filter(move |it| it.attribute == attribute)
}

fn decode<T>(
    certificate: &Certificate,
    id: Oid,
    read: fn(&mut Reader<'_>, &mut Budget) -> Result<T, Error>,
    budget: &mut Budget,
) -> Decoded<T> {
    match certificate.extensions.find(id) {
        None => Decoded::Absent,
        Some(extension) => match whole(&extension.value, read, budget) {
            Ok(value) => Decoded::Is(value),
            Err(_) => Decoded::Malformed,
        },
    }
}

/// `SEQUENCE OF OBJECT IDENTIFIER`.
fn identifiers(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Vec<Oid>, Error> {
    let mut list = reader.enter(Tag::SEQUENCE, budget)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push(list.oid(budget)?);
    }
    Ok(found)
}

/// The tag of a whole encoded value.
pub(super) fn tag_of(value: &Octets) -> Option<u8> {
    value.first().copied()
}
