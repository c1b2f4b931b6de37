//! SHA-1 and SHA-2 (FIPS 180-4), SHA-3 and SHAKE256 (FIPS 202), MD5 (RFC 1321). MD5 and SHA-1 are here so that
//! old material can be compared; `strength` refuses them.

use std::fmt;
use std::marker::PhantomData;

use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use shake::{ExtendableOutput, Shake256, Update, XofReader};

use super::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};

/// A digest of the RustCrypto family.
pub struct RustCrypto<D> {
    id: DigestId,
    digest: PhantomData<fn() -> D>,
}

/// An algorithm whose implementation is `D`.
pub(super) const fn algorithm<D>(id: DigestId) -> RustCrypto<D> {
    RustCrypto {
        id,
        digest: PhantomData,
    }
}

/// MD5.
pub static MD5: RustCrypto<Md5> = algorithm(DigestId::Md5);
/// SHA-1.
pub static SHA1: RustCrypto<Sha1> = algorithm(DigestId::Sha1);
/// SHA-224.
pub static SHA224: RustCrypto<Sha224> = algorithm(DigestId::Sha224);
/// SHA-256.
pub static SHA256: RustCrypto<Sha256> = algorithm(DigestId::Sha256);
/// SHA-384.
pub static SHA384: RustCrypto<Sha384> = algorithm(DigestId::Sha384);
/// SHA-512.
pub static SHA512: RustCrypto<Sha512> = algorithm(DigestId::Sha512);
/// SHA3-224.
pub static SHA3_224: RustCrypto<Sha3_224> = algorithm(DigestId::Sha3_224);
/// SHA3-256.
pub static SHA3_256: RustCrypto<Sha3_256> = algorithm(DigestId::Sha3_256);
/// SHA3-384.
pub static SHA3_384: RustCrypto<Sha3_384> = algorithm(DigestId::Sha3_384);
/// SHA3-512.
pub static SHA3_512: RustCrypto<Sha3_512> = algorithm(DigestId::Sha3_512);

impl<D> fmt::Debug for RustCrypto<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RustCrypto").field(&self.id).finish()
    }
}

impl<D: sha2::Digest + Send + 'static> DigestAlgorithm for RustCrypto<D> {
    fn id(&self) -> DigestId {
        self.id
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(Context {
            id: self.id,
            state: D::new(),
        })
    }

    fn digest(&self, octets: &[u8]) -> Result<Digest, DigestsDisagree> {
        Ok(Digest {
            algorithm: self.id,
            value: D::digest(octets).to_vec(),
        })
    }
}

struct Context<D> {
    id: DigestId,
    state: D,
}

impl<D: sha2::Digest + Send> DigestContext for Context<D> {
    fn update(&mut self, octets: &[u8]) {
        self.state.update(octets);
    }

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        Ok(Digest {
            algorithm: self.id,
            value: self.state.finalize().to_vec(),
        })
    }
}

/// SHAKE256 with 512 bits of output, which is how CMS uses it (RFC 8702 §3.1).
#[derive(Debug)]
pub struct Shake256Of512;

/// SHAKE256.
pub static SHAKE256: Shake256Of512 = Shake256Of512;

impl DigestAlgorithm for Shake256Of512 {
    fn id(&self) -> DigestId {
        DigestId::Shake256
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::<Shake256>::default()
    }
}

impl DigestContext for Shake256 {
    fn update(&mut self, octets: &[u8]) {
        Update::update(self, octets);
    }

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let mut value = vec![0; DigestId::Shake256.size()];
        self.finalize_xof().read(&mut value);
        Ok(Digest {
            algorithm: DigestId::Shake256,
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests of "abc" in the examples of FIPS 180-4 and FIPS 202, and in RFC 1321 §A.5.
    const ABC: [(&dyn DigestAlgorithm, &str); 11] = [
        (&MD5, "900150983cd24fb0d6963f7d28e17f72"),
        (
            &SHAKE256,
            "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4",
        ),
        (&SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            &SHA224,
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        ),
        (
            &SHA256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            &SHA384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        ),
        (
            &SHA512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        (
            &SHA3_224,
            "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
        ),
        (
            &SHA3_256,
            "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        ),
        (
            &SHA3_384,
            "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
        ),
        (
            &SHA3_512,
            "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        ),
    ];

    #[test]
    fn published_values_in_one_piece_and_in_two() {
        for (algorithm, expected) in ABC {
            let whole = algorithm.digest(b"abc").unwrap();
            assert_eq!(whole.hex(), expected);
            assert_eq!(whole.algorithm, algorithm.id());
            assert_eq!(whole.value.len(), algorithm.id().size());
            let mut context = algorithm.start();
            context.update(b"a");
            context.update(b"bc");
            assert_eq!(context.finish(), Ok(whole));
        }
    }
}
