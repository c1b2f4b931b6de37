//! Comparison of names (RFC 5280 §7.1, RFC 4518).

use std::borrow::Cow;
use std::sync::Arc;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oid::Oid;

use super::name::{Name, NameAttribute, RelativeName};

/// Octets of values that one comparison may prepare; longer ones count as several.
const OCTETS_A_COMPARISON: u64 = 32;

/// Whether two names are equal: by octets, else attribute by attribute in prepared form (RFC 5280 §7.1).
///
/// # Errors
/// The limit on name comparisons.
///
/// # Limits
/// One name comparison, and one more for each relative name and each 32 octets that are prepared.
pub fn matches(left: &Name, right: &Name, budget: &mut Budget) -> Result<bool, LimitExceeded> {
    budget.spend_name_comparison()?;
    if left.octets == right.octets {
        return Ok(true);
    }
    if left.relative_names().len() != right.relative_names().len() {
        return Ok(false);
    }
    // From the end: that is where names of one organisation differ.
    let pairs = left.relative_names().iter().zip(right.relative_names());
    for (left, right) in pairs.rev() {
        if !relative_names_match(left, right, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn relative_names_match(
    left: &[NameAttribute],
    right: &[NameAttribute],
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    if left.len() != right.len() {
        return Ok(false);
    }
    match (left, right) {
        ([left], [right]) if left.attribute != right.attribute => Ok(false),
        ([left], [right]) if left.value == right.value => Ok(true),
        _ => {
            spend_preparation(left.iter().chain(right), budget)?;
            if let ([left], [right]) = (left, right)
                && let Some(equal) = simple_texts_equal(left, right)
            {
                return Ok(equal);
            }
            Ok(PreparedRelativeName::new(left) == PreparedRelativeName::new(right))
        }
    }
}

/// What the prepared forms come to, without making them, for texts whose characters are prepared one by one.
fn simple_texts_equal(left: &NameAttribute, right: &NameAttribute) -> Option<bool> {
    let (left, right) = (left.text()?, right.text()?);
    if let (Some(left), Some(right)) = (plain(left), plain(right)) {
        let words =
            |text| <[u8]>::split(text, |octet| *octet == b' ').filter(|word| !word.is_empty());
        let (mut left, mut right) = (words(left), words(right));
        return Some(loop {
            match (left.next(), right.next()) {
                (None, None) => break true,
                (Some(left), Some(right)) if left.eq_ignore_ascii_case(right) => {}
                _ => break false,
            }
        });
    }
    let is_simple = |text: &str| text.chars().all(|character| simple(character).is_some());
    if !is_simple(left) || !is_simple(right) {
        return None;
    }
    let words = |text| str::split(text, ' ').filter(|word| !word.is_empty());
    let (mut left, mut right) = (words(left), words(right));
    Some(loop {
        match (left.next(), right.next()) {
            (None, None) => break true,
            (Some(left), Some(right)) if left.chars().map(simple).eq(right.chars().map(simple)) => {
            }
            _ => break false,
        }
    })
}

/// The octets of a text of printable ASCII characters.
fn plain(text: &str) -> Option<&[u8]> {
    let octets = text.as_bytes();
    let is_plain = octets.iter().all(|octet| matches!(octet, b' '..=b'~'));
    is_plain.then_some(octets)
}

fn spend_preparation<'a>(
    attributes: impl Iterator<Item = &'a NameAttribute>,
    budget: &mut Budget,
) -> Result<(), LimitExceeded> {
    let octets: u64 = attributes.map(|a| a.value.len() as u64).sum();
    for _ in 0..=octets / OCTETS_A_COMPARISON {
        budget.spend_name_comparison()?;
    }
    Ok(())
}

/// A name in the form in which equal names are equal values: a key of maps, and what subtrees of
/// directory names are compared by (RFC 5280 §7.1).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PreparedName {
    relative_names: Arc<[PreparedRelativeName]>,
}

/// A relative name is a set: its attributes are sorted.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct PreparedRelativeName(Vec<(Oid, PreparedValue)>);

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum PreparedValue {
    Text(String),
    /// Not a character string, or one that RFC 4518 gives no prepared form.
    Octets(Vec<u8>),
}

impl PreparedName {
    /// Prepares a name (RFC 5280 §7.1).
    ///
    /// # Errors
    /// The limit on name comparisons.
    ///
    /// # Limits
    /// One name comparison for each 32 octets.
    pub fn new(name: &Name, budget: &mut Budget) -> Result<Self, LimitExceeded> {
        let parts = name.glance();
        spend_preparation(parts.iter().flat_map(|part| part.iter()), budget)?;
        Ok(Self::of_parts(&*parts))
    }

    /// Pays for the preparation of a name: always the same, whether it was prepared before or not.
    pub(super) fn spend(name: &Name, budget: &mut Budget) -> Result<(), LimitExceeded> {
        spend_preparation(name.attributes(), budget)
    }

    /// The form of a name that was paid for.
    pub(super) fn of(name: &Name) -> Self {
        Self::of_parts(name.relative_names())
    }

    /// Prepares the name that stands one relative name below another (RFC 5280 §4.2.1.13).
    ///
    /// # Errors
    /// The limit on name comparisons.
    pub fn below(
        base: &Name,
        last: &RelativeName,
        budget: &mut Budget,
    ) -> Result<Self, LimitExceeded> {
        spend_preparation(base.attributes().chain(&**last), budget)?;
        Ok(Self::of_parts(base.relative_names().iter().chain([last])))
    }

    fn of_parts<'a>(parts: impl IntoIterator<Item = &'a RelativeName>) -> Self {
        let parts = parts
            .into_iter()
            .map(|part| PreparedRelativeName::new(part));
        Self {
            relative_names: parts.collect(),
        }
    }

    /// Whether a name lies in the subtree below this one: its first relative names are these
    /// (RFC 5280 §4.2.1.10).
    #[must_use]
    pub fn is_prefix_of(&self, name: &Self) -> bool {
        name.relative_names.starts_with(&self.relative_names)
    }
}

impl PreparedRelativeName {
    fn new(attributes: &[NameAttribute]) -> Self {
        let prepared = attributes.iter().map(|attribute| {
            let text = attribute.text().and_then(prepare);
            let value = match text {
                Some(text) => PreparedValue::Text(text.into_owned()),
                None => PreparedValue::Octets(attribute.value.to_vec()),
            };
            (attribute.attribute, value)
        });
        let mut prepared: Vec<_> = prepared.collect();
        prepared.sort();
        Self(prepared)
    }
}

/// The prepared form of a string for caseIgnoreMatch (RFC 4518 §2); nothing when it holds a character
/// that has none. The empty string and blanks alone stay distinct from nothing.
///
/// # Deviation
/// Case is folded after normalisation too, so that signs like ℡ compare as the letters they stand for.
/// Unassigned characters are compared as they are: which ones those are changes with every Unicode version.
fn prepare(text: &str) -> Option<Cow<'_, str>> {
    if is_prepared(text) {
        return Some(Cow::Borrowed(text));
    }
    if let Some(prepared) = join_words(text.chars().map(simple), text.len()) {
        return Some(Cow::Owned(prepared));
    }
    if text.is_ascii() {
        let mapped = text.chars().filter_map(map);
        let folded = mapped.map(|c| c.to_ascii_lowercase());
        return join_words(folded.map(Some), text.len()).map(Cow::Owned);
    }
    prepare_any(text).map(Cow::Owned)
}

/// The prepared form of one character of Russian text, whatever stands beside it; nothing for all other characters.
const fn simple(character: char) -> Option<char> {
    match character {
        'А'..='Я' => char::from_u32(character as u32 + 0x20),
        'Ё' => Some('ё'),
        'а'..='я' | 'ё' | '«' | '»' => Some(character),
        ' '..='~' => Some(character.to_ascii_lowercase()),
        _ => None,
    }
}

fn prepare_any(text: &str) -> Option<String> {
    if text.chars().any(is_prohibited) {
        return None;
    }
    let mapped = text.chars().filter_map(map);
    let folded = mapped.nfkd().default_case_fold().nfkd();
    let folded = folded.default_case_fold().nfkc();
    join_words(folded.map(Some), text.len())
}

/// Plain lower-case ASCII with single blanks between words: the form itself.
fn is_prepared(text: &str) -> bool {
    let mut before = b' ';
    for octet in text.bytes() {
        let plain = matches!(octet, b'!'..=b'~') && !octet.is_ascii_uppercase();
        if !plain && (octet != b' ' || before == b' ') {
            return false;
        }
        before = octet;
    }
    before != b' '
}

/// RFC 4518 §2.2, without its case folding.
const fn map(character: char) -> Option<char> {
    match character {
        // TAB, LF, VT, FF, CR, NEL and the separators of the categories Zs, Zl and Zp.
        '\u{9}'..='\u{d}'
        | '\u{85}'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => Some(' '),
        // Soft hyphens, variation selectors, joiners, controls and format characters.
        '\u{ad}'
        | '\u{34f}'
        | '\u{1806}'
        | '\u{180b}'..='\u{180e}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fffc}'
        | '\0'..='\u{8}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'..='\u{84}'
        | '\u{86}'..='\u{9f}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2063}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}' => None,
        other => Some(other),
    }
}

/// RFC 4518 §2.4: private use, no characters, and the replacement character.
const fn is_prohibited(character: char) -> bool {
    matches!(
        character,
        '\u{e000}'..='\u{f8ff}'
            | '\u{f0000}'..='\u{10ffff}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fffd}'
    ) || (character as u32) & 0xfffe == 0xfffe
}

/// RFC 4518 §2.6.1: blanks at the ends do not count, and a run of them is one; none when a character has no form. So
/// many octets are expected.
fn join_words(characters: impl Iterator<Item = Option<char>>, expected: usize) -> Option<String> {
    let mut joined = String::with_capacity(expected);
    let mut pending = false;
    for character in characters {
        let character = character?;
        if character == ' ' {
            pending = !joined.is_empty();
            continue;
        }
        if pending {
            joined.push(' ');
            pending = false;
        }
        joined.push(character);
    }
    Some(joined)
}

#[cfg(test)]
mod tests;
