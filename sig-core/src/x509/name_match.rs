//! Comparison of names (RFC 5280 §7.1).

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;

use super::name::{Name, NameAttribute};

/// Whether two names are equal: by octets, else attribute by attribute after the preparation of
/// RFC 5280 §7.1 (case folded, blanks trimmed and runs of them made one, string type ignored).
///
/// # Errors
/// The limit on name comparisons.
pub fn matches(left: &Name, right: &Name, budget: &mut Budget) -> Result<bool, LimitExceeded> {
    budget.spend_name_comparison()?;
    if left.octets == right.octets {
        return Ok(true);
    }
    if left.relative_names.len() != right.relative_names.len() {
        return Ok(false);
    }
    for (left, right) in left.relative_names.iter().zip(&right.relative_names) {
        budget.spend_name_comparison()?;
        if !relative_names_match(left, right) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A relative name is a set: order does not matter.
fn relative_names_match(left: &[NameAttribute], right: &[NameAttribute]) -> bool {
    /// Real relative names have one or two attributes; more are compared by octets only.
    const MAX: usize = 8;
    if left.len() != right.len() || left.len() > MAX {
        return false;
    }
    let mut unused: Vec<&NameAttribute> = right.iter().collect();
    left.iter().all(|attribute| {
        let found = unused
            .iter()
            .position(|candidate| attributes_match(attribute, candidate));
        found.map(|at| unused.swap_remove(at)).is_some()
    })
}

fn attributes_match(left: &NameAttribute, right: &NameAttribute) -> bool {
    left.attribute == right.attribute
        && (left.value == right.value
            || match (&left.text, &right.text) {
                (Some(left), Some(right)) => prepared(left).eq(prepared(right)),
                _ => false,
            })
}

fn prepared(text: &str) -> impl Iterator<Item = char> {
    let words = text.split_whitespace().enumerate();
    words.flat_map(|(index, word)| {
        let blank = (index > 0).then_some(' ');
        blank
            .into_iter()
            .chain(word.chars().flat_map(char::to_lowercase))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Structure;
    use crate::base::limits::Limits;
    use crate::der::octets::Octets;
    use crate::der::reader::{Encoding, Reader};
    use crate::der::tag::Tag;
    use crate::der::writer::element;

    fn name(tag: Tag, text: &str) -> Name {
        let value = [vec![6, 3, 0x55, 4, 3], element(tag, text.as_bytes())].concat();
        let set = element(Tag::SET, &element(Tag::SEQUENCE, &value));
        let source = Octets::from(element(Tag::SEQUENCE, &set));
        let mut budget = Budget::new(Limits::STANDARD);
        Name::read(
            &mut Reader::new(&source, Encoding::Der, Structure::Name),
            &mut budget,
        )
        .unwrap()
    }

    fn equal(left: &Name, right: &Name) -> bool {
        matches(left, right, &mut Budget::new(Limits::STANDARD)).unwrap()
    }

    #[test]
    fn case_blanks_and_string_type_do_not_matter() {
        let left = name(Tag::UTF8_STRING, "  Test   CA ");
        assert!(equal(&left, &name(Tag::PRINTABLE_STRING, "test ca")));
        assert!(!equal(&left, &name(Tag::PRINTABLE_STRING, "testca")));
        assert!(!equal(&left, &name(Tag::PRINTABLE_STRING, "test ca 2")));
    }

    #[test]
    fn a_name_is_shown_escaped() {
        assert_eq!(
            name(Tag::UTF8_STRING, "#a,b ").to_string(),
            "CN=\\#a\\,b\\ "
        );
    }
}
