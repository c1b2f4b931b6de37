use super::*;
use crate::base::error::{Limit, Structure};
use crate::base::limits::Limits;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;

const CN: &[u8] = &[6, 3, 0x55, 4, 3];
const OU: &[u8] = &[6, 3, 0x55, 4, 11];

/// Type, string type and contents of an attribute.
type Part<'a> = (&'a [u8], Tag, &'a [u8]);

fn relative(attributes: &[Part<'_>]) -> Vec<u8> {
    let attributes: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(kind, tag, value)| {
            let value = [kind.to_vec(), element(*tag, value)].concat();
            element(Tag::SEQUENCE, &value)
        })
        .collect();
    element(Tag::SET, &attributes.concat())
}

fn read(relative_names: &[Vec<u8>]) -> Name {
    let source = Octets::from(element(Tag::SEQUENCE, &relative_names.concat()));
    let mut reader = Reader::new(&source, Encoding::Der, Structure::Name);
    Name::read(&mut reader, &mut budget()).unwrap()
}

fn name(tag: Tag, text: &str) -> Name {
    read(&[relative(&[(CN, tag, text.as_bytes())])])
}

fn utf8(text: &str) -> Name {
    name(Tag::UTF8_STRING, text)
}

fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}

/// Both ways of comparing, which must agree.
fn equal(left: &Name, right: &Name) -> bool {
    let mut budget = budget();
    let equal = matches(left, right, &mut budget).unwrap();
    assert_eq!(matches(right, left, &mut budget).unwrap(), equal);
    let mut prepared = |name| PreparedName::new(name, &mut budget).unwrap();
    assert_eq!(prepared(left) == prepared(right), equal);
    equal
}

#[test]
fn case_blanks_and_string_type_do_not_matter() {
    let left = utf8("  Test   CA ");
    assert!(equal(&left, &name(Tag::PRINTABLE_STRING, "test ca")));
    assert!(!equal(&left, &name(Tag::PRINTABLE_STRING, "testca")));
    assert!(!equal(&left, &name(Tag::PRINTABLE_STRING, "test ca 2")));
}

#[test]
fn cyrillic_is_folded_and_composed() {
    assert!(equal(&utf8("ООО «Ёлка»"), &utf8("ооо  «е\u{308}лка»")));
    assert!(!equal(&utf8("ООО «Ёлка»"), &utf8("ооо «елка»")));
    // Latin letters that look alike are other letters.
    assert!(!equal(&utf8("РОСА"), &utf8("POCA")));
}

#[test]
fn rfc4518_2_2_mapping() {
    assert!(equal(&utf8("a\u{ad}b"), &utf8("ab")));
    assert!(equal(&utf8("a\u{a0}\u{3000}\tb"), &utf8("A b")));
    assert!(equal(&utf8("a\u{200b}b"), &utf8("ab")));
    assert!(equal(&utf8("stra\u{df}e"), &utf8("STRASSE")));
}

#[test]
fn rfc4518_2_3_normalisation_is_by_compatibility() {
    assert!(equal(&utf8("\u{ff21}\u{ff22}"), &utf8("ab")));
    assert!(equal(&utf8("\u{2121}"), &utf8("tel")));
    assert!(equal(&utf8("\u{212b}"), &utf8("a\u{30a}")));
}

#[test]
fn rfc4518_2_4_prohibited_characters_are_compared_by_octets() {
    assert!(equal(&utf8("A\u{e000}"), &utf8("A\u{e000}")));
    assert!(!equal(&utf8("A\u{e000}"), &utf8("a\u{e000}")));
    assert!(!equal(&utf8("A\u{fffd}"), &utf8("a\u{fffd}")));
    assert!(!equal(&utf8("A\u{1fffe}"), &utf8("a\u{1fffe}")));
}

#[test]
fn wide_strings_are_transcoded() {
    let bmp = [0x04, 0x10, 0x00, 0x20, 0x00, 0x42];
    let universal = [0, 0, 4, 0x10, 0, 0, 0, 0x20, 0, 0, 0, 0x42];
    let wide = |tag, octets: &[u8]| read(&[relative(&[(CN, tag, octets)])]);
    assert!(equal(&wide(Tag::BMP_STRING, &bmp), &utf8("а b")));
    assert!(equal(
        &wide(Tag::UNIVERSAL_STRING, &universal),
        &utf8("а b")
    ));
    assert!(equal(&wide(Tag::TELETEX_STRING, b"\xc4"), &utf8("ä")));
}

#[test]
fn what_is_no_string_is_compared_by_octets() {
    let other = |octets: &[u8]| read(&[relative(&[(CN, Tag::OCTET_STRING, octets)])]);
    assert!(equal(&other(b"A"), &other(b"A")));
    assert!(!equal(&other(b"A"), &other(b"a")));
    assert!(!equal(&other(b"a"), &utf8("a")));
}

#[test]
fn the_order_within_a_relative_name_does_not_matter_and_that_of_them_does() {
    let (a, b): (Part<'_>, Part<'_>) = ((CN, Tag::UTF8_STRING, b"a"), (OU, Tag::UTF8_STRING, b"b"));
    assert!(equal(
        &read(&[relative(&[a, b])]),
        &read(&[relative(&[b, a])])
    ));
    assert!(!equal(
        &read(&[relative(&[a, a])]),
        &read(&[relative(&[a, b])])
    ));
    assert!(!equal(
        &read(&[relative(&[a, b])]),
        &read(&[relative(&[a]), relative(&[b])])
    ));
    assert!(!equal(
        &read(&[relative(&[a]), relative(&[b])]),
        &read(&[relative(&[b]), relative(&[a])])
    ));
}

#[test]
fn the_attribute_type_matters() {
    let ou = read(&[relative(&[(OU, Tag::UTF8_STRING, b"a")])]);
    assert!(!equal(&ou, &utf8("a")));
}

#[test]
fn a_subtree_starts_at_the_first_relative_name() {
    let prepared = |names: &[&str]| {
        let names: Vec<_> = names
            .iter()
            .map(|text| relative(&[(CN, Tag::UTF8_STRING, text.as_bytes())]))
            .collect();
        PreparedName::new(&read(&names), &mut budget()).unwrap()
    };
    let name = prepared(&["a", "b", "c"]);
    assert!(prepared(&[]).is_prefix_of(&name));
    assert!(prepared(&["A", "B"]).is_prefix_of(&name));
    assert!(name.is_prefix_of(&name));
    assert!(!prepared(&["b", "c"]).is_prefix_of(&name));
    assert!(!prepared(&["a", "b", "c", "d"]).is_prefix_of(&name));
}

#[test]
fn long_values_cost_more() {
    let limits = Limits {
        name_comparisons: 20,
        ..Limits::STANDARD
    };
    let (left, right) = (utf8(&"Ж".repeat(2000)), utf8(&"ж".repeat(2000)));
    let ended = matches(&left, &right, &mut Budget::new(limits)).unwrap_err();
    assert_eq!(ended.which, Limit::NameComparisons);
    assert!(equal(&left, &right));
}

#[test]
fn a_name_is_shown_escaped() {
    assert_eq!(utf8("#a,b ").to_string(), "CN=\\#a\\,b\\ ");
}

#[test]
fn russian_text_is_prepared_as_any_other() {
    let simple: Vec<char> = ('\0'..='\u{2fff}')
        .filter(|c| simple(*c).is_some())
        .collect();
    assert_eq!(simple.len(), 95 + 2 * 33 + 2);
    for before in &simple {
        for after in &simple {
            let text = format!("{before}{after}  {before}");
            assert_eq!(
                prepare(&text).map(Cow::into_owned),
                prepare_any(&text),
                "{text}"
            );
        }
    }
    // Letters made of two characters are left to the whole preparation.
    assert_eq!(prepare("Кра\u{438}\u{306}"), prepare("КРАЙ"));
    assert_ne!(prepare("край"), prepare("краи"));
}

#[test]
fn the_short_comparison_says_what_prepared_forms_do() {
    let characters = [
        ' ', 'a', 'A', '~', '\u{7f}', '\0', '\t', 'Я', 'я', 'ё', 'Ё', '«', 'é', '\u{ad}', '\u{a0}',
        '\u{e000}', '℡',
    ];
    let mut texts = vec![String::new()];
    for first in characters {
        texts.push(first.to_string());
        texts.extend(characters.map(|second| String::from_iter([first, second])));
    }
    texts.extend([" a  A ", "A a", "aA", "a ~"].map(str::to_owned));
    let tags = [
        Tag::UTF8_STRING,
        Tag::PRINTABLE_STRING,
        Tag::IA5_STRING,
        Tag::OCTET_STRING,
    ];
    let names: Vec<Name> = texts.iter().map(|text| utf8(text)).collect();
    for left in &names {
        for right in &names {
            equal(left, right);
        }
    }
    for left in texts.iter().filter(|text| text.chars().count() < 2) {
        for tags in tags.map(|left| tags.map(|right| (left, right))).concat() {
            for right in texts.iter().filter(|text| text.chars().count() < 2) {
                equal(&name(tags.0, left), &name(tags.1, right));
            }
        }
    }
}
