//! Signed attributes that a plain signature lacks (ETSI EN 319 122-1 §5.2), and the policy's document beside it.

use serde::Deserialize;

use super::attribute::attribute;
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid::Oid;

// A dot between two numbers would read as a fraction, so the arcs are separated by blanks.
macro_rules! oids {
    ($($name:ident = [$($arc:literal)+];)*) => { $(const $name: Oid = Oid::constant(&[$($arc),+]);)* };
}

oids! {
    CONTENT_HINTS = [1 2 840 113549 1 9 16 2 4];
    CONTENT_IDENTIFIER = [1 2 840 113549 1 9 16 2 7];
    CONTENT_REFERENCE = [1 2 840 113549 1 9 16 2 10];
    SIGNATURE_POLICY = [1 2 840 113549 1 9 16 2 15];
    COMMITMENT_TYPE = [1 2 840 113549 1 9 16 2 16];
    SIGNER_LOCATION = [1 2 840 113549 1 9 16 2 17];
    SIGNER_ATTRIBUTES = [1 2 840 113549 1 9 16 2 18];
    SIGNER_ATTRIBUTES_V2 = [0 4 0 19122 1 1];
    SIGNATURE_POLICY_STORE = [0 4 0 19122 1 3];
    MIME_TYPE = [0 4 0 1733 2 1];
    POLICY_URI = [1 2 840 113549 1 9 16 5 1];
    POLICY_USER_NOTICE = [1 2 840 113549 1 9 16 5 2];
    POLICY_SPECIFICATION = [0 4 0 19122 2 1];
    ROLE = [2 5 4 72];
}

/// One attribute, and how it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedExtra {
    pub value: ExtraValue,
    #[serde(default)]
    pub fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    #[default]
    Plain,
    /// The same value twice in one attribute.
    TwoValues,
    /// Two attributes.
    Twice,
    /// A UTF8String in the place of the value.
    Mistyped,
    /// No value at all.
    Empty,
}

/// The value of an attribute.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ExtraValue {
    ContentHints {
        description: Option<String>,
        content_type: Oid,
    },
    MimeType(String),
    ContentIdentifier(String),
    ContentReference {
        content_type: Oid,
        identifier: String,
        signature: String,
    },
    Commitment(Oid),
    Location {
        country: Option<String>,
        locality: Option<String>,
        #[serde(default)]
        postal_address: Vec<String>,
    },
    SignerAttributes(Roles),
    SignerAttributesV2(Roles),
    Policy {
        id: Oid,
        hash: PolicyHash,
        uri: Option<String>,
        notice: Option<String>,
    },
    PolicyImplied {},
    /// `SPUserNotice` and other values: hexadecimal DER.
    Other {
        id: Oid,
        value: String,
    },
}

/// What the signer says he is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Roles {
    pub claimed: Vec<String>,
    /// The text in the place of an attribute certificate.
    pub certified: Option<String>,
    /// The text of an assertion; version 2 only.
    pub assertion: Option<String>,
}

/// The digest of a policy's document.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PolicyHash {
    Of {
        document: PolicyDocument,
        digest: Digest,
        #[serde(default)]
        over: Over,
    },
    Zero {},
    Absent {},
    /// By an algorithm that nobody knows.
    Unknown {},
}

/// Which octets of a document in ASN.1 are digested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    #[default]
    Document,
    /// Without outer tag, length and signPolicyHash.
    WithoutHash,
    /// Without outer tag and length.
    Contents,
}

/// The document of a signature policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PolicyDocument {
    Text(String),
    /// `SignaturePolicy` (RFC 3125 §3.1) with this name.
    Asn1 {
        id: Oid,
    },
}

/// A document beside the signature.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyStore {
    pub document: PolicyDocument,
    #[serde(default)]
    pub fate: Fate,
}

impl PolicyDocument {
    /// The octets.
    pub fn to_octets(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Asn1 { .. } => der::sequence(&self.parts()),
        }
    }

    /// What stands inside the outer tag and length.
    fn parts(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Text(text) => vec![text.clone().into_bytes()],
            Self::Asn1 { id } => {
                let algorithm = der::algorithm(&Digest::Sha256.oid(), None);
                let info = der::sequence(&[
                    der::object_identifier(id),
                    der::generalized_time(crate::timestamp::Timestamp(1_577_836_800)),
                ]);
                let hash = Digest::Sha256.of(&info);
                vec![algorithm, info, der::octet_string(&hash)]
            }
        }
    }

    fn hashed(&self, over: Over) -> Vec<u8> {
        let parts = self.parts();
        match over {
            Over::Document => self.to_octets(),
            Over::WithoutHash => parts.iter().take(2).flatten().copied().collect(),
            Over::Contents => parts.concat(),
        }
    }
}

impl PolicyStore {
    /// The unsigned attribute.
    pub fn to_attribute(&self) -> Vec<u8> {
        let value = der::sequence(&[
            der::ia5_string("urn:test:policy"),
            der::octet_string(&self.document.to_octets()),
        ]);
        written(&SIGNATURE_POLICY_STORE, value, self.fate).concat()
    }
}

impl SignedExtra {
    /// The attributes: one, or two.
    pub fn to_attributes(&self) -> Result<Vec<Vec<u8>>, Error> {
        let (oid, value) = self.value.to_der()?;
        Ok(written(&oid, value, self.fate))
    }
}

fn written(oid: &Oid, value: Vec<u8>, fate: Fate) -> Vec<Vec<u8>> {
    match fate {
        Fate::Plain => vec![attribute(oid, &[value])],
        Fate::TwoValues => vec![attribute(oid, &[value.clone(), value])],
        Fate::Twice => vec![attribute(oid, std::slice::from_ref(&value)); 2],
        Fate::Mistyped => vec![attribute(oid, &[der::utf8_string("2026")])],
        Fate::Empty => vec![attribute(oid, &[])],
    }
}

impl ExtraValue {
    fn to_der(&self) -> Result<(Oid, Vec<u8>), Error> {
        Ok(match self {
            Self::ContentHints {
                description,
                content_type,
            } => {
                let description = description.iter().map(|text| der::utf8_string(text));
                let mut fields: Vec<Vec<u8>> = description.collect();
                fields.push(der::object_identifier(content_type));
                (CONTENT_HINTS, der::sequence(&fields))
            }
            Self::MimeType(text) => (MIME_TYPE, der::utf8_string(text)),
            Self::ContentIdentifier(text) => {
                (CONTENT_IDENTIFIER, der::octet_string(text.as_bytes()))
            }
            Self::ContentReference {
                content_type,
                identifier,
                signature,
            } => {
                let fields = [
                    der::object_identifier(content_type),
                    der::octet_string(identifier.as_bytes()),
                    der::octet_string(signature.as_bytes()),
                ];
                (CONTENT_REFERENCE, der::sequence(&fields))
            }
            Self::Commitment(id) => {
                let value = der::sequence(&[der::object_identifier(id)]);
                (COMMITMENT_TYPE, value)
            }
            Self::Location {
                country,
                locality,
                postal_address,
            } => {
                let tagged = |number, text: &String| der::context(number, &der::utf8_string(text));
                let mut fields = Vec::new();
                fields.extend(country.as_ref().map(|text| tagged(0, text)));
                fields.extend(locality.as_ref().map(|text| tagged(1, text)));
                if !postal_address.is_empty() {
                    let lines = postal_address.iter().map(|line| der::utf8_string(line));
                    let lines = der::sequence(&lines.collect::<Vec<_>>());
                    fields.push(der::context(2, &lines));
                }
                (SIGNER_LOCATION, der::sequence(&fields))
            }
            Self::SignerAttributes(roles) => (SIGNER_ATTRIBUTES, roles.version_1()),
            Self::SignerAttributesV2(roles) => (SIGNER_ATTRIBUTES_V2, roles.version_2()),
            Self::Policy {
                id,
                hash,
                uri,
                notice,
            } => {
                let mut fields = vec![der::object_identifier(id)];
                fields.extend(hash.to_der());
                let qualifier =
                    |id: &Oid, value| der::sequence(&[der::object_identifier(id), value]);
                let mut qualifiers = Vec::new();
                if let Some(uri) = uri {
                    qualifiers.push(qualifier(&POLICY_URI, der::ia5_string(uri)));
                    let specification = der::ia5_string("urn:test:policy");
                    qualifiers.push(qualifier(&POLICY_SPECIFICATION, specification));
                }
                if let Some(notice) = notice {
                    let notice = der::sequence(&[der::utf8_string(notice)]);
                    qualifiers.push(qualifier(&POLICY_USER_NOTICE, notice));
                }
                if !qualifiers.is_empty() {
                    fields.push(der::sequence(&qualifiers));
                }
                (SIGNATURE_POLICY, der::sequence(&fields))
            }
            Self::PolicyImplied {} => (SIGNATURE_POLICY, der::null()),
            Self::Other { id, value } => {
                let value = hex::decode(value);
                let value = value.map_err(|error| Error::value("value", error.to_string()))?;
                (id.clone(), value)
            }
        })
    }
}

impl PolicyHash {
    fn to_der(&self) -> Option<Vec<u8>> {
        let (algorithm, value) = match self {
            Self::Of {
                document,
                digest,
                over,
            } => (digest.oid(), digest.of(&document.hashed(*over))),
            Self::Zero {} => (Digest::Sha256.oid(), vec![0]),
            Self::Absent {} => return None,
            Self::Unknown {} => (Oid::constant(&[2, 999, 2]), vec![1; 32]),
        };
        let algorithm = der::algorithm(&algorithm, None);
        Some(der::sequence(&[algorithm, der::octet_string(&value)]))
    }
}

impl Roles {
    fn claims(&self) -> Option<Vec<u8>> {
        let roles = self.claimed.iter();
        let roles: Vec<Vec<u8>> = roles
            .map(|role| attribute(&ROLE, &[der::utf8_string(role)]))
            .collect();
        (!roles.is_empty()).then(|| der::context(0, &der::sequence(&roles)))
    }

    fn certificate(text: &str) -> Vec<u8> {
        der::sequence(&[der::utf8_string(text)])
    }

    fn version_1(&self) -> Vec<u8> {
        let mut fields: Vec<Vec<u8>> = self.claims().into_iter().collect();
        let certified = self.certified.as_deref();
        fields.extend(certified.map(|text| der::context(1, &Self::certificate(text))));
        der::sequence(&fields)
    }

    fn version_2(&self) -> Vec<u8> {
        let mut fields: Vec<Vec<u8>> = self.claims().into_iter().collect();
        if let Some(text) = &self.certified {
            let certificate = der::context(0, &Self::certificate(text));
            fields.push(der::context(1, &der::sequence(&[certificate])));
        }
        if let Some(text) = &self.assertion {
            let form = der::object_identifier(&Oid::constant(&[2, 999, 3]));
            let assertion = der::sequence(&[form, der::utf8_string(text)]);
            fields.push(der::context(2, &der::sequence(&[assertion])));
        }
        der::sequence(&fields)
    }
}
