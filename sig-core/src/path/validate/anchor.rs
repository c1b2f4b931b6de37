//! What the anchor itself says of the paths below it (RFC 5280 §6.1.1 (d), RFC 5937 §3.2).

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oids;
use crate::finding::Finding;
use crate::finding::code::path as codes;
use crate::finding::step::rfc5280_6_1_4;
use crate::path::build::CertificationPath;
use crate::path::inputs::{AnchorRule, AnchorValidity, KeyPurposeScope, ProfileRule};
use crate::x509::certificate::Certificate;

use super::{State, ValidityTimes, demands, subject};

impl State<'_> {
    pub(super) fn apply_anchor(
        &mut self,
        path: &CertificationPath,
        times: ValidityTimes,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let anchor = &path.anchor;
        if path.certificates.is_empty() {
            return Ok(());
        }
        // An anchor needs no extensions, but one that says it is no authority is not made one by trusting
        // it: a person's certificate pinned as an anchor must not issue others.
        let constraints = anchor.extensions.basic_constraints;
        if constraints.is_some_and(|constraints| !constraints.ca) {
            self.add(Finding::new(&codes::NOT_A_CA, subject(anchor)));
        }
        if self.inputs.anchor_validity == AnchorValidity::Checked {
            self.check_authority_validity(anchor, times.authorities);
        }
        if self.inputs.anchor == AnchorRule::NameAndKey {
            return Ok(());
        }
        self.check_critical_extensions(anchor, &rfc5280_6_1_4::O);
        self.check_key_usage(anchor);
        if self.inputs.profile == ProfileRule::Required {
            self.check_anchor_profile(anchor);
        }
        if anchor
            .extensions
            .malformed
            .contains(&oids::NAME_CONSTRAINTS)
        {
            let finding = Finding::new(&codes::EXTENSION_MALFORMED, subject(anchor));
            self.add(finding.with_oid("extension", oids::NAME_CONSTRAINTS));
        }
        self.apply_name_constraints(anchor, budget)?;
        if self.inputs.anchor == AnchorRule::AllConstraints {
            self.apply_all(anchor, budget)?;
        }
        Ok(())
    }

    /// The anchor as certificate 0: what it lacks constrains nothing.
    fn apply_all(
        &mut self,
        anchor: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let extensions = &anchor.extensions;
        for id in &extensions.malformed {
            if *id != oids::NAME_CONSTRAINTS {
                let finding = Finding::new(&codes::EXTENSION_MALFORMED, subject(anchor));
                self.add(finding.with_oid("extension", *id));
            }
        }
        if extensions.certificate_policies.is_some() {
            self.process_policies(anchor, true, budget)?;
        }
        self.check_mappings(anchor);
        self.apply_mappings(anchor, budget)?;
        self.apply_policy_constraints(anchor);
        self.apply_inhibit_any_policy(anchor);
        self.apply_path_length(anchor);
        if self.inputs.key_purpose_scope == KeyPurposeScope::WholePath
            && let Some(purpose) = self.inputs.key_purpose
            && !demands::authority_allows(anchor, purpose)
        {
            let finding = Finding::new(&codes::KEY_PURPOSE, subject(anchor));
            self.add(finding.with_oid("purpose", purpose));
        }
        Ok(())
    }
}
