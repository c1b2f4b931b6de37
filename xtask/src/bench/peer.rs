//! OpenSSL and its gost-engine as peers in this process.

use anyhow::{Result, ensure};
use openssl::hash::{MessageDigest, hash};
use openssl::md::Md;
use openssl::pkey::{PKey, Private, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;

use super::measure::Work;

/// The Debian package of the engine.
pub const ENGINE: &str = "libengine-gost-openssl";

/// How a context is set up before it signs or verifies a digest.
#[derive(Clone, Copy)]
pub enum Scheme {
    Gost,
    Ecdsa,
    RsaPkcs1Sha256,
}

/// A key pair with the signature of one digest.
#[derive(Clone)]
pub struct Signed {
    pub scheme: Scheme,
    /// DER `SubjectPublicKeyInfo`.
    pub spki: Vec<u8>,
    pub digest: Vec<u8>,
    pub signature: Vec<u8>,
}

/// Whether the engine was loaded.
pub fn has_engine() -> bool {
    MessageDigest::from_name("md_gost12_256").is_some()
}

/// Signs a digest.
pub fn sign(key: &PKey<Private>, scheme: Scheme, digest: &[u8]) -> Result<Signed> {
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    scheme.set_up(&mut context)?;
    let mut signature = Vec::new();
    context.sign_to_vec(digest, &mut signature)?;
    Ok(Signed {
        scheme,
        spki: key.public_key_to_der()?,
        digest: digest.to_vec(),
        signature,
    })
}

/// Verifies with a key that is decoded each time.
pub fn verify_with_new_key(signed: Signed) -> Work {
    Box::new(move || signed.verify(&mut signed.context()?))
}

/// Verifies with a key and a context that are kept.
pub fn verify_with_kept_key(signed: Signed) -> Result<Work> {
    let mut context = signed.context()?;
    Ok(Box::new(move || signed.verify(&mut context)))
}

/// A digest by its name in OpenSSL; none when the engine that computes it was not loaded.
pub fn digest_algorithm(name: &str) -> Option<MessageDigest> {
    MessageDigest::from_name(name)
}

/// The digest of the content.
pub fn digest(algorithm: MessageDigest, content: &[u8]) -> Result<Vec<u8>> {
    Ok(hash(algorithm, content)?.to_vec())
}

impl Signed {
    /// Decodes the key and gets ready to verify.
    fn context(&self) -> Result<PkeyCtx<Public>> {
        let key: PKey<Public> = PKey::public_key_from_der(&self.spki)?;
        let mut context = PkeyCtx::new(&key)?;
        context.verify_init()?;
        self.scheme.set_up(&mut context)?;
        Ok(context)
    }

    fn verify(&self, context: &mut PkeyCtx<Public>) -> Result<()> {
        let genuine = context.verify(&self.digest, &self.signature)?;
        ensure!(genuine, "OpenSSL refuses the signature");
        Ok(())
    }
}

impl Scheme {
    fn set_up<T>(self, context: &mut PkeyCtx<T>) -> Result<()> {
        match self {
            Self::Gost | Self::Ecdsa => {}
            Self::RsaPkcs1Sha256 => {
                context.set_rsa_padding(Padding::PKCS1)?;
                context.set_signature_md(Md::sha256())?;
            }
        }
        Ok(())
    }
}
