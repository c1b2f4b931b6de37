//! Check digits of state identifiers: SNILS, INN, OGRN, OGRNIP (FSB order 795 names them in certificates).
//!
//! They are advice: numbers that do not fit have been issued, and numbers that fit may belong to nobody.

/// A kind of number (FSB order 795).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Insurance number of a personal account, 11 digits.
    Snils,
    /// Taxpayer number of a natural person, 12 digits.
    PersonInn,
    /// Taxpayer number of an organisation, 10 digits.
    OrganisationInn,
    /// State registration number of a legal entity, 13 digits.
    Ogrn,
    /// State registration number of a sole trader, 15 digits.
    Ogrnip,
}

/// What the check digits of a number say (FSB order 795 names the numbers; each has its own rule).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CheckDigits {
    /// They fit the rest.
    Fit,
    /// They do not fit the rest.
    DoNotFit,
    /// The number is one of those issued without check digits: a SNILS up to 001-001-998.
    NotChecked,
    /// It is not such a number: another count of digits, something else than digits, or a person's INN that begins
    /// with the `00` by which an organisation's was brought to 12 digits.
    OtherForm,
}

/// SNILS up to this one were issued without check digits.
const SNILS_LAST_UNCHECKED: u64 = 1_001_998;

impl CheckDigits {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::DoNotFit => "do_not_fit",
            Self::NotChecked => "not_checked",
            Self::OtherForm => "other_form",
        }
    }
}

impl Kind {
    /// How many digits such a number has.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::Snils => 11,
            Self::PersonInn => 12,
            Self::OrganisationInn => 10,
            Self::Ogrn => 13,
            Self::Ogrnip => 15,
        }
    }

    /// Checks a text of digits alone.
    #[must_use]
    pub fn check(self, text: &str) -> CheckDigits {
        let octets = text.as_bytes();
        if octets.len() != self.digits() || !octets.iter().all(u8::is_ascii_digit) {
            return CheckDigits::OtherForm;
        }
        let fits = match self {
            Self::Snils => {
                let (body, check) = text.split_at(9);
                if number(body) <= SNILS_LAST_UNCHECKED {
                    return CheckDigits::NotChecked;
                }
                weighted(body, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == number(check)
            }
            Self::PersonInn => {
                if text.starts_with("00") {
                    return CheckDigits::OtherForm;
                }
                inn_fits(text, 10, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
                    && inn_fits(text, 11, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
            }
            Self::OrganisationInn => inn_fits(text, 9, &[2, 4, 10, 3, 5, 9, 4, 6, 8]),
            Self::Ogrn => registration_fits(text, 12, 11),
            Self::Ogrnip => registration_fits(text, 14, 13),
        };
        if fits {
            CheckDigits::Fit
        } else {
            CheckDigits::DoNotFit
        }
    }
}

/// The INN of an organisation that certificates before FSB order 31 carry as `00` and 10 digits; none unless the ten
/// fit their check digit.
#[must_use]
pub fn organisation_in_twelve(text: &str) -> Option<&str> {
    let ten = text.strip_prefix("00")?;
    (Kind::OrganisationInn.check(ten) == CheckDigits::Fit).then_some(ten)
}

/// The digit at a place against the weighted sum of those before it.
fn inn_fits(text: &str, place: usize, weights: &[u64]) -> bool {
    let (body, rest) = text.split_at(place);
    rest.get(..1).map(number) == Some(weighted(body, weights) % 11 % 10)
}

/// The last digit against the number before it.
fn registration_fits(text: &str, place: usize, modulus: u64) -> bool {
    let (body, check) = text.split_at(place);
    number(body) % modulus % 10 == number(check)
}

fn weighted(digits: &str, weights: &[u64]) -> u64 {
    let digits = digits.bytes().map(|octet| u64::from(octet - b'0'));
    digits
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// Of at most 15 digits.
fn number(digits: &str) -> u64 {
    digits
        .bytes()
        .fold(0, |sum, octet| sum * 10 + u64::from(octet - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_their_check_digits() {
        use CheckDigits::{DoNotFit, Fit, NotChecked, OtherForm};
        for (kind, text, expected) in [
            (Kind::Snils, "11223344595", Fit),
            (Kind::Snils, "11223344594", DoNotFit),
            (Kind::Snils, "08765430300", Fit),
            (Kind::Snils, "00100199899", NotChecked),
            (Kind::Snils, "00100199999", DoNotFit),
            (Kind::Snils, "112-233-445", OtherForm),
            (Kind::PersonInn, "500100732259", Fit),
            (Kind::PersonInn, "500100732258", DoNotFit),
            (Kind::PersonInn, "500100732249", DoNotFit),
            (Kind::PersonInn, "007707329152", OtherForm),
            (Kind::OrganisationInn, "7707329152", Fit),
            (Kind::OrganisationInn, "7707083894", DoNotFit),
            (Kind::OrganisationInn, "770708389", OtherForm),
            (Kind::Ogrn, "1047702026701", Fit),
            (Kind::Ogrn, "1047702026702", DoNotFit),
            (Kind::Ogrnip, "304500116000157", Fit),
            (Kind::Ogrnip, "304500116000158", DoNotFit),
            (Kind::Ogrnip, "٣٠٤٥٠٠١١", OtherForm),
        ] {
            assert_eq!(kind.check(text), expected, "{kind:?} {text}");
        }
    }

    #[test]
    fn an_organisation_in_twelve_digits() {
        assert_eq!(organisation_in_twelve("007707329152"), Some("7707329152"));
        for other in ["007707329153", "500100732259", "7707329152", "00"] {
            assert_eq!(organisation_in_twelve(other), None, "{other}");
        }
    }
}
