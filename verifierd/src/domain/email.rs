//! One form of an e-mail address, so that one mailbox belongs to one account.

use unicode_normalization::UnicodeNormalization as _;

/// The address in NFC and lower case, its host as the name system knows it
/// (UTS 46): `ИВАН@Пример.РФ` and `иван@xn--e1afmkfd.xn--p1ai` are one.
///
/// A host that is no name keeps its letters.
#[must_use]
pub fn one_form(address: &str) -> String {
    let address: String = address.nfc().collect::<String>().to_lowercase();
    // What lower case made of a letter may compose again.
    let address: String = address.nfc().collect();
    match address.rsplit_once('@') {
        Some((local, host)) => match idna::domain_to_ascii(host) {
            Ok(host) => format!("{local}@{host}"),
            Err(_) => address,
        },
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_form() {
        for (one, other) in [
            ("anna@example.org", "Anna@EXAMPLE.org"),
            ("иван@пример.рф", "ИВАН@xn--e1afmkfd.xn--p1ai"),
            ("jose\u{301}@example.org", "jos\u{e9}@example.org"),
            ("a@b\u{fc}cher.example", "a@xn--bcher-kva.example"),
            ("a@Ｅxample.org", "a@example.org"),
        ] {
            assert_eq!(one_form(one), one_form(other));
        }
    }

    #[test]
    fn two_mailboxes_have_two() {
        for (one, other) in [
            ("anna@example.org", "ann@example.org"),
            ("anna@example.org", "anna@example.com"),
            ("anna@-.example", "anna@--.example"),
            ("a.b@example.org", "ab@example.org"),
        ] {
            assert_ne!(one_form(one), one_form(other));
        }
    }
}
