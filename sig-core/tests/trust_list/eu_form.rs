//! Forms of a European list that are refused, each properly signed, so that the form alone is the reason.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::SignatureScheme;
use sig_core::base::error::{Limit, LimitExceeded};
use sig_core::trust::xml::{Position, XmlRejected};

use super::eu_fixture::{
    EuFixture, ROOT_END, XADES, enveloped, eu_refused_for, exclusive, information, key_info,
    providers, read_eu, service, two_services,
};
use super::fixture::{DSIG, certificate};
use super::*;

use sig_core::trust::xml_signature::SignatureRejected as Refused;

/// A service that nobody signed.
fn evil() -> String {
    let information = information(9, "granted", "2000-01-01T00:00:00Z", "");
    providers(&service(&information, ""))
}

/// The root element of a forged list, with another identifier than the signed one or none.
const FORGED: &str = "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" TSLTag=\"http://uri.etsi.org/19612/TSLTag\">";

fn by_id() -> EuFixture {
    two_services().signed_info("URI=\"\"", "URI=\"#list\"")
}

fn original(fixture: &EuFixture) -> String {
    format!("{}{}{ROOT_END}", fixture.root_start, fixture.content)
}

#[test]
fn the_fixture_is_accepted_by_both_references() {
    for fixture in [two_services(), by_id()] {
        let signed = read_eu(fixture.xml()).unwrap();
        assert_eq!(signed.list.services.len(), 2);
        assert_eq!(signed.signature.scheme, SignatureScheme::Ecdsa);
        assert_eq!(signed.digest_of_document.algorithm, DigestId::Sha256);
        assert_eq!(signed.signer[..], certificate(1)[..]);
    }
}

#[test]
fn wrapping_1_there_must_be_one_signature() {
    let fixture = two_services();
    let signature = fixture.signature();
    let start = &fixture.root_start;
    let content = &fixture.content;
    let unsigned = format!("{start}{content}{ROOT_END}");
    assert_eq!(eu_refused_for(unsigned), Some(Refused::Missing));
    let twice = format!("{start}{content}{signature}{signature}{ROOT_END}");
    assert_eq!(eu_refused_for(twice), Some(Refused::Repeated));
    let nested = fixture
        .xml()
        .replace("</ds:KeyInfo>", &format!("{signature}</ds:KeyInfo>"));
    assert_eq!(eu_refused_for(nested), Some(Refused::Repeated));
}

#[test]
fn wrapping_2_the_signature_must_be_a_child_of_the_root() {
    let fixture = two_services();
    let signature = fixture.signature();
    let inside = fixture
        .content
        .replacen("<TSPServices>", &format!("<TSPServices>{signature}"), 1);
    let moved = format!("{}{inside}{ROOT_END}", fixture.root_start);
    assert_eq!(eu_refused_for(moved), Some(Refused::Misplaced));
    assert_eq!(eu_refused_for(signature), Some(Refused::Misplaced));
}

#[test]
fn wrapping_3_a_signed_list_inside_another_is_refused() {
    for fixture in [two_services(), by_id()] {
        let outer = format!("{FORGED}{}{}{ROOT_END}", evil(), fixture.xml());
        assert_eq!(eu_refused_for(outer), Some(Refused::Misplaced));
        let other_root = format!("<Other>{}</Other>", fixture.xml());
        assert_eq!(eu_refused_for(other_root), Some(Refused::Misplaced));
    }
}

#[test]
fn wrapping_4_the_original_beside_the_forgery_is_refused() {
    let signature = |fixture: &EuFixture| fixture.signature();
    let fixture = by_id();
    let beside = format!(
        "{FORGED}{}{}{}{ROOT_END}",
        evil(),
        original(&fixture),
        signature(&fixture)
    );
    assert_eq!(eu_refused_for(beside), Some(Refused::ReferenceUri));
    let fixture = two_services();
    let beside = format!(
        "{FORGED}{}{}{}{ROOT_END}",
        evil(),
        original(&fixture),
        signature(&fixture)
    );
    assert_eq!(eu_refused_for(beside), Some(Refused::DigestMismatch));
}

#[test]
fn wrapping_5_the_original_inside_an_object_is_refused() {
    let fixture = by_id();
    let kept = format!("</xades:QualifyingProperties>{}", original(&fixture));
    let moved = fixture.object("</xades:QualifyingProperties>", &kept);
    let forged = format!("{FORGED}{}{}{ROOT_END}", evil(), moved.signature());
    assert_eq!(eu_refused_for(forged), Some(Refused::Form));
    let own_object = format!("</ds:Object><ds:Object>{}</ds:Object>", original(&by_id()));
    let moved = by_id().object("</ds:Object>", &own_object);
    let forged = format!("{FORGED}{}{}{ROOT_END}", evil(), moved.signature());
    assert_eq!(eu_refused_for(forged), Some(Refused::Form));
    let unsigned = format!(
        "{{}}<xades:UnsignedProperties>{}</xades:UnsignedProperties>",
        original(&by_id())
    );
    let moved = by_id().object("{}", &unsigned);
    let forged = format!("{FORGED}{}{}{ROOT_END}", evil(), moved.signature());
    assert_eq!(eu_refused_for(forged), Some(Refused::ReferenceUri));
}

#[test]
fn wrapping_6_a_reference_to_another_node_is_refused() {
    for uri in [
        "URI=\"#copy\"",
        "URI=\"#\"",
        "URI=\"#signature\"",
        "URI=\"#properties\"",
        "URI=\"#xpointer(/)\"",
        "URI=\"#xpointer(id('list'))\"",
        "URI=\"list\"",
        "URI=\"http://list.invalid/\"",
        "Id=\"r\"",
    ] {
        let fixture = two_services().signed_info("URI=\"\"", uri);
        assert_eq!(
            eu_refused_for(fixture.xml()),
            Some(Refused::ReferenceUri),
            "{uri}"
        );
    }
}

#[test]
fn wrapping_7_there_must_be_these_two_references() {
    let fixture = two_services();
    let info = &fixture.signed_info;
    let start = info.find("<ds:Reference").unwrap();
    let middle = info.rfind("<ds:Reference").unwrap();
    let end = info.find("</ds:SignedInfo>").unwrap();
    let (document, properties) = (&info[start..middle], &info[middle..end]);
    let both = format!("{document}{properties}");
    let other = document.replace("URI=\"\"", "URI=\"#other\"");
    for (references, reason) in [
        (document.to_owned(), Refused::ReferenceCount(1)),
        (properties.to_owned(), Refused::ReferenceCount(1)),
        (String::new(), Refused::ReferenceCount(0)),
        (format!("{both}{other}"), Refused::ReferenceCount(3)),
        (format!("{document}{other}"), Refused::SignedProperties),
        (properties.repeat(2), Refused::SignedProperties),
    ] {
        let fixture = fixture.clone().signed_info(&both, &references);
        assert_eq!(eu_refused_for(fixture.xml()), Some(reason), "{references}");
    }
    let turned = fixture
        .clone()
        .signed_info(&both, &format!("{properties}{document}"));
    assert!(read_eu(turned.xml()).is_ok());
}

#[test]
fn wrapping_8_the_transforms_must_be_those() {
    let both = format!("{}{}", enveloped(), exclusive());
    let of = |algorithm: &str, content: &str| {
        format!("<ds:Transform Algorithm=\"{algorithm}\">{content}</ds:Transform>")
    };
    let xpath = of(
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "<ds:XPath>not(ancestor-or-self::TSPService)</ds:XPath>",
    );
    let filter = of("http://www.w3.org/2002/06/xmldsig-filter2", "");
    let stylesheet = of("http://www.w3.org/TR/1999/REC-xslt-19991116", "");
    let inclusive = of("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "");
    let prefixes = of(
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"x\"></ec:InclusiveNamespaces>",
    );
    let enveloped = enveloped();
    for transforms in [
        String::new(),
        enveloped.clone(),
        exclusive(),
        format!("{}{enveloped}", exclusive()),
        format!("{enveloped}{xpath}{}", exclusive()),
        format!("{enveloped}{filter}{}", exclusive()),
        format!("{enveloped}{stylesheet}{}", exclusive()),
        format!("{enveloped}{inclusive}"),
        format!("{enveloped}{prefixes}"),
    ] {
        let fixture = two_services().signed_info(&both, &transforms);
        assert_eq!(
            eu_refused_for(fixture.xml()),
            Some(Refused::Transforms),
            "{transforms}"
        );
    }
    // Those of the properties stand after the others.
    let alone = format!("<ds:Transforms>{}</ds:Transforms>", exclusive());
    for transforms in [String::new(), both.clone(), xpath] {
        let transforms = format!("<ds:Transforms>{transforms}</ds:Transforms>");
        let fixture = two_services().signed_info(&alone, &transforms);
        assert_eq!(
            eu_refused_for(fixture.xml()),
            Some(Refused::Transforms),
            "{transforms}"
        );
    }
}

#[test]
fn wrapping_9_identifiers_must_not_repeat() {
    let copy = format!("{}{}{ROOT_END}", by_id().root_start, evil());
    let repeated = by_id().object(
        "{}",
        &format!("{{}}<xades:UnsignedProperties>{copy}</xades:UnsignedProperties>"),
    );
    assert_eq!(eu_refused_for(repeated.xml()), Some(Refused::AmbiguousId));
    for attribute in [
        "Id=\"list\"",
        "ID=\"list\"",
        "xml:id=\"list\"",
        "id=\"properties\"",
    ] {
        let fixture = by_id().content("<TSPServices>", &format!("<TSPServices {attribute}>"));
        assert_eq!(
            eu_refused_for(fixture.xml()),
            Some(Refused::AmbiguousId),
            "{attribute}"
        );
    }
}

#[test]
fn wrapping_10_the_signed_properties_must_stand_in_their_place() {
    let properties = two_services().properties;
    let elsewhere =
        format!("<xades:SignedProperties xmlns:xades=\"{XADES}\"></xades:SignedProperties>");
    let qualifying =
        format!("<xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#signature\">");
    for fixture in [
        // In the list, and none in the signature.
        two_services()
            .object("{}", "")
            .content("<TSPServices>", &format!("<TSPServices>{elsewhere}")),
        // Two of them.
        two_services().content("<TSPServices>", &format!("<TSPServices>{elsewhere}")),
        two_services().object("{}", &format!("{{}}{elsewhere}")),
        // Those of another signature.
        two_services().object("#signature", "#other"),
        two_services().object(" Target=\"#signature\"", ""),
        // Not below QualifyingProperties.
        two_services()
            .object(&qualifying, "")
            .object("</xades:QualifyingProperties>", "")
            .object(
                "<ds:Object>",
                &format!("<ds:Object xmlns:xades=\"{XADES}\">"),
            ),
        // Of another namespace.
        two_services().object(XADES, "http://uri.etsi.org/01903/v1.1.1#"),
        // Another identifier than the reference has.
        two_services().properties("Id=\"properties\"", "Id=\"others\""),
        two_services().properties(" Id=\"properties\"", ""),
    ] {
        let refused = eu_refused_for(fixture.xml());
        let is_expected = matches!(refused, Some(Refused::SignedProperties | Refused::Form));
        assert!(is_expected, "{refused:?} {}", fixture.object);
    }
    let edited = two_services()
        .xml()
        .replace("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    assert!(properties.contains("2026-11-21T00:00:00Z"));
    assert_eq!(eu_refused_for(edited), Some(Refused::PropertiesChanged));
}

#[test]
fn comments_do_not_shorten_values_and_instructions_are_signed() {
    let xml = two_services().xml();
    let number = "<TSLSequenceNumber>7<";
    let commented = xml.replace(number, "<TSLSequenceNumber><!-- -->7<!--9--><");
    let signed = read_eu(commented).unwrap();
    assert_eq!(signed.list, read_eu(&xml).unwrap().list);
    let with_instruction = xml.replace(number, "<TSLSequenceNumber><?a b?>7<");
    assert_eq!(
        eu_refused_for(with_instruction),
        Some(Refused::DigestMismatch)
    );
}

#[test]
fn edits_are_refused() {
    for (from, to) in [
        ("Svcstatus/withdrawn", "Svcstatus/granted"),
        ("<TSLSequenceNumber>7<", "<TSLSequenceNumber>8<"),
        ("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        ("<NextUpdate><dateTime>2027", "<NextUpdate><dateTime>2037"),
        (">XA<", ">XB<"),
    ] {
        let xml = two_services().xml();
        assert!(xml.contains(from));
        assert_eq!(
            eu_refused_for(xml.replace(from, to)),
            Some(Refused::DigestMismatch)
        );
    }
    let xml = two_services().xml();
    let appended = xml.replace(ROOT_END, &format!("{}{ROOT_END}", evil()));
    assert_eq!(eu_refused_for(appended), Some(Refused::DigestMismatch));
}

#[test]
fn what_stands_in_the_signature_is_not_read() {
    let inside = format!(
        "{{}}<xades:UnsignedProperties>{}</xades:UnsignedProperties>",
        evil()
    );
    let signed = read_eu(two_services().object("{}", &inside).xml()).unwrap();
    assert_eq!(signed.list, read_eu(two_services().xml()).unwrap().list);
}

#[test]
fn the_signer_must_be_named_twice() {
    let other = two_services().signed_by(4);
    assert_eq!(read_eu(other.xml()), Err(ListRejected::SignerNotNamed));
    // The right certificate beside another key's signature.
    let mut claimed = two_services().signed_by(4);
    claimed.key_info = key_info(&[1]);
    assert_eq!(
        eu_refused_for(claimed.xml()),
        Some(Refused::SigningCertificate)
    );
    let mut claimed = two_services();
    claimed.seed = 4;
    assert_eq!(
        eu_refused_for(claimed.xml()),
        Some(Refused::SignatureInvalid)
    );
    // A chain in KeyInfo: the one that is named counts, in whatever place.
    for seeds in [&[1, 4][..], &[4, 1], &[4, 5, 1]] {
        let mut chain = two_services();
        chain.key_info = key_info(seeds);
        assert_eq!(read_eu(chain.xml()).unwrap().signer[..], certificate(1)[..]);
    }
    let mut many = two_services();
    many.key_info = key_info(&[1; 17]);
    assert_eq!(eu_refused_for(many.xml()), Some(Refused::SignerCount));
    many.key_info = "<ds:KeyInfo></ds:KeyInfo>".to_owned();
    assert_eq!(eu_refused_for(many.xml()), Some(Refused::SignerCount));
    for (from, to) in [
        ("<xades:SigningCertificateV2>", "<xades:Other>"),
        ("<xades:Cert>", "<xades:Certificate>"),
        ("xmlenc#sha256", "xmlenc#ripemd160"),
    ] {
        let end = |tag: &str| tag.replace('<', "</");
        let fixture = two_services().properties(from, to);
        let fixture = if from.starts_with('<') {
            fixture.properties(&end(from), &end(to))
        } else {
            fixture
        };
        assert_eq!(
            eu_refused_for(fixture.xml()),
            Some(Refused::SigningCertificate),
            "{from}"
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
            Refused::CanonicalizationMethod,
        ),
        ("#ecdsa-sha256", "#ecdsa-sha1", Refused::SignatureMethod),
        ("#ecdsa-sha256", "#hmac-sha256", Refused::SignatureMethod),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
            Refused::DigestMethod,
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2001/04/xmlenc#sha512",
            Refused::DigestValue,
        ),
    ] {
        let fixture = two_services().signed_info(from, to);
        assert_eq!(eu_refused_for(fixture.xml()), Some(reason), "{to}");
    }
    let xml = two_services().xml();
    let (head, rest) = xml.split_once("<ds:SignatureValue>").unwrap();
    let (value, tail) = rest.split_once('<').unwrap();
    let octets = STANDARD.decode(value).unwrap();
    let turned = STANDARD.encode([&octets[32..], &octets[..32]].concat());
    let turned = format!("{head}<ds:SignatureValue>{turned}<{tail}");
    assert_eq!(eu_refused_for(turned), Some(Refused::SignatureInvalid));
    let lookalike = xml.replace(DSIG, "http://www.w3.org/2000/09/xmldsig");
    assert_eq!(eu_refused_for(lookalike), Some(Refused::Missing));
}

#[test]
fn entities_and_bombs_are_refused_before_they_are_read() {
    let xml = two_services().xml();
    let at = Position { line: 1, column: 1 };
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    for doctype in [
        "<!DOCTYPE l>",
        "<!DOCTYPE l SYSTEM \"file:///dev/zero\">",
        bomb,
    ] {
        let edited = format!("{doctype}{}", xml.replacen(">XA<", ">&c;<", 1));
        assert_eq!(
            read_eu(edited),
            Err(ListRejected::Xml(XmlRejected::DocumentType { at }))
        );
    }
    let limit = |which, bound| Err(ListRejected::Limit(LimitExceeded { which, bound }));
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    let many = xml.replacen(
        "<SchemeTerritory>",
        &format!("<SchemeTerritory{attributes}>"),
        1,
    );
    assert_eq!(read_eu(many), limit(Limit::XmlNodes, 64));
    let deep = xml.replacen(">XA<", &format!(">{}<", "<a>".repeat(100_000)), 1);
    assert_eq!(read_eu(deep), limit(Limit::Depth, 32));
    let long = xml.replacen(
        "<TSPServices>",
        &format!("{}<TSPServices>", "<a/>".repeat(1_000_000)),
        1,
    );
    assert_eq!(read_eu(long), limit(Limit::XmlNodes, 800_000));
}
