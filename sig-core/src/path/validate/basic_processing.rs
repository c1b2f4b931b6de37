//! RFC 5280 §6.1.3 and RFC 9618 §5.3: basic certificate processing.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::code::{certificate as certificate_codes, path as codes};
use crate::finding::step::{rfc5280_6_1_3, why};
use crate::finding::{Code, Finding, StepOutcome};
use crate::path::name_constraints::{self, Names, Place, Violation};
use crate::x509::certificate::Certificate;
use crate::x509::extension::general_name::NameForm;
use crate::x509::name_match;

use super::{Current, State, ValidityTimes, subject};

impl State<'_> {
    pub(super) fn process(
        &mut self,
        current: &Current<'_>,
        times: ValidityTimes,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        self.check_algorithm(current.certificate);
        self.check_extensions(current.certificate);
        if current.is_last {
            self.skipped(&rfc5280_6_1_3::A_2, &why::JUDGED_LAST);
        } else {
            self.check_authority_validity(current.certificate, times.authorities);
        }
        self.check_name_chaining(current, budget)?;
        self.check_name_constraints(current, budget)?;
        let any_policy_counts =
            self.inhibit_any_policy > 0 || (!current.is_last && current.is_self_issued);
        self.process_policies(current.certificate, any_policy_counts, budget)?;
        self.check_explicit_policy(current.certificate);
        Ok(())
    }

    /// (a)(1): the builder verified the signature; what is signed says by which algorithm (§4.1.1.2).
    fn check_algorithm(&mut self, certificate: &Certificate) {
        let mark = self.mark();
        if certificate.tbs_signature.octets != certificate.signed.algorithm.octets {
            let finding = Finding::new(&codes::ALGORITHMS_DIFFER, subject(certificate));
            self.add(finding);
        }
        self.took(&rfc5280_6_1_3::A_1, mark);
    }

    /// Encodings that make a certificate unusable, §4.2.
    fn check_extensions(&mut self, certificate: &Certificate) {
        let about = || subject(certificate);
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
        let mark = self.mark();
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
        self.took(&rfc5280_6_1_3::A_2, mark);
    }

    /// (a)(4), and names that must not be empty (§4.1.2.4).
    fn check_name_chaining(
        &mut self,
        current: &Current<'_>,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let (issuer, certificate) = (current.issuer, current.certificate);
        let mark = self.mark();
        let chains = !certificate.issuer.is_empty()
            && name_match::matches(&issuer.subject, &certificate.issuer, budget)?;
        if !chains {
            self.add(Finding::new(&codes::NAME_CHAINING, subject(certificate)));
        }
        self.took(&rfc5280_6_1_3::A_4, mark);
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
            let why = if is_exempt {
                &why::SELF_ISSUED
            } else {
                &why::NOT_LIMITED
            };
            self.skipped(&rfc5280_6_1_3::B, why);
            self.skipped(&rfc5280_6_1_3::C, why);
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
        self.record_names(&found);
        for violation in found {
            let (code, form) = code_of(&violation);
            let finding = Finding::new(code, subject(current.certificate));
            self.add(finding.with_word("form", form.word()));
        }
        Ok(())
    }

    /// The comparison of a form ends at its first violation, so (b) says nothing where (c) failed, and the
    /// other way round.
    fn record_names(&mut self, found: &[Violation]) {
        for row in [&rfc5280_6_1_3::B, &rfc5280_6_1_3::C] {
            let codes: Vec<_> = found
                .iter()
                .map(|violation| code_of(violation).0)
                .filter(|code| row.findings.contains(code))
                .collect();
            let outcome = match (found, codes.is_empty()) {
                ([], _) => StepOutcome::Passed,
                (_, true) => StepOutcome::NotApplicable(&why::NOT_REACHED),
                (_, false) => StepOutcome::Failed(codes),
            };
            self.steps.add(row, self.here(), outcome);
        }
    }

    /// (d) and (e).
    pub(super) fn process_policies(
        &mut self,
        certificate: &Certificate,
        any_policy_counts: bool,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let lettered = [
            &rfc5280_6_1_3::D_1,
            &rfc5280_6_1_3::D_2,
            &rfc5280_6_1_3::D_3,
        ];
        let Some(policies) = &certificate.extensions.certificate_policies else {
            self.valid_policy_graph.make_null();
            for row in lettered {
                self.skipped(row, &why::ABSENT);
            }
            self.passed(&rfc5280_6_1_3::E);
            return Ok(());
        };
        if self.valid_policy_graph.is_null() {
            for row in lettered {
                self.skipped(row, &why::NULL);
            }
        } else {
            self.passed(&rfc5280_6_1_3::D_1);
            if !policies.policies.contains(&oids::ANY_POLICY) {
                self.skipped(&rfc5280_6_1_3::D_2, &why::NO_ANY_POLICY);
            } else if any_policy_counts {
                self.passed(&rfc5280_6_1_3::D_2);
            } else {
                self.skipped(&rfc5280_6_1_3::D_2, &why::INHIBITED);
            }
            self.passed(&rfc5280_6_1_3::D_3);
        }
        self.skipped(&rfc5280_6_1_3::E, &why::OTHER_CASE);
        self.valid_policy_graph
            .add_policies(&policies.policies, any_policy_counts, budget)
    }

    /// (f).
    fn check_explicit_policy(&mut self, certificate: &Certificate) {
        let outcome = if self.explicit_policy == 0 && self.valid_policy_graph.is_null() {
            self.fail_policy(certificate)
        } else {
            StepOutcome::Passed
        };
        self.steps.add(&rfc5280_6_1_3::F, self.here(), outcome);
    }

    /// The finding is made once, the step fails wherever it is taken.
    pub(super) fn fail_policy(&mut self, certificate: &Certificate) -> StepOutcome {
        if !self.policy_failed {
            self.policy_failed = true;
            self.add(Finding::new(&codes::NO_VALID_POLICY, subject(certificate)));
        }
        StepOutcome::Failed(vec![&codes::NO_VALID_POLICY])
    }
}

const fn code_of(violation: &Violation) -> (&'static Code, NameForm) {
    match *violation {
        Violation::NotPermitted(form) => (&codes::NAME_NOT_PERMITTED, form),
        Violation::Excluded(form) => (&codes::NAME_EXCLUDED, form),
        Violation::Unsupported(form) => (&codes::NAME_FORM_UNSUPPORTED, form),
        Violation::Malformed(form) => (&codes::NAME_MALFORMED, form),
    }
}
