//! Files that passed by, digests in place of a document, many files of one run.

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::stream::CmsStream;
use sig_core::cms::stream::content::ContentDigests;
use sig_core::report::bundle::{Bundle, Role};
use sig_core::trust::authorities::Authorities;
use sig_core::validate::bundle::NotBundled;
use sig_core::{Evidence, Validator};
use testdata::cases::Case;

use super::case_inputs::{LIMITS, at, material, validator};
use super::{CASES, DIGESTS, case, read, replay};

fn bundled(case: &Case, validator: &Validator, evidence: &Evidence) -> Result<Vec<u8>, NotBundled> {
    let report = validator.validate(evidence.clone(), at(case)).unwrap();
    Bundle::of(validator, evidence, &report, DIGESTS)
}

/// The signed content is not in the bundle of a file that passed by; what stands around it is.
#[test]
fn a_file_that_passed_by_is_judged_again_without_its_content() {
    let (mut holes, mut refused) = (0, 0);
    for case in CASES.iter().step_by(11) {
        let stream = CmsStream::new(&RUSTCRYPTO, LIMITS).keeping(0);
        let mut stream = stream;
        stream.push(&case.signature).unwrap();
        let Ok(evidence) = stream.finish().and_then(Evidence::from_stream) else {
            continue;
        };
        let evidence = evidence.with_material(material(case, &RUSTCRYPTO));
        let evidence = match &case.content {
            None => evidence,
            Some(content) => {
                let wanted = evidence.wanted_digests().unwrap();
                let mut digests = ContentDigests::new(&RUSTCRYPTO, wanted).keeping(0);
                digests.update(content);
                evidence.with_streamed_content(digests.finish().unwrap())
            }
        };
        let file = match bundled(case, &validator(case, &RUSTCRYPTO), &evidence) {
            Ok(file) => file,
            Err(NotBundled::FileNotKept) => {
                refused += 1;
                continue;
            }
            Err(other) => panic!("{}/{}: {other}", case.area, case.id),
        };
        assert_eq!(replay(&file, &RUSTCRYPTO).differences, [], "{}", case.id);
        let bundle = read(&file);
        assert!(bundle.one(Role::Signature).is_none());
        if bundle.one(Role::SignatureTail).is_some() {
            holes += 1;
            let attached = Evidence::parse(&case.signature, &LIMITS).unwrap();
            let message = attached.message().unwrap();
            let content = message.content.octets().unwrap();
            let inside = |file: &[u8]| file.windows(content.len()).any(|it| it == &**content);
            assert!(content.len() < 8 || !inside(&file), "{}", case.id);
        }
    }
    assert!(holes > 10, "{holes}");
    assert!(refused < 20, "{refused}");
}

#[test]
fn digests_in_place_of_a_document_are_kept() {
    let detached = |case: &&Case| {
        case.content.is_some()
            && case
                .expect
                .codes
                .as_deref()
                .is_some_and(<[String]>::is_empty)
    };
    let case = CASES.iter().find(detached).unwrap();
    let evidence = Evidence::parse(&case.signature, &LIMITS).unwrap();
    let mut digests = ContentDigests::new(&RUSTCRYPTO, evidence.wanted_digests().unwrap());
    digests.update(case.content.as_ref().unwrap());
    let digests = digests.finish().unwrap().digests;
    let evidence = evidence.with_material(material(case, &RUSTCRYPTO));
    let evidence = digests
        .into_iter()
        .fold(evidence, Evidence::with_content_digest);
    let file = bundled(case, &validator(case, &RUSTCRYPTO), &evidence).unwrap();
    assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
}

/// Signatures that were checked for many files cost nothing in each, and the report counts them.
#[test]
fn what_was_checked_for_a_whole_run_is_so_again() {
    let case = case("04-one-signer");
    let mut material = material(case, &RUSTCRYPTO);
    material.trust = None;
    let of_run = Authorities::of_run(
        &material.anchors,
        &material.certificates,
        &material.crls,
        &RUSTCRYPTO,
        LIMITS,
    );
    material.authorities = Some(Arc::new(of_run.unwrap()));
    let evidence = Evidence::parse(&case.signature, &LIMITS).unwrap();
    let evidence = evidence.with_material(material);
    let file = bundled(case, &validator(case, &RUSTCRYPTO), &evidence).unwrap();
    assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
}
