//! Extracts of European trusted lists.

use std::sync::Arc;
use std::sync::LazyLock;

use sig_core::Evidence;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::report::bundle::{Bundle, BundleRejected, Role};
use sig_core::trust::etsi_list::{EtsiExtractRefused, EtsiSnapshot, ServiceStatus};
use sig_core::trust::snapshot::StoredRefused;
use sig_core::x509::certificate::sha256_hex;
use testdata::cases::Case;

use super::bundle_file::{made_anew, with_parts};
use super::case_inputs::{LIMITS, at, evidence, material, validator};
use super::{CASES, DIGESTS, back_ends, bundle, case, read, replay};

const PART: &str = "trust/trusted-lists-extract.bin";

/// A judgement by a list of lists and the list that it points to.
static JUDGED: LazyLock<Vec<u8>> = LazyLock::new(|| judged("qualified-by-list-of-lists"));

fn judged(id: &str) -> Vec<u8> {
    bundle(case(id), DIGESTS, &RUSTCRYPTO).1.unwrap()
}

fn lists(case: &Case) -> Vec<Octets> {
    let lists = case.trusted_lists.iter();
    lists.map(|xml| Octets::from(xml.clone())).collect()
}

fn judge_with(lists: &[Octets], file: &[u8]) -> Result<usize, BundleRejected> {
    let replay = read(file).judge_with_lists(lists, &RUSTCRYPTO)?;
    Ok(replay.differences.len())
}

fn with_extract(file: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    with_parts(file, |name, old| (name == PART).then(|| change(old)))
}

fn unusable() -> BundleRejected {
    BundleRejected::Unusable("trusted-lists-extract")
}

/// With octets exchanged that stand there at least once.
fn exchanged(old: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut new = old.to_vec();
    let places: Vec<usize> = (0..old.len())
        .filter(|at| old[*at..].starts_with(from))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        new[at..at + to.len()].copy_from_slice(to);
    }
    new
}

#[test]
fn an_extract_has_what_was_met_with_its_list_signer_and_pointer() {
    let case = case("qualified-by-list-of-lists");
    let file = &*JUDGED;
    let bundle = read(file);
    let octets = bundle.one(Role::TrustedListsExtract).unwrap();
    assert!(bundle.one(Role::TrustedLists).is_none());
    let whole = material(case, &RUSTCRYPTO).trusted_lists.unwrap();
    assert!(octets.len() * 2 < whole.to_stored().len());
    for algorithms in back_ends() {
        let extract = EtsiSnapshot::from_extract(octets, algorithms, LIMITS).unwrap();
        assert_eq!(
            (extract.id(), extract.digest()),
            (whole.id(), whole.digest())
        );
        assert_eq!(extract.anchors().len(), whole.anchors().len());
        let (of_lists, national) = match extract.editions() {
            [of_lists, national] => (of_lists.list(), national.list()),
            other => panic!("{} lists", other.len()),
        };
        assert_eq!(of_lists.pointers.len(), 1);
        assert_eq!(of_lists.pointers[0].territory.as_deref(), Some("XA"));
        let full = whole.editions()[1].list();
        assert!(!national.services.is_empty());
        assert!(national.services.len() < full.services.len());
        // All of a service, its history too.
        for service in &national.services {
            assert!(full.services.contains(service));
        }
    }
    // The manifest names the lists.
    let text = String::from_utf8_lossy(file);
    for xml in &case.trusted_lists {
        assert!(text.contains(&format!("\"sha256\":\"{}\"", sha256_hex(xml))));
    }
}

/// Without the lists it is shown who signed which digest.
#[test]
fn the_signatures_of_the_lists_are_verified_without_them() {
    let signatures = replay(&JUDGED, &RUSTCRYPTO).list_signatures;
    let whole = material(case("qualified-by-list-of-lists"), &RUSTCRYPTO);
    let whole = whole.trusted_lists.unwrap().signatures();
    assert_eq!(signatures.len(), 2);
    for (signature, whole) in signatures.iter().zip(&whole) {
        assert_eq!(signature.territory, whole.territory);
        assert_eq!(signature.number, whole.number);
        assert_eq!(signature.signed, whole.signed);
        assert!(signature.signed.is_some());
        assert_eq!(signature.signer.octets, whole.signer.octets);
    }
    // Any octet of what was signed, and of the value.
    let extract = read(&JUDGED);
    let extract = extract.one(Role::TrustedListsExtract).unwrap();
    let extract = EtsiSnapshot::from_extract(extract, &RUSTCRYPTO, LIMITS).unwrap();
    for edition in extract.editions() {
        let proof = edition.proof();
        for octets in [proof.signed_info(), proof.value()] {
            for at in [0, octets.len() / 2, octets.len() - 1] {
                let mut changed = octets.to_vec();
                changed[at] ^= 1;
                let file = with_extract(&JUDGED, |old| exchanged(old, octets, &changed));
                let refused = read(&file).judge(&RUSTCRYPTO).map(drop);
                assert_eq!(refused, Err(unusable()), "{at}");
            }
        }
    }
}

#[test]
fn the_lists_confirm_the_extract_and_nothing_else_does() {
    let lists = lists(case("qualified-by-list-of-lists"));
    let file = &*JUDGED;
    assert_eq!(judge_with(&lists, file), Ok(0));
    for missing in 0..lists.len() {
        let mut some = lists.clone();
        some[missing] = [&some[missing][..], b"\n"].concat().into();
        let refused = judge_with(&some, file).unwrap_err();
        assert!(
            matches!(
                refused,
                BundleRejected::TrustedLists(EtsiExtractRefused::ListMissing { .. })
            ),
            "{refused}"
        );
        assert_eq!(refused.part(), Some("trusted-lists"));
    }
}

/// What the extract says its keeper says. A withdrawal that is taken out gives another report, and if the report is
/// written anew, too, the lists tell.
#[test]
fn a_hidden_withdrawal_is_told_by_the_lists() {
    for id in ["signed-after-withdrawal", "issuer-withdrawn"] {
        let case = case(id);
        let file = judged(id);
        let lists = lists(case);
        assert_eq!(judge_with(&lists, &file), Ok(0), "{id}");
        let octets = read(&file).one(Role::TrustedListsExtract).unwrap().clone();
        let honest = EtsiSnapshot::from_extract(&octets, &RUSTCRYPTO, LIMITS).unwrap();
        let services = honest.editions().iter().flat_map(|it| &it.list().services);
        let mut periods = services.flat_map(|service| &service.periods);
        assert!(periods.any(|it| it.status == ServiceStatus::Withdrawn));
        let forged_lists = forged(&octets);
        let one_part = with_extract(&file, |_| forged_lists.clone());
        assert!(!replay(&one_part, &RUSTCRYPTO).differences.is_empty());
        // All of it made anew, with the report that then comes out.
        let lists_of_forger =
            EtsiSnapshot::from_extract(&forged_lists.clone().into(), &RUSTCRYPTO, LIMITS);
        let mut forger = material(case, &RUSTCRYPTO);
        forger.anchors.truncate(case.anchors.len());
        forger.trust_lists(Arc::new(lists_of_forger.unwrap()));
        let evidence = evidence(case, &RUSTCRYPTO).unwrap().with_material(forger);
        let validator = validator(case, &RUSTCRYPTO);
        let report = validator.validate(evidence.clone(), at(case)).unwrap();
        let whole = Bundle::of(&validator, &evidence, &report, DIGESTS).unwrap();
        assert_eq!(replay(&whole, &RUSTCRYPTO).differences, []);
        let refused = judge_with(&lists, &whole).unwrap_err();
        assert!(
            matches!(
                refused,
                BundleRejected::TrustedLists(EtsiExtractRefused::Differs { .. })
            ),
            "{refused}"
        );
    }
}

/// The last period of every service that is withdrawn, by its number in the form, made one that is granted.
fn forged(octets: &[u8]) -> Vec<u8> {
    let snapshot = EtsiSnapshot::from_extract(&octets.into(), &RUSTCRYPTO, LIMITS).unwrap();
    let mut new = octets.to_vec();
    for edition in snapshot.editions() {
        for service in &edition.list().services {
            for period in &service.periods {
                if period.status == ServiceStatus::Withdrawn {
                    // From when, CaQc, withdrawn.
                    let mut from = period.from.seconds().to_le_bytes().to_vec();
                    from.extend([0, 10]);
                    let mut to = from.clone();
                    to[9] = 0;
                    new = exchanged(&new, &from, &to);
                }
            }
        }
    }
    new
}

/// A list that the pointers do not name the signer of, and services under another order.
#[test]
fn an_extract_that_does_not_fit_cannot_be_used() {
    let file = &*JUDGED;
    let judge = |file: &[u8]| read(file).judge(&RUSTCRYPTO).map(drop);
    let cut = with_extract(file, |old| old[..old.len() - 1].to_vec());
    let longer = with_extract(file, |old| [old, &[0]].concat());
    let version = with_extract(file, |old| {
        exchanged(
            old,
            &[1, 0, 0, 0, 0, 0, 0, 0, 64],
            &[2, 0, 0, 0, 0, 0, 0, 0, 64],
        )
    });
    let territory = with_extract(file, |old| exchanged(old, b"\x02\0\0\0XA", b"\x02\0\0\0XB"));
    for changed in [cut, longer, version, territory] {
        assert_eq!(judge(&changed), Err(unusable()));
    }
    // The manifest says another number.
    let numbered = made_anew(
        file,
        "\"territory\":\"XA\",\"number\":",
        "\"territory\":\"XA\",\"number\":1",
    );
    assert_eq!(judge(&numbered), Err(unusable()));
    // A pointer that names others.
    let octets = read(file).one(Role::TrustedListsExtract).unwrap().clone();
    let extract = EtsiSnapshot::from_extract(&octets, &RUSTCRYPTO, LIMITS).unwrap();
    let signer = extract.editions()[1].signer().clone();
    let mut other = signer.to_vec();
    *other.last_mut().unwrap() ^= 1;
    let first = octets
        .windows(signer.len())
        .position(|it| it == &*signer)
        .unwrap();
    let named = with_extract(file, |old| {
        let mut new = old.to_vec();
        new[first..first + other.len()].copy_from_slice(&other);
        new
    });
    assert_eq!(judge(&named), Err(unusable()));
    let large = Octets::from(vec![0; (64 << 20) + 1]);
    let refused = EtsiSnapshot::from_extract(&large, &RUSTCRYPTO, LIMITS).map(drop);
    assert_eq!(refused, Err(StoredRefused::TooLarge));
}

/// No octet of it, whatever becomes of it, makes a list that says more than its file.
#[test]
fn changed_extracts_are_refused_or_another_judgement_or_told_by_the_lists() {
    let lists = lists(case("qualified-by-list-of-lists"));
    let octets = read(&JUDGED)
        .one(Role::TrustedListsExtract)
        .unwrap()
        .clone();
    let mut confirmed = 0;
    for at in (0..octets.len()).step_by(23) {
        let changed = with_extract(&JUDGED, |old| {
            let mut new = old.to_vec();
            new[at] ^= 1;
            new
        });
        confirmed += usize::from(judge_with(&lists, &changed).is_ok());
    }
    assert_eq!(confirmed, 0);
}

/// Every case with European lists, with the lists at hand.
#[test]
fn every_extract_is_a_part_of_its_lists() {
    let mut count = 0;
    for case in CASES.iter().filter(|case| !case.trusted_lists.is_empty()) {
        let file = bundle(case, DIGESTS, &RUSTCRYPTO).1.unwrap();
        assert_eq!(judge_with(&lists(case), &file), Ok(0), "{}", case.id);
        count += 1;
    }
    assert!(count > 20, "{count}");
}

/// An anchor of the caller that a list has, too.
#[test]
fn an_own_anchor_that_is_listed_is_kept_once() {
    let case = case("qualified");
    let mut own = material(case, &RUSTCRYPTO);
    let lists = own.trusted_lists.take().unwrap();
    own.anchors = vec![Arc::clone(lists.anchors().last().unwrap())];
    own.trust_lists(lists);
    let evidence = Evidence::parse(&case.signature, &LIMITS).unwrap();
    let evidence = match &case.content {
        Some(content) => evidence.with_content(content.clone()),
        None => evidence,
    };
    let evidence = evidence.with_material(own);
    let validator = validator(case, &RUSTCRYPTO);
    let report = validator.validate(evidence.clone(), at(case)).unwrap();
    let file = Bundle::of(&validator, &evidence, &report, DIGESTS).unwrap();
    let bundle = read(&file);
    assert_eq!(bundle.of_role(Role::Anchor).count(), 1);
    assert!(bundle.one(Role::TrustedListsExtract).is_some());
    assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
}
