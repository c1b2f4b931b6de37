//! Certificates made part by part, so that a test can change one of them. Their signatures are not checked here.

use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, UnixTime};

/// What a certificate is made of.
#[derive(Clone)]
pub struct Draft {
    /// As encoded: 2 stands for version 3, which alone has extensions.
    pub version: u8,
    pub serial: Vec<u8>,
    /// `AlgorithmIdentifier` inside what is signed.
    pub inner: Vec<u8>,
    /// `AlgorithmIdentifier` beside the signature.
    pub outer: Vec<u8>,
    pub issuer: Vec<Attribute>,
    pub not_before: UnixTime,
    pub not_after: UnixTime,
    pub subject: Vec<Attribute>,
    /// `AlgorithmIdentifier` of the key.
    pub key_algorithm: Vec<u8>,
    pub key: Vec<u8>,
    pub signature: Vec<u8>,
    pub extensions: Vec<Extension>,
}

#[derive(Clone)]
pub struct Attribute {
    pub id: Oid,
    pub tag: Tag,
    pub text: String,
}

#[derive(Clone)]
pub struct Extension {
    pub id: Oid,
    pub critical: bool,
    pub value: Vec<u8>,
}

pub fn at(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

pub fn oid(id: Oid) -> Vec<u8> {
    element(Tag::OID, id.content())
}

pub fn integer(octets: &[u8]) -> Vec<u8> {
    element(Tag::INTEGER, octets)
}

pub fn text(tag: Tag, text: &str) -> Vec<u8> {
    element(tag, text.as_bytes())
}

pub fn context(number: u32, content: &[u8]) -> Vec<u8> {
    element(Tag::context(number).constructed(), content)
}

pub fn uri(uri: &str) -> Vec<u8> {
    element(Tag::context(6), uri.as_bytes())
}

pub fn algorithm(id: Oid, parameters: &[u8]) -> Vec<u8> {
    sequence(&[oid(id), parameters.to_vec()])
}

/// keyUsage from the octets of its bits; the last unused ones are cut off.
pub fn key_usage(bits: u8) -> Vec<u8> {
    let unused = u8::try_from(bits.trailing_zeros().min(7)).unwrap();
    element(Tag::BIT_STRING, &[unused, bits])
}

pub fn distribution_points(uris: &[&str]) -> Vec<u8> {
    let points = uris
        .iter()
        .map(|it| sequence(&[context(0, &context(0, &uri(it)))]));
    sequence(&points.collect::<Vec<_>>())
}

pub fn access(places: &[(Oid, &str)]) -> Vec<u8> {
    let places = places
        .iter()
        .map(|(method, it)| sequence(&[oid(*method), uri(it)]));
    sequence(&places.collect::<Vec<_>>())
}

pub fn oid_list(ids: &[Oid]) -> Vec<u8> {
    sequence(&ids.iter().map(|id| oid(*id)).collect::<Vec<_>>())
}

pub fn policies(ids: &[Oid]) -> Vec<u8> {
    sequence(
        &ids.iter()
            .map(|id| sequence(&[oid(*id)]))
            .collect::<Vec<_>>(),
    )
}

/// One statement of qcStatements.
pub fn statement(id: Oid, info: &[u8]) -> Vec<u8> {
    sequence(&[oid(id), info.to_vec()])
}

impl Draft {
    pub fn certificate(&self) -> Certificate {
        let mut fields = vec![
            context(0, &integer(&[self.version])),
            integer(&self.serial),
            self.inner.clone(),
            name(&self.issuer),
            sequence(&[time(self.not_before), time(self.not_after)]),
            name(&self.subject),
            sequence(&[self.key_algorithm.clone(), bit_string(&self.key)]),
        ];
        if !self.extensions.is_empty() {
            let all: Vec<_> = self.extensions.iter().map(Extension::to_der).collect();
            fields.push(context(3, &sequence(&all)));
        }
        let whole = sequence(&[
            sequence(&fields),
            self.outer.clone(),
            bit_string(&self.signature),
        ]);
        let mut budget = Budget::new(Limits::STANDARD);
        Certificate::from_der(&whole.into(), &mut budget).unwrap()
    }

    /// Both signature algorithms.
    pub fn sign_by(&mut self, algorithm: Vec<u8>) {
        self.inner.clone_from(&algorithm);
        self.outer = algorithm;
    }

    pub fn add(&mut self, id: Oid, tag: Tag, text: &str) {
        self.subject.push(Attribute {
            id,
            tag,
            text: text.to_owned(),
        });
    }

    fn attribute(&mut self, id: Oid) -> &mut Attribute {
        let mut attributes = self.subject.iter_mut();
        attributes
            .find(|it| it.id == id)
            .expect("the base has the attribute")
    }

    pub fn set(&mut self, id: Oid, text: &str) {
        text.clone_into(&mut self.attribute(id).text);
    }

    pub fn retag(&mut self, id: Oid, tag: Tag) {
        self.attribute(id).tag = tag;
    }

    pub fn remove(&mut self, id: Oid) {
        let before = self.subject.len();
        self.subject.retain(|it| it.id != id);
        assert!(self.subject.len() < before, "the base has the attribute");
    }

    pub fn remove_from_issuer(&mut self, id: Oid) {
        let before = self.issuer.len();
        self.issuer.retain(|it| it.id != id);
        assert!(self.issuer.len() < before, "the base has the attribute");
    }

    fn found(&mut self, id: Oid) -> &mut Extension {
        let mut extensions = self.extensions.iter_mut();
        extensions
            .find(|it| it.id == id)
            .expect("the base has the extension")
    }

    pub fn extend(&mut self, id: Oid, critical: bool, value: Vec<u8>) {
        self.extensions.push(Extension {
            id,
            critical,
            value,
        });
    }

    pub fn put(&mut self, id: Oid, value: Vec<u8>) {
        self.found(id).value = value;
    }

    pub fn set_critical(&mut self, id: Oid, critical: bool) {
        self.found(id).critical = critical;
    }

    pub fn drop_extension(&mut self, id: Oid) {
        let before = self.extensions.len();
        self.extensions.retain(|it| it.id != id);
        assert!(self.extensions.len() < before, "the base has the extension");
    }

    /// Replaces, adds or takes away one statement.
    pub fn state(&mut self, id: Oid, info: Option<&[u8]>) {
        let mut all = statements(&self.found(oids::QC_STATEMENTS).value);
        all.retain(|it| {
            !it.windows(id.content().len())
                .any(|part| part == id.content())
        });
        all.extend(info.map(|info| statement(id, info)));
        self.put(oids::QC_STATEMENTS, sequence(&all));
    }
}

/// The elements of a SEQUENCE, none of which is longer than 255 octets.
fn statements(list: &[u8]) -> Vec<Vec<u8>> {
    let content = |octets: &[u8]| match octets.get(1) {
        Some(0x81) => (3, usize::from(octets[2])),
        Some(length) => (2, usize::from(*length)),
        None => (0, 0),
    };
    let (start, _) = content(list);
    let (mut rest, mut found) = (&list[start..], Vec::new());
    while !rest.is_empty() {
        let (header, length) = content(rest);
        let (one, after) = rest.split_at(header + length);
        found.push(one.to_vec());
        rest = after;
    }
    found
}

impl Extension {
    fn to_der(&self) -> Vec<u8> {
        let mut parts = vec![oid(self.id)];
        if self.critical {
            parts.push(element(Tag::BOOLEAN, &[0xff]));
        }
        parts.push(element(Tag::OCTET_STRING, &self.value));
        sequence(&parts)
    }
}

fn bit_string(octets: &[u8]) -> Vec<u8> {
    element(Tag::BIT_STRING, &[&[0], octets].concat())
}

fn name(attributes: &[Attribute]) -> Vec<u8> {
    let sets = attributes.iter().map(|it| {
        let octets = match it.tag {
            Tag::BMP_STRING => it.text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => it.text.clone().into_bytes(),
        };
        let pair = sequence(&[oid(it.id), element(it.tag, &octets)]);
        element(Tag::SET, &pair)
    });
    sequence(&sets.collect::<Vec<_>>())
}

/// RFC 5280 §4.1.2.5: two digits of the year up to 2049.
fn time(at: UnixTime) -> Vec<u8> {
    let digits: String = at
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    match at.to_civil().year {
        1950..=2049 => text(Tag::UTC_TIME, &format!("{}Z", &digits[2..])),
        _ => text(Tag::GENERALIZED_TIME, &format!("{digits}Z")),
    }
}
