//! The primes 2^256 − C and 2^512 − C with the `mulx`, `adcx` and `adox` instructions, which keep two chains of
//! carries going at a time. Only processors that have them get here.
#![allow(unsafe_code)]

use super::curve::{AnyCurve, AnyKey, Curve};
use super::edwards::Edwards;
use super::field::{Element, Field, Minus};
use super::limbs::Limbs;
use super::parameters;
use super::weierstrass::Weierstrass;
use crate::alg::signature::KeyRejected;

/// The product of `rdx` and the limb at `$limb` of the first factor, added to two limbs of a sum.
/// The low halves have one chain of carries and the high halves the other.
macro_rules! accumulate {
    ($limb:literal, $low:literal, $high:literal) => {
        concat!(
            "mulx rcx, rax, [rsi + 8*",
            $limb,
            "]\n",
            "adcx ",
            $low,
            ", rax\n",
            "adox ",
            $high,
            ", rcx\n",
        )
    };
}

/// Both carries into the limb above.
macro_rules! carries {
    ($top:literal) => {
        concat!(
            "mov eax, 0\n",
            "adox ",
            $top,
            ", rax\n",
            "adcx ",
            $top,
            ", rax\n"
        )
    };
}

/// The square of a limb added to two limbs of a sum that is doubled on the way.
macro_rules! double_and_square {
    ($limb:literal, $low:literal, $high:literal) => {
        concat!(
            "mov rdx, [rsi + 8*",
            $limb,
            "]\n",
            "mulx rcx, rax, rdx\n",
            "adcx ",
            $low,
            ", ",
            $low,
            "\n",
            "adox ",
            $low,
            ", rax\n",
            "adcx ",
            $high,
            ", ",
            $high,
            "\n",
            "adox ",
            $high,
            ", rcx\n",
        )
    };
}

mod eight;
mod four;

/// A curve over [`Minus`] and the same curve over the field of this module.
#[derive(Debug)]
pub(super) struct Accelerated {
    portable: &'static dyn AnyCurve,
    adx: &'static dyn AnyCurve,
}

impl AnyCurve for Accelerated {
    fn prepare(&'static self, key: &[u8], memory: usize) -> Result<Box<dyn AnyKey>, KeyRejected> {
        if is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("adx") {
            self.adx.prepare(key, memory)
        } else {
            self.portable.prepare(key, memory)
        }
    }
}

pub(super) static CRYPTOPRO_A: Accelerated = Accelerated {
    portable: &parameters::CRYPTOPRO_A,
    adx: &CRYPTOPRO_A_ADX,
};
pub(super) static TC26_256_A: Accelerated = Accelerated {
    portable: &parameters::TC26_256_A,
    adx: &TC26_256_A_ADX,
};
pub(super) static TC26_512_A: Accelerated = Accelerated {
    portable: &parameters::TC26_512_A,
    adx: &TC26_512_A_ADX,
};
pub(super) static TC26_512_C: Accelerated = Accelerated {
    portable: &parameters::TC26_512_C,
    adx: &TC26_512_C_ADX,
};

static CRYPTOPRO_A_ADX: Curve<Weierstrass<MinusAdx<617>, 4>, 4> = parameters::cryptopro_a(MinusAdx);
static TC26_256_A_ADX: Curve<Edwards<MinusAdx<617>, 4>, 4> = parameters::tc26_256_a(MinusAdx);
static TC26_512_A_ADX: Curve<Weierstrass<MinusAdx<569>, 8>, 8> = parameters::tc26_512_a(MinusAdx);
static TC26_512_C_ADX: Curve<Edwards<MinusAdx<569>, 8>, 8> = parameters::tc26_512_c(MinusAdx);

/// [`Minus`] with products by `mulx`. It exists only in the curves of this module, and those are reached only
/// through [`Accelerated`].
#[derive(Clone, Copy, Debug)]
struct MinusAdx<const C: u64>;

impl<const C: u64> Field<4> for MinusAdx<C> {
    #[inline(always)]
    fn modulus(&self) -> Limbs<4> {
        Minus::<C>.modulus()
    }

    #[inline(always)]
    fn encode(&self, value: &Limbs<4>) -> Element<4> {
        Minus::<C>.encode(value)
    }

    fn decode(&self, element: &Element<4>) -> Limbs<4> {
        Minus::<C>.decode(element)
    }

    #[inline(always)]
    fn add(&self, a: &Element<4>, b: &Element<4>) -> Element<4> {
        Minus::<C>.add(a, b)
    }

    #[inline(always)]
    fn sub(&self, a: &Element<4>, b: &Element<4>) -> Element<4> {
        Minus::<C>.sub(a, b)
    }

    #[inline(always)]
    fn mul(&self, a: &Element<4>, b: &Element<4>) -> Element<4> {
        // SAFETY: the processor has BMI2 and ADX, as the type says.
        Element(unsafe { four::multiply::<C>(&a.0, &b.0) })
    }

    #[inline(always)]
    fn square(&self, a: &Element<4>) -> Element<4> {
        // SAFETY: the processor has BMI2 and ADX, as the type says.
        Element(unsafe { four::square::<C>(&a.0) })
    }

    #[inline(always)]
    fn is_zero(&self, a: &Element<4>) -> bool {
        Minus::<C>.is_zero(a)
    }
}

impl<const C: u64> Field<8> for MinusAdx<C> {
    #[inline(always)]
    fn modulus(&self) -> Limbs<8> {
        Minus::<C>.modulus()
    }

    #[inline(always)]
    fn encode(&self, value: &Limbs<8>) -> Element<8> {
        Minus::<C>.encode(value)
    }

    fn decode(&self, element: &Element<8>) -> Limbs<8> {
        Minus::<C>.decode(element)
    }

    #[inline(always)]
    fn add(&self, a: &Element<8>, b: &Element<8>) -> Element<8> {
        Minus::<C>.add(a, b)
    }

    #[inline(always)]
    fn sub(&self, a: &Element<8>, b: &Element<8>) -> Element<8> {
        Minus::<C>.sub(a, b)
    }

    #[inline(always)]
    fn mul(&self, a: &Element<8>, b: &Element<8>) -> Element<8> {
        // SAFETY: the processor has BMI2 and ADX, as the type says.
        Element(unsafe { eight::multiply::<C>(&a.0, &b.0) })
    }

    #[inline(always)]
    fn square(&self, a: &Element<8>) -> Element<8> {
        // SAFETY: the processor has BMI2 and ADX, as the type says.
        Element(unsafe { eight::square::<C>(&a.0) })
    }

    #[inline(always)]
    fn is_zero(&self, a: &Element<8>) -> bool {
        Minus::<C>.is_zero(a)
    }
}

#[cfg(test)]
mod tests;
