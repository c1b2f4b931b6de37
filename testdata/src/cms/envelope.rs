//! `ContentInfo` around `SignedData` (RFC 5652 §3, §5.1).

use super::countersignature;
use super::signer::{Made, Signer};
use super::validation_data::Store;
use super::variant::{Encoding, Signers, Variant};
use crate::der;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::pki::Pki;
use crate::timestamp::Timestamp;
use crate::token::Form;

const BER_CHUNK: usize = 16;

/// A message to sign.
pub(crate) struct Plan<'a> {
    pub pki: &'a Pki,
    /// The signer's certificate.
    pub certificate: &'a str,
    pub content: &'a [u8],
    pub content_type: Oid,
    pub form: Form,
    pub signing_time: Timestamp,
}

/// The octets of the message.
pub(crate) fn signed_data(plan: &Plan<'_>, variant: &Variant) -> Result<Vec<u8>, Error> {
    let content_type = variant
        .encapsulated_content_type
        .as_ref()
        .unwrap_or(&plan.content_type);
    let mut store = Store {
        certificates: embedded_certificates(plan, variant)?,
        ..Store::default()
    };
    store.add_revocation(plan.pki, &variant.crls, &variant.ocsp)?;
    let made = signer_infos(plan, variant, content_type, &store)?;
    for archive in &variant.archive {
        store.add(plan.pki, &archive.add)?;
    }
    store.add(plan.pki, &variant.added_last)?;
    let presented = match &variant.presented_content {
        Some(content) => Some(content.clone().into_bytes()),
        None => made
            .iter()
            .find_map(|signer| signer.stripped_content.clone()),
    };
    let message = Message {
        version: version(&made, content_type, &store),
        digest_algorithms: digest_algorithms(&made, variant),
        content_type,
        content: match plan.form {
            Form::Attached => Some(presented.as_deref().unwrap_or(plan.content)),
            Form::Detached => None,
        },
        certificates: store.certificates,
        crls: store.crls,
        signer_infos: made.into_iter().map(|signer| signer.der).collect(),
    };
    let octets = match variant.encoding {
        Encoding::Der => message.to_der(),
        Encoding::BerIndefinite => message.to_ber_indefinite(),
    };
    damaged(octets, variant)
}

/// The SignerInfos in the order declared; co-signers sign in the plain form.
fn signer_infos(
    plan: &Plan<'_>,
    variant: &Variant,
    content_type: &Oid,
    store: &Store,
) -> Result<Vec<Made>, Error> {
    let plain = Variant {
        content_type: variant.content_type.clone(),
        ..Variant::default()
    };
    let first = variant.co_signers_before.len();
    signers(plan, variant)
        .into_iter()
        .enumerate()
        .map(|(index, id)| {
            let how = if index == first { variant } else { &plain };
            let certificate = plan.pki.certificate(id)?;
            let signer = Signer {
                pki: plan.pki,
                certificate,
                key: plan.pki.key(&certificate.key)?,
                content: plan.content,
                content_type,
                signing_time: plan.signing_time,
                form: plan.form,
                store,
            };
            signer.signer_info(how)
        })
        .collect()
}

/// The signers' certificates by id, in their order.
fn signers<'a>(plan: &Plan<'a>, variant: &'a Variant) -> Vec<&'a str> {
    if variant.signers == Signers::None {
        return Vec::new();
    }
    let before = variant.co_signers_before.iter().map(String::as_str);
    let after = variant.co_signers.iter().map(String::as_str);
    before.chain([plan.certificate]).chain(after).collect()
}

/// RFC 5652 §5.1: 5 with revocation data of another format, 3 when a SignerInfo is version 3 or the
/// content is not id-data, else 1.
fn version(made: &[Made], content_type: &Oid, store: &Store) -> u64 {
    if store.crls.iter().any(|crl| crl[0] == 0xA1) {
        return 5;
    }
    let three = *content_type != oid::DATA || made.iter().any(|signer| signer.version == 3);
    if three { 3 } else { 1 }
}

fn digest_algorithms(made: &[Made], variant: &Variant) -> Vec<u8> {
    if let Some(listed) = &variant.digest_algorithms {
        let listed: Vec<Vec<u8>> = listed.iter().map(|oid| der::algorithm(oid, None)).collect();
        return der::set_of(&listed);
    }
    let mut listed: Vec<Vec<u8>> = made
        .iter()
        .map(|signer| signer.digest_algorithm.clone())
        .collect();
    listed.sort();
    listed.dedup();
    der::set_of(&listed)
}

fn embedded_certificates(plan: &Plan<'_>, variant: &Variant) -> Result<Vec<Vec<u8>>, Error> {
    let mut ids: Vec<String> = Vec::new();
    match &variant.certificates {
        Some(declared) => ids.extend(declared.iter().cloned()),
        None => {
            let counter = countersignature::signers(variant);
            for signer in signers(plan, variant).into_iter().chain(counter) {
                let mut certificate = plan.pki.certificate(signer)?;
                while !ids.contains(&certificate.id) && !certificate.is_self_signed() {
                    ids.push(certificate.id.clone());
                    certificate = plan.pki.certificate(&certificate.issuer)?;
                }
            }
        }
    }
    ids.iter()
        .map(|id| Ok(plan.pki.certificate(id)?.der.clone()))
        .collect()
}

fn damaged(mut octets: Vec<u8>, variant: &Variant) -> Result<Vec<u8>, Error> {
    if let Some(file) = &variant.file {
        octets = hex::decode(file).map_err(|error| Error::value("file", error.to_string()))?;
    }
    if let Some(trailing) = &variant.trailing {
        octets.extend(
            hex::decode(trailing).map_err(|error| Error::value("trailing", error.to_string()))?,
        );
    }
    if let Some(from_end) = variant.flip_from_end {
        let at = octets
            .len()
            .checked_sub(from_end)
            .filter(|at| *at < octets.len());
        let at = at.ok_or_else(|| Error::value("flip_from_end", "outside the message"))?;
        octets[at] ^= 0x01;
    }
    Ok(octets)
}

struct Message<'a> {
    version: u64,
    digest_algorithms: Vec<u8>,
    content_type: &'a Oid,
    content: Option<&'a [u8]>,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    signer_infos: Vec<Vec<u8>>,
}

impl Message<'_> {
    fn to_der(&self) -> Vec<u8> {
        let content = self
            .content
            .map(|content| der::context(0, &der::octet_string(content)));
        let encapsulated = der::sequence(&[
            der::object_identifier(self.content_type),
            content.unwrap_or_default(),
        ]);
        let mut parts = vec![
            der::small_integer(self.version),
            self.digest_algorithms.clone(),
            encapsulated,
        ];
        parts.extend(self.after_content(der::sorted(&self.certificates)));
        let signed_data = der::sequence(&parts);
        der::sequence(&[
            der::object_identifier(&oid::SIGNED_DATA),
            der::context(0, &signed_data),
        ])
    }

    fn to_ber_indefinite(&self) -> Vec<u8> {
        let mut encapsulated = der::object_identifier(self.content_type);
        if let Some(content) = self.content {
            let chunks: Vec<Vec<u8>> = content.chunks(BER_CHUNK).map(der::octet_string).collect();
            encapsulated.extend(indefinite(0xA0, &indefinite(0x24, &chunks.concat())));
        }
        let mut parts = vec![
            der::small_integer(self.version),
            self.digest_algorithms.clone(),
        ];
        parts.push(indefinite(0x30, &encapsulated));
        parts.extend(self.after_content(self.certificates.clone()));
        let signed_data = indefinite(0xA0, &indefinite(0x30, &parts.concat()));
        indefinite(
            0x30,
            &[der::object_identifier(&oid::SIGNED_DATA), signed_data].concat(),
        )
    }

    /// Certificates, CRLs and SignerInfos. The SignerInfos stand in the order of the declaration, so
    /// that a case can say which one is first.
    fn after_content(&self, certificates: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut parts = Vec::new();
        if !certificates.is_empty() {
            parts.push(der::context(0, &certificates.concat()));
        }
        if !self.crls.is_empty() {
            parts.push(der::context(1, &self.crls.concat()));
        }
        parts.push(der::set_as_given(&self.signer_infos));
        parts
    }
}

/// Indefinite length: the contents, then end-of-contents octets (X.690 §8.1.3.6).
fn indefinite(tag: u8, contents: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], contents, &[0, 0]].concat()
}
