//! Products of eight limbs modulo 2^512 − C, with the low half in memory.
#![allow(unsafe_code)]

use std::arch::asm;

use crate::alg::gost::limbs::Limbs;

/// A limb of the second factor, which the lowest limb of the sum replaces, times eight of the first.
macro_rules! row_of_8 {
    (
        $limb:literal, $s0:literal, $s1:literal, $s2:literal, $s3:literal,
        $s4:literal, $s5:literal, $s6:literal, $s7:literal
    ) => {
        concat!(
            "mov rdx, [rdi + 8*",
            $limb,
            "]\n",
            "xor eax, eax\n",
            accumulate!(0, $s0, $s1),
            "mov [rdi + 8*",
            $limb,
            "], ",
            $s0,
            "\n",
            "mov ",
            $s0,
            ", 0\n",
            accumulate!(1, $s1, $s2),
            accumulate!(2, $s2, $s3),
            accumulate!(3, $s3, $s4),
            accumulate!(4, $s4, $s5),
            accumulate!(5, $s5, $s6),
            accumulate!(6, $s6, $s7),
            accumulate!(7, $s7, $s0),
            "mov eax, 0\n",
            "adcx ",
            $s0,
            ", rax\n",
        )
    };
}

/// One limb of the low half plus the product of a high limb, in place, and the high half of the limb before.
macro_rules! fold_limb {
    ($limb:literal, $high:literal, $carry:literal, $above:literal) => {
        concat!(
            "mulx ",
            $above,
            ", ",
            $high,
            ", ",
            $high,
            "\n",
            "adcx ",
            $high,
            ", [rdi + 8*",
            $limb,
            "]\n",
            "adox ",
            $high,
            ", ",
            $carry,
            "\n",
        )
    };
}

/// The low half at `rdi` and the high half in eight registers brought back to those registers.
macro_rules! fold_8 {
    (
        $h0:literal, $h1:literal, $h2:literal, $h3:literal,
        $h4:literal, $h5:literal, $h6:literal, $h7:literal
    ) => {
        concat!(
            "mov edx, {c}\n",
            "xor eax, eax\n",
            fold_limb!(0, $h0, "rax", "rcx"),
            fold_limb!(1, $h1, "rcx", "rax"),
            fold_limb!(2, $h2, "rax", "rcx"),
            fold_limb!(3, $h3, "rcx", "rax"),
            fold_limb!(4, $h4, "rax", "rcx"),
            fold_limb!(5, $h5, "rcx", "rax"),
            fold_limb!(6, $h6, "rax", "rcx"),
            fold_limb!(7, $h7, "rcx", "rsi"),
            carries!("rsi"),
            "imul rsi, rdx\n",
            "add ",
            $h0,
            ", rsi\n",
            "adc ",
            $h1,
            ", 0\n",
            "adc ",
            $h2,
            ", 0\n",
            "adc ",
            $h3,
            ", 0\n",
            "adc ",
            $h4,
            ", 0\n",
            "adc ",
            $h5,
            ", 0\n",
            "adc ",
            $h6,
            ", 0\n",
            "adc ",
            $h7,
            ", 0\n",
            // After this carry, which is rare, the sum is below C·(C + 1).
            "jnc 2f\n",
            "add ",
            $h0,
            ", rdx\n",
            "2:\n",
        )
    };
}

/// a·b modulo 2^512 − C, below 2^512.
///
/// # Safety
/// The processor has BMI2 and ADX.
#[inline(never)]
pub(super) unsafe fn multiply<const C: u64>(a: &Limbs<8>, b: &Limbs<8>) -> Limbs<8> {
    let mut low = *b;
    let (r0, r1, r2, r3, r4, r5, r6, r7);
    // SAFETY: the two pointers are to eight limbs each; those of `a` are read, those of `low` read and written.
    unsafe {
        asm!(
            "xor r8d, r8d",
            "xor r9d, r9d",
            "xor r10d, r10d",
            "xor r11d, r11d",
            "xor r12d, r12d",
            "xor r13d, r13d",
            "xor r14d, r14d",
            "xor r15d, r15d",
            row_of_8!(0, "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
            row_of_8!(1, "r9", "r10", "r11", "r12", "r13", "r14", "r15", "r8"),
            row_of_8!(2, "r10", "r11", "r12", "r13", "r14", "r15", "r8", "r9"),
            row_of_8!(3, "r11", "r12", "r13", "r14", "r15", "r8", "r9", "r10"),
            row_of_8!(4, "r12", "r13", "r14", "r15", "r8", "r9", "r10", "r11"),
            row_of_8!(5, "r13", "r14", "r15", "r8", "r9", "r10", "r11", "r12"),
            row_of_8!(6, "r14", "r15", "r8", "r9", "r10", "r11", "r12", "r13"),
            row_of_8!(7, "r15", "r8", "r9", "r10", "r11", "r12", "r13", "r14"),
            fold_8!("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
            c = const C,
            inout("rsi") a.as_ptr() => _,
            in("rdi") low.as_mut_ptr(),
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r8") r0,
            out("r9") r1,
            out("r10") r2,
            out("r11") r3,
            out("r12") r4,
            out("r13") r5,
            out("r14") r6,
            out("r15") r7,
            options(nostack),
        );
    }
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

/// One limb of the sum at `rdi`, doubled, plus half of a square.
macro_rules! double_stored {
    ($limb:literal, $square:literal) => {
        concat!(
            "mov r14, [rdi + 8*",
            $limb,
            "]\n",
            "adcx r14, r14\n",
            "adox r14, ",
            $square,
            "\n",
            "mov [rdi + 8*",
            $limb,
            "], r14\n",
        )
    };
}

/// The square of a limb added to two limbs at `rdi`, doubled.
macro_rules! double_and_square_stored {
    ($limb:literal, $low:literal, $high:literal) => {
        concat!(
            "mov rdx, [rsi + 8*",
            $limb,
            "]\n",
            "mulx rcx, rax, rdx\n",
            double_stored!($low, "rax"),
            double_stored!($high, "rcx"),
        )
    };
}

/// The next limb of the number to be squared, and a new limb above the sum.
macro_rules! next_row {
    ($limb:literal, $new_low:literal) => {
        concat!(
            "mov rdx, [rsi + 8*",
            $limb,
            "]\n",
            "xor ",
            $new_low,
            ", ",
            $new_low,
            "\n"
        )
    };
}

macro_rules! end_row {
    ($new:literal) => {
        concat!("mov eax, 0\n", "adcx ", $new, ", rax\n")
    };
}

/// a² modulo 2^512 − C, below 2^512.
///
/// # Safety
/// The processor has BMI2 and ADX.
#[inline(never)]
pub(super) unsafe fn square<const C: u64>(a: &Limbs<8>) -> Limbs<8> {
    let mut low = [0_u64; 8];
    let (r0, r1, r2, r3, r4, r5, r6, r7);
    // SAFETY: the pointers are to eight limbs of `a`, which are read, and of `low`, which are read and
    // written.
    unsafe {
        asm!(
            // The products of different limbs; two limbs of the sum are complete after each row.
            "mov rdx, [rsi]",
            "mulx r9, r8, [rsi + 8]",
            "mulx r10, rax, [rsi + 16]",
            "add r9, rax",
            "mulx r11, rax, [rsi + 24]",
            "adc r10, rax",
            "mulx r12, rax, [rsi + 32]",
            "adc r11, rax",
            "mulx r13, rax, [rsi + 40]",
            "adc r12, rax",
            "mulx r14, rax, [rsi + 48]",
            "adc r13, rax",
            "mulx r15, rax, [rsi + 56]",
            "adc r14, rax",
            "adc r15, 0",
            "mov [rdi + 8], r8",
            "mov [rdi + 16], r9",
            next_row!(1, "r8d"),
            accumulate!(2, "r10", "r11"),
            accumulate!(3, "r11", "r12"),
            accumulate!(4, "r12", "r13"),
            accumulate!(5, "r13", "r14"),
            accumulate!(6, "r14", "r15"),
            accumulate!(7, "r15", "r8"),
            end_row!("r8"),
            "mov [rdi + 24], r10",
            "mov [rdi + 32], r11",
            next_row!(2, "r9d"),
            accumulate!(3, "r12", "r13"),
            accumulate!(4, "r13", "r14"),
            accumulate!(5, "r14", "r15"),
            accumulate!(6, "r15", "r8"),
            accumulate!(7, "r8", "r9"),
            end_row!("r9"),
            "mov [rdi + 40], r12",
            "mov [rdi + 48], r13",
            next_row!(3, "r10d"),
            accumulate!(4, "r14", "r15"),
            accumulate!(5, "r15", "r8"),
            accumulate!(6, "r8", "r9"),
            accumulate!(7, "r9", "r10"),
            end_row!("r10"),
            "mov [rdi + 56], r14",
            next_row!(4, "r11d"),
            accumulate!(5, "r8", "r9"),
            accumulate!(6, "r9", "r10"),
            accumulate!(7, "r10", "r11"),
            end_row!("r11"),
            next_row!(5, "r12d"),
            accumulate!(6, "r10", "r11"),
            accumulate!(7, "r11", "r12"),
            end_row!("r12"),
            "mov rdx, [rsi + 48]",
            "mulx r13, rax, [rsi + 56]",
            "add r12, rax",
            "adc r13, 0",
            // All doubled, plus the squares of the limbs.
            "mov rdx, [rsi]",
            "xor eax, eax",
            "mulx rcx, rax, rdx",
            "mov [rdi], rax",
            double_stored!(1, "rcx"),
            double_and_square_stored!(1, 2, 3),
            double_and_square_stored!(2, 4, 5),
            double_and_square_stored!(3, 6, 7),
            "mov r14d, 0",
            double_and_square!(4, "r15", "r8"),
            double_and_square!(5, "r9", "r10"),
            double_and_square!(6, "r11", "r12"),
            double_and_square!(7, "r13", "r14"),
            fold_8!("r15", "r8", "r9", "r10", "r11", "r12", "r13", "r14"),
            c = const C,
            inout("rsi") a.as_ptr() => _,
            in("rdi") low.as_mut_ptr(),
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r15") r0,
            out("r8") r1,
            out("r9") r2,
            out("r10") r3,
            out("r11") r4,
            out("r12") r5,
            out("r13") r6,
            out("r14") r7,
            options(nostack),
        );
    }
    [r0, r1, r2, r3, r4, r5, r6, r7]
}
