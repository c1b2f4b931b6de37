//! Snapshots in their stored form: the same when they are read, and nothing else is read (63-FZ art. 8).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};
use sig_core::alg::gost::gost3410::GOST2012_256;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::der::octets::Octets;
use sig_core::trust::snapshot::{Assembly, ExtractBound, OwnFile, StoredRefused, TrustSnapshot};
use sig_core::x509::crl::CertificateList;
use sig_core::{Budget, Limits};

use super::snapshot::{generated, list, ministry};
use super::*;

fn crl(name: &str) -> Arc<CertificateList> {
    let octets = Octets::from(generated(&format!("crls/{name}.crl")));
    Arc::new(CertificateList::from_der(&octets, &mut Budget::new(Limits::STANDARD)).unwrap())
}

fn snapshot(algorithms: &Algorithms) -> TrustSnapshot {
    let assembly = Assembly {
        previous: None,
        lists: vec![list("accredited-older").into(), list("accredited").into()],
        crls: vec![crl("ca"), crl("root")],
        pin: &ministry(),
    };
    TrustSnapshot::assemble(assembly, algorithms, ListLimits::STANDARD).unwrap()
}

fn recall(octets: &[u8], algorithms: &Algorithms) -> Result<(TrustSnapshot, bool), StoredRefused> {
    let file = OwnFile::vouched(octets.into());
    TrustSnapshot::from_stored(&file, algorithms, ListLimits::STANDARD)
        .map(|recalled| (recalled.snapshot, recalled.checked_anew))
}

fn refused(octets: &[u8]) -> Option<StoredRefused> {
    recall(octets, &fixture::ALGORITHMS).err()
}

/// The octets with a right checksum.
fn sealed(mut octets: Vec<u8>) -> Vec<u8> {
    octets.truncate(octets.len() - 32);
    let checksum = Sha256::digest(&octets);
    octets.extend_from_slice(&checksum);
    octets
}

#[test]
fn what_is_read_is_what_was_stored() {
    let built = snapshot(&fixture::ALGORITHMS);
    let stored = built.to_stored();
    let (read, checked_anew) = recall(&stored, &fixture::ALGORITHMS).unwrap();
    assert!(!checked_anew);
    assert_eq!((read.id(), read.digest()), (built.id(), built.digest()));
    assert_eq!(read.editions(), built.editions());
    assert_eq!(read.ogrn(), built.ogrn());
    let octets = |snapshot: &TrustSnapshot| -> Vec<Octets> {
        let certificates = snapshot.certificates().iter();
        certificates.map(|it| it.octets.clone()).collect()
    };
    assert_eq!(octets(&read), octets(&built));
    let counts = |snapshot: &TrustSnapshot| {
        let authorities = snapshot.authorities();
        let (certificates, crls) = (authorities.authentic(), authorities.authentic_crls());
        (certificates.len(), crls.len(), authorities.crls().len())
    };
    assert_eq!(counts(&read), counts(&built));
    assert_eq!(counts(&read).1, 2);
    assert_eq!(read.to_stored(), stored);
}

#[test]
fn keys_are_prepared_when_they_are_used_or_when_it_is_asked_for() {
    let (read, _) = recall(
        &snapshot(&fixture::ALGORITHMS).to_stored(),
        &fixture::ALGORITHMS,
    )
    .unwrap();
    assert!(read.keyring().is_empty());
    let root = snapshot::certificate("root");
    assert!(read.keyring().get(GOST2012_256.id(), &root.spki).is_some());
    let citizen = snapshot::certificate("citizen");
    assert!(
        read.keyring()
            .get(GOST2012_256.id(), &citizen.spki)
            .is_none()
    );
    let prepared = read
        .with_prepared_keys(&fixture::ALGORITHMS, ListLimits::STANDARD)
        .unwrap();
    let built = snapshot(&fixture::ALGORITHMS);
    let built = built
        .with_prepared_keys(&fixture::ALGORITHMS, ListLimits::STANDARD)
        .unwrap();
    assert_eq!(prepared.keyring().len(), built.keyring().len());
    assert_eq!(prepared.keyring().memory(), built.keyring().memory());
}

#[test]
fn every_changed_octet_and_every_cut_is_found() {
    let stored = snapshot(&fixture::ALGORITHMS).to_stored();
    for at in (0..stored.len()).step_by(97).chain(0..24) {
        let mut changed = stored.clone();
        changed[at] ^= 1;
        let expected = match at {
            0..8 => StoredRefused::OtherForm,
            8..16 => continue,
            _ => StoredRefused::Damaged,
        };
        assert_eq!(refused(&changed), Some(expected), "{at}");
    }
    for length in [8, 15, 24, 55, 56, stored.len() / 2, stored.len() - 1] {
        assert_eq!(
            refused(&stored[..length]),
            Some(StoredRefused::Damaged),
            "{length}"
        );
    }
    let longer = [&stored[..], &[0]].concat();
    assert_eq!(refused(&longer), Some(StoredRefused::Damaged));
    assert_eq!(refused(b""), Some(StoredRefused::OtherForm));
    assert_eq!(refused(&list("accredited")), Some(StoredRefused::OtherForm));
}

#[test]
fn another_version_of_the_form_is_named() {
    let mut stored = snapshot(&fixture::ALGORITHMS).to_stored();
    stored[8] = 3;
    assert_eq!(
        refused(&sealed(stored)),
        Some(StoredRefused::OtherVersion(3))
    );
}

/// What was stored before the signatures of the lists were kept is read without them.
#[test]
fn the_first_form_is_read_without_signatures() {
    let built = snapshot(&fixture::ALGORITHMS);
    let mut stored = built.to_stored();
    for edition in built.editions() {
        let proof = edition.proof().unwrap();
        let start = stored
            .windows(proof.signed_info().len())
            .position(|it| it == &**proof.signed_info())
            .unwrap();
        // That it is there, two lengths, and the chain of the signer.
        let end = start + proof.signed_info().len() + 8 + proof.value().len();
        assert_eq!(stored[start - 9], 1);
        let chain = u32::from_le_bytes(*stored[end..].first_chunk().unwrap());
        let chain = usize::try_from(chain).unwrap();
        stored.drain(start - 9..end + 4 + 4 * chain);
    }
    let content = stored[24..stored.len() - 32].to_vec();
    let length = u64::try_from(content.len()).unwrap().to_le_bytes();
    let mut first = [&stored[..8], &1_u64.to_le_bytes(), &length, &content].concat();
    first.extend([0; 32]);
    let file = OwnFile::vouched(sealed(first).into());
    let recalled = TrustSnapshot::from_stored(&file, &fixture::ALGORITHMS, ListLimits::STANDARD);
    let snapshot = recalled.unwrap().snapshot;
    assert_eq!(snapshot.digest(), built.digest());
    assert_eq!(snapshot.services(), built.services());
    assert_eq!(snapshot.newest().proof(), None);
    let again = OwnFile::vouched(snapshot.to_stored().into());
    let again = TrustSnapshot::from_stored(&again, &fixture::ALGORITHMS, ListLimits::STANDARD);
    assert_eq!(again.unwrap().snapshot.newest().proof(), None);
}

/// A checksum is no signature: what is made on purpose is read without harm or refused.
#[test]
fn what_does_not_fit_together_is_refused_under_a_right_checksum() {
    let stored = snapshot(&fixture::ALGORITHMS).to_stored();
    let place = |what: &[u8]| {
        stored
            .windows(what.len())
            .position(|it| it == what)
            .unwrap()
    };
    let name = place("gost2012-256-streebog256".as_bytes());
    let ogrn = place(b"1047702026701");
    for at in [name, ogrn, 24 + 4 + 20] {
        let mut changed = stored.clone();
        changed[at] ^= 1;
        assert_eq!(
            refused(&sealed(changed)),
            Some(StoredRefused::Inconsistent),
            "{at}"
        );
    }
    for at in (24..stored.len() - 32).step_by(211) {
        let mut changed = stored.clone();
        changed[at] = changed[at].wrapping_add(0x81);
        let _ = refused(&sealed(changed));
    }
}

static CHECKS: AtomicUsize = AtomicUsize::new(0);

/// GOST R 34.10 whose verifications are counted.
#[derive(Debug)]
struct Counted;

#[derive(Debug)]
struct CountedKey(Box<dyn VerifyingKey>);

impl SignatureAlgorithm for Counted {
    fn id(&self) -> SignatureId {
        GOST2012_256.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        Ok(Box::new(CountedKey(GOST2012_256.prepare(key)?)))
    }
}

impl VerifyingKey for CountedKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        CHECKS.fetch_add(1, Ordering::Relaxed);
        self.0.verify(message, signature)
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}

static COUNTED: Algorithms = Algorithms {
    name: "counted",
    digests: fixture::ALGORITHMS.digests,
    signatures: &[&Counted],
};

#[test]
fn marks_count_for_the_back_end_that_made_them_and_for_no_other() {
    let of_another = snapshot(&fixture::ALGORITHMS).to_stored();
    let checks = || CHECKS.swap(0, Ordering::Relaxed);
    let own = snapshot(&COUNTED).to_stored();
    assert!(checks() > 5);
    let (read, checked_anew) = recall(&own, &COUNTED).unwrap();
    assert_eq!((checks(), checked_anew), (0, false));
    let known = read.authorities().authentic().len();
    let (read, checked_anew) = recall(&of_another, &COUNTED).unwrap();
    assert!(checked_anew);
    assert!(checks() >= known);
    assert!(read.authorities().authentic().len() >= known);
    // Stored again, nothing is left to check.
    let (_, checked_anew) = recall(&read.to_stored(), &COUNTED).unwrap();
    assert_eq!((checks(), checked_anew), (0, false));
    // What a snapshot knows is not checked again when the next one is made from it, save for the signers of its lists.
    let assembly = Assembly {
        previous: Some(&read),
        lists: Vec::new(),
        crls: Vec::new(),
        pin: &ministry(),
    };
    TrustSnapshot::assemble(assembly, &COUNTED, ListLimits::STANDARD).unwrap();
    assert!(checks() <= 4);
}

fn size(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap().to_le_bytes()
}

/// A version of the list with so many authorities that have neither name nor number, and so many times the first
/// certificate between its signer and a root.
fn version(number: u64, authorities: usize, chain: usize) -> Vec<u8> {
    let mut octets = number.to_le_bytes().to_vec();
    // The beginning of 1970, a digest, the first certificate.
    octets.extend([0; 16 + 32 + 4]);
    octets.extend(size(authorities));
    octets.extend(vec![0; 4 * authorities]);
    // No histories, services, notes and signature.
    octets.extend([0; 13]);
    octets.extend(size(chain));
    octets.extend(vec![0; 4 * chain]);
    octets
}

/// An extract with these versions of the list before its own two.
fn with_versions(versions: &[Vec<u8>]) -> Vec<u8> {
    let built = snapshot(&fixture::ALGORITHMS);
    let extract = built.to_extract();
    let first = built.editions()[0].version().to_le_bytes();
    let second = built.editions()[1].version().to_le_bytes();
    let place = |number: [u8; 8]| {
        let edition = built.editions().iter();
        let mut edition = edition.filter(|it| it.version().to_le_bytes() == number);
        let issued = edition.next().unwrap().issued_at().seconds().to_le_bytes();
        let start = [number, issued].concat();
        extract.windows(16).position(|it| it == start).unwrap()
    };
    let mut own = extract.clone();
    for (number, place) in [(u64::MAX - 1, place(first)), (u64::MAX, place(second))] {
        own[place..place + 8].copy_from_slice(&number.to_le_bytes());
    }
    let start = place(first);
    assert_eq!(own[start - 4..start], size(2));
    let content = [
        &own[24..start - 4],
        &size(2 + versions.len()),
        &versions.concat(),
        &own[start..own.len() - 32],
    ];
    let content = content.concat();
    let length = u64::try_from(content.len()).unwrap().to_le_bytes();
    sealed([&own[..16], &length, &content, &[0; 32]].concat())
}

/// Those within the bounds are read, and are not the lists that the snapshot is named by.
#[test]
fn versions_of_an_extract_and_what_they_hold_are_bounded() {
    let refused = |versions: &[Vec<u8>]| {
        let octets = with_versions(versions);
        // What is the reader's own is not bounded.
        assert_eq!(refused(&octets), Some(StoredRefused::Inconsistent));
        let limits = ListLimits::STANDARD;
        TrustSnapshot::from_extract(&octets.into(), &fixture::ALGORITHMS, limits).unwrap_err()
    };
    let versions = |count: usize| -> Vec<Vec<u8>> {
        let numbers = 0..u64::try_from(count).unwrap();
        numbers.map(|number| version(number, 0, 0)).collect()
    };
    let most = ExtractBound::Versions.most();
    let of = |authorities: usize, chain: usize| [version(1, authorities, chain)];
    let (items, chain) = (ExtractBound::Items.most(), ExtractBound::Chain.most());
    let inconsistent = StoredRefused::Inconsistent;
    let too_much = StoredRefused::TooMuch;
    assert_eq!(refused(&versions(most - 2)), inconsistent);
    assert_eq!(
        refused(&versions(most - 1)),
        too_much(ExtractBound::Versions)
    );
    assert_eq!(refused(&of(0, chain)), inconsistent);
    assert_eq!(refused(&of(0, chain + 1)), too_much(ExtractBound::Chain));
    assert_eq!(refused(&of(items - 1_000, 0)), inconsistent);
    assert_eq!(refused(&of(items, 0)), too_much(ExtractBound::Items));
}
