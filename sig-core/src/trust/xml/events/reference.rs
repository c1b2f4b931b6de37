//! References to characters and to the five entities (XML 1.0 §4.1, §4.6).

use super::super::characters::is_character;

/// Longer ones are not read: they would have leading zeros without end.
const LONGEST: usize = 32;

/// The character that the reference at this offset means, and the offset after it.
pub(super) fn read(text: &str, start: usize) -> Option<(char, usize)> {
    let inside = text.get(start + 1..)?;
    let end = inside
        .bytes()
        .take(LONGEST)
        .position(|octet| octet == b';')?;
    let name = inside.get(..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => match name.strip_prefix("#x") {
            Some(digits) => number(digits, 16)?,
            None => number(name.strip_prefix('#')?, 10)?,
        },
    };
    Some((character, start + 1 + end + 1))
}

fn number(digits: &str, radix: u32) -> Option<char> {
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(number).filter(|character| is_character(*character))
}
