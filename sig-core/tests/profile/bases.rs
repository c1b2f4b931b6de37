//! Good certificates, of each kind of holder, that every case changes in one place.

use sig_core::der::oid::Oid;
use sig_core::der::oids::*;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::profile::Set;

use crate::draft::{
    Attribute, Draft, Extension, access, algorithm, at, context, distribution_points, integer,
    key_usage, oid, oid_list, policies, sequence, statement, text, uri,
};

pub const ORGANIZATION_IDENTIFIER: Oid = Oid::new(&[2, 5, 4, 97]);
pub const CRYPTOPRO_A: Oid = Oid::new(&[1, 2, 643, 2, 2, 35, 1]);

/// A good certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Base {
    /// Of a citizen, 2024.
    Person,
    /// Of an organisation with the person who acts for it, 2024.
    Organisation,
    /// The same before FSB order 31.
    OrganisationOf2020,
    /// Of an organisation, for automatic signatures.
    Automatic,
    /// Of a sole trader.
    Trader,
    /// Of an accredited authority, issued by the root.
    Authority,
    /// Of a Russian time-stamping service.
    Service,
    /// Of a person in the EU.
    European,
    /// Of a person with his organisation in the EU.
    EuropeanOrganisation,
    /// Of nobody in particular.
    Plain,
    /// Of an authority of nobody in particular.
    PlainAuthority,
}

impl Base {
    pub const ALL: [Self; 11] = [
        Self::Person,
        Self::Organisation,
        Self::OrganisationOf2020,
        Self::Automatic,
        Self::Trader,
        Self::Authority,
        Self::Service,
        Self::European,
        Self::EuropeanOrganisation,
        Self::Plain,
        Self::PlainAuthority,
    ];

    pub fn set(self) -> Set {
        match self {
            Self::European | Self::EuropeanOrganisation => Set::European,
            Self::Plain | Self::PlainAuthority => Set::Internet,
            _ => Set::Russian,
        }
    }

    pub fn draft(self) -> Draft {
        let mut draft = match self.set() {
            Set::Russian => russian(),
            Set::European => european(),
            Set::Internet => plain(),
        };
        match self {
            Self::Person | Self::European | Self::Plain => {}
            Self::Organisation => organisation(&mut draft),
            Self::OrganisationOf2020 => {
                organisation(&mut draft);
                draft.not_before = at("2020-03-01T09:00:00Z");
                draft.not_after = at("2021-06-01T09:00:00Z");
                draft.remove(INNLE);
                draft.set(INN, "007707329152");
                draft.drop_extension(IDENTIFICATION_KIND);
                let period = private_key_period("20200301090000Z", "20210601090000Z");
                draft.put(PRIVATE_KEY_USAGE_PERIOD, period);
            }
            Self::Automatic => {
                organisation(&mut draft);
                for attribute in [SURNAME, GIVEN_NAME, SNILS, INN, TITLE] {
                    draft.remove(attribute);
                }
            }
            Self::Trader => draft.add(OGRNIP, Tag::NUMERIC_STRING, "304500116000157"),
            Self::Authority => {
                draft.subject = authority_name("Аккредитованный центр");
                draft.drop_extension(IDENTIFICATION_KIND);
                draft.drop_extension(EXTENDED_KEY_USAGE);
                draft.put(KEY_USAGE, key_usage(0x06));
                let constraints = sequence(&[element(Tag::BOOLEAN, &[0xff]), integer(&[0])]);
                draft.extend(BASIC_CONSTRAINTS, true, constraints);
            }
            Self::Service => {
                organisation(&mut draft);
                for attribute in [SURNAME, GIVEN_NAME, SNILS, INN, TITLE] {
                    draft.remove(attribute);
                }
                draft.put(EXTENDED_KEY_USAGE, oid_list(&[TIME_STAMPING]));
                draft.set_critical(EXTENDED_KEY_USAGE, true);
            }
            Self::EuropeanOrganisation => {
                draft.add(ORGANIZATION, Tag::UTF8_STRING, "Example AS");
                draft.add(ORGANIZATION_IDENTIFIER, Tag::UTF8_STRING, "NTREE-12345678");
                let semantics = sequence(&[oid(SEMANTICS_LEGAL)]);
                draft.state(QC_SYNTAX_V2, Some(&semantics));
                let country = sequence(&[text(Tag::PRINTABLE_STRING, "GB")]);
                draft.state(QC_CC_LEGISLATION, Some(&country));
            }
            Self::PlainAuthority => {
                draft.put(KEY_USAGE, key_usage(0x06));
                draft.put(
                    BASIC_CONSTRAINTS,
                    sequence(&[element(Tag::BOOLEAN, &[0xff])]),
                );
                draft.drop_extension(EXTENDED_KEY_USAGE);
                draft.extend(NAME_CONSTRAINTS, true, permitted());
                draft.extend(
                    POLICY_CONSTRAINTS,
                    true,
                    sequence(&[element(Tag::context(0), &[0])]),
                );
                draft.extend(INHIBIT_ANY_POLICY, true, integer(&[0]));
                draft.extend(
                    FRESHEST_CRL,
                    false,
                    distribution_points(&["http://crl.example.test/d.crl"]),
                );
            }
        }
        draft
    }
}

fn attributes(all: &[(Oid, Tag, &str)]) -> Vec<Attribute> {
    let made = all.iter().map(|(id, tag, text)| Attribute {
        id: *id,
        tag: *tag,
        text: (*text).to_owned(),
    });
    made.collect()
}

fn extensions(all: Vec<(Oid, bool, Vec<u8>)>) -> Vec<Extension> {
    let made = all.into_iter().map(|(id, critical, value)| Extension {
        id,
        critical,
        value,
    });
    made.collect()
}

fn authority_name(common_name: &str) -> Vec<Attribute> {
    attributes(&[
        (COMMON_NAME, Tag::UTF8_STRING, common_name),
        (ORGANIZATION, Tag::UTF8_STRING, "АО «Центр»"),
        (COUNTRY, Tag::PRINTABLE_STRING, "RU"),
        (STATE, Tag::UTF8_STRING, "77 Москва"),
        (LOCALITY, Tag::UTF8_STRING, "Москва"),
        (STREET, Tag::UTF8_STRING, "ул. Примерная, д. 1"),
        (OGRN, Tag::NUMERIC_STRING, "1047702026701"),
        (INNLE, Tag::NUMERIC_STRING, "7710474375"),
    ])
}

fn organisation(draft: &mut Draft) {
    for (id, tag, text) in [
        (ORGANIZATION, Tag::UTF8_STRING, "ООО «Ромашка»"),
        (TITLE, Tag::UTF8_STRING, "Директор"),
        (LOCALITY, Tag::UTF8_STRING, "Москва"),
        (STREET, Tag::UTF8_STRING, "ул. Примерная, д. 2"),
        (OGRN, Tag::NUMERIC_STRING, "1047707030513"),
        (INNLE, Tag::NUMERIC_STRING, "7707329152"),
    ] {
        draft.add(id, tag, text);
    }
    draft.set(COMMON_NAME, "ООО «Ромашка»");
}

/// GOST parameters of a key of 256 bits.
pub fn gost_key(sets: &[Oid]) -> Vec<u8> {
    algorithm(GOST2012_256, &oid_list(sets))
}

pub fn tools(names: &[&str]) -> Vec<u8> {
    sequence(
        &names
            .iter()
            .map(|name| text(Tag::UTF8_STRING, name))
            .collect::<Vec<_>>(),
    )
}

pub fn authority_key_identifier(full: bool) -> Vec<u8> {
    let mut parts = vec![element(Tag::context(0), &[7; 20])];
    if full {
        parts.push(context(1, &context(4, &sequence(&[]))));
        parts.push(element(Tag::context(2), &[1]));
    }
    sequence(&parts)
}

/// Start and end of the period of a private key.
pub fn private_key_period(from: &str, to: &str) -> Vec<u8> {
    sequence(&[
        element(Tag::context(0), from.as_bytes()),
        element(Tag::context(1), to.as_bytes()),
    ])
}

fn russian() -> Draft {
    Draft {
        version: 2,
        serial: vec![0x01, 0x23],
        inner: algorithm(GOST2012_256_STREEBOG, &[]),
        outer: algorithm(GOST2012_256_STREEBOG, &[]),
        issuer: authority_name("Головной центр"),
        not_before: at("2024-03-01T09:00:00Z"),
        not_after: at("2025-06-01T09:00:00Z"),
        subject: attributes(&[
            (COMMON_NAME, Tag::UTF8_STRING, "Иванова Анна Петровна"),
            (SURNAME, Tag::UTF8_STRING, "Иванова"),
            (GIVEN_NAME, Tag::UTF8_STRING, "Анна Петровна"),
            (COUNTRY, Tag::PRINTABLE_STRING, "RU"),
            (STATE, Tag::UTF8_STRING, "77 Москва"),
            (EMAIL, Tag::IA5_STRING, "anna@example.test"),
            (SNILS, Tag::NUMERIC_STRING, "11223344595"),
            (INN, Tag::NUMERIC_STRING, "500100732259"),
        ]),
        key_algorithm: gost_key(&[CRYPTOPRO_A, STREEBOG256]),
        key: [&[4, 64][..], &[5; 64]].concat(),
        signature: vec![6; 64],
        extensions: extensions(vec![
            (KEY_USAGE, true, key_usage(0xc0)),
            (
                EXTENDED_KEY_USAGE,
                false,
                oid_list(&[CLIENT_AUTH, EMAIL_PROTECTION]),
            ),
            (
                SUBJECT_KEY_IDENTIFIER,
                false,
                element(Tag::OCTET_STRING, &[8; 20]),
            ),
            (
                AUTHORITY_KEY_IDENTIFIER,
                false,
                authority_key_identifier(true),
            ),
            (
                CERTIFICATE_POLICIES,
                false,
                policies(&[SIGN_TOOL_CLASS_KC1, SIGN_TOOL_CLASS_KC2]),
            ),
            (
                CRL_DISTRIBUTION_POINTS,
                false,
                distribution_points(&["http://crl.example.test/a.crl"]),
            ),
            (
                AUTHORITY_INFO_ACCESS,
                false,
                access(&[(AD_CA_ISSUERS, "http://crl.example.test/a.cer")]),
            ),
            (SUBJECT_SIGN_TOOL, false, text(Tag::UTF8_STRING, "СКЗИ")),
            (
                ISSUER_SIGN_TOOL,
                false,
                tools(&["СКЗИ", "УЦ", "СФ/1", "СФ/2"]),
            ),
            (IDENTIFICATION_KIND, false, integer(&[0])),
            (
                PRIVATE_KEY_USAGE_PERIOD,
                false,
                private_key_period("20240301090000Z", "20250601090000Z"),
            ),
        ]),
    }
}

/// One place of a disclosure statement.
pub fn disclosure(url: &str, language: &str) -> Vec<u8> {
    sequence(&[
        text(Tag::IA5_STRING, url),
        text(Tag::PRINTABLE_STRING, language),
    ])
}

/// A limit of an amount.
pub fn limit(currency: Vec<u8>, amount: &[u8]) -> Vec<u8> {
    sequence(&[currency, integer(amount), integer(&[2])])
}

fn european() -> Draft {
    let euro = text(Tag::PRINTABLE_STRING, "EUR");
    Draft {
        issuer: attributes(&[
            (COUNTRY, Tag::PRINTABLE_STRING, "EE"),
            (ORGANIZATION, Tag::UTF8_STRING, "Example CA"),
            (ORGANIZATION_IDENTIFIER, Tag::UTF8_STRING, "NTREE-10747013"),
            (COMMON_NAME, Tag::UTF8_STRING, "Example Qualified CA"),
        ]),
        subject: attributes(&[
            (COUNTRY, Tag::PRINTABLE_STRING, "EE"),
            (COMMON_NAME, Tag::UTF8_STRING, "Mari Maasikas"),
            (SURNAME, Tag::UTF8_STRING, "Maasikas"),
            (GIVEN_NAME, Tag::UTF8_STRING, "Mari"),
            (SERIAL_NUMBER, Tag::PRINTABLE_STRING, "PNOEE-47101010033"),
        ]),
        inner: algorithm(ECDSA_SHA256, &[]),
        outer: algorithm(ECDSA_SHA256, &[]),
        key_algorithm: algorithm(EC, &oid(P256)),
        key: vec![4; 65],
        extensions: extensions(vec![
            (KEY_USAGE, true, key_usage(0x40)),
            (EXTENDED_KEY_USAGE, false, oid_list(&[EMAIL_PROTECTION])),
            (
                SUBJECT_KEY_IDENTIFIER,
                false,
                element(Tag::OCTET_STRING, &[8; 20]),
            ),
            (
                AUTHORITY_KEY_IDENTIFIER,
                false,
                authority_key_identifier(false),
            ),
            (
                CERTIFICATE_POLICIES,
                false,
                policies(&[Oid::new(&[0, 4, 0, 194112, 1, 2])]),
            ),
            (
                CRL_DISTRIBUTION_POINTS,
                false,
                distribution_points(&["http://crl.example.test/a.crl"]),
            ),
            (
                AUTHORITY_INFO_ACCESS,
                false,
                access(&[
                    (AD_CA_ISSUERS, "http://example.test/a.cer"),
                    (AD_OCSP, "http://ocsp.example.test"),
                ]),
            ),
            (SUBJECT_ALT_NAME, false, sequence(&[uri("urn:example")])),
            (ISSUER_ALT_NAME, false, sequence(&[uri("urn:example")])),
            (
                QC_STATEMENTS,
                false,
                sequence(&[
                    statement(QC_COMPLIANCE, &[]),
                    statement(QC_LIMIT_VALUE, &limit(euro, &[5])),
                    statement(QC_RETENTION_PERIOD, &integer(&[10])),
                    statement(QC_SSCD, &[]),
                    statement(
                        QC_PDS,
                        &sequence(&[disclosure("https://example.test/en", "en")]),
                    ),
                    statement(QC_TYPE, &oid_list(&[QC_TYPE_ESIGN])),
                    statement(QC_SYNTAX_V2, &sequence(&[oid(SEMANTICS_NATURAL)])),
                ]),
            ),
        ]),
        ..russian()
    }
}

fn plain() -> Draft {
    let mut draft = european();
    draft.drop_extension(QC_STATEMENTS);
    draft.put(
        EXTENDED_KEY_USAGE,
        oid_list(&[EMAIL_PROTECTION, ANY_EXTENDED_KEY_USAGE]),
    );
    draft.extend(BASIC_CONSTRAINTS, true, sequence(&[]));
    draft
}

/// nameConstraints that permit one domain.
pub fn permitted() -> Vec<u8> {
    let domain = element(Tag::context(2), b"example.test");
    sequence(&[context(0, &sequence(&[domain]))])
}
