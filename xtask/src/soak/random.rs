//! Choices that follow from a seed, so that a run can be had again.

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Choices of a seed for one purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed, |state, octet| {
            Self(state ^ u64::from(octet).rotate_left(29)).next()
        });
        Self(mixed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence_of_seed_zero() {
        let mut random = Random(0);
        assert_eq!(random.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn a_purpose_has_choices_of_its_own() {
        let first = |seed, purpose| Random::new(seed, purpose).next();
        assert_eq!(first(1, "kill"), first(1, "kill"));
        assert_ne!(first(1, "kill"), first(1, "double"));
        assert_ne!(first(1, "kill"), first(2, "kill"));
        let mut random = Random::new(1, "bounds");
        assert!((0..1000).all(|_| (3..=5).contains(&random.between(3, 5))));
    }
}
