//! Every target over the seeds and over what is near them.

use std::path::{Path, PathBuf};
use std::{fs, io};

const TARGETS: [fn(&[u8]); 26] = [
    fuzz::algorithm_identifier,
    fuzz::attributes,
    fuzz::audit_note,
    fuzz::audit_receipt,
    fuzz::bundle,
    fuzz::card,
    fuzz::card_answers,
    fuzz::certificate,
    fuzz::cms,
    fuzz::cms_stream,
    fuzz::crl,
    fuzz::crl_index,
    fuzz::cryptopro_header,
    fuzz::cvc,
    fuzz::der,
    fuzz::eu_list,
    fuzz::evidence_record,
    fuzz::ocsp,
    fuzz::path,
    fuzz::signature_value,
    fuzz::snapshot,
    fuzz::spki,
    fuzz::time_stamp,
    fuzz::trust_list,
    fuzz::uec_fci,
    fuzz::validation_data,
];

fn seeds() -> io::Result<Vec<Vec<u8>>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Vec::new();
    let mut folders: Vec<PathBuf> = vec![here.join("../testdata/generated"), here.join("seeds")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                seeds.push(fs::read(path)?);
            }
        }
    }
    Ok(seeds)
}

#[test]
fn the_seeds_are_there() {
    assert!(seeds().unwrap().len() > 50);
}

/// Each key of the seeds has a seed that it signed: else the targets would know only how to refuse.
#[test]
fn the_signatures_among_the_seeds_are_genuine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let entries = |name: &str| fs::read_dir(folder.join(name)).unwrap();
    let mut count = 0;
    for entry in entries("signature_value") {
        let path = entry.unwrap().path();
        let seed = fs::read(&path).unwrap();
        assert!(fuzz::is_genuine(&seed), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, entries("spki").count());
}

#[test]
fn what_holds_for_all_octets_holds_for_the_seeds() {
    for seed in seeds().unwrap() {
        for target in TARGETS {
            target(&seed);
        }
    }
}

#[test]
fn what_holds_for_all_octets_holds_near_the_seeds() {
    for (number, seed) in seeds().unwrap().into_iter().enumerate().step_by(7) {
        let cut = seed.len() * (number % 10) / 10;
        let mut flipped = seed.clone();
        flipped[seed.len() / 2] ^= 1 << (number % 8);
        for target in TARGETS {
            target(&seed[..cut]);
            target(&flipped);
        }
    }
}
