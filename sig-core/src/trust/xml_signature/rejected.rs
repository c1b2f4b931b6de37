//! Why the signature of a document is not accepted (XMLDSig §3.2).

use crate::alg::digest::DigestId;
use crate::alg::signature::{KeyRejected, SignatureId};
use crate::base::error::Computation;
use crate::finding::Language;

use super::super::c14n::C14nRejected;

/// Why the signature of a document is not accepted. Each rule has its own reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureRejected {
    /// There is no signature.
    Missing,
    /// There is more than one.
    Repeated,
    /// It is not a child of the root element.
    Misplaced,
    /// Two elements carry one identifier.
    AmbiguousId,
    /// An element, attribute or text of the signature is absent, unexpected or out of order.
    Form,
    /// It must have one reference, and one more to the signed properties if it is a XAdES signature; it has this many.
    ReferenceCount(usize),
    /// The reference is not `URI=""`, the whole document; in a XAdES signature not the root element by its `Id` either.
    ReferenceUri,
    /// The transforms are not enveloped-signature and then exclusive canonicalization; of the reference to the signed
    /// properties of a XAdES signature: not exclusive canonicalization alone.
    Transforms,
    /// An algorithm has parameters, such as a list of inclusive prefixes or a shorter output.
    Parameters,
    /// The canonicalization is not the exclusive one without comments.
    CanonicalizationMethod,
    /// The signature algorithm is not one that is accepted.
    SignatureMethod,
    /// The digest algorithm is not one that is accepted.
    DigestMethod,
    /// The reference uses another digest than the signature algorithm.
    MethodsDisagree,
    /// The digest value is not base64 of the length of the algorithm.
    DigestValue,
    /// The document is not the one that was signed.
    DigestMismatch,
    /// The signature value is not base64 of a value of the algorithm.
    SignatureValue,
    /// It must name one certificate, in KeyInfo/X509Data.
    SignerCount,
    /// A XAdES signature has not exactly one `SignedProperties`, at its place, and a reference to it.
    SignedProperties,
    /// The signed properties are not those that were signed.
    PropertiesChanged,
    /// The signed properties name no certificate of `KeyInfo` as the signer's.
    SigningCertificate,
    /// The octets given as the signer are not a certificate.
    SignerCertificate,
    /// The signer's key is not one of the signature algorithm or not a valid one.
    SignerKey(KeyRejected),
    /// The table of algorithms that is in use does not have this one.
    AlgorithmUnavailable(SignatureId),
    /// The table of algorithms that is in use does not have this digest.
    DigestUnavailable(DigestId),
    /// The document has no canonical form.
    Canonicalization(C14nRejected),
    /// The signature is not one of this document by this key.
    SignatureInvalid,
    /// Two implementations disagree about this computation: the signature was not judged.
    BackEndsDisagree(Computation, SignatureId),
}

impl SignatureRejected {
    /// The stable name of the reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// What is wrong, in words.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        let (_, ru, en) = self.row();
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }

    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Missing => (
                "list.signature.missing",
                "в списке нет электронной подписи",
                "the list has no signature",
            ),
            Self::Repeated => (
                "list.signature.repeated",
                "в списке больше одной подписи",
                "the list has more than one signature",
            ),
            Self::Misplaced => (
                "list.signature.misplaced",
                "подпись стоит не в корневом элементе списка",
                "the signature is not a child of the root element",
            ),
            Self::AmbiguousId => (
                "list.signature.ambiguous_id",
                "один идентификатор стоит у двух элементов",
                "two elements carry the same identifier",
            ),
            Self::Form => (
                "list.signature.form",
                "состав элементов подписи не такой, какой принимается",
                "the elements of the signature are not those that are accepted",
            ),
            Self::ReferenceCount(_) => (
                "list.signature.reference_count",
                "в подписи должна быть ровно одна ссылка Reference, а в XAdES ещё одна — на SignedProperties",
                "the signature must have exactly one Reference, and in XAdES one more to SignedProperties",
            ),
            Self::ReferenceUri => (
                "list.signature.reference_uri",
                "подписан не весь документ: у Reference должен быть пустой URI",
                "not the whole document is signed: Reference must have an empty URI",
            ),
            Self::Transforms => (
                "list.signature.transforms",
                "преобразования Transforms не те: нужны enveloped-signature и xml-exc-c14n#, только они и в этом порядке",
                "the Transforms must be enveloped-signature and xml-exc-c14n#, only these, in this order",
            ),
            Self::Parameters => (
                "list.signature.parameters",
                "у алгоритма подписи или преобразования есть параметры, которых быть не должно",
                "an algorithm or a transform has parameters, which are not accepted",
            ),
            Self::CanonicalizationMethod => (
                "list.signature.canonicalization",
                "каноническая форма не xml-exc-c14n#",
                "the canonicalization is not xml-exc-c14n#",
            ),
            Self::SignatureMethod => (
                "list.signature.method",
                "алгоритм подписи не принимается",
                "the signature algorithm is not accepted",
            ),
            Self::DigestMethod => (
                "list.signature.digest_method",
                "алгоритм хэширования не принимается",
                "the digest algorithm is not accepted",
            ),
            Self::MethodsDisagree => (
                "list.signature.methods_disagree",
                "алгоритм хэширования не соответствует алгоритму подписи",
                "the digest algorithm is not that of the signature algorithm",
            ),
            Self::DigestValue => (
                "list.signature.digest_value",
                "значение хэша записано неверно",
                "the digest value is badly encoded",
            ),
            Self::DigestMismatch => (
                "list.signature.digest_mismatch",
                "содержимое списка изменено после подписания",
                "the list was changed after it was signed",
            ),
            Self::SignatureValue => (
                "list.signature.value",
                "значение подписи записано неверно",
                "the signature value is badly encoded",
            ),
            Self::SignerCount => (
                "list.signer.count",
                "в KeyInfo/X509Data должен быть ровно один сертификат",
                "KeyInfo/X509Data must have exactly one certificate",
            ),
            Self::SignedProperties => (
                "list.signature.signed_properties",
                "в подписи XAdES должен быть ровно один элемент SignedProperties на своём месте и ссылка на него",
                "the XAdES signature must have exactly one SignedProperties, in its place, and a reference to it",
            ),
            Self::PropertiesChanged => (
                "list.signature.properties_changed",
                "свойства подписи изменены после подписания",
                "the properties of the signature were changed after it was made",
            ),
            Self::SigningCertificate => (
                "list.signer.signing_certificate",
                "сертификат подписавшего не тот, который назван в подписанных свойствах",
                "the signer's certificate is not the one that the signed properties name",
            ),
            Self::SignerCertificate => (
                "list.signer.certificate",
                "сертификат подписавшего не читается",
                "the signer's certificate cannot be read",
            ),
            Self::SignerKey(_) => (
                "list.signer.key",
                "ключ из сертификата подписавшего не подходит к алгоритму подписи",
                "the key of the signer's certificate does not fit the signature algorithm",
            ),
            Self::AlgorithmUnavailable(_) => (
                "list.signature.unavailable",
                "алгоритм подписи списка отключён в этой программе",
                "this program has no implementation of the signature algorithm",
            ),
            Self::DigestUnavailable(_) => (
                "list.signature.digest_unavailable",
                "алгоритм хэширования списка отключён в этой программе",
                "this program has no implementation of the digest algorithm",
            ),
            Self::Canonicalization(_) => (
                "list.signature.no_canonical_form",
                "у документа нет канонической формы: неверное объявление пространства имён",
                "the document has no canonical form: a namespace declaration is wrong",
            ),
            Self::SignatureInvalid => (
                "list.signature.invalid",
                "подпись списка неверна",
                "the signature of the list is not valid",
            ),
            Self::BackEndsDisagree(..) => (
                "list.signature.not_judged",
                "подпись списка не проверена: две реализации алгоритма дали разный результат; сообщите об этом разработчикам и приложите список",
                "the signature of the list was not judged: two implementations of its algorithm disagree; report it with the list",
            ),
        }
    }
}
