//! RFC 5280 §6.1.4 and RFC 9618 §5.4: preparation for certificate i+1.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oids;
use crate::finding::Finding;
use crate::finding::code::path as codes;
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
        if let Some(constraints) = &certificate.extensions.name_constraints {
            self.add_subtrees(constraints, certificate, budget)?;
        }
        if !current.is_self_issued {
            self.count_down();
        }
        self.apply_policy_constraints(certificate);
        self.apply_inhibit_any_policy(certificate);
        self.check_basic_constraints(certificate);
        if !current.is_self_issued {
            self.count_path_length(certificate);
        }
        self.apply_path_length(certificate);
        self.check_key_usage(certificate);
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
        let mappings = certificate.extensions.policy_mappings.as_ref();
        let maps_any = mappings.is_some_and(|mappings| {
            let mut policies = mappings
                .pairs
                .iter()
                .flat_map(|pair| [pair.issuer_domain, pair.subject_domain]);
            policies.any(|policy| policy == oids::ANY_POLICY)
        });
        if maps_any {
            self.add(Finding::new(
                &codes::ANY_POLICY_MAPPED,
                subject(certificate),
            ));
        }
    }

    /// (b).
    pub(super) fn apply_mappings(
        &mut self,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let Some(mappings) = &certificate.extensions.policy_mappings else {
            return Ok(());
        };
        if self.policy_mapping > 0 {
            self.valid_policy_graph.map(&mappings.pairs, budget)
        } else {
            self.valid_policy_graph.delete_mapped(&mappings.pairs);
            Ok(())
        }
    }

    /// (g), and the constraints of the anchor or the caller.
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
    const fn count_down(&mut self) {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        self.policy_mapping = self.policy_mapping.saturating_sub(1);
        self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
    }

    /// (i).
    pub(super) fn apply_policy_constraints(&mut self, certificate: &Certificate) {
        let Some(constraints) = certificate.extensions.policy_constraints else {
            return;
        };
        if let Some(skip) = constraints.require_explicit_policy {
            self.explicit_policy = self.explicit_policy.min(skip);
        }
        if let Some(skip) = constraints.inhibit_policy_mapping {
            self.policy_mapping = self.policy_mapping.min(skip);
        }
    }

    /// (j).
    pub(super) fn apply_inhibit_any_policy(&mut self, certificate: &Certificate) {
        if let Some(inhibit) = certificate.extensions.inhibit_any_policy {
            self.inhibit_any_policy = self.inhibit_any_policy.min(inhibit.skip_certificates);
        }
    }

    /// (k): a certificate of version 1 or 2 has no extension that says so, and none of them is known here
    /// by other means.
    fn check_basic_constraints(&mut self, certificate: &Certificate) {
        let constraints = certificate.extensions.basic_constraints;
        if !constraints.is_some_and(|constraints| constraints.ca) {
            self.add(Finding::new(&codes::NOT_A_CA, subject(certificate)));
        }
    }

    /// (l).
    fn count_path_length(&mut self, certificate: &Certificate) {
        match self.max_path_length.checked_sub(1) {
            Some(left) => self.max_path_length = left,
            None => self.add(Finding::new(&codes::PATH_LENGTH, subject(certificate))),
        }
    }

    /// (m).
    pub(super) fn apply_path_length(&mut self, certificate: &Certificate) {
        let constraints = certificate.extensions.basic_constraints;
        if let Some(length) = constraints.and_then(|constraints| constraints.path_length) {
            self.max_path_length = self.max_path_length.min(length);
        }
    }

    /// (n).
    pub(super) fn check_key_usage(&mut self, certificate: &Certificate) {
        let usage = certificate.extensions.key_usage;
        if usage.is_some_and(|usage| !usage.key_cert_sign()) {
            self.add(Finding::new(&codes::NO_CERT_SIGN, subject(certificate)));
        }
    }

    /// (o), and (f) of §6.1.5.
    pub(super) fn check_critical_extensions(&mut self, certificate: &Certificate) {
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
    }
}
