//! Every target over the seeds and over what is near them.

use std::path::{Path, PathBuf};
use std::{fs, io};

const TARGETS: [fn(&[u8]); 6] = [
    fuzz::card,
    fuzz::certificate,
    fuzz::cms,
    fuzz::crl,
    fuzz::der,
    fuzz::trust_list,
];

fn seeds() -> io::Result<Vec<Vec<u8>>> {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/generated");
    let mut seeds = Vec::new();
    let mut folders: Vec<PathBuf> = vec![generated];
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
