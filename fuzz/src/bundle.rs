//! Evidence bundles.

use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::report::bundle::{Bundle, BundleLimits};
use sig_core::report::text::Detail;
use sig_core::validate::bundle::{Keeping, KeptDocument, NotBundled};
use sig_core::{Evidence, Limits, Material, Policy, Validator};

use crate::{AT, LIMITS};

const ROOT: &[u8] = include_bytes!("../../testdata/generated/ru-demo/certificates/root.der");
const CRL: &[u8] = include_bytes!("../../testdata/generated/ru-demo/crls/ca.crl");

const BOUNDS: BundleLimits = BundleLimits {
    octets: 4 << 20,
    parts: 64,
    judging: Limits::STANDARD,
};

/// The bundle of the judgement of a file; none when it cannot be judged, or needs what a bundle does not keep.
fn of(file: &[u8]) -> Option<Vec<u8>> {
    let mut material = Material::default();
    let _ = material.add_anchors(ROOT, &LIMITS);
    let _ = material.add(CRL, &LIMITS);
    let policy = Policy::builtin("ru-qes").ok()?;
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: LIMITS,
    };
    let evidence = Evidence::parse(file, &LIMITS).ok()?.with_material(material);
    let evidence = evidence.with_content(ROOT);
    let report = validator.validate(evidence.clone(), AT).ok()?;
    let keeping = Keeping {
        document: KeptDocument::Digests,
        detail: Detail::Normal,
    };
    match Bundle::of(&validator, &evidence, &report, keeping) {
        Ok(bundle) => Some(bundle),
        Err(NotBundled::DocumentNeeded) => None,
        Err(why) => unreachable!("a judgement is not repeated: {why}"),
    }
}

fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| of(b"no signature").unwrap_or_default())
}

/// Reads a bundle and judges by it; what is read is what is written.
fn judge(file: &[u8]) {
    if let Ok(bundle) = Bundle::read(file, &BOUNDS) {
        assert!(bundle.to_octets() == file);
        let _ = bundle.judge(&RUSTCRYPTO);
    }
}

/// A bundle: whatever it is, it is read and judged, or refused; one that was changed is refused; one that was made on
/// purpose, with all checksums right, does no harm; and every judgement is repeated from its bundle.
pub fn bundle(data: &[u8]) {
    let good = good();
    assert!(Bundle::read(good, &BOUNDS).is_ok());
    judge(data);
    let (places, changes) = data.split_at(data.len().min(3));
    let place = places
        .iter()
        .fold(0, |at, octet| at << 8 | usize::from(*octet));
    let changes = changes.get(..64).unwrap_or(changes);
    let mut changed = good.to_vec();
    for (octet, change) in changed.iter_mut().skip(place % good.len()).zip(changes) {
        *octet ^= change;
    }
    assert!(changed == good || Bundle::read(&changed, &BOUNDS).is_err());
    judge(&sealed(good, place, changes));
    of(data);
}

/// Where the content of a member stands.
struct Member {
    header: usize,
    start: usize,
    end: usize,
}

fn members(file: &[u8]) -> Vec<Member> {
    let mut members = Vec::new();
    let mut at = 0;
    while file.get(at..at + 4) == Some(b"PK\x03\x04") {
        let number = |at: usize| file.get(at..at + 4).and_then(|it| it.first_chunk());
        let size = number(at + 22).map_or(0, |size| u32::from_le_bytes(*size));
        let name = file.get(at + 26).copied().unwrap_or_default();
        let start = at + 30 + usize::from(name);
        let end = start + usize::try_from(size).unwrap_or_default();
        members.push(Member {
            header: at,
            start,
            end,
        });
        at = end;
    }
    members
}

/// A bundle with octets of one member changed, and every digest and checksum of it made right.
fn sealed(good: &[u8], place: usize, changes: &[u8]) -> Vec<u8> {
    let members = members(good);
    let mut file = good.to_vec();
    let Some(member) = members.get(place % members.len().max(1)) else {
        return file;
    };
    let old = Sha256::digest(&good[member.start..member.end]);
    let content = &mut file[member.start..member.end];
    let offset = place / members.len() % content.len().max(1);
    for (octet, change) in content.iter_mut().skip(offset).zip(changes) {
        *octet ^= change;
    }
    let new = Sha256::digest(&*content);
    let digits =
        |digest: &[u8]| -> String { digest.iter().map(|it| format!("{it:02x}")).collect() };
    let (old, new) = (digits(&old), digits(&new));
    if let Some(at) = file.windows(old.len()).position(|it| it == old.as_bytes()) {
        file[at..at + new.len()].copy_from_slice(new.as_bytes());
    }
    let mut record = members.last().map_or(0, |last| last.end);
    for member in &members {
        let sum = checksum(&file[member.start..member.end]).to_le_bytes();
        file[member.header + 14..member.header + 18].copy_from_slice(&sum);
        file[record + 16..record + 20].copy_from_slice(&sum);
        record += 46 + member.start - member.header - 30;
    }
    file
}

fn checksum(octets: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for octet in octets {
        sum ^= u32::from(*octet);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
        }
    }
    !sum
}
