//! Whom a certificate names, in the words of a sentence.

use crate::finding::Language;

use super::super::super::model::{SignerReport, SubjectReport};
use super::super::escape::foreign;
use super::super::words::named as quoted;

/// The signer.
pub(super) fn named(signer: &SignerReport, language: Language) -> String {
    of_subject(&signer.subject, &signer.certificate.subject, language)
}

/// Surname and names where they stand, else the common name, else the whole name; and the organisation acted for. No
/// number of a person: a paragraph is read by many.
pub(super) fn of_subject(subject: &SubjectReport, whole: &str, language: Language) -> String {
    let show = |text: &str| foreign(text.trim(), language);
    let person = match (&subject.surname, &subject.given_name, &subject.cn) {
        (Some(surname), Some(given), _) => show(&format!("{} {}", surname.trim(), given.trim())),
        (_, _, Some(one)) | (Some(one), None, None) => show(one),
        (None, _, None) => quoted(whole),
    };
    match (&subject.ogrn, language) {
        (None, _) => person,
        (Some(ogrn), Language::Ru) => format!("{person}, за организацию с ОГРН {}", show(ogrn)),
        (Some(ogrn), Language::En) => {
            format!("{person}, for the organisation with OGRN {}", show(ogrn))
        }
    }
}
