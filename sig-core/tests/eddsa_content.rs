//! EdDSA signs octets: what a digest of the document proves with signed attributes and what it cannot without
//! (RFC 8419 §3).
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use sig_core::alg::digest::{Digest, DigestId};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::{Indication, Level};
use sig_core::report::Judged;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::{Form, Timestamp, Variant, pki, variant};

const CONTENT: &[u8] = b"content";
const SIGNERS: [(&str, DigestId); 2] = [
    ("person", DigestId::Sha512),
    ("person-448", DigestId::Shake256),
];

fn signature(signer: &str, signed_attributes: variant::SignedAttributes) -> Vec<u8> {
    let token = pki::named("eddsa").unwrap().token(signer).unwrap();
    let variant = Variant {
        signed_attributes,
        ..Variant::default()
    };
    let signing_time = Timestamp(1_793_534_400);
    token
        .sign(CONTENT, Form::Detached, signing_time, &variant)
        .unwrap()
}

fn judge(signature: &[u8], give: impl Fn(Evidence) -> Evidence) -> (Indication, Vec<String>) {
    let pki = pki::named("eddsa").unwrap();
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    let root = &pki.certificate("root").unwrap().der;
    material.add_anchors(root, &limits).unwrap();
    for crl in ["root", "ca"] {
        material.add(pki.crl(crl).unwrap(), &limits).unwrap();
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("cms-basic").unwrap(),
        limits,
    };
    let evidence = Evidence::parse(signature, &limits).unwrap();
    let at = UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap();
    let report = validator.validate(give(evidence.with_material(material)), at);
    let Judged::Signatures { signatures, .. } = report.unwrap().judged else {
        panic!("signatures are judged");
    };
    let findings = signatures[0].findings.iter();
    let codes = findings
        .filter(|finding| finding.level == Level::Fail)
        .map(|finding| finding.code.id.to_owned())
        .collect();
    (signatures[0].conclusion.indication, codes)
}

fn digest(algorithm: DigestId, content: &[u8]) -> Digest {
    let algorithm = RUSTCRYPTO.digest(algorithm).unwrap();
    algorithm.digest(content).unwrap()
}

#[test]
fn with_signed_attributes_a_digest_is_enough() {
    for (signer, algorithm) in SIGNERS {
        let signature = signature(signer, variant::SignedAttributes::Sorted);
        let by_digest = |content: &'static [u8]| {
            judge(&signature, move |evidence| {
                evidence.with_content_digest(digest(algorithm, content))
            })
        };
        assert_eq!(by_digest(CONTENT), (Indication::TotalPassed, Vec::new()));
        let (_, codes) = by_digest(b"other");
        assert_eq!(codes, ["crypto.digest.mismatch"]);
    }
}

#[test]
fn without_them_the_octets_are_needed() {
    for (signer, algorithm) in SIGNERS {
        let signature = signature(signer, variant::SignedAttributes::None);
        let by_octets = |content: &'static [u8]| {
            judge(&signature, move |evidence| evidence.with_content(content))
        };
        assert_eq!(by_octets(CONTENT), (Indication::TotalPassed, Vec::new()));
        assert_eq!(by_octets(b"other").1, ["crypto.signature.invalid"]);
        let (indication, codes) = judge(&signature, |evidence| {
            evidence.with_content_digest(digest(algorithm, CONTENT))
        });
        assert_eq!(indication, Indication::Indeterminate);
        assert_eq!(codes, ["cms.content.octets_needed"]);
    }
}
