//! The record of RFC 6960 §3.2 and §4.2.2.2: what was looked at of each response about the certificate.

use std::sync::Arc;

use crate::finding::code::{ocsp as codes, revocation as revocation_codes};
use crate::finding::step::{StepRow, rfc6960_3_2, rfc6960_4_2_2_2, why};
use crate::finding::{StepSubject, Steps, Subject};
use crate::path::build::CertificationPath;

use super::super::{Freshness, Question};
use super::RejectedReason;

/// Steps about one certificate by one response.
pub(super) struct Record<'s> {
    about: StepSubject,
    steps: &'s mut Steps,
}

impl<'s> Record<'s> {
    pub(super) fn of(place: usize, response: Subject, steps: &'s mut Steps) -> Self {
        Self {
            about: StepSubject::certificate(place).by(&Arc::new(response)),
            steps,
        }
    }

    /// The step at which the response was left; what has no step of its own stands in the finding.
    pub(super) fn rejected(&mut self, reason: RejectedReason) {
        let Some(row) = left_at(reason) else {
            return;
        };
        for earlier in rfc6960_3_2::ROWS {
            if earlier.id >= row.id {
                break;
            }
            self.passed(earlier);
        }
        self.steps.failed(row, self.about.clone(), &codes::REJECTED);
    }

    /// Every step of a response that counts.
    pub(super) fn accepted(
        &mut self,
        question: Question<'_>,
        signer: &CertificationPath,
        freshness: Freshness,
    ) {
        for row in [
            &rfc6960_3_2::STEP_1,
            &rfc6960_3_2::STEP_2,
            &rfc6960_3_2::STEP_3,
            &rfc6960_3_2::STEP_4,
        ] {
            self.passed(row);
        }
        let about = self.about.clone();
        self.steps
            .skipped(&rfc6960_4_2_2_2::STEP_1, about, &why::NOT_ASKED);
        let issuer = question.path.issuer_of(question.place);
        let responder = signer.certificates.first().unwrap_or(&signer.anchor);
        let (taken, other) = if responder.octets == issuer.octets {
            (&rfc6960_4_2_2_2::STEP_2, &rfc6960_4_2_2_2::STEP_3)
        } else {
            (&rfc6960_4_2_2_2::STEP_3, &rfc6960_4_2_2_2::STEP_2)
        };
        let about = self.about.clone();
        self.steps.skipped(other, about, &why::OTHER_CASE);
        self.passed(taken);
        self.passed(&rfc6960_3_2::STEP_5);
        let about = self.about.clone();
        let row = &rfc6960_3_2::STEP_6;
        match freshness {
            Freshness::Fresh => self.steps.passed(row, about),
            Freshness::Stale(_) => self.steps.failed(row, about, &revocation_codes::STALE),
            Freshness::NotProvable => {
                let code = &revocation_codes::NO_NEXT_UPDATE;
                self.steps.failed(row, about, code);
            }
        }
    }

    fn passed(&mut self, row: &'static StepRow) {
        self.steps.passed(row, self.about.clone());
    }
}

const fn left_at(reason: RejectedReason) -> Option<&'static StepRow> {
    use RejectedReason as Why;
    Some(match reason {
        Why::HashAlgorithm | Why::IssuerNameHash | Why::IssuerKeyHash | Why::CertificateHash => {
            &rfc6960_3_2::STEP_1
        }
        Why::BadSignature | Why::SignatureAlgorithm => &rfc6960_3_2::STEP_2,
        Why::NoResponder => &rfc6960_3_2::STEP_3,
        Why::OtherAuthority
        | Why::OtherKey
        | Why::NoOcspSigning
        | Why::NoDigitalSignature
        | Why::ResponderValidity
        | Why::ResponderExpired
        | Why::ResponderPath
        | Why::ResponderRevoked
        | Why::ResponderOnHold
        | Why::ResponderStatus
        | Why::OwnResponder => &rfc6960_3_2::STEP_4,
        Why::ThisUpdateLater
        | Why::ProducedLater
        | Why::ProducedBeforeThisUpdate
        | Why::BeforeIssue
        | Why::AfterExpiry => &rfc6960_3_2::STEP_5,
        Why::NextUpdateBeforeThisUpdate => &rfc6960_3_2::STEP_6,
        Why::Unsuccessful(_)
        | Why::OtherType
        | Why::UnknownCriticalExtension
        | Why::MalformedExtension
        | Why::Unknown
        | Why::NeverIssued => return None,
    })
}
