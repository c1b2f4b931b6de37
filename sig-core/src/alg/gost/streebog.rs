//! GOST R 34.11-2012 "Streebog" (RFC 6986).

#[cfg(target_arch = "x86_64")]
mod avx512;
mod constants;
mod portable;
mod state;
#[cfg(test)]
mod tests;

use self::state::{Block, State, Words};
use crate::alg::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};

/// Streebog with a value of 256 bits.
pub static STREEBOG256: Streebog = Streebog {
    id: DigestId::Streebog256,
    engine: Engine::detect,
};
/// Streebog with a value of 512 bits.
pub static STREEBOG512: Streebog = Streebog {
    id: DigestId::Streebog512,
    engine: Engine::detect,
};
/// The value of 256 bits by the tables that every processor has: what [`STREEBOG256`] is compared with.
pub static STREEBOG256_BY_TABLES: Streebog = Streebog {
    id: DigestId::Streebog256,
    engine: || Engine::Portable,
};

/// One of the two sizes of the hash function.
///
/// On a processor with AVX-512 VBMI and GFNI the compression function runs in registers; elsewhere it reads tables.
#[derive(Debug)]
pub struct Streebog {
    id: DigestId,
    engine: fn() -> Engine,
}

impl Streebog {
    /// The initial state (RFC 6986 §9): the shorter value starts from ones, so that neither is a prefix of the other.
    const fn state(&self) -> State {
        match self.id {
            DigestId::Streebog256 => State::new(1),
            _ => State::new(0),
        }
    }

    /// The value is the last part of the chaining value.
    fn value(&self, state: &State) -> Digest {
        let octets = state.octets();
        Digest {
            algorithm: self.id,
            value: octets.iter().skip(64 - self.id.size()).copied().collect(),
        }
    }

    fn digest_by(&self, engine: Engine, octets: &[u8]) -> Digest {
        let mut state = self.state();
        let (blocks, tail) = octets.as_chunks();
        engine.absorb([&mut state], [blocks]);
        engine.finish([&mut state], [tail]);
        self.value(&state)
    }

    fn pair_by(&self, engine: Engine, [a, b]: [&[u8]; 2]) -> [Digest; 2] {
        let (mut first, mut second) = (self.state(), self.state());
        let ((a, a_tail), (b, b_tail)) = (a.as_chunks(), b.as_chunks());
        let common = a.len().min(b.len());
        let ((a, a_rest), (b, b_rest)) = (a.split_at(common), b.split_at(common));
        engine.absorb([&mut first, &mut second], [a, b]);
        engine.absorb([&mut first], [a_rest]);
        engine.absorb([&mut second], [b_rest]);
        engine.finish([&mut first, &mut second], [a_tail, b_tail]);
        [self.value(&first), self.value(&second)]
    }

    fn start_by(&self, engine: Engine) -> Box<Context> {
        Box::new(Context {
            algorithm: Self { ..*self },
            engine,
            state: self.state(),
            kept: [0; 64],
            length: 0,
        })
    }
}

impl DigestAlgorithm for Streebog {
    fn id(&self) -> DigestId {
        self.id
    }

    fn start(&self) -> Box<dyn DigestContext> {
        self.start_by((self.engine)())
    }

    fn digest(&self, octets: &[u8]) -> Result<Digest, DigestsDisagree> {
        Ok(self.digest_by((self.engine)(), octets))
    }

    fn digest_pair(&self, octets: [&[u8]; 2]) -> Result<[Digest; 2], DigestsDisagree> {
        Ok(self.pair_by((self.engine)(), octets))
    }
}

struct Context {
    algorithm: Streebog,
    engine: Engine,
    state: State,
    kept: Block,
    length: usize,
}

impl DigestContext for Context {
    fn update(&mut self, octets: &[u8]) {
        let free = self.kept.get_mut(self.length..).unwrap_or_default();
        let missing = free.len();
        let Some((head, rest)) = octets.split_at_checked(missing) else {
            for (kept, octet) in free.iter_mut().zip(octets) {
                *kept = *octet;
            }
            self.length += octets.len();
            return;
        };
        let mut rest = rest;
        if self.length > 0 {
            free.copy_from_slice(head);
            self.engine.absorb([&mut self.state], [&[self.kept]]);
        } else {
            rest = octets;
        }
        let (blocks, tail) = rest.as_chunks();
        self.engine.absorb([&mut self.state], [blocks]);
        for (kept, octet) in self.kept.iter_mut().zip(tail) {
            *kept = *octet;
        }
        self.length = tail.len();
    }

    fn finish(mut self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let tail = self.kept.get(..self.length).unwrap_or_default();
        self.engine.finish([&mut self.state], [tail]);
        Ok(self.algorithm.value(&self.state))
    }
}

/// Which code computes.
#[derive(Clone, Copy, Debug)]
enum Engine {
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
    Portable,
}

impl Engine {
    /// The fastest that this processor has.
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx512) = avx512::Avx512::detect() {
            return Self::Avx512(avx512);
        }
        Self::Portable
    }

    /// Hashes whole blocks, the same number in each lane.
    fn absorb<const LANES: usize>(self, states: [&mut State; LANES], blocks: [&[Block]; LANES]) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(engine) => engine.absorb(states, blocks),
            Self::Portable => {
                for (state, blocks) in states.into_iter().zip(blocks) {
                    for block in blocks {
                        let m = State::read(block);
                        portable::compress(&mut state.h, state.count, &m);
                        state.count_in(&m, 512);
                    }
                }
            }
        }
    }

    fn compress<const LANES: usize>(
        self,
        h: [&mut Words; LANES],
        counts: [u128; LANES],
        m: [&Words; LANES],
    ) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(engine) => engine.compress(h, counts, m),
            Self::Portable => {
                for ((h, count), m) in h.into_iter().zip(counts).zip(m) {
                    portable::compress(h, count, m);
                }
            }
        }
    }

    /// Hashes what is left of each message, then its length and the sum of its blocks (RFC 6986 §9.2).
    fn finish<const LANES: usize>(self, mut states: [&mut State; LANES], tails: [&[u8]; LANES]) {
        let padded = tails.map(|tail| State::read(&State::pad(tail)));
        let counts = states.each_ref().map(|state| state.count);
        self.compress(
            states.each_mut().map(|state| &mut state.h),
            counts,
            padded.each_ref(),
        );
        for ((state, block), tail) in states.iter_mut().zip(&padded).zip(tails) {
            state.count_in(block, 8 * tail.len() as u128);
        }
        let lengths = states.each_ref().map(|state| State::words_of(state.count));
        self.compress(
            states.each_mut().map(|state| &mut state.h),
            [0; LANES],
            lengths.each_ref(),
        );
        let sums = states.each_ref().map(|state| state.sigma);
        self.compress(
            states.each_mut().map(|state| &mut state.h),
            [0; LANES],
            sums.each_ref(),
        );
    }
}
