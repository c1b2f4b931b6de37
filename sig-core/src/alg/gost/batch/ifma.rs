//! Eight lanes in a register of AVX-512, with its multiplication of 52-bit integers.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_cmpeq_epu64_mask,
    _mm512_i64gather_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_mov_epi64,
    _mm512_min_epu64, _mm512_set1_epi64, _mm512_setr_epi64, _mm512_slli_epi64, _mm512_sllv_epi64,
    _mm512_srai_epi64, _mm512_srli_epi64, _mm512_srlv_epi64, _mm512_storeu_si512, _mm512_sub_epi64,
    _mm512_xor_si512,
};

use super::lanes::{LANES, Lanes, Routine, last_index};

/// Eight words. It is named in this module only, in code that [`run`] reaches after it has found the instructions.
#[derive(Clone, Copy)]
struct Ifma(__m512i);

/// Whether the processor has the instructions.
pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}

/// Runs a routine; none where the processor lacks the instructions.
pub(super) fn run<R: Routine>(routine: R) -> Option<R::Output> {
    // SAFETY: the features were found on this processor.
    is_available().then(|| unsafe { run_enabled(routine) })
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn run_enabled<R: Routine>(routine: R) -> R::Output {
    routine.run::<Ifma>()
}

/// An intrinsic that needs the features only.
macro_rules! intrinsic {
    ($call:expr) => {
        // SAFETY: an `Ifma` is only ever handled below `run_enabled`, where the features are on.
        unsafe { $call }
    };
}

impl Lanes for Ifma {
    #[inline(always)]
    fn from_fn(mut word: impl FnMut(usize) -> u64) -> Self {
        let mut next = |index| word(index).cast_signed();
        let words = [
            next(0),
            next(1),
            next(2),
            next(3),
            next(4),
            next(5),
            next(6),
            next(7),
        ];
        let [a, b, c, d, e, f, g, h] = words;
        Self(intrinsic!(_mm512_setr_epi64(a, b, c, d, e, f, g, h)))
    }

    #[inline(always)]
    fn words(self) -> [u64; LANES] {
        let mut words = [0; LANES];
        // SAFETY: the features are on as above, and `words` has the 64 octets that are written; the
        // instruction does not ask for alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) };
        words
    }

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(intrinsic!(_mm512_set1_epi64(word.cast_signed())))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(intrinsic!(_mm512_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(intrinsic!(_mm512_sub_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(intrinsic!(_mm512_and_si512(self.0, other.0)))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(intrinsic!(_mm512_xor_si512(self.0, other.0)))
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(intrinsic!(_mm512_slli_epi64::<BITS>(self.0)))
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self) -> Self {
        Self(intrinsic!(_mm512_srli_epi64::<BITS>(self.0)))
    }

    #[inline(always)]
    fn sar<const BITS: u32>(self) -> Self {
        Self(intrinsic!(_mm512_srai_epi64::<BITS>(self.0)))
    }

    #[inline(always)]
    fn shl_by(self, bits: usize) -> Self {
        Self(intrinsic!(_mm512_sllv_epi64(
            self.0,
            Self::splat(bits as u64).0
        )))
    }

    #[inline(always)]
    fn shr_by(self, bits: usize) -> Self {
        Self(intrinsic!(_mm512_srlv_epi64(
            self.0,
            Self::splat(bits as u64).0
        )))
    }

    #[inline(always)]
    fn add_low(self, a: Self, b: Self) -> Self {
        Self(intrinsic!(_mm512_madd52lo_epu64(self.0, a.0, b.0)))
    }

    #[inline(always)]
    fn add_high(self, a: Self, b: Self) -> Self {
        Self(intrinsic!(_mm512_madd52hi_epu64(self.0, a.0, b.0)))
    }

    #[inline(always)]
    fn gather(table: &[u64], index: Self, stride: usize) -> [Self; 10] {
        let mut words = [Self::splat(0); 10];
        let Some(last) = last_index(table, stride) else {
            return words;
        };
        let index = intrinsic!(_mm512_min_epu64(index.0, Self::splat(last).0));
        for (number, word) in words.iter_mut().enumerate() {
            // SAFETY: the features are on as above. Every index is at most `last`, and `last + 9 · stride`
            // is the last index of the table by `last_index`: the start that is added here and each word that
            // is read lie within it. The scale is the size of a word.
            *word = Self(unsafe {
                let start = table.as_ptr().add(number * stride);
                _mm512_i64gather_epi64::<8>(index, start.cast())
            });
        }
        words
    }

    #[inline(always)]
    fn rotate<const BY: i32>(self) -> Self {
        Self(intrinsic!(_mm512_alignr_epi64::<BY>(self.0, self.0)))
    }

    #[inline(always)]
    fn equal(self, other: Self) -> u8 {
        intrinsic!(_mm512_cmpeq_epu64_mask(self.0, other.0))
    }

    #[inline(always)]
    fn replace(self, mask: u8, other: Self) -> Self {
        Self(intrinsic!(_mm512_mask_mov_epi64(self.0, mask, other.0)))
    }
}
