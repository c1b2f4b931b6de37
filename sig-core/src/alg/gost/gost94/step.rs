//! The step function χ (RFC 5831 §5): four keys, four encryptions, mixing.

use super::cipher::{Tables, encrypt};

/// A value of 256 bits, word 0 lowest.
pub type Words = [u64; 4];

/// The constant C3 of the key generation (§5.1).
const C3: Words = [
    0xff00_ff00_ff00_ff00,
    0x00ff_00ff_00ff_00ff,
    0xff00_00ff_00ff_ff00,
    0xff00_ffff_0000_00ff,
];

/// χ(m, h).
#[inline(always)]
pub fn step(tables: &Tables, h: &Words, m: &Words) -> Words {
    let sealed = encrypt(tables, &keys(h, m), *h);
    let mixed = xor(&shift_12(sealed), m);
    shift_61(xor(&shift_1(mixed), h))
}

#[inline(always)]
fn xor(a: &Words, b: &Words) -> Words {
    [a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]]
}

/// The transformation A.
#[inline(always)]
const fn a(x: Words) -> Words {
    [x[1], x[2], x[3], x[0] ^ x[1]]
}

/// The transformation P: word `k` of the key has octet `k` of each word of the argument.
#[inline(always)]
const fn p(x: Words) -> [u32; 8] {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    const HALF: u64 = 0x0000_ffff_0000_ffff;
    let (first, second) = (
        (x[0] & EVEN) | (x[1] & EVEN) << 8,
        (x[2] & EVEN) | (x[3] & EVEN) << 8,
    );
    let (third, fourth) = (
        (x[0] >> 8 & EVEN) | (x[1] & !EVEN),
        (x[2] >> 8 & EVEN) | (x[3] & !EVEN),
    );
    let k04 = (first & HALF) | (second & HALF) << 16;
    let k26 = (first >> 16 & HALF) | (second & !HALF);
    let k15 = (third & HALF) | (fourth & HALF) << 16;
    let k37 = (third >> 16 & HALF) | (fourth & !HALF);
    [
        k04 as u32,
        k15 as u32,
        k26 as u32,
        k37 as u32,
        (k04 >> 32) as u32,
        (k15 >> 32) as u32,
        (k26 >> 32) as u32,
        (k37 >> 32) as u32,
    ]
}

/// Key generation (§5.1).
#[inline(always)]
fn keys(h: &Words, m: &Words) -> [[u32; 8]; 4] {
    let (u1, v1) = (*h, *m);
    let (u2, v2) = (a(u1), a(a(v1)));
    let (u3, v3) = (xor(&a(u2), &C3), a(a(v2)));
    let (u4, v4) = (a(u3), a(a(v3)));
    [
        p(xor(&u1, &v1)),
        p(xor(&u2, &v2)),
        p(xor(&u3, &v3)),
        p(xor(&u4, &v4)),
    ]
}

/// The next four words of 16 bits of the register that ψ shifts (§5.3).
///
/// ψ appends `y[n] = y[n-16] + y[n-15] + y[n-14] + y[n-13] + y[n-4] + y[n-1]`. Without the last addend four such words
/// depend on older ones only; running sums then supply it.
#[inline(always)]
const fn next([w0, w1, _, w3]: Words) -> u64 {
    let mut sum = w0 ^ (w0 >> 16 | w1 << 48) ^ (w0 >> 32 | w1 << 32) ^ (w0 >> 48 | w1 << 16) ^ w3;
    sum ^= sum << 16;
    sum ^= sum << 32;
    sum ^ (w3 >> 48).wrapping_mul(0x0001_0001_0001_0001)
}

/// ψ four times.
#[inline(always)]
const fn shift_4(w: Words) -> Words {
    [w[1], w[2], w[3], next(w)]
}

#[inline(always)]
const fn shift_1(w: Words) -> Words {
    let new = next(w);
    [
        w[0] >> 16 | w[1] << 48,
        w[1] >> 16 | w[2] << 48,
        w[2] >> 16 | w[3] << 48,
        w[3] >> 16 | new << 48,
    ]
}

#[inline(always)]
fn shift_12(w: Words) -> Words {
    shift_4(shift_4(shift_4(w)))
}

#[inline(always)]
fn shift_61(w: Words) -> Words {
    let mut w = w;
    for _ in 0..15 {
        w = shift_4(w);
    }
    shift_1(w)
}
