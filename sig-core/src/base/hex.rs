//! Hexadecimal digits.

/// Octets that are written at once.
const GROUP: usize = 32;

/// Lower-case hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> String {
    const fn digit(nibble: u8) -> u8 {
        nibble + if nibble < 10 { b'0' } else { b'a' - 10 }
    }
    let mut text = String::with_capacity(2 * octets.len());
    for group in octets.chunks(GROUP) {
        let mut digits = [[0; 2]; GROUP];
        for (pair, octet) in digits.iter_mut().zip(group) {
            *pair = [digit(octet >> 4), digit(octet & 0xf)];
        }
        let digits = digits.as_flattened().get(..2 * group.len());
        text.push_str(str::from_utf8(digits.unwrap_or_default()).unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_has_two_digits_in_its_place() {
        let octets: Vec<u8> = (0..=255).collect();
        for length in [0, 1, 31, 32, 33, 64, 256] {
            let octets = &octets[256 - length..];
            let expected: String = octets.iter().map(|it| format!("{it:02x}")).collect();
            assert_eq!(hex(octets), expected);
        }
    }
}
