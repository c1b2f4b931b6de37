//! Characters of XML documents and of names (XML 1.0 §2.2, §2.3).

/// An octet that text cannot be taken over as it is at.
pub(super) const IN_TEXT: u8 = 1;
/// The same in a CDATA section.
pub(super) const IN_CDATA: u8 = 2;
/// The same in an attribute value.
pub(super) const IN_VALUE: u8 = 4;
/// An octet of a character that may not stand anywhere, or may be.
pub(super) const ANYWHERE: u8 = 8;

/// In which contexts an octet needs a look.
const SPECIAL: [u8; 256] = {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 0x20 {
        table[octet] = IN_TEXT | IN_CDATA | IN_VALUE | ANYWHERE;
        octet += 1;
    }
    table[b'\t' as usize] = IN_VALUE;
    table[b'\n' as usize] = IN_VALUE;
    table[b'\r' as usize] = IN_TEXT | IN_CDATA | IN_VALUE;
    table[b'<' as usize] = IN_TEXT | IN_VALUE;
    table[b'&' as usize] = IN_TEXT | IN_VALUE;
    table[b'>' as usize] = IN_TEXT;
    table[b']' as usize] = IN_CDATA;
    table[b'"' as usize] = IN_VALUE;
    table[b'\'' as usize] = IN_VALUE;
    // The first octet of U+FFFE and U+FFFF.
    table[0xef] = IN_TEXT | IN_CDATA | IN_VALUE | ANYWHERE;
    table
};

/// The offset of the first octet that needs a look in this context.
pub(super) fn first_special(octets: &[u8], context: u8) -> Option<usize> {
    octets.iter().position(|octet| {
        SPECIAL
            .get(usize::from(*octet))
            .is_some_and(|contexts| contexts & context != 0)
    })
}

/// White space (XML 1.0 §2.3).
pub(super) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r')
}

/// A character of documents (XML 1.0 §2.2).
pub(super) const fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// A character that names begin with; a colon only parts the prefix from the local name.
pub(super) const fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | 'a'..='z' | '_' | ':'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// A character of names.
pub(super) const fn is_name(character: char) -> bool {
    is_name_start(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// A name with at most one prefix (Namespaces in XML 1.0 §4).
pub(super) fn is_qualified_name(name: &str) -> bool {
    let is_part = |part: &str| part.starts_with(is_name_start);
    match name.split_once(':') {
        Some((prefix, local)) => is_part(prefix) && is_part(local) && !local.contains(':'),
        None => is_part(name),
    }
}
