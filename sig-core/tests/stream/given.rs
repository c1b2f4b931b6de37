//! Digests that the caller gives beside a document: they are of that document, or there is no verdict for it.

use sig_core::alg::digest::{Digest, DigestId};
use sig_core::finding::Level;
use sig_core::report::Judged;
use sig_core::{Evidence, UnixTime};
use testdata::cases::{Case, all};
use testdata::variant::SignedAttributes;
use testdata::{Form, Timestamp, Variant, pki};

use super::{LIMITS, RUSTCRYPTO, material, read, validator};

/// The codes at the level of failure.
fn failures(case: &Case, evidence: Evidence) -> Vec<&'static str> {
    let evidence = evidence.with_material(material(case, &RUSTCRYPTO));
    let report = validator(case).validate(evidence, UnixTime::from_seconds(case.at));
    let Judged::Signatures { signatures, .. } = report.unwrap().judged else {
        panic!("a message is judged");
    };
    let findings = signatures.iter().flat_map(|it| &it.findings);
    let failed = findings.filter(|finding| finding.level == Level::Fail);
    failed.map(|finding| finding.code.id).collect()
}

fn digest(algorithm: DigestId, content: &[u8]) -> Digest {
    let algorithm = RUSTCRYPTO.digest(algorithm).unwrap();
    algorithm.digest(content).unwrap()
}

fn given(evidence: Evidence, digests: &[Digest]) -> Evidence {
    let digests = digests.iter().cloned();
    digests.fold(evidence, Evidence::with_content_digest)
}

fn case(id: &str) -> Case {
    let mut cases = all().unwrap().into_iter();
    cases.find(|case| case.id == id).unwrap()
}

#[test]
fn a_digest_of_another_document_is_a_conflict() {
    const DIFFERS: [&str; 1] = ["cms.content.differs"];
    let case = case("04-one-signer");
    let at_hand = || Evidence::parse(&case.signature, &LIMITS).unwrap();
    let message = at_hand();
    let message = message.message().unwrap();
    let content = message.content.octets().unwrap().clone();
    let detached = wanted(&at_hand());
    let own = digest(detached, &content);
    let other = digest(detached, b"another document");
    let weak = digest(DigestId::Sha1, &content);
    for kept in [0, 1 << 20] {
        let readings: [&dyn Fn() -> Evidence; 3] = [
            &at_hand,
            &|| read(&case.signature, 64, kept, LIMITS).unwrap(),
            &|| at_hand().with_content(content.clone()),
        ];
        for evidence in readings {
            let judged = |digests: &[Digest]| failures(&case, given(evidence(), digests));
            assert!(judged(&[]).is_empty());
            assert!(judged(std::slice::from_ref(&own)).is_empty());
            assert!(judged(&[own.clone(), own.clone()]).is_empty());
            assert_eq!(judged(std::slice::from_ref(&other)), DIFFERS);
            assert_eq!(judged(&[own.clone(), other.clone()]), DIFFERS);
            assert_eq!(judged(&[other.clone(), own.clone()]), DIFFERS);
            // A digest by which the signer did not sign shows nothing.
            assert_eq!(
                judged(std::slice::from_ref(&weak)),
                ["cms.content.digest_missing"]
            );
        }
    }
}

fn wanted(evidence: &Evidence) -> DigestId {
    let wanted = evidence.wanted_digests().unwrap();
    *wanted.first().unwrap()
}

#[test]
fn two_digests_of_no_document_are_a_conflict() {
    let mut cases = all().unwrap().into_iter();
    let is_detached = |case: &Case| {
        let codes = case.expect.codes.as_deref();
        case.content.is_some() && codes.is_some_and(<[String]>::is_empty)
    };
    let case = cases.find(is_detached).unwrap();
    let content = case.content.clone().unwrap();
    let evidence = || Evidence::parse(&case.signature, &LIMITS).unwrap();
    let algorithm = wanted(&evidence());
    let own = digest(algorithm, &content);
    let other = digest(algorithm, b"another document");
    let judged = |digests: &[Digest]| failures(&case, given(evidence(), digests));
    assert!(judged(std::slice::from_ref(&own)).is_empty());
    for both in [[own.clone(), other.clone()], [other, own]] {
        assert_eq!(judged(&both), ["cms.content.differs"]);
    }
}

/// What was signed once are the attributes; whoever has only their digest cannot see that they are no document.
#[test]
fn a_digest_does_not_hide_attributes_that_were_stripped() {
    let case = case("01-no-attributes-cms-basic");
    let token = pki::named(&case.pki).unwrap().token("citizen").unwrap();
    let signed = |form, signed_attributes| {
        let variant = Variant {
            signed_attributes,
            ..Variant::default()
        };
        let octets = token.sign(b"content", form, Timestamp(1_793_534_400), &variant);
        Evidence::parse(&octets.unwrap(), &LIMITS).unwrap()
    };
    let stripped = SignedAttributes::StrippedIntoContent;
    let attached = signed(Form::Attached, stripped);
    let set = attached
        .message()
        .unwrap()
        .content
        .octets()
        .unwrap()
        .clone();
    let judged = |evidence| failures(&case, evidence);
    let detached = || signed(Form::Detached, stripped);
    let why = judged(detached().with_content(set.clone()));
    assert!(why.contains(&"cms.signed_attributes.stripped"), "{why:?}");
    let digest = digest(wanted(&attached), &set);
    let needed = ["cms.content.octets_needed"];
    assert_eq!(judged(detached().with_content_digest(digest)), needed);
}
