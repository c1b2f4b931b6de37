//! Products of four limbs modulo 2^256 − C, in registers.
#![allow(unsafe_code)]

use std::arch::asm;

use crate::alg::gost::limbs::Limbs;

/// A limb of the second factor times four of the first, added to four limbs of a sum and one above that is new.
macro_rules! row_of_4 {
    ($limb:literal, $s0:literal, $s1:literal, $s2:literal, $s3:literal, $new:literal, $new_low:literal) => {
        concat!(
            "mov rdx, [rdi + 8*",
            $limb,
            "]\n",
            "xor ",
            $new_low,
            ", ",
            $new_low,
            "\n",
            accumulate!(0, $s0, $s1),
            accumulate!(1, $s1, $s2),
            accumulate!(2, $s2, $s3),
            accumulate!(3, $s3, $new),
            "mov eax, 0\n",
            "adcx ",
            $new,
            ", rax\n",
        )
    };
}

/// r8–r15 brought back to r8–r11.
macro_rules! fold_4 {
    () => {
        concat!(
            "mov edx, {c}\n",
            "xor eax, eax\n",
            "mulx rcx, rax, r12\n",
            "adcx r8, rax\n",
            "adox r9, rcx\n",
            "mulx rcx, rax, r13\n",
            "adcx r9, rax\n",
            "adox r10, rcx\n",
            "mulx rcx, rax, r14\n",
            "adcx r10, rax\n",
            "adox r11, rcx\n",
            "mulx rcx, rax, r15\n",
            "adcx r11, rax\n",
            carries!("rcx"),
            "imul rcx, rdx\n",
            "add r8, rcx\n",
            "adc r9, 0\n",
            "adc r10, 0\n",
            "adc r11, 0\n",
            // After this carry, which is rare, the sum is below C·(C + 1).
            "jnc 2f\n",
            "add r8, rdx\n",
            "2:\n",
        )
    };
}

/// a·b modulo 2^256 − C, below 2^256.
///
/// # Safety
/// The processor has BMI2 and ADX.
#[inline(always)]
pub(super) unsafe fn multiply<const C: u64>(a: &Limbs<4>, b: &Limbs<4>) -> Limbs<4> {
    let (r0, r1, r2, r3);
    // SAFETY: the two pointers are to four limbs each, and only those are read.
    unsafe {
        asm!(
            "mov rdx, [rdi]",
            "mulx r9, r8, [rsi]",
            "mulx r10, rax, [rsi + 8]",
            "add r9, rax",
            "mulx r11, rax, [rsi + 16]",
            "adc r10, rax",
            "mulx r12, rax, [rsi + 24]",
            "adc r11, rax",
            "adc r12, 0",
            row_of_4!(1, "r9", "r10", "r11", "r12", "r13", "r13d"),
            row_of_4!(2, "r10", "r11", "r12", "r13", "r14", "r14d"),
            row_of_4!(3, "r11", "r12", "r13", "r14", "r15", "r15d"),
            fold_4!(),
            c = const C,
            in("rsi") a.as_ptr(),
            in("rdi") b.as_ptr(),
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r8") r0,
            out("r9") r1,
            out("r10") r2,
            out("r11") r3,
            out("r12") _,
            out("r13") _,
            out("r14") _,
            out("r15") _,
            options(pure, readonly, nostack),
        );
    }
    [r0, r1, r2, r3]
}

/// a² modulo 2^256 − C, below 2^256.
///
/// # Safety
/// The processor has BMI2 and ADX.
#[inline(always)]
pub(super) unsafe fn square<const C: u64>(a: &Limbs<4>) -> Limbs<4> {
    let (r0, r1, r2, r3);
    // SAFETY: the pointer is to four limbs, and only those are read.
    unsafe {
        asm!(
            "mov rdx, [rsi]",
            "mulx r10, r9, [rsi + 8]",
            "mulx r11, rax, [rsi + 16]",
            "add r10, rax",
            "mulx r12, rax, [rsi + 24]",
            "adc r11, rax",
            "adc r12, 0",
            "mov rdx, [rsi + 8]",
            "xor r13d, r13d",
            accumulate!(2, "r11", "r12"),
            accumulate!(3, "r12", "r13"),
            "mov eax, 0",
            "adcx r13, rax",
            "mov rdx, [rsi + 16]",
            "mulx r14, rax, [rsi + 24]",
            "add r13, rax",
            "adc r14, 0",
            "mov rdx, [rsi]",
            "xor r15d, r15d",
            "mulx rcx, r8, rdx",
            "adcx r9, r9",
            "adox r9, rcx",
            double_and_square!(1, "r10", "r11"),
            double_and_square!(2, "r12", "r13"),
            double_and_square!(3, "r14", "r15"),
            fold_4!(),
            c = const C,
            in("rsi") a.as_ptr(),
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r8") r0,
            out("r9") r1,
            out("r10") r2,
            out("r11") r3,
            out("r12") _,
            out("r13") _,
            out("r14") _,
            out("r15") _,
            options(pure, readonly, nostack),
        );
    }
    [r0, r1, r2, r3]
}
