//! Forms of signature that are refused, each properly signed, so that the form alone is the reason.

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::{SignatureId, SignatureScheme};
use sig_core::base::error::{Limit, LimitExceeded};
use sig_core::trust::c14n::C14nRejected;
use sig_core::trust::xml::{Position, XmlRejected};

use super::fixture::{DSIG, Fixture, ROOT_END, authority, certificate, status, two_authorities};
use super::*;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const EVIL: &str = "9000000000009";

fn evil() -> String {
    authority(EVIL, &status("Действует", "2000-01-01T00:00:00Z"), "")
}

fn has_evil(signed: &SignedList) -> bool {
    signed
        .list
        .services
        .iter()
        .any(|service| service.authority.ogrn.as_deref() == Some(EVIL))
}

#[test]
fn the_fixture_is_accepted() {
    let signed = read(two_authorities().xml()).unwrap();
    assert_eq!(signed.list.services.len(), 2);
    assert_eq!(
        signed.signature,
        SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: DigestId::Sha256
        }
    );
    assert_eq!(signed.signer[..], certificate(1)[..]);
    assert_eq!(
        signed.digest_of_document.value,
        STANDARD.decode(two_authorities().digest()).unwrap()
    );
}

#[test]
fn the_signature_must_be_a_child_of_the_root() {
    let fixture = two_authorities();
    let signature = fixture.signature();
    let inside = fixture
        .content
        .replacen("<ИНН>", &format!("{signature}<ИНН>"), 1);
    let moved = format!("{}{inside}{ROOT_END}", fixture.root_start);
    assert_eq!(refused_for(moved), Some(SignatureRejected::Misplaced));
    let wrapped = format!("<Список>{}</Список>", fixture.xml());
    assert_eq!(refused_for(wrapped), Some(SignatureRejected::Misplaced));
    assert_eq!(refused_for(signature), Some(SignatureRejected::Misplaced));
}

#[test]
fn a_signed_list_inside_another_is_refused() {
    let fixture = two_authorities();
    let signature = fixture.signature();
    let start = &fixture.root_start;
    let original = format!("{start}{}{ROOT_END}", fixture.content);
    for forged in [
        format!(
            "{start}<Версия>99</Версия>{}{original}{signature}{ROOT_END}",
            evil()
        ),
        format!("{start}{}{}{signature}{ROOT_END}", fixture.content, evil()),
        format!("{start}{}{signature}{}{ROOT_END}", fixture.content, evil()),
    ] {
        assert_eq!(refused_for(forged), Some(SignatureRejected::DigestMismatch));
    }
}

#[test]
fn there_must_be_one_signature() {
    let fixture = two_authorities();
    let signature = fixture.signature();
    let unsigned = format!("{}{}{ROOT_END}", fixture.root_start, fixture.content);
    assert_eq!(refused_for(unsigned), Some(SignatureRejected::Missing));
    let lookalike = fixture
        .xml()
        .replace(DSIG, "http://www.w3.org/2000/09/xmldsig");
    assert_eq!(refused_for(lookalike), Some(SignatureRejected::Missing));
    let twice = format!(
        "{}{}{signature}{signature}{ROOT_END}",
        fixture.root_start, fixture.content
    );
    assert_eq!(refused_for(twice), Some(SignatureRejected::Repeated));
    let nested = fixture
        .xml()
        .replace("</ds:KeyInfo>", &format!("{signature}</ds:KeyInfo>"));
    assert_eq!(refused_for(nested), Some(SignatureRejected::Repeated));
}

#[test]
fn what_stands_in_the_signature_is_not_read() {
    let fixture = two_authorities().key_info("</ds:KeyInfo>", &format!("{}</ds:KeyInfo>", evil()));
    let signed = read(fixture.xml()).unwrap();
    assert!(!has_evil(&signed));
    assert_eq!(signed.list, read(two_authorities().xml()).unwrap().list);
}

/// The copy with the identifier is the list that was signed; the list that would be read is not.
#[test]
fn a_reference_to_a_part_is_refused() {
    for uri in [
        "URI=\"#copy\"",
        "URI=\"#\"",
        "URI=\"#xpointer(/)\"",
        "URI=\"http://list.invalid/\"",
        "Id=\"r\"",
    ] {
        let fixture = two_authorities().signed_info("URI=\"\"", uri);
        assert_eq!(
            refused_for(fixture.xml()),
            Some(SignatureRejected::ReferenceUri),
            "{uri}"
        );
        let copy = fixture.root_start.replacen(' ', " Id=\"copy\" ", 1);
        let wrapped = format!(
            "{}<Версия>99</Версия>{}{copy}{}{ROOT_END}{}{ROOT_END}",
            fixture.root_start,
            evil(),
            fixture.content,
            fixture.signature()
        );
        assert_eq!(
            refused_for(wrapped),
            Some(SignatureRejected::ReferenceUri),
            "{uri}"
        );
    }
}

#[test]
fn there_must_be_one_reference() {
    let fixture = two_authorities();
    let start = fixture.signed_info.find("<ds:Reference").unwrap();
    let end = fixture.signed_info.find("</ds:SignedInfo>").unwrap();
    let reference = fixture.signed_info[start..end].to_owned();
    let second = reference.replace("URI=\"\"", "URI=\"#other\"");
    for (to, count) in [
        (String::new(), 0),
        (format!("{reference}{second}"), 2),
        (format!("{second}{reference}"), 2),
        (reference.repeat(3), 3),
    ] {
        let xml = fixture.clone().signed_info(&reference, &to).xml();
        assert_eq!(
            refused_for(xml),
            Some(SignatureRejected::ReferenceCount(count))
        );
    }
}

#[test]
fn the_transforms_must_be_the_two() {
    let enveloped = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
    let exclusive =
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
    let of = |algorithm: &str, content: &str| {
        format!("<ds:Transform Algorithm=\"{algorithm}\">{content}</ds:Transform>")
    };
    let exclusive_uri = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let inclusive_prefixes = of(
        exclusive_uri,
        "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xsi\"></ec:InclusiveNamespaces>",
    );
    let xpath = of(
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "<ds:XPath>not(ancestor-or-self::УдостоверяющийЦентр)</ds:XPath>",
    );
    let both = format!("{enveloped}{exclusive}");
    for transforms in [
        String::new(),
        enveloped.to_owned(),
        exclusive.to_owned(),
        format!("{exclusive}{enveloped}"),
        format!("{both}{exclusive}"),
        format!("{enveloped}{both}"),
        format!("{enveloped}{xpath}{exclusive}"),
        format!("{enveloped}{inclusive_prefixes}"),
        format!(
            "{enveloped}{}",
            of("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "")
        ),
        format!(
            "{enveloped}{}",
            of("http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "")
        ),
        format!("{enveloped}<ds:Other Algorithm=\"{exclusive_uri}\"></ds:Other>"),
    ] {
        let fixture = two_authorities().signed_info(&both, &transforms);
        assert_eq!(
            refused_for(fixture.xml()),
            Some(SignatureRejected::Transforms),
            "{transforms}"
        );
    }
}

#[test]
fn only_the_listed_algorithms_are_accepted() {
    let exclusive = "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#";
    for (from, to, reason) in [
        (
            exclusive,
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            SignatureRejected::CanonicalizationMethod,
        ),
        (
            exclusive,
            "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            SignatureRejected::CanonicalizationMethod,
        ),
        (
            "#ecdsa-sha256",
            "#ecdsa-sha1",
            SignatureRejected::SignatureMethod,
        ),
        (
            "#ecdsa-sha256",
            "#hmac-sha256",
            SignatureRejected::SignatureMethod,
        ),
        (
            "#ecdsa-sha256",
            "#gostr34102001-gostr3411",
            SignatureRejected::SignatureMethod,
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
            SignatureRejected::DigestMethod,
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256",
            SignatureRejected::MethodsDisagree,
        ),
        (
            "></ds:SignatureMethod>",
            "><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>",
            SignatureRejected::Parameters,
        ),
        (
            "></ds:CanonicalizationMethod>",
            ">x</ds:CanonicalizationMethod>",
            SignatureRejected::Parameters,
        ),
        (
            "></ds:DigestMethod>",
            "><ds:P></ds:P></ds:DigestMethod>",
            SignatureRejected::Parameters,
        ),
    ] {
        let fixture = two_authorities().signed_info(from, to);
        assert_eq!(refused_for(fixture.xml()), Some(reason), "{to}");
    }
}

#[test]
fn an_algorithm_that_is_not_offered_is_named() {
    static NONE: Algorithms = Algorithms {
        name: "none",
        digests: &[],
        signatures: &[],
    };
    let id = SignatureId {
        scheme: SignatureScheme::Ecdsa,
        digest: DigestId::Sha256,
    };
    let result = SignedList::read(
        two_authorities().xml().as_bytes(),
        &NONE,
        &ListLimits::STANDARD,
    );
    assert_eq!(
        result,
        Err(ListRejected::Signature(
            SignatureRejected::AlgorithmUnavailable(id)
        ))
    );
}

#[test]
fn the_elements_of_the_signature_are_fixed() {
    let object = format!("</ds:KeyInfo><ds:Object>{}</ds:Object>", evil());
    for fixture in [
        two_authorities().key_info("</ds:KeyInfo>", &object),
        two_authorities().signed_info(
            "<ds:SignatureMethod ",
            "<ds:SignatureMethod xmlns:x=\"u:x\" x:Algorithm=\"u:y\" ",
        ),
        two_authorities().signed_info("<ds:Transforms>", "<ds:Transforms>text"),
        two_authorities().signed_info("<ds:Transforms>", "<ds:Transforms Id=\"t\">"),
        two_authorities().signed_info("<ds:SignedInfo>", "<ds:SignedInfo>text"),
        two_authorities().signed_info("</ds:SignedInfo>", "<ds:Other></ds:Other></ds:SignedInfo>"),
    ] {
        let result = refused_for(fixture.xml());
        assert!(
            matches!(result, Some(SignatureRejected::Form)),
            "{result:?} {}",
            fixture.signed_info
        );
    }
    let xml = two_authorities().xml();
    let value_start = xml.find("<ds:SignatureValue>").unwrap();
    let value_end = xml.find("<ds:KeyInfo>").unwrap();
    let without_value = [&xml[..value_start], &xml[value_end..]].concat();
    assert_eq!(refused_for(without_value), Some(SignatureRejected::Form));
    let repeated = [&xml[..value_end], &xml[value_start..]].concat();
    assert_eq!(refused_for(repeated), Some(SignatureRejected::Form));
}

#[test]
fn there_must_be_one_signing_certificate() {
    let certificate = format!(
        "<ds:X509Certificate>{}</ds:X509Certificate>",
        STANDARD.encode(certificate(1))
    );
    for key_info in [
        "<ds:X509Data></ds:X509Data>".to_owned(),
        certificate.clone(),
        format!("<ds:X509Data>{certificate}{certificate}</ds:X509Data>"),
        format!("<ds:X509Data>{certificate}</ds:X509Data><ds:X509Data>{certificate}</ds:X509Data>"),
        format!("<ds:Other><ds:X509Data>{certificate}</ds:X509Data></ds:Other>"),
    ] {
        let mut fixture = two_authorities();
        fixture.key_info = format!("<ds:KeyInfo>{key_info}</ds:KeyInfo>");
        assert_eq!(
            refused_for(fixture.xml()),
            Some(SignatureRejected::SignerCount),
            "{key_info}"
        );
    }
    let hints = "<ds:KeyInfo><ds:KeyName>k</ds:KeyName><ds:X509Data><ds:X509SubjectName>CN=x</ds:X509SubjectName>";
    let fixture = two_authorities().key_info("<ds:KeyInfo><ds:X509Data>", hints);
    assert!(read(fixture.xml()).is_ok());
}

#[test]
fn identifiers_must_not_repeat() {
    let fixture = |first: &str, second: &str| {
        let mut fixture = two_authorities();
        fixture.content = fixture
            .content
            .replacen("<ИНН>", &format!("<ИНН {first}>"), 1)
            .replacen("<ИНН>", &format!("<ИНН {second}>"), 1);
        fixture
    };
    assert!(read(fixture("Id=\"a\"", "Id=\"b\"").xml()).is_ok());
    for (first, second) in [
        ("Id=\"a\"", "Id=\"a\""),
        ("ID=\"a\"", "id=\"a\""),
        ("Id=\"a\"", "xml:id=\"a\""),
    ] {
        assert_eq!(
            refused_for(fixture(first, second).xml()),
            Some(SignatureRejected::AmbiguousId)
        );
    }
}

#[test]
fn values_must_be_well_encoded() {
    let xml = two_authorities().xml();
    let (head, rest) = xml.split_once("<ds:SignatureValue>").unwrap();
    let (value, tail) = rest.split_once('<').unwrap();
    let with = |value: &str| format!("{head}<ds:SignatureValue>{value}<{tail}");
    let octets = STANDARD.decode(value).unwrap();
    for (value, reason) in [
        (
            STANDARD.encode(&octets[1..]),
            SignatureRejected::SignatureValue,
        ),
        (String::new(), SignatureRejected::SignatureValue),
        (STANDARD.encode([1; 134]), SignatureRejected::SignatureValue),
        (
            value.trim_end_matches('=').to_owned(),
            SignatureRejected::SignatureValue,
        ),
        (
            STANDARD.encode([0; 64]),
            SignatureRejected::SignatureInvalid,
        ),
        (
            STANDARD.encode(&octets[..62]),
            SignatureRejected::SignatureInvalid,
        ),
        (
            STANDARD.encode([&octets[32..], &octets[..32]].concat()),
            SignatureRejected::SignatureInvalid,
        ),
    ] {
        assert_eq!(refused_for(with(&value)), Some(reason), "{value}");
    }
    let digest = two_authorities().digest();
    for value in [&digest[4..], "", "====", "тридцать два октета"] {
        let fixture = two_authorities().signed_info("{digest}", value);
        assert_eq!(
            refused_for(fixture.xml()),
            Some(SignatureRejected::DigestValue),
            "{value}"
        );
    }
}

#[test]
fn a_document_without_canonical_form_is_refused() {
    for (attribute, rejected) in [
        (
            "xmlns:x=\"relative\" x:a=\"\"",
            C14nRejected::RelativeNamespace,
        ),
        ("xmlns:x=\"\" x:a=\"\"", C14nRejected::UndeclaredPrefix),
    ] {
        let mut fixture = two_authorities();
        fixture.content = fixture
            .content
            .replacen("<Версия>", &format!("<Версия {attribute}>"), 1);
        assert_eq!(
            refused_for(fixture.xml()),
            Some(SignatureRejected::Canonicalization(rejected))
        );
    }
}

#[test]
fn entities_and_bombs_are_refused_before_they_are_read() {
    let xml = two_authorities().xml();
    let at = Position { line: 1, column: 1 };
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    for doctype in [
        "<!DOCTYPE l>",
        "<!DOCTYPE l SYSTEM \"file:///dev/zero\">",
        bomb,
    ] {
        let edited = format!("{doctype}{}", xml.replacen("<Версия>16", "<Версия>&c;", 1));
        assert_eq!(
            read(edited),
            Err(ListRejected::Xml(XmlRejected::DocumentType { at }))
        );
    }
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    let many = xml.replacen("<Версия>", &format!("<Версия{attributes}>"), 1);
    assert_eq!(
        read(many),
        Err(ListRejected::Limit(LimitExceeded {
            which: Limit::XmlNodes,
            bound: 64
        }))
    );
    let deep = xml.replacen("<Версия>16", &"<a>".repeat(100_000), 1);
    assert_eq!(
        read(deep),
        Err(ListRejected::Limit(LimitExceeded {
            which: Limit::Depth,
            bound: 32
        }))
    );
    let long = xml.replacen(
        "<Версия>",
        &format!("{}<Версия>", "<a/>".repeat(1_000_000)),
        1,
    );
    assert_eq!(
        read(long),
        Err(ListRejected::Limit(LimitExceeded {
            which: Limit::XmlNodes,
            bound: 800_000
        }))
    );
}

#[test]
fn a_fixture_of_another_root_is_not_a_list() {
    let mut fixture = Fixture::new("<Версия>1</Версия>");
    fixture.root_start = "<Список>".to_owned();
    fixture.root_end = "</Список>".to_owned();
    assert_eq!(
        read(fixture.xml()).map_err(|error| error.code()),
        Err("list.content.unexpected_root")
    );
}
