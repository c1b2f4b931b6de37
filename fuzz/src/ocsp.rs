//! OCSP responses.

use std::sync::Arc;

use sig_core::Budget;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::path::build::{CertificationPath, Sources};
use sig_core::trust::revocation::{Offered, Question, SourceObject, UnknownSigner, status};
use sig_core::x509::certificate::Certificate;
use sig_core::x509::ocsp::{BasicOcspResponse, OcspResponse};

use super::{AT, LIMITS, assert_signed, assert_slice};

/// Parts of the input; an answer about a certificate only under a signature that the responder's key verifies.
pub fn ocsp(data: &[u8]) {
    let octets = Octets::from(data);
    let budget = Budget::new(LIMITS);
    let Ok(response) = OcspResponse::from_der(&octets, &mut Budget::new(LIMITS)) else {
        return;
    };
    assert!(OcspResponse::is_likely(&octets, &budget));
    assert_slice(&response.octets, data);
    let Some(basic) = response.basic().cloned() else {
        return;
    };
    assert_signed(&basic.signed, data);
    for single in &basic.responses {
        assert_slice(&single.id.issuer_key_hash, data);
        assert_slice(&single.id.serial, data);
    }
    let response = Arc::new(response);
    let some = basic.certificates.iter().take(2);
    for certificate in some.clone() {
        for issuer in some.clone() {
            ask(&response, &basic, [certificate, issuer]);
        }
    }
}

fn ask(
    response: &Arc<OcspResponse>,
    basic: &BasicOcspResponse,
    [certificate, issuer]: [&Arc<Certificate>; 2],
) {
    let path = CertificationPath {
        certificates: vec![Arc::clone(certificate)],
        anchor: Arc::clone(issuer),
    };
    let question = Question {
        path: &path,
        place: 0,
        certificate,
        at: AT,
        unknown_signer: UnknownSigner::Taken,
    };
    let offered = Offered {
        crls: &[],
        ocsp: std::slice::from_ref(response),
        max_age_days: None,
        fresh_age_days: None,
        sources: Sources::new(std::slice::from_ref(issuer), &[], &RUSTCRYPTO),
    };
    let mut budget = Budget::new(LIMITS);
    let Ok(determined) = status(question, offered, &mut budget) else {
        return;
    };
    let Some(answer) = determined.answer else {
        return;
    };
    for source in &answer.sources {
        assert!(matches!(source.object, SourceObject::Ocsp(_)));
        let signer = source.signer.certificates.first();
        let signer = signer.unwrap_or(&source.signer.anchor);
        let mut budget = Budget::new(LIMITS);
        let verified = basic.signed.verify(&signer.spki, &RUSTCRYPTO, &mut budget);
        assert!(matches!(verified, Ok(Ok(_))));
        assert_ne!(signer.spki, certificate.spki);
    }
}
