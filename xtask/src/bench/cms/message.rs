//! The message that is measured.

use anyhow::Result;
use sig_core::UnixTime;
use testdata::Timestamp;
use testdata::pki::Pki;

use crate::bench::path;

/// 2026-11-22.
pub const AT: UnixTime = UnixTime::from_seconds(1_795_302_000);
/// Octets of the content.
const CONTENT: usize = 10 << 10;

/// A detached CAdES-BES that carries the signer's certificate and the authority's, and what it is judged by.
pub struct Message {
    pub content: Vec<u8>,
    pub signature: Vec<u8>,
    pub root: Vec<u8>,
    pub ca: Vec<u8>,
    pub person: Vec<u8>,
    pub crls: [Vec<u8>; 2],
    pki: Pki,
}

impl Message {
    pub fn new(algorithm: &str) -> Result<Self> {
        Self::with_content(algorithm, CONTENT)
    }

    pub fn with_content(algorithm: &str, length: usize) -> Result<Self> {
        let pki = Pki::from_toml("bench", &path::declaration(algorithm))?;
        let content: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
        let certificate = |id: &str| Ok::<_, anyhow::Error>(pki.certificate(id)?.der.clone());
        Ok(Self {
            signature: {
                let at = Timestamp(AT.seconds() - 86_400);
                pki.token("person")?.sign_detached(&content, at)?
            },
            root: certificate("root")?,
            ca: certificate("ca")?,
            person: certificate("person")?,
            crls: [pki.crl("root")?.to_vec(), pki.crl("ca")?.to_vec()],
            content,
            pki,
        })
    }

    /// A signature made so many seconds later, with the content inside.
    pub fn attached(&self, seconds: i64) -> Result<Vec<u8>> {
        let at = Timestamp(AT.seconds() - 86_400 + seconds);
        Ok(self.pki.token("person")?.sign_attached(&self.content, at)?)
    }
}
