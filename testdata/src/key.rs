//! Keys made from seeds, and the signatures they make.

mod curve;
mod ecdsa;
mod eddsa;
mod gost;
mod pss;
mod rsa;

use serde::Deserialize;

pub use curve::ParameterSet;
pub use ecdsa::SequenceForm;
pub use pss::Pss;
pub use rsa::Pkcs1;

use crate::digest::Digest;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::{der, seed};

/// What a declaration says of a key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDeclaration {
    pub id: String,
    pub algorithm: Algorithm,
    /// Required for GOST keys, refused for others.
    pub parameter_set: Option<ParameterSet>,
    /// Form of `GostR3410-2012-PublicKeyParameters` (RFC 9215 §4.2 allows both for 2012 sets).
    #[serde(default)]
    pub digest_parameter: DigestParameter,
    /// Algorithm in `SubjectPublicKeyInfo`, when not the key's.
    pub spki_algorithm: Option<Oid>,
    /// Parameters in `SubjectPublicKeyInfo`, hexadecimal DER, when not the key's.
    pub spki_parameters: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    #[serde(rename = "gost-2012-256")]
    Gost256,
    #[serde(rename = "gost-2012-512")]
    Gost512,
    #[serde(rename = "gost-2001")]
    Gost2001,
    #[serde(rename = "rsa-1024")]
    Rsa1024,
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// With the public exponent 3.
    #[serde(rename = "rsa-2048-exponent-3")]
    Rsa2048Exponent3,
    #[serde(rename = "p-256")]
    P256,
    #[serde(rename = "p-384")]
    P384,
    #[serde(rename = "ed25519")]
    Ed25519,
    #[serde(rename = "ed448")]
    Ed448,
}

/// Whether `digestParamSet` is written beside the curve, and whether the curve is named at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestParameter {
    #[default]
    Present,
    Absent,
    /// Both parameters missing: no curve is named, so the key means nothing.
    NoParameters,
}

/// A key pair.
pub struct Key {
    material: Material,
    spki_algorithm: Option<Oid>,
    spki_parameters: Option<Vec<u8>>,
}

/// A signature that is not the plain one of its key.
#[derive(Debug, Clone)]
pub enum SignatureForm {
    Pkcs1(Pkcs1),
    Pss(Pss),
    Ecdsa(SequenceForm),
}

fn rsa(seed: &[u8], octets: usize, exponent: u32) -> Result<Material, Error> {
    let key = rsa::RsaKey::derive(seed, octets, exponent)?;
    Ok(Material::Rsa(Box::new(key)))
}

enum Material {
    Gost(gost::GostKey),
    Rsa(Box<rsa::RsaKey>),
    Ecdsa(ecdsa::EcdsaKey),
    Eddsa(eddsa::EddsaKey),
}

impl Key {
    /// The key that `declaration` names under the PKI's seed.
    pub fn derive(pki_seed: &str, declaration: &KeyDeclaration) -> Result<Self, Error> {
        let seed = seed::derive(
            pki_seed.as_bytes(),
            format!("key {}", declaration.id).as_bytes(),
            64,
        );
        let what = || format!("key {}", declaration.id);
        let material = match (declaration.algorithm, declaration.parameter_set) {
            (
                algorithm @ (Algorithm::Gost256 | Algorithm::Gost512 | Algorithm::Gost2001),
                Some(set),
            ) => {
                if (algorithm == Algorithm::Gost512) != (set.octets() == 64) {
                    return Err(Error::value(what(), "the parameter set is of another size"));
                }
                let edition = match algorithm {
                    Algorithm::Gost2001 => gost::Edition::Of2001,
                    _ => gost::Edition::Of2012,
                };
                let digest = declaration.digest_parameter;
                Material::Gost(gost::GostKey::derive(&seed, set, digest, edition)?)
            }
            (Algorithm::Rsa1024, None) => rsa(&seed, 128, 65_537)?,
            (Algorithm::Rsa2048, None) => rsa(&seed, 256, 65_537)?,
            (Algorithm::Rsa2048Exponent3, None) => rsa(&seed, 256, 3)?,
            (Algorithm::P256, None) => Material::Ecdsa(ecdsa::EcdsaKey::derive_256(&seed)?),
            (Algorithm::P384, None) => Material::Ecdsa(ecdsa::EcdsaKey::derive_384(&seed)?),
            (Algorithm::Ed25519, None) => Material::Eddsa(eddsa::EddsaKey::derive_25519(&seed)),
            (Algorithm::Ed448, None) => Material::Eddsa(eddsa::EddsaKey::derive_448(&seed)),
            (Algorithm::Gost256 | Algorithm::Gost512 | Algorithm::Gost2001, None) => {
                return Err(Error::value(what(), "a GOST key needs parameter_set"));
            }
            (_, Some(_)) => {
                return Err(Error::value(what(), "only a GOST key has a parameter_set"));
            }
        };
        let parameters = declaration.spki_parameters.as_deref().map(hex::decode);
        Ok(Self {
            material,
            spki_algorithm: declaration.spki_algorithm.clone(),
            spki_parameters: parameters
                .transpose()
                .map_err(|error| Error::value(what(), error.to_string()))?,
        })
    }

    /// The digest this key is used with unless a variant says otherwise.
    pub fn digest(&self) -> Digest {
        match &self.material {
            Material::Gost(key) => key.digest(),
            Material::Rsa(_) | Material::Ecdsa(_) => Digest::Sha256,
            // RFC 8419 §2.3.
            Material::Eddsa(eddsa::EddsaKey::Ed25519(_)) => Digest::Sha512,
            Material::Eddsa(eddsa::EddsaKey::Ed448(_)) => Digest::Shake256,
        }
    }

    /// Octets of the subject public key: contents of the BIT STRING of `SubjectPublicKeyInfo`.
    pub fn public_key_octets(&self) -> Vec<u8> {
        match &self.material {
            Material::Gost(key) => key.public_key_octets(),
            Material::Rsa(key) => key.public_key_octets(),
            Material::Ecdsa(key) => key.public_key_octets(),
            Material::Eddsa(key) => key.public_key_octets(),
        }
    }

    /// DER `SubjectPublicKeyInfo`.
    pub fn subject_public_key_info(&self) -> Vec<u8> {
        let (algorithm, parameters) = match &self.material {
            Material::Gost(key) => (key.oid(), key.parameters()),
            Material::Rsa(_) => (oid::RSA_ENCRYPTION, Some(der::null())),
            Material::Ecdsa(key) => (
                oid::EC_PUBLIC_KEY,
                Some(der::object_identifier(&key.curve())),
            ),
            Material::Eddsa(key) => (key.oid(), None),
        };
        let algorithm = der::algorithm(
            self.spki_algorithm.as_ref().unwrap_or(&algorithm),
            self.spki_parameters.clone().or(parameters),
        );
        der::sequence(&[algorithm, der::bit_string(&self.public_key_octets())])
    }

    /// `AlgorithmIdentifier` of signatures in certificates, CRLs and OCSP responses.
    pub fn signature_algorithm(&self, digest: Digest) -> Vec<u8> {
        match &self.material {
            Material::Gost(_) | Material::Ecdsa(_) | Material::Eddsa(_) => {
                der::algorithm(&self.combined_oid(digest), None)
            }
            Material::Rsa(_) => der::algorithm(&self.combined_oid(digest), Some(der::null())),
        }
    }

    /// The algorithm that names key and digest together.
    pub fn combined_oid(&self, digest: Digest) -> Oid {
        match &self.material {
            Material::Gost(key) => key.combined_oid(),
            Material::Rsa(_) if digest == Digest::Sha1 => oid::SHA1_WITH_RSA,
            Material::Rsa(_) => oid::SHA256_WITH_RSA,
            Material::Ecdsa(_) if digest == Digest::Sha1 => oid::ECDSA_WITH_SHA1,
            Material::Ecdsa(_) => oid::ECDSA_WITH_SHA256,
            Material::Eddsa(key) => key.oid(),
        }
    }

    /// The algorithm a CMS `SignerInfo` names by custom: the key's own for GOST and RSA, the combined
    /// one for ECDSA (RFC 5753 §2.1.1).
    pub fn cms_signature_oid(&self, digest: Digest) -> Oid {
        match &self.material {
            Material::Gost(key) => key.oid(),
            Material::Rsa(_) => oid::RSA_ENCRYPTION,
            Material::Ecdsa(_) | Material::Eddsa(_) => self.combined_oid(digest),
        }
    }

    /// Whether `AlgorithmIdentifier.parameters` of a signature are NULL by custom.
    pub fn has_null_parameters(&self) -> bool {
        matches!(self.material, Material::Rsa(_))
    }

    /// Signs the digest of `message`, or for EdDSA the message.
    pub fn sign(&self, digest: Digest, message: &[u8]) -> Result<Vec<u8>, Error> {
        let hashed = digest.of(message);
        match &self.material {
            Material::Gost(key) => Ok(key.sign_digest(&hashed)),
            Material::Rsa(key) => key.sign_digest(digest, &hashed, Pkcs1::Exact),
            Material::Ecdsa(key) => key.sign_digest(&hashed, SequenceForm::Exact),
            Material::Eddsa(key) => Ok(key.sign(message)),
        }
    }

    /// Signs the digest of `message` in a form of its own.
    pub fn sign_in_form(
        &self,
        digest: Digest,
        message: &[u8],
        form: &SignatureForm,
    ) -> Result<Vec<u8>, Error> {
        let hashed = digest.of(message);
        match (&self.material, form) {
            (Material::Rsa(key), SignatureForm::Pkcs1(form)) => {
                key.sign_digest(digest, &hashed, *form)
            }
            (Material::Rsa(key), SignatureForm::Pss(pss)) => key.sign_pss(digest, &hashed, pss),
            (Material::Ecdsa(key), SignatureForm::Ecdsa(form)) => key.sign_digest(&hashed, *form),
            _ => Err(Error::value(
                "signature form",
                "the key is of another algorithm",
            )),
        }
    }

    /// What a card makes of the input of its signature command: of RSA the private power of the block, of ECDSA r and
    /// s of the digest, of GOST s and r of the digest.
    pub fn sign_raw(&self, input: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.material {
            Material::Gost(key) => Ok(key.sign_digest(input)),
            Material::Rsa(key) => key.sign_block(input),
            Material::Ecdsa(key) => key.sign_digest(input, SequenceForm::Plain),
            Material::Eddsa(key) => Ok(key.sign(input)),
        }
    }

    /// The private power of a `DigestInfo` with padding of block type 1 (RFC 8017 §9.2).
    pub fn sign_digest_info(&self, digest_info: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.material {
            Material::Rsa(key) => key.sign_digest_info(digest_info),
            _ => Err(Error::value("DigestInfo", "the key is none of RSA")),
        }
    }

    /// Order of the group, big-endian, for variants that step outside it; none for the others.
    pub fn group_order(&self) -> Option<Vec<u8>> {
        match &self.material {
            Material::Gost(key) => Some(key.group_order()),
            Material::Rsa(_) | Material::Ecdsa(_) | Material::Eddsa(_) => None,
        }
    }
}
