//! RFC 5280 §6.1.3 and RFC 9618 §5.3: basic certificate processing.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::Finding;
use crate::finding::code::{certificate as certificate_codes, path as codes};
use crate::path::inputs::ProfileRule;
use crate::path::name_constraints::{self, Names, Place, Violation};
use crate::x509::certificate::Certificate;
use crate::x509::name_match;

use super::{Current, State, ValidityTimes, subject};

impl State<'_> {
    pub(super) fn process(
        &mut self,
        current: &Current<'_>,
        times: ValidityTimes,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        self.check_structure(current.certificate);
        if !current.is_last {
            self.check_authority_validity(current.certificate, times.authorities);
        }
        self.check_name_chaining(current, budget)?;
        self.check_name_constraints(current, budget)?;
        self.process_policies(current, budget)?;
        self.check_explicit_policy(current.certificate);
        self.check_critical_extensions(current.certificate);
        if self.inputs.profile == ProfileRule::Required {
            self.check_profile(current.certificate);
        }
        Ok(())
    }

    /// Encodings that make a certificate unusable, §4.1.1.2 and §4.2.
    fn check_structure(&mut self, certificate: &Certificate) {
        let about = || subject(certificate);
        if certificate.tbs_signature.octets != certificate.signed.algorithm.octets {
            self.add(Finding::new(&codes::ALGORITHMS_DIFFER, about()));
        }
        for id in &certificate.extensions.duplicates {
            self.add(Finding::new(&codes::DUPLICATE_EXTENSION, about()).with_oid("extension", *id));
        }
        for id in &certificate.extensions.malformed {
            self.add(Finding::new(&codes::EXTENSION_MALFORMED, about()).with_oid("extension", *id));
        }
        for deviation in &certificate.extensions.deviations {
            self.add(
                Finding::new(&certificate_codes::LENIENCY, about())
                    .with_word("deviation", deviation.kind.word())
                    .with_count("offset", deviation.offset as u64),
            );
        }
    }

    /// (a)(2), for authorities.
    pub(super) fn check_authority_validity(&mut self, certificate: &Certificate, at: UnixTime) {
        if at < certificate.not_before {
            self.add(
                Finding::new(&codes::CA_NOT_YET_VALID, subject(certificate))
                    .with_time("not_before", certificate.not_before)
                    .with_time("at", at),
            );
        }
        if at > certificate.not_after {
            self.add(
                Finding::new(&codes::CA_EXPIRED, subject(certificate))
                    .with_time("not_after", certificate.not_after)
                    .with_time("at", at),
            );
        }
    }

    /// (a)(4), and names that must not be empty (§4.1.2.4).
    fn check_name_chaining(
        &mut self,
        current: &Current<'_>,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let (issuer, certificate) = (current.issuer, current.certificate);
        let chains = !certificate.issuer.is_empty()
            && name_match::matches(&issuer.subject, &certificate.issuer, budget)?;
        if !chains {
            self.add(Finding::new(&codes::NAME_CHAINING, subject(certificate)));
        }
        Ok(())
    }

    /// (b) and (c).
    fn check_name_constraints(
        &mut self,
        current: &Current<'_>,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let is_exempt = current.is_self_issued && !current.is_last;
        if is_exempt || self.subtrees.is_empty() {
            return Ok(());
        }
        let place = if current.is_last {
            Place::EndEntity
        } else {
            Place::Authority
        };
        let names = Names::of(current.certificate, place, budget)?;
        let mut found = Vec::new();
        for subtrees in &self.subtrees {
            if let Some(violation) = name_constraints::check(subtrees, &names, budget)?
                && !found.contains(&violation)
            {
                found.push(violation);
            }
        }
        for violation in found {
            let (code, form) = match violation {
                Violation::NotPermitted(form) => (&codes::NAME_NOT_PERMITTED, form),
                Violation::Excluded(form) => (&codes::NAME_EXCLUDED, form),
                Violation::Unsupported(form) => (&codes::NAME_FORM_UNSUPPORTED, form),
                Violation::Malformed(form) => (&codes::NAME_MALFORMED, form),
            };
            let finding = Finding::new(code, subject(current.certificate));
            self.add(finding.with_word("form", form.word()));
        }
        Ok(())
    }

    /// (d) and (e).
    fn process_policies(
        &mut self,
        current: &Current<'_>,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let Some(policies) = &current.certificate.extensions.certificate_policies else {
            self.valid_policy_graph.make_null();
            return Ok(());
        };
        let any_policy_counts =
            self.inhibit_any_policy > 0 || (!current.is_last && current.is_self_issued);
        self.valid_policy_graph
            .add_policies(&policies.policies, any_policy_counts, budget)
    }

    /// (f).
    fn check_explicit_policy(&mut self, certificate: &Certificate) {
        if self.explicit_policy == 0 && self.valid_policy_graph.is_null() {
            self.fail_policy(certificate);
        }
    }

    pub(super) fn fail_policy(&mut self, certificate: &Certificate) {
        if !self.policy_failed {
            self.policy_failed = true;
            self.add(Finding::new(&codes::NO_VALID_POLICY, subject(certificate)));
        }
    }
}
