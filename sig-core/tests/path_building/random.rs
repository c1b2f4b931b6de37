//! Every path among a few random certificates, against a search without any thought.

use std::collections::BTreeSet;

use sig_core::Limits;
use sig_core::path::build::Sources;
use sig_core::path::pool::Pool;

use crate::toy::{Draft, TOY, all, first, issued, made};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ (value >> 31)) % u64::from(bound)) as u32
    }
}

/// Who a certificate is about and who signed it; its place is its serial number.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Link {
    serial: u32,
    subject: u32,
    key: u32,
    issuer: u32,
    signed_by: u32,
}

const NAMES: u32 = 4;

impl Link {
    /// Mostly, a name has one key.
    fn random(serial: u32, random: &mut Random) -> Self {
        let mut entity = || {
            let name = random.below(NAMES);
            let second = u32::from(random.below(4) == 0);
            (name, name + second * NAMES)
        };
        let (subject, key) = entity();
        let (issuer, signed_by) = entity();
        Self {
            serial,
            subject,
            key,
            issuer,
            signed_by,
        }
    }

    fn draft(self, random: &mut Random) -> Draft {
        let (subject, issuer) = (format!("n{}", self.subject), format!("n{}", self.issuer));
        let draft = issued(&subject, self.key, &issuer, self.signed_by).serial(self.serial);
        // Hints right and wrong, and names in another encoding.
        match random.below(4) {
            0 => draft.wants(self.signed_by as u8).identifier(self.key as u8),
            1 => draft
                .wants(random.below(9) as u8)
                .identifier(random.below(9) as u8),
            2 => draft.issuer_in_capitals(&issuer),
            _ => draft,
        }
    }

    const fn is_issued_by(self, issuer: Self) -> bool {
        self.issuer == issuer.subject && self.signed_by == issuer.key
    }

    const fn is_entity(self, other: Self) -> bool {
        self.subject == other.subject && self.key == other.key
    }
}

fn brute_force(
    path: &mut Vec<Link>,
    anchors: &[Link],
    intermediates: &[Link],
    found: &mut BTreeSet<Vec<u32>>,
) {
    let last = *path.last().unwrap();
    for anchor in anchors.iter().filter(|anchor| last.is_issued_by(**anchor)) {
        let again = path.iter().skip(1).any(|link| link.is_entity(*anchor));
        if !again && path[0] != *anchor {
            let links = path.iter().chain([anchor]);
            found.insert(links.map(|link| link.serial).collect());
        }
    }
    for issuer in intermediates {
        let again = path.iter().any(|link| link.is_entity(*issuer));
        if !again && last.is_issued_by(*issuer) {
            path.push(*issuer);
            brute_force(path, anchors, intermediates, found);
            path.pop();
        }
    }
}

#[test]
fn all_paths_are_found_and_no_others() {
    let limits = Limits {
        signature_checks: u64::MAX,
        path_candidates: u64::MAX,
        ..Limits::STANDARD
    };
    let (mut with, mut without) = (0, 0);
    for seed in 0..600 {
        let random = &mut Random(seed);
        let size = 4 + random.below(9);
        let links: Vec<Link> = (0..size)
            .map(|serial| Link::random(serial, random))
            .collect();
        let drafts: Vec<Draft> = links.iter().map(|link| link.draft(random)).collect();
        let end_entity = 0;
        let (mut anchors, mut own, mut pooled) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..links.len() {
            match random.below(6) {
                0 => anchors.push(place),
                1 | 2 => pooled.push(place),
                _ => own.push(place),
            }
        }
        let some = |places: &[usize]| -> Vec<Draft> {
            places.iter().map(|place| drafts[*place].clone()).collect()
        };
        let linked =
            |places: &[usize]| -> Vec<Link> { places.iter().map(|place| links[*place]).collect() };
        let between = [own.clone(), pooled.clone()].concat();
        let mut expected = BTreeSet::new();
        brute_force(
            &mut vec![links[end_entity]],
            &linked(&anchors),
            &linked(&between),
            &mut expected,
        );
        if anchors.contains(&end_entity) {
            expected.insert(vec![links[end_entity].serial]);
        }

        let (trusted, own) = (made(&some(&anchors)), made(&some(&own)));
        let pool = Pool::new(made(&some(&pooled)), limits).unwrap();
        let sources = Sources::new(&trusted, &own, &TOY).with_pool(Some(&pool));
        let found = all(&drafts[end_entity], sources, limits);
        let serials = found.serials();
        let distinct: BTreeSet<Vec<u32>> = serials.iter().cloned().collect();
        assert_eq!(serials.len(), distinct.len(), "a path twice, seed {seed}");
        assert_eq!(distinct, expected, "seed {seed}");
        let end = found.end.unwrap();
        assert_eq!(end.is_none(), !expected.is_empty(), "seed {seed}");
        let one = first(&drafts[end_entity], sources, limits);
        assert_eq!(one.paths.len(), usize::from(!expected.is_empty()));
        if expected.is_empty() {
            without += 1;
        } else {
            with += 1;
        }
    }
    assert!(
        with > 100 && without > 100,
        "{with} with, {without} without"
    );
}
