//! The objects inside messages and attributes, by name (EN 319 102-1 §5.6.2.3).

use std::collections::BTreeSet;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::attribute::{Attribute, Attributes};
use crate::cms::references::Referenced;
use crate::cms::signed_data::SignedData;
use crate::cms::values::Values;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::Subject;
use crate::x509::certificate::sha256_hex;

use super::{Target, Token};

/// How deep time-stamps of time-stamps are opened.
const MOST_NESTED: u32 = 3;

/// Objects, each once.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) all: BTreeSet<Subject>,
    /// The attributes of references among what was added.
    references: BTreeSet<Oid>,
}

impl Objects {
    /// Certificates and revocation data of a message.
    pub(super) fn add_sets(&mut self, message: &SignedData) {
        self.add_values(&Values {
            certificates: message.certificates.clone(),
            crls: message.crls.clone(),
            ocsp: message.ocsp.clone(),
            has_other: false,
        });
    }

    fn add_values(&mut self, values: &Values) {
        let named = |octets: &[Octets], name: fn(String) -> Subject| {
            let octets = octets.iter();
            octets
                .map(|octets| name(sha256_hex(octets)))
                .collect::<Vec<_>>()
        };
        self.all
            .extend(named(&values.certificates, Subject::Certificate));
        self.all.extend(named(&values.crls, Subject::Crl));
        self.all.extend(named(&values.ocsp, Subject::Ocsp));
    }

    /// Everything in an unsigned attribute of the signer.
    pub(super) fn add_attribute(
        &mut self,
        target: &Target<'_>,
        attribute: &Attribute,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        for value in &attribute.values {
            self.add_value(target, attribute.id, value, budget)?;
        }
        Ok(())
    }

    /// Everything in a signed attribute. References that were signed are not those that [`Target::referenced`] tells of.
    pub(super) fn add_signed(
        &mut self,
        target: &Target<'_>,
        attribute: &Attribute,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        for value in &attribute.values {
            self.add_held(target, attribute.id, value, budget)?;
        }
        Ok(())
    }

    /// Everything in one value of an unsigned attribute of the signer.
    pub(super) fn add_value(
        &mut self,
        target: &Target<'_>,
        attribute: Oid,
        value: &Octets,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if attribute == oids::CERTIFICATE_REFERENCES || attribute == oids::REVOCATION_REFERENCES {
            self.references.insert(attribute);
        }
        self.add_held(target, attribute, value, budget)
    }

    /// The objects that a value itself holds.
    fn add_held(
        &mut self,
        target: &Target<'_>,
        attribute: Oid,
        value: &Octets,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        match target.tokens.iter().find(|token| token.is_at(value)) {
            Some(token) => self.add_token(token, 0, budget),
            None => self.add_plain(attribute, value, budget),
        }
    }

    fn add_plain(&mut self, id: Oid, value: &Octets, budget: &mut Budget) -> Result<(), Error> {
        let values = if id == oids::CERTIFICATE_VALUES {
            Values::read_certificates(value, budget)
        } else if id == oids::REVOCATION_VALUES {
            Values::read_revocation(value, budget)
        } else {
            return Ok(());
        };
        match values {
            Ok(values) => self.add_values(&values),
            Err(Error::Malformed(_)) => {}
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// A time-stamp with what it carries.
    pub(super) fn add_token(
        &mut self,
        token: &Token,
        depth: u32,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        self.all.insert(token.subject());
        self.add_sets(&token.message);
        for signer in token.message.signers.iter().flatten() {
            self.add_of_token(&signer.unsigned_attributes, depth, budget)?;
        }
        Ok(())
    }

    fn add_of_token(
        &mut self,
        attributes: &Attributes,
        depth: u32,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        for attribute in &attributes.all {
            for value in &attribute.values {
                if !Token::is_in(attribute.id) {
                    self.add_plain(attribute.id, value, budget)?;
                } else if depth < MOST_NESTED
                    && let Ok(token) = Token::read(attribute.id, value, budget)?
                {
                    self.add_token(&token, depth + 1, budget)?;
                }
            }
        }
        Ok(())
    }

    /// The objects that the references among what was added refer to.
    pub(super) fn referenced(&self, target: &Target<'_>) -> Vec<Referenced> {
        let all = target.referenced.iter();
        let of_covered = all.filter(|it| self.references.contains(&it.attribute));
        of_covered.cloned().collect()
    }

    /// The objects of the message and the signer that are not among these, a time-stamp itself left out.
    pub(super) fn omitted(
        &self,
        target: &Target<'_>,
        token: &Token,
        budget: &mut Budget,
    ) -> Result<Vec<Subject>, Error> {
        let mut present = Self::default();
        present.add_sets(target.message);
        for attribute in &target.signer.unsigned_attributes.all {
            for value in attribute.values.iter().filter(|value| !token.is_at(value)) {
                present.add_value(target, attribute.id, value, budget)?;
            }
        }
        Ok(present.all.difference(&self.all).cloned().collect())
    }
}
