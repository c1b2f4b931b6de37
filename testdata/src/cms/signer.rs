//! One `SignerInfo` (RFC 5652 §5.3).

use super::attribute::{Subject, attribute, signed_attributes};
use super::unsigned::{self, SignedFields};
use super::validation_data::Store;
use super::variant::{
    Imprint, Parameters, SignatureAlgorithm, SignatureOctets, SignedAttributes, SignerIdentifier,
    TimeStampDeclaration, Variant,
};
use crate::certificate::Certificate;
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::key::{Key, SignatureForm};
use crate::oid::{self, Oid};
use crate::pki::Pki;
use crate::timestamp::Timestamp;
use crate::token::Form;
use crate::tsp::{self, Stamping};

/// Who signs what.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    pub pki: &'a Pki,
    pub certificate: &'a Certificate,
    pub key: &'a Key,
    pub content: &'a [u8],
    pub content_type: &'a Oid,
    pub signing_time: Timestamp,
    pub form: Form,
    /// What `SignedData` carries beside the signers before anything is added later.
    pub store: &'a Store,
}

/// A made `SignerInfo` and what the envelope must know of it.
pub struct Made {
    pub der: Vec<u8>,
    pub digest_algorithm: Vec<u8>,
    pub version: u64,
    /// The unsigned attributes, in the order in which they were made.
    pub unsigned: Vec<Vec<u8>>,
    /// The content to present when the attributes were stripped into it.
    pub stripped_content: Option<Vec<u8>>,
}

impl Signer<'_> {
    fn digest(&self, variant: &Variant) -> Digest {
        variant.digest.unwrap_or_else(|| self.key.digest())
    }

    pub fn signer_info(&self, variant: &Variant) -> Result<Made, Error> {
        let digest = self.digest(variant);
        let named = match &variant.signing_certificate_of {
            Some(id) => self.pki.certificate(id)?,
            None => self.certificate,
        };
        let (digest_algorithm, signature_algorithm) = self.algorithms(digest, variant)?;
        let subject = Subject {
            content: self.content,
            content_type: self.content_type,
            signing_time: self.signing_time,
            certificate: named,
            digest,
            digest_algorithm: &digest_algorithm,
            signature_algorithm: &signature_algorithm,
        };
        let mut attributes = signed_attributes(&subject, variant);
        if let Some(declared) = &variant.content_time_stamp {
            let token = self.token(declared, self.content)?;
            attributes.push(attribute(&oid::CONTENT_TIME_STAMP, &[token]));
        }
        for extra in &variant.signed_extra {
            attributes.extend(extra.to_attributes()?);
        }
        let sorted = der::sorted(&attributes);
        let unsorted: Vec<Vec<u8>> = sorted.iter().rev().cloned().collect();
        let set = der::set_as_given(&sorted);
        // What is signed, and the attributes as sent.
        let (message, sent) = match variant.signed_attributes {
            SignedAttributes::Sorted => (set.clone(), Some(&sorted)),
            SignedAttributes::UnsortedSignedAsSent => {
                (der::set_as_given(&unsorted), Some(&unsorted))
            }
            SignedAttributes::UnsortedSignedSorted => (set.clone(), Some(&unsorted)),
            SignedAttributes::SignedWithImplicitTag => {
                (der::context(0, &sorted.concat()), Some(&sorted))
            }
            SignedAttributes::None => (self.content.to_vec(), None),
            SignedAttributes::StrippedIntoContent => (set.clone(), None),
        };
        let stripped_content =
            (variant.signed_attributes == SignedAttributes::StrippedIntoContent).then_some(set);
        let signature = match form(variant) {
            Some(form) => self.key.sign_in_form(digest, &message, &form)?,
            None => self.signature(digest, &message, variant.signature)?,
        };

        let (version, sid) = self.signer_identifier(variant)?;
        let mut fields = vec![der::small_integer(version), sid, digest_algorithm.clone()];
        fields.extend(sent.map(|attributes| der::context(0, &attributes.concat())));
        fields.push(signature_algorithm);
        fields.push(der::octet_string(&signature));
        let signed = SignedFields {
            fields: &fields,
            signature: &signature,
        };
        let unsigned = unsigned::attributes(self, variant, &signed)?;
        if !unsigned.is_empty() {
            fields.push(der::context(1, &unsigned.concat()));
        }
        Ok(Made {
            der: der::sequence(&fields),
            digest_algorithm,
            version,
            unsigned,
            stripped_content,
        })
    }

    /// The AlgorithmIdentifiers of digest and signature.
    fn algorithms(&self, digest: Digest, variant: &Variant) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let decode = |given: &Option<String>| {
            let octets = given.as_deref().map(hex::decode).transpose();
            octets.map_err(|error| Error::value("parameters", error.to_string()))
        };
        let null = |customary: bool| match variant.parameters {
            Parameters::Null => Some(der::null()),
            Parameters::Customary if customary => Some(der::null()),
            Parameters::Customary | Parameters::Absent => None,
        };
        let digest_algorithm = der::algorithm(
            variant.digest_algorithm.as_ref().unwrap_or(&digest.oid()),
            decode(&variant.digest_parameters)?.or(null(false)),
        );
        let customary = match &variant.pss {
            Some(pss) => pss.parameters(digest),
            None => null(self.key.has_null_parameters()),
        };
        let oid = match (
            &variant.signature_algorithm_oid,
            variant.signature_algorithm,
        ) {
            (Some(oid), _) => oid.clone(),
            (None, _) if variant.pss.is_some() => oid::RSASSA_PSS,
            (None, SignatureAlgorithm::Key) => self.key.cms_signature_oid(digest),
            (None, SignatureAlgorithm::Combined) => self.key.combined_oid(digest),
        };
        let parameters = decode(&variant.signature_parameters)?.or(customary);
        Ok((digest_algorithm, der::algorithm(&oid, parameters)))
    }

    fn signer_identifier(&self, variant: &Variant) -> Result<(u64, Vec<u8>), Error> {
        let certificate = match &variant.signer_identifier_of {
            Some(id) => self.pki.certificate(id)?,
            None => self.certificate,
        };
        Ok(match variant.signer_identifier {
            SignerIdentifier::IssuerAndSerialNumber => (
                1,
                der::sequence(&[
                    certificate.issuer_name.clone(),
                    der::integer(&certificate.serial),
                ]),
            ),
            SignerIdentifier::SubjectKeyIdentifier => {
                (3, der::context_primitive(0, &certificate.subject_key_id))
            }
        })
    }

    /// The token over `stamped`, or over something else when the declaration says so.
    pub fn token(&self, declared: &TimeStampDeclaration, stamped: &[u8]) -> Result<Vec<u8>, Error> {
        let stamping = Stamping {
            authority: &declared.authority,
            message: match declared.imprint {
                Imprint::OfSignature => stamped,
                Imprint::Wrong => b"another signature".as_slice(),
            },
            gen_time: declared.gen_time,
        };
        tsp::token(self.pki, &stamping, &declared.token)
    }

    fn signature(
        &self,
        digest: Digest,
        message: &[u8],
        fate: SignatureOctets,
    ) -> Result<Vec<u8>, Error> {
        let made = self.key.sign(digest, message)?;
        let (first, second) = made.split_at(made.len() / 2);
        let zero = vec![0; first.len()];
        Ok(match fate {
            SignatureOctets::AsMade => made,
            SignatureOctets::BitFlipped => {
                let mut flipped = made;
                let middle = flipped.len() / 2;
                flipped[middle] ^= 0x01;
                flipped
            }
            SignatureOctets::HalvesSwapped => [second, first].concat(),
            SignatureOctets::ZeroS => [&zero, second].concat(),
            SignatureOctets::ZeroR => [first, &zero].concat(),
            SignatureOctets::AllZero => [zero.as_slice(), &zero].concat(),
            SignatureOctets::SPlusOrder => [self.plus_order(first)?, second.to_vec()].concat(),
            SignatureOctets::RPlusOrder => [first.to_vec(), self.plus_order(second)?].concat(),
            SignatureOctets::Truncated => made[..made.len() - 1].to_vec(),
            SignatureOctets::Extended => [&[0], made.as_slice()].concat(),
            SignatureOctets::DerSequence => {
                der::sequence(&[der::integer(first), der::integer(second)])
            }
            SignatureOctets::Empty => Vec::new(),
        })
    }

    /// `half + q` in the same number of octets.
    fn plus_order(&self, half: &[u8]) -> Result<Vec<u8>, Error> {
        let no_room = || {
            Error::value(
                "signature value",
                "the group order leaves no room for half + q",
            )
        };
        let order = self.key.group_order().ok_or_else(no_room)?;
        let mut sum = half.to_vec();
        let mut carry = 0u16;
        for (octet, add) in sum.iter_mut().zip(&order).rev() {
            let value = u16::from(*octet) + u16::from(*add) + carry;
            *octet = value as u8;
            carry = value >> 8;
        }
        if carry == 0 { Ok(sum) } else { Err(no_room()) }
    }
}

/// The form of the signature, when it is not the plain one.
fn form(variant: &Variant) -> Option<SignatureForm> {
    let pkcs1 = variant.pkcs1.map(SignatureForm::Pkcs1);
    let pss = variant.pss.clone().map(SignatureForm::Pss);
    let ecdsa = variant.ecdsa.map(SignatureForm::Ecdsa);
    pkcs1.or(pss).or(ecdsa)
}
