//! Names of containers: ASCII, or Windows-1251 as the program that writes them has it.

/// Most characters of a name that are shown.
const MOST_CHARACTERS: usize = 260;

/// Windows-1251 from 80 to BF; from C0 the letters follow in alphabetical order. 98 stands for nothing.
const UPPER: [char; 64] = [
    'Ђ', 'Ѓ', '‚', 'ѓ', '„', '…', '†', '‡', '€', '‰', 'Љ', '‹', 'Њ', 'Ќ', 'Ћ', 'Џ', 'ђ', '‘', '’',
    '“', '”', '•', '–', '—', '\u{FFFD}', '™', 'љ', '›', 'њ', 'ќ', 'ћ', 'џ', '\u{A0}', 'Ў', 'ў',
    'Ј', '¤', 'Ґ', '¦', '§', 'Ё', '©', 'Є', '«', '¬', '\u{AD}', '®', 'Ї', '°', '±', 'І', 'і', 'ґ',
    'µ', '¶', '·', 'ё', '№', 'є', '»', 'ј', 'Ѕ', 'ѕ', 'ї',
];

/// The text of a name. Control characters are replaced: a name comes from a card and goes to a screen.
pub(super) fn shown(octets: &[u8]) -> String {
    let character = |octet: &u8| match octet {
        0x20..=0x7E => char::from(*octet),
        0x80..=0xBF => {
            let upper = UPPER.get(usize::from(*octet) - 0x80).copied();
            upper.unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        0xC0..=0xFF => {
            let letter = u32::from('А') + u32::from(*octet) - 0xC0;
            char::from_u32(letter).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => char::REPLACEMENT_CHARACTER,
    };
    let end = octets.iter().rposition(|octet| *octet != 0);
    let named = end.map_or(&[][..], |end| octets.get(..=end).unwrap_or_default());
    named.iter().take(MOST_CHARACTERS).map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn names_are_windows_1251() {
        let octets = [0xC8, 0xE2, 0xE0, 0xED, 0xEE, 0xE2, b' ', b'-', b'1'];
        assert_eq!(shown(&octets), "Иванов -1");
        assert_eq!(shown(&[0xA8, 0xB8, 0xB9, 0xFF]), "Ёё№я");
        assert_eq!(shown(b"le-12\0\0"), "le-12");
    }

    #[test]
    fn what_steers_a_terminal_is_replaced() {
        assert_eq!(
            shown(&[0x1B, b'[', 0x07, 0x98, 0x7F]),
            "\u{FFFD}[\u{FFFD}\u{FFFD}\u{FFFD}"
        );
        assert_eq!(shown(&[b'a'; 300]).len(), 260);
        assert_eq!(shown(&[0, 0]), "");
    }
}
