//! certificatePolicies (RFC 5280 §4.2.1.4).

use std::collections::BTreeSet;

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::user_notice::UserNotice;
use super::{Deviation, DeviationKind};

/// Policies under which a certificate was issued (RFC 5280 §4.2.1.4).
///
/// ```text
/// PolicyInformation ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER,
///     policyQualifiers SEQUENCE OF SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY } OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificatePolicies {
    /// The policies, in the order of the encoding.
    pub policies: Vec<Oid>,
    /// A qualifier that is neither a practice statement nor a notice: in a critical extension it must be
    /// understood.
    pub has_unknown_qualifier: bool,
    /// What the issuer wants to be read, in the order of the encoding.
    pub notices: Vec<UserNotice>,
}

impl CertificatePolicies {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        deviations: &mut Vec<Deviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut policies = Vec::with_capacity(2);
        let mut seen = BTreeSet::new();
        let mut has_unknown_qualifier = false;
        let mut notices = Vec::new();
        while !list.is_empty() {
            let element = list.expect(Tag::SEQUENCE, budget)?;
            let mut fields = element.reader(Structure::Extension, budget)?;
            let policy = fields.oid(budget)?;
            if occurs(&policies, policy, &mut seen) {
                return Err(element.malformed(Reason::Duplicate));
            }
            if let Some(qualifiers) = fields.optional(Tag::SEQUENCE, budget)? {
                let mut qualifiers = qualifiers.reader(Structure::Extension, budget)?;
                if qualifiers.is_empty() {
                    // Accredited authorities of 2012 wrote it so.
                    deviations.push(Deviation {
                        kind: DeviationKind::EmptyQualifiers,
                        offset: element.offset(),
                    });
                }
                while !qualifiers.is_empty() {
                    let mut qualifier = qualifiers.enter(Tag::SEQUENCE, budget)?;
                    let id = qualifier.oid(budget)?;
                    let value = qualifier.element(budget)?;
                    qualifier.finish()?;
                    if id == oids::USER_NOTICE {
                        notices.push(UserNotice::read(policy, &value, budget)?);
                    }
                    has_unknown_qualifier |= !matches!(id, oids::CPS | oids::USER_NOTICE);
                }
            }
            fields.finish()?;
            policies.push(policy);
        }
        if policies.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self {
            policies,
            has_unknown_qualifier,
            notices,
        })
    }
}

/// Whether a policy is among those before it. Certificates have a few, which are looked through; of many, `seen` holds
/// all.
fn occurs(before: &[Oid], policy: Oid, seen: &mut BTreeSet<Oid>) -> bool {
    const FEW: usize = 16;
    if before.len() < FEW {
        return before.contains(&policy);
    }
    if seen.is_empty() {
        seen.extend(before);
    }
    !seen.insert(policy)
}
