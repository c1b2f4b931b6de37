//! RFC 5280 §6.1.4 and RFC 9618 §5.4: preparation for certificate i+1.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oids;
use crate::finding::code::path as codes;
use crate::finding::step::{rfc5280_6_1_4, why};
use crate::finding::{Finding, StepRow, StepSubject};
use crate::path::inputs::KeyPurposeScope;
use crate::path::name_constraints::Subtrees;
use crate::x509::certificate::Certificate;
use crate::x509::extension::name_constraints::NameConstraints;

use super::{Current, RECOGNISED, State, demands, subject};

impl State<'_> {
    pub(super) fn prepare_for_next(
        &mut self,
        current: &Current<'_>,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let certificate = current.certificate;
        self.check_mappings(certificate);
        self.apply_mappings(certificate, budget)?;
        self.pass_on();
        self.apply_name_constraints(certificate, budget)?;
        self.count_down(current.is_self_issued);
        self.apply_policy_constraints(certificate);
        self.apply_inhibit_any_policy(certificate);
        self.check_basic_constraints(certificate);
        self.count_path_length(current);
        self.apply_path_length(certificate);
        self.check_key_usage(certificate);
        self.check_critical_extensions(certificate, &rfc5280_6_1_4::O);
        if self.inputs.key_purpose_scope == KeyPurposeScope::WholePath
            && let Some(purpose) = self.inputs.key_purpose
            && !demands::authority_allows(certificate, purpose)
        {
            let finding = Finding::new(&codes::KEY_PURPOSE, subject(certificate));
            self.add(finding.with_oid("purpose", purpose));
        }
        Ok(())
    }

    /// (a).
    pub(super) fn check_mappings(&mut self, certificate: &Certificate) {
        let Some(mappings) = &certificate.extensions.policy_mappings else {
            return self.skipped(&rfc5280_6_1_4::A, &why::ABSENT);
        };
        let mut policies = mappings
            .pairs
            .iter()
            .flat_map(|pair| [pair.issuer_domain, pair.subject_domain]);
        let mark = self.mark();
        if policies.any(|policy| policy == oids::ANY_POLICY) {
            self.add(Finding::new(
                &codes::ANY_POLICY_MAPPED,
                subject(certificate),
            ));
        }
        self.took(&rfc5280_6_1_4::A, mark);
    }

    /// (b).
    pub(super) fn apply_mappings(
        &mut self,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let Some(mappings) = &certificate.extensions.policy_mappings else {
            self.skipped(&rfc5280_6_1_4::B_1, &why::ABSENT);
            self.skipped(&rfc5280_6_1_4::B_2, &why::ABSENT);
            return Ok(());
        };
        if self.policy_mapping > 0 {
            self.passed(&rfc5280_6_1_4::B_1);
            self.skipped(&rfc5280_6_1_4::B_2, &why::OTHER_CASE);
            self.valid_policy_graph.map(&mappings.pairs, budget)
        } else {
            self.skipped(&rfc5280_6_1_4::B_1, &why::INHIBITED);
            self.passed(&rfc5280_6_1_4::B_2);
            self.valid_policy_graph.delete_mapped(&mappings.pairs);
            Ok(())
        }
    }

    /// (c) to (f): the name and the key of this certificate are what
    /// [`CertificationPath::issuer_of`](crate::path::build::CertificationPath::issuer_of) gives for the next
    /// one. The builder has given keys without parameters those of the key above.
    fn pass_on(&mut self) {
        self.passed(&rfc5280_6_1_4::C);
        self.passed(&rfc5280_6_1_4::D);
        self.passed(&rfc5280_6_1_4::E);
        self.passed(&rfc5280_6_1_4::F);
    }

    /// (g).
    pub(super) fn apply_name_constraints(
        &mut self,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let Some(constraints) = &certificate.extensions.name_constraints else {
            self.skipped(&rfc5280_6_1_4::G_1, &why::ABSENT);
            self.skipped(&rfc5280_6_1_4::G_2, &why::ABSENT);
            return Ok(());
        };
        let mark = self.mark();
        self.add_subtrees(constraints, certificate, budget)?;
        for (row, subtrees) in [
            (&rfc5280_6_1_4::G_1, &constraints.permitted),
            (&rfc5280_6_1_4::G_2, &constraints.excluded),
        ] {
            if subtrees.is_empty() {
                self.skipped(row, &why::ABSENT);
            } else {
                self.took(row, mark);
            }
        }
        Ok(())
    }

    /// Constraints of an authority, the anchor or the caller.
    pub(super) fn add_subtrees(
        &mut self,
        constraints: &NameConstraints,
        stated_by: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        match Subtrees::new(constraints, budget)? {
            Ok(subtrees) => self.subtrees.push(subtrees),
            Err(form) => {
                let finding = Finding::new(&codes::SUBTREE_MALFORMED, subject(stated_by));
                self.add(finding.with_word("form", form.word()));
            }
        }
        Ok(())
    }

    /// (h).
    fn count_down(&mut self, is_self_issued: bool) {
        for (row, variable) in [
            (&rfc5280_6_1_4::H_1, &mut self.explicit_policy),
            (&rfc5280_6_1_4::H_2, &mut self.policy_mapping),
            (&rfc5280_6_1_4::H_3, &mut self.inhibit_any_policy),
        ] {
            let here = StepSubject::certificate(self.place);
            if is_self_issued {
                self.steps.skipped(row, here, &why::SELF_ISSUED);
            } else {
                *variable = variable.saturating_sub(1);
                self.steps.passed(row, here);
            }
        }
    }

    /// (i).
    pub(super) fn apply_policy_constraints(&mut self, certificate: &Certificate) {
        let constraints = certificate.extensions.policy_constraints;
        let explicit = constraints.and_then(|constraints| constraints.require_explicit_policy);
        if let Some(skip) = explicit {
            self.explicit_policy = self.explicit_policy.min(skip);
        }
        self.passed_if(explicit.is_some(), &rfc5280_6_1_4::I_1);
        let mapping = constraints.and_then(|constraints| constraints.inhibit_policy_mapping);
        if let Some(skip) = mapping {
            self.policy_mapping = self.policy_mapping.min(skip);
        }
        self.passed_if(mapping.is_some(), &rfc5280_6_1_4::I_2);
    }

    /// (j).
    pub(super) fn apply_inhibit_any_policy(&mut self, certificate: &Certificate) {
        let inhibit = certificate.extensions.inhibit_any_policy;
        if let Some(inhibit) = inhibit {
            self.inhibit_any_policy = self.inhibit_any_policy.min(inhibit.skip_certificates);
        }
        self.passed_if(inhibit.is_some(), &rfc5280_6_1_4::J);
    }

    /// (k): a certificate of version 1 or 2 has no extension that says so, and none of them is known here
    /// by other means.
    fn check_basic_constraints(&mut self, certificate: &Certificate) {
        let constraints = certificate.extensions.basic_constraints;
        let mark = self.mark();
        if !constraints.is_some_and(|constraints| constraints.ca) {
            self.add(Finding::new(&codes::NOT_A_CA, subject(certificate)));
        }
        self.took(&rfc5280_6_1_4::K, mark);
    }

    /// (l).
    fn count_path_length(&mut self, current: &Current<'_>) {
        if current.is_self_issued {
            return self.skipped(&rfc5280_6_1_4::L, &why::SELF_ISSUED);
        }
        let mark = self.mark();
        match self.max_path_length.checked_sub(1) {
            Some(left) => self.max_path_length = left,
            None => self.add(Finding::new(
                &codes::PATH_LENGTH,
                subject(current.certificate),
            )),
        }
        self.took(&rfc5280_6_1_4::L, mark);
    }

    /// (m).
    pub(super) fn apply_path_length(&mut self, certificate: &Certificate) {
        let constraints = certificate.extensions.basic_constraints;
        let length = constraints.and_then(|constraints| constraints.path_length);
        if let Some(length) = length {
            self.max_path_length = self.max_path_length.min(length);
        }
        self.passed_if(length.is_some(), &rfc5280_6_1_4::M);
    }

    /// (n).
    pub(super) fn check_key_usage(&mut self, certificate: &Certificate) {
        let Some(usage) = certificate.extensions.key_usage else {
            return self.skipped(&rfc5280_6_1_4::N, &why::ABSENT);
        };
        let mark = self.mark();
        if !usage.key_cert_sign() {
            self.add(Finding::new(&codes::NO_CERT_SIGN, subject(certificate)));
        }
        self.took(&rfc5280_6_1_4::N, mark);
    }

    /// (o), and (f) of §6.1.5.
    pub(super) fn check_critical_extensions(
        &mut self,
        certificate: &Certificate,
        row: &'static StepRow,
    ) {
        let mark = self.mark();
        let extensions = &certificate.extensions;
        for extension in extensions.all.iter().filter(|extension| extension.critical) {
            let policies = extensions.certificate_policies.as_ref();
            let unknown_qualifier = extension.id == oids::CERTIFICATE_POLICIES
                && policies.is_some_and(|policies| policies.has_unknown_qualifier);
            if unknown_qualifier || !RECOGNISED.contains(&extension.id) {
                let finding = Finding::new(&codes::CRITICAL_EXTENSION, subject(certificate));
                self.add(finding.with_oid("extension", extension.id));
            }
        }
        self.took(row, mark);
    }
}
