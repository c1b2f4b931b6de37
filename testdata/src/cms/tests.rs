//! Long signatures, read back from the finished message and by OpenSSL.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::validation_data::{contents, elements};
use super::variant::Variant;
use crate::digest::Digest;
use crate::oid::{self, Oid};
use crate::timestamp::Timestamp;
use crate::token::Form;
use crate::{der, pki};

const CONTENT: &[u8] = b"content of the document\n";

const KINDS: [(&str, Digest); 4] = [
    ("stamps-rsa", Digest::Sha256),
    ("stamps-p256", Digest::Sha256),
    ("stamps-gost", Digest::Streebog256),
    ("stamps-gost512", Digest::Streebog512),
];

const LONG: &str = r#"
time_stamp = { authority = "tsa", gen_time = "2026-11-01T12:00:00Z" }
references = { certificates = ["ca", "root"], crls = ["ca", "root"], ocsp = ["person"] }
cades_c_time_stamp = { authority = "tsa", gen_time = "2026-11-01T12:00:01Z" }
references_time_stamp = { authority = "tsa", gen_time = "2026-11-01T12:00:02Z" }
values = { certificates = ["ca", "root"], crls = ["ca", "root"], ocsp = ["person"] }
crls = ["ca"]
ocsp = ["tsa"]
"#;

fn message(pki: &str, form: Form, variant: &str) -> Vec<u8> {
    let variant: Variant = toml::from_str(variant).unwrap();
    let token = pki::named(pki).unwrap().token("person").unwrap();
    let at = Timestamp(1_793_534_400);
    token.sign(CONTENT, form, at, &variant).unwrap()
}

fn with(archive: &str) -> String {
    format!(
        "{LONG}\n[[archive]]\nauthority = \"tsa\"\ngen_time = \"2026-11-02T12:00:00Z\"\n{archive}\n"
    )
}

/// A finished message in parts.
struct Parts {
    encapsulated: Vec<u8>,
    /// `[0]` certificates and `[1]` crls.
    sets: Vec<Vec<u8>>,
    signer: Vec<Vec<u8>>,
    unsigned: Vec<Vec<u8>>,
}

fn owned(octets: &[u8]) -> Vec<Vec<u8>> {
    elements(octets).into_iter().map(<[u8]>::to_vec).collect()
}

fn parts(message: &[u8]) -> Parts {
    let signed_data = elements(contents(contents(elements(contents(message))[1])))
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect::<Vec<_>>();
    let last = signed_data.len() - 1;
    let mut signer = owned(contents(elements(contents(&signed_data[last]))[0]));
    let unsigned = if signer.last().unwrap()[0] == 0xA1 {
        owned(contents(&signer.pop().unwrap()))
    } else {
        Vec::new()
    };
    Parts {
        encapsulated: signed_data[2].clone(),
        sets: signed_data[3..last].to_vec(),
        signer,
        unsigned,
    }
}

impl Parts {
    fn of_kind(&self, kind: &Oid) -> &[u8] {
        let id = der::object_identifier(kind);
        let of_kind = |attribute: &&Vec<u8>| elements(contents(attribute))[0] == id;
        self.unsigned.iter().find(of_kind).unwrap()
    }

    /// The first value of an attribute.
    fn value(&self, kind: &Oid) -> &[u8] {
        contents(elements(contents(self.of_kind(kind)))[1])
    }

    fn signature(&self) -> &[u8] {
        contents(self.signer.last().unwrap())
    }
}

/// The imprint in a token.
fn imprint(token: &[u8]) -> Vec<u8> {
    let info = contents(contents(elements(contents(&parts(token).encapsulated))[1])).to_vec();
    let fields = elements(contents(&info));
    contents(elements(contents(fields[2]))[1]).to_vec()
}

fn index(token: &[u8], kind: &Oid) -> Vec<u8> {
    parts(token).value(kind).to_vec()
}

/// The three lists of an index, without the tags of the hashes.
fn lists(index: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let fields = elements(contents(index));
    let of = |list: &[u8]| {
        elements(contents(list))
            .iter()
            .map(|it| contents(it).to_vec())
            .collect()
    };
    fields[fields.len() - 3..]
        .iter()
        .map(|list| of(list))
        .collect()
}

#[test]
fn references_hold_the_hashes_in_the_order_of_the_chain() {
    for (name, digest) in KINDS {
        let pki = pki::named(name).unwrap();
        let parts = parts(&message(name, Form::Attached, LONG));
        let certificates = owned(contents(parts.value(&oid::CERTIFICATE_REFERENCES)));
        let hash = digest.of(&pki.certificate("ca").unwrap().der);
        assert_eq!(certificates.len(), 2, "{name}");
        assert!(
            certificates[0].windows(hash.len()).any(|it| it == hash),
            "{name}"
        );

        // The signer's, the CA's, and nothing for the root.
        let revocation = owned(contents(parts.value(&oid::REVOCATION_REFERENCES)));
        let hash = digest.of(pki.crl("ca").unwrap());
        assert!(
            revocation[0].windows(hash.len()).any(|it| it == hash),
            "{name}"
        );
        let tags: Vec<u8> = elements(contents(&revocation[0]))
            .iter()
            .map(|it| it[0])
            .collect();
        assert_eq!(tags, [0xA0, 0xA1], "{name}");
        let hash = digest.of(pki.crl("root").unwrap());
        assert!(
            revocation[1].windows(hash.len()).any(|it| it == hash),
            "{name}"
        );
        assert_eq!(revocation[2], [0x30, 0], "{name}");
    }
}

#[test]
fn values_hold_the_objects_and_the_basic_response() {
    let pki = pki::named("stamps-rsa").unwrap();
    let parts = parts(&message("stamps-rsa", Form::Attached, LONG));
    let certificates = owned(contents(parts.value(&oid::CERTIFICATE_VALUES)));
    assert_eq!(certificates[0], pki.certificate("ca").unwrap().der);
    let revocation = owned(contents(parts.value(&oid::REVOCATION_VALUES)));
    let crls = owned(contents(contents(&revocation[0])));
    assert_eq!(crls, [pki.crl("ca").unwrap(), pki.crl("root").unwrap()]);
    let responses = owned(contents(contents(&revocation[1])));
    let response = pki.ocsp("person").unwrap();
    assert!(response.ends_with(&responses[0]));
    assert_eq!(elements(contents(&responses[0])).len(), 4);
}

#[test]
fn a_time_stamp_of_references_is_of_type_and_values_without_the_sequence() {
    for (name, digest) in KINDS {
        let parts = parts(&message(name, Form::Attached, LONG));
        let fields = |kind: &Oid| contents(parts.of_kind(kind)).to_vec();
        let references = [
            fields(&oid::CERTIFICATE_REFERENCES),
            fields(&oid::REVOCATION_REFERENCES),
        ]
        .concat();
        let type_2 = imprint(parts.value(&oid::REFERENCES_TIME_STAMP));
        assert_eq!(type_2, digest.of(&references), "{name}");
        let stamp = fields(&oid::SIGNATURE_TIME_STAMP);
        let all = [parts.signature(), &stamp, &references].concat();
        let type_1 = imprint(parts.value(&oid::CADES_C_TIME_STAMP));
        assert_eq!(type_1, digest.of(&all), "{name}");
    }
}

#[test]
fn version_2_is_of_the_message_as_it_stood() {
    for (name, digest) in KINDS {
        for form in [Form::Attached, Form::Detached] {
            let parts = parts(&message(name, form, &with("version = 2")));
            let mut octets = parts.encapsulated.clone();
            if form == Form::Detached {
                octets.extend_from_slice(CONTENT);
            }
            octets.extend(parts.sets.concat());
            octets.extend(parts.signer.concat());
            let before = &parts.unsigned[..parts.unsigned.len() - 1];
            octets.extend(der::context(1, &before.concat()));
            let token = parts.value(&oid::ARCHIVE_TIME_STAMP_V2);
            assert_eq!(imprint(token), digest.of(&octets), "{name} {form:?}");
        }
    }
}

#[test]
fn version_3_is_of_the_signer_the_content_and_the_index() {
    let kinds = [
        (1, oid::ATS_HASH_INDEX),
        (2, oid::ATS_HASH_INDEX_V2),
        (3, oid::ATS_HASH_INDEX_V3),
    ];
    for (name, digest) in KINDS {
        for (version, kind) in &kinds {
            let parts = parts(&message(
                name,
                Form::Detached,
                &with(&format!("index = {version}")),
            ));
            let token = parts.value(&oid::ARCHIVE_TIME_STAMP_V3);
            let index = index(token, kind);
            let mut octets = der::object_identifier(&oid::DATA);
            octets.extend(digest.of(CONTENT));
            octets.extend(parts.signer.concat());
            octets.extend_from_slice(&index);
            assert_eq!(imprint(token), digest.of(&octets), "{name} {version}");

            let listed = lists(&index);
            let each = |set: &[u8]| {
                elements(contents(set))
                    .iter()
                    .map(|it| digest.of(it))
                    .collect()
            };
            let certificates: Vec<Vec<u8>> = each(&parts.sets[0]);
            let crls: Vec<Vec<u8>> = each(&parts.sets[1]);
            assert_eq!(listed[0], certificates, "{name} {version}");
            assert_eq!(listed[1], crls, "{name} {version}");
            let before = &parts.unsigned[..parts.unsigned.len() - 1];
            let hash = |attribute: &Vec<u8>| {
                if *version < 3 {
                    return digest.of(attribute);
                }
                let fields = elements(contents(attribute));
                digest.of(&[fields[0], contents(fields[1])].concat())
            };
            assert_eq!(
                listed[2],
                before.iter().map(hash).collect::<Vec<_>>(),
                "{name} {version}"
            );
        }
    }
}

#[test]
fn the_next_archive_time_stamp_covers_the_one_before_and_what_came_between() {
    let later = "\n[[archive]]\nauthority = \"tsa-2\"\ngen_time = \"2027-01-01T00:00:00Z\"\n\
        add = { certificates = [\"ca-2\"], crls = [\"ca-2\"] }\n\
        token = { cms = { certificates = [\"tsa-2\", \"ca-2\"], crls = [\"ca-2\", \"root\"] } }\n";
    let message = message("stamps-p256", Form::Attached, &(with("") + later));
    let parts = parts(&message);
    let tokens: Vec<&[u8]> = parts.unsigned[parts.unsigned.len() - 2..]
        .iter()
        .map(|attribute| contents(elements(contents(attribute))[1]))
        .collect();
    let [first, second] = [0, 1].map(|at| lists(&index(tokens[at], &oid::ATS_HASH_INDEX_V3)));
    let counts = |lists: &[Vec<Vec<u8>>]| lists.iter().map(Vec::len).collect::<Vec<_>>();
    let [mut expected, got] = [counts(&first), counts(&second)];
    for count in &mut expected {
        *count += 1;
    }
    assert_eq!(got, expected);
    // The authority's own validation data are in its token.
    let token = self::parts(tokens[1]);
    assert_eq!(elements(contents(&token.sets[0])).len(), 2);
    assert_eq!(elements(contents(&token.sets[1])).len(), 2);
}

#[test]
fn each_damage_changes_what_it_names() {
    let whole = parts(&message("stamps-p256", Form::Attached, &with("")));
    let token = whole.value(&oid::ARCHIVE_TIME_STAMP_V3);
    let right = lists(&index(token, &oid::ATS_HASH_INDEX_V3));
    let damaged = |archive: &str| parts(&message("stamps-p256", Form::Attached, &with(archive)));
    let listed = |archive: &str| {
        let parts = damaged(archive);
        lists(&index(
            parts.value(&oid::ARCHIVE_TIME_STAMP_V3),
            &oid::ATS_HASH_INDEX_V3,
        ))
    };
    for (list, name) in ["certificate", "crl", "attribute"]
        .iter()
        .enumerate()
        .map(|it| (it.0, it.1))
    {
        let more = listed(&format!("damage = \"index-lists-absent-{name}\""));
        assert_eq!(more[list].len(), right[list].len() + 1);
    }
    let fewer = listed("omit = { certificates = [\"ca\"], crls = [\"ca\"], attributes = [0] }");
    for (fewer, right) in fewer.iter().zip(&right) {
        assert_eq!(fewer.len() + 1, right.len());
    }
    assert_eq!(listed("damage = \"index-changed\"")[1], [[0u8; 0]; 0]);
    assert_eq!(listed("damage = \"other-data\""), right);

    let stamp = |parts: &Parts| imprint(parts.value(&oid::ARCHIVE_TIME_STAMP_V3));
    for damage in ["other-data", "of-another-signature"] {
        let parts = damaged(&format!("damage = \"{damage}\""));
        assert_ne!(stamp(&parts), stamp(&whole), "{damage}");
        assert_eq!(parts.signer, whole.signer, "{damage}");
    }
    let changed = damaged("damage = \"index-changed\"");
    assert_eq!(stamp(&changed), stamp(&whole));
    for (damage, count) in [
        ("index-missing", 0),
        ("index-twice", 2),
        ("index-multi-valued", 1),
    ] {
        let parts = damaged(&format!("damage = \"{damage}\""));
        let token = self::parts(parts.value(&oid::ARCHIVE_TIME_STAMP_V3));
        assert_eq!(token.unsigned.len(), count, "{damage}");
    }
}

#[test]
fn openssl_reads_every_part() {
    let Ok(mut openssl) = Command::new("openssl")
        .args(["cms", "-cmsout", "-print", "-inform", "DER"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
    else {
        eprintln!("skipped: there is no openssl command (Debian package openssl)");
        return;
    };
    let message = message("stamps-rsa", Form::Attached, &with("version = 2"));
    openssl.stdin.take().unwrap().write_all(&message).unwrap();
    let output = openssl.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    for name in [
        "d.other",
        "1.2.840.113549.1.9.16.2.14",
        "1.2.840.113549.1.9.16.2.21",
        "1.2.840.113549.1.9.16.2.22",
        "1.2.840.113549.1.9.16.2.23",
        "1.2.840.113549.1.9.16.2.24",
        "1.2.840.113549.1.9.16.2.25",
        "1.2.840.113549.1.9.16.2.26",
        "1.2.840.113549.1.9.16.2.48",
    ] {
        assert!(text.contains(name), "{name} is not in:\n{text}");
    }
}
