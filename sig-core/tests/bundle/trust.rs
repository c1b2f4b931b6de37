//! Of a trust list a bundle has what was met; the list itself shows that the extract is a part of it.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::report::bundle::{Bundle, BundleRejected, Role};
use sig_core::report::json;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{
    Assembly, ExtractRefused, ListSigner, OwnFile, StoredRefused, TrustSnapshot,
};
use sig_core::x509::crl::CertificateList;
use sig_core::{Budget, Evidence, Material, Policy, UnixTime, Validator};
use testdata::list::{Authority, List, StatusValue};
use testdata::{Timestamp, demo, pki};

use super::bundle_file::with_parts;
use super::case_inputs::LIMITS;
use super::{DIGESTS, back_ends, read, replay};

/// A judgement by two versions of a list with every certificate of every test PKI as an authority.
struct Judged {
    snapshot: TrustSnapshot,
    lists: [Octets; 2],
    bundle: Vec<u8>,
}

static JUDGED: LazyLock<Judged> = LazyLock::new(judged);

fn demo_certificate(id: &str) -> Vec<u8> {
    let pki = demo::pki().unwrap();
    pki.certificate(id).unwrap().der.to_vec()
}

fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

fn list(version: u64, date: &str, certificates: &[Vec<u8>]) -> Octets {
    let since = Timestamp(time("2020-02-01T00:00:00+03:00").seconds());
    let authorities = certificates.iter().map(|certificate| Authority {
        name: format!("Authority of version {version}"),
        ogrn: "0000000000110".to_owned(),
        history: vec![(StatusValue::Valid, since)],
        certificates: vec![certificate.clone()],
    });
    let list = List {
        version,
        date: Timestamp(time(date).seconds()),
        authorities: authorities.collect(),
        text: 400,
    };
    list.signed(demo::pki().unwrap(), "ministry")
        .unwrap()
        .into()
}

fn judged() -> Judged {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for name in pki::names() {
        for certificate in pki::named(name).unwrap().certificates() {
            all.push(certificate.der.to_vec());
        }
    }
    all.sort();
    all.dedup();
    assert!(all.len() > 100, "{}", all.len());
    let lists = [
        list(10, "2025-06-01T00:00:00Z", &all[..all.len() / 2]),
        list(11, "2026-10-01T00:00:00Z", &all),
    ];
    let at = time("2026-11-21T12:00:00Z");
    let mut material = Material::default();
    material
        .add_anchors(&demo_certificate("root"), &LIMITS)
        .unwrap();
    for id in ["root", "ca", "foreign-ca"] {
        let crl = demo::pki().unwrap().crl(id).unwrap();
        material.add(crl, &LIMITS).unwrap();
    }
    let pin = ListSigner {
        anchors: material.anchors.clone(),
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: at,
    };
    let mut crls = std::mem::take(&mut material.crls);
    let mut offered = crls.split_off(1);
    // A caller may offer what the snapshot has, and offer it twice.
    offered.extend([Arc::clone(&crls[0]), Arc::clone(&offered[0])]);
    crls.push(Arc::clone(&crls[0]));
    let assembly = Assembly {
        previous: None,
        lists: lists.to_vec(),
        crls,
        pin: &pin,
    };
    let snapshot = TrustSnapshot::assemble(assembly, &RUSTCRYPTO, ListLimits::STANDARD)
        .unwrap()
        .with_crls(offered, &RUSTCRYPTO)
        .unwrap();
    material.trust = Some(Arc::new(snapshot.clone()));
    let signed_at = Timestamp(1_795_000_000);
    let signature = demo::token().unwrap().sign_attached(b"content", signed_at);
    let evidence = Evidence::parse(&signature.unwrap(), &LIMITS).unwrap();
    let evidence = evidence.with_material(material);
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("ru-qes").unwrap(),
        limits: LIMITS,
    };
    let report = validator.validate(evidence.clone(), at).unwrap();
    assert!(json::write(&report).contains("\"QUALIFIED\""));
    let bundle = Bundle::of(&validator, &evidence, &report, DIGESTS).unwrap();
    Judged {
        snapshot,
        lists,
        bundle,
    }
}

fn judge_with(lists: &[Octets], bundle: &[u8]) -> Result<usize, BundleRejected> {
    let replay = read(bundle).judge_with_lists(lists, &RUSTCRYPTO)?;
    Ok(replay.differences.len())
}

#[test]
fn an_extract_is_small_and_answers_the_same_on_every_back_end() {
    let judged = &*JUDGED;
    let bundle = read(&judged.bundle);
    let extract = bundle.one(Role::TrustExtract).unwrap();
    let whole = judged.snapshot.to_stored();
    assert!(
        extract.len() * 10 < whole.len(),
        "{} of {}",
        extract.len(),
        whole.len()
    );
    let stranger = pki::named("p256").unwrap();
    let stranger = stranger.certificates().next().unwrap().der.to_vec();
    let holds = |file: &[u8]| file.windows(stranger.len()).any(|it| it == stranger);
    assert!(holds(&whole) && !holds(&judged.bundle));
    for algorithms in back_ends() {
        let replay = replay(&judged.bundle, algorithms);
        assert_eq!(replay.differences, [], "{}", algorithms.name);
        let trust = replay.report.trust.unwrap();
        assert_eq!(trust.digest, judged.snapshot.digest());
    }
}

/// Of a list that is passed over by the name of its issuer, that name is kept.
#[test]
fn revocation_lists_of_nobody_who_matters_are_left_out() {
    let bundle = read(&JUDGED.bundle);
    let pki = demo::pki().unwrap();
    let kept: Vec<&[u8]> = bundle
        .of_role(Role::TrustCrl)
        .map(|it| &*it.octets)
        .collect();
    assert_eq!(kept, [pki.crl("ca").unwrap()]);
    let issuers = bundle.one(Role::TrustCrlIssuers).unwrap();
    let foreign = pki.crl("foreign-ca").unwrap();
    assert!(foreign.windows(issuers.len()).any(|it| it == &**issuers));
    let twice = with_parts(&JUDGED.bundle, |name, old| {
        (name == "trust/crl-issuers.der").then(|| [old, old].concat())
    });
    // One list more that is passed over.
    let again = replay(&twice, &RUSTCRYPTO);
    assert_eq!(again.differences.len(), 1);
    let place = again.differences[0]
        .pointer
        .strip_suffix("/name_comparisons");
    assert!(place.is_some_and(|it| it.ends_with("work")));
    let broken = with_parts(&JUDGED.bundle, |name, old| {
        (name == "trust/crl-issuers.der").then(|| old[1..].to_vec())
    });
    let refused = read(&broken).judge(&RUSTCRYPTO).unwrap_err();
    assert_eq!(refused, BundleRejected::Unusable("trust-crl-issuers"));
}

#[test]
fn the_lists_confirm_the_extract_and_nothing_else_does() {
    let Judged { lists, bundle, .. } = &*JUDGED;
    assert_eq!(judge_with(lists, bundle), Ok(0));
    let [old, new] = lists.clone();
    assert_eq!(judge_with(&[new.clone(), old.clone()], bundle), Ok(0));
    let missing = |version| {
        Err(BundleRejected::Extract(ExtractRefused::ListMissing(
            version,
        )))
    };
    assert_eq!(judge_with(std::slice::from_ref(&old), bundle), missing(11));
    assert_eq!(judge_with(std::slice::from_ref(&new), bundle), missing(10));
    let edited = [&new[..], b"\n"].concat();
    assert_eq!(judge_with(&[old, edited.into()], bundle), missing(11));
}

/// What an extract says, its keeper says: another status, all digests made anew, gives another report, and the lists
/// tell that it is not theirs.
#[test]
fn an_edited_extract_gives_another_report_and_is_no_part_of_the_lists() {
    let Judged { lists, bundle, .. } = &*JUDGED;
    let edited = with_parts(bundle, |name, old| {
        (name == "trust/extract.bin").then(|| {
            let word = "Действует".as_bytes();
            let mut new = old[..old.len() - 32].to_vec();
            let places: Vec<usize> = (0..new.len())
                .filter(|at| new[*at..].starts_with(word))
                .collect();
            assert!(!places.is_empty());
            for at in places {
                // Another letter: a status that nobody knows.
                new[at + 1] ^= 1;
            }
            let checksum = Sha256::digest(&new);
            new.extend_from_slice(&checksum);
            new
        })
    });
    let again = replay(&edited, &RUSTCRYPTO);
    let places: Vec<&str> = again
        .differences
        .iter()
        .map(|it| it.pointer.as_str())
        .collect();
    let qualified = "/signatures/0/qualified/verdict";
    assert!(places.contains(&qualified), "{places:?}");
    let differs = judge_with(lists, &edited).unwrap_err();
    let expected =
        [10, 11].map(|version| BundleRejected::Extract(ExtractRefused::Differs(version)));
    assert!(expected.contains(&differs), "{differs}");
}

/// Who signed which digest of each version is shown without the lists, down to a root.
#[test]
fn the_signatures_of_the_lists_are_verified_without_them() {
    let Judged {
        snapshot, bundle, ..
    } = &*JUDGED;
    let signatures = replay(bundle, &RUSTCRYPTO).list_signatures;
    assert_eq!(signatures.len(), 2);
    for (signature, edition) in signatures.iter().zip(snapshot.editions()) {
        assert_eq!(signature.number, edition.version());
        assert_eq!(signature.sha256, edition.digest());
        assert_eq!(signature.signer.octets, edition.signer().octets);
        let signed = signature.signed.as_ref().unwrap();
        let info = edition.proof().unwrap().signed_info();
        let digest = base64::engine::general_purpose::STANDARD.encode(&signed.digest.value);
        assert!(String::from_utf8_lossy(info).contains(&digest));
    }
    let unusable = Err(BundleRejected::Unusable("trust-extract"));
    let sealed = |mut octets: Vec<u8>| {
        octets.truncate(octets.len() - 32);
        let checksum = Sha256::digest(&octets);
        octets.extend_from_slice(&checksum);
        octets
    };
    for edition in snapshot.editions() {
        let proof = edition.proof().unwrap();
        for octets in [proof.signed_info(), proof.value()] {
            for place in [0, octets.len() / 2, octets.len() - 1] {
                let file = with_extract(|old| {
                    let start = old.windows(octets.len()).position(|it| it == &**octets);
                    let mut new = old.to_vec();
                    new[start.unwrap() + place] ^= 1;
                    sealed(new)
                });
                let refused = read(&file).judge(&RUSTCRYPTO).map(drop);
                assert_eq!(refused, unusable, "{place}");
            }
        }
    }
    // Without one nothing is said of it, and the report is the same.
    let newest = snapshot.newest().proof().unwrap();
    let without = with_extract(|old| {
        let start = old
            .windows(newest.signed_info().len())
            .position(|it| it == &**newest.signed_info())
            .unwrap();
        let end = start + newest.signed_info().len() + 8 + newest.value().len();
        let mut content = old[24..old.len() - 32].to_vec();
        content.drain(start - 8 - 24..end - 24);
        content[start - 9 - 24] = 0;
        let length = u64::try_from(content.len()).unwrap().to_le_bytes();
        sealed([&old[..16], &length, &content, &[0; 32]].concat())
    });
    let again = replay(&without, &RUSTCRYPTO);
    assert_eq!(again.differences, []);
    let signed = again.list_signatures.iter().map(|it| it.signed.is_some());
    assert_eq!(signed.collect::<Vec<_>>(), [true, false]);
}

/// An extract without a checksum of its own, and one of other lists.
#[test]
fn an_extract_that_does_not_fit_cannot_be_used() {
    let Judged { bundle, .. } = &*JUDGED;
    let unusable = Err(BundleRejected::Unusable("trust-extract"));
    let judge = |file: &[u8]| read(file).judge(&RUSTCRYPTO).map(drop);
    let broken = with_parts(bundle, |name, old| {
        (name == "trust/extract.bin").then(|| [&old[..old.len() - 1], &[0]].concat())
    });
    assert_eq!(judge(&broken), unusable);
    let snapshot = &JUDGED.snapshot;
    let other = with_parts(bundle, |name, old| {
        let text = std::str::from_utf8(old).ok()?;
        let id = format!("\"trust\":{{\"id\":\"{}\"", snapshot.id());
        (name == "manifest.json" && text.contains(&id)).then(|| {
            let to = id.replace("mintsifry-11", "mintsifry-12");
            text.replacen(&id, &to, 1).into_bytes()
        })
    });
    assert_eq!(judge(&other), unusable);
}

/// A stored form with its revocation list and what stands around it exchanged, sealed again. `change` is given the digest,
/// the DER and the saved index.
fn with_own_list(
    stored: &[u8],
    crl: &[u8],
    change: impl FnOnce(&[u8], &[u8]) -> [Vec<u8>; 3],
) -> Vec<u8> {
    let number = |octets: &[u8]| u64::try_from(octets.len()).unwrap().to_le_bytes();
    let start = stored.windows(crl.len()).position(|it| it == crl).unwrap();
    let (digest, end) = (start - 8 - 32, start + crl.len());
    assert_eq!(stored[end..end + 8], [0; 8], "a small list has no index");
    let [new, der, index] = change(&stored[digest..digest + 32], crl);
    let own = [&new[..], &number(&der), &der, &number(&index), &index];
    let content = [
        &stored[24..digest],
        &own.concat(),
        &stored[end + 8..stored.len() - 32],
    ];
    let content = content.concat();
    let mut whole = [&stored[..16], &number(&content), &content].concat();
    let checksum = Sha256::digest(&whole);
    whole.extend_from_slice(&checksum);
    whole
}

fn with_extract(change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    with_parts(&JUDGED.bundle, |name, old| {
        (name == "trust/extract.bin").then(|| change(old))
    })
}

/// The index of a list that somebody else saved, as it is and without its rows: that would hide every revocation.
#[test]
fn an_index_of_a_revocation_list_in_an_extract_is_refused() {
    let pki = demo::pki().unwrap();
    let crl = pki.crl("root").unwrap();
    let octets = Octets::from(crl.to_vec());
    let list = CertificateList::from_der(&octets, &mut Budget::new(LIMITS)).unwrap();
    let saved = list.index_to_bytes();
    let mut emptied = saved[..104].to_vec();
    emptied[80..96].fill(0);
    let checksum = Sha256::digest(&emptied);
    emptied.extend_from_slice(&checksum);
    let with_index = |index: &[u8]| {
        with_extract(|old| {
            with_own_list(old, crl, |digest, der| {
                [digest.to_vec(), der.to_vec(), index.to_vec()]
            })
        })
    };
    assert_eq!(replay(&with_index(&[]), &RUSTCRYPTO).differences, []);
    for index in [&saved[..], &emptied, b"octets"] {
        let refused = read(&with_index(index)).judge(&RUSTCRYPTO).unwrap_err();
        assert_eq!(refused, BundleRejected::Unusable("trust-extract"));
    }
}

/// The name of a snapshot is made of the digests of its revocation lists: each is that of the list beside it.
#[test]
fn a_revocation_list_under_the_digest_of_another_is_refused() {
    let pki = demo::pki().unwrap();
    let [crl, other] = ["root", "foreign-ca"].map(|id| pki.crl(id).unwrap());
    let exchanged = |stored: &[u8]| {
        with_own_list(stored, crl, |digest, _| {
            [digest.to_vec(), other.to_vec(), Vec::new()]
        })
    };
    let refused = read(&with_extract(exchanged)).judge(&RUSTCRYPTO);
    assert_eq!(
        refused.map(drop),
        Err(BundleRejected::Unusable("trust-extract"))
    );
    let own = |stored: Vec<u8>| {
        let file = OwnFile::vouched(stored.into());
        TrustSnapshot::from_stored(&file, &RUSTCRYPTO, ListLimits::STANDARD).map(drop)
    };
    let stored = JUDGED.snapshot.to_stored();
    assert_eq!(own(stored.clone()), Ok(()));
    assert_eq!(own(exchanged(&stored)), Err(StoredRefused::Inconsistent));
}

#[test]
fn an_extract_over_its_bounds_is_refused() {
    let large = Octets::from(vec![0; (64 << 20) + 1]);
    let refused = TrustSnapshot::from_extract(&large, &RUSTCRYPTO, ListLimits::STANDARD);
    assert_eq!(refused.unwrap_err(), StoredRefused::TooLarge);
    // The last certificate again and again, behind those that others name.
    let of_certificates = |count: usize| {
        with_extract(|old| {
            let number = |at: usize| {
                let octets = old[at..].first_chunk().copied().unwrap();
                usize::try_from(u32::from_le_bytes(octets)).unwrap()
            };
            let long = |number: usize| u64::try_from(number).unwrap().to_le_bytes();
            let text = |at: usize| at + 4 + number(at);
            let table = text(text(24) + 32);
            let known = number(table);
            let blob = table + 4 + 4 * known;
            let end = blob + 8 + number(blob);
            let last = number(blob - 4);
            let more = count - known;
            let content = [
                &old[24..table],
                &u32::try_from(count).unwrap().to_le_bytes(),
                &old[table + 4..blob],
                &old[blob - 4..blob].repeat(more),
                &long(end - blob - 8 + last * more),
                &old[blob + 8..end],
                &old[end - last..end].repeat(more),
                &old[end..old.len() - 32],
            ];
            let content = content.concat();
            let mut whole = [&old[..16], &long(content.len()), &content].concat();
            let checksum = Sha256::digest(&whole);
            whole.extend_from_slice(&checksum);
            whole
        })
    };
    let judge = |count| read(&of_certificates(count)).judge(&RUSTCRYPTO);
    assert_eq!(judge(4_096).map(|it| it.differences), Ok(Vec::new()));
    let refused = judge(4_097).map(drop);
    assert_eq!(refused, Err(BundleRejected::Unusable("trust-extract")));
}

#[test]
fn names_of_issuers_are_bounded() {
    let of_names = |count: usize| {
        with_parts(&JUDGED.bundle, |name, old| {
            (name == "trust/crl-issuers.der").then(|| old.repeat(count))
        })
    };
    let judge = |count| read(&of_names(count)).judge(&RUSTCRYPTO).map(drop);
    let too_much = Err(BundleRejected::TooMuch("trust-crl-issuers"));
    assert_ne!(judge(4_096), too_much);
    assert_eq!(judge(4_097), too_much);
}
