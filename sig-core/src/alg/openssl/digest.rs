//! Digests by OpenSSL.

use openssl::hash::{Hasher, MessageDigest};
use openssl::sha;

use crate::alg::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};

/// A digest with a state of fixed size, which OpenSSL computes without looking it up or asking for memory.
#[derive(Debug)]
pub struct Direct {
    id: DigestId,
    digest: fn(&[u8]) -> Vec<u8>,
    start: fn(DigestId) -> Box<dyn DigestContext>,
}

/// A digest that OpenSSL offers by name only.
#[derive(Debug)]
pub struct Named {
    id: DigestId,
    message_digest: fn() -> MessageDigest,
}

/// The digest and its context from a state of [`openssl::sha`].
macro_rules! direct {
    ($($(#[$doc:meta])* $name:ident = $id:ident, $state:ident;)*) => {$(
        $(#[$doc])*
        pub static $name: Direct = Direct {
            id: DigestId::$id,
            digest: |octets| {
                let mut state = sha::$state::new();
                state.update(octets);
                state.finish().to_vec()
            },
            start: |id| Box::new(DirectContext { id, state: sha::$state::new() }),
        };

        impl DigestContext for DirectContext<sha::$state> {
            fn update(&mut self, octets: &[u8]) {
                self.state.update(octets);
            }

            fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
                Ok(Digest { algorithm: self.id, value: self.state.finish().to_vec() })
            }
        }
    )*};
}

direct! {
    /// SHA-1.
    SHA1 = Sha1, Sha1;
    /// SHA-224.
    SHA224 = Sha224, Sha224;
    /// SHA-256.
    SHA256 = Sha256, Sha256;
    /// SHA-384.
    SHA384 = Sha384, Sha384;
    /// SHA-512.
    SHA512 = Sha512, Sha512;
}

/// MD5.
pub static MD5: Named = Named {
    id: DigestId::Md5,
    message_digest: MessageDigest::md5,
};
/// SHA3-224.
pub static SHA3_224: Named = Named {
    id: DigestId::Sha3_224,
    message_digest: MessageDigest::sha3_224,
};
/// SHA3-256.
pub static SHA3_256: Named = Named {
    id: DigestId::Sha3_256,
    message_digest: MessageDigest::sha3_256,
};
/// SHA3-384.
pub static SHA3_384: Named = Named {
    id: DigestId::Sha3_384,
    message_digest: MessageDigest::sha3_384,
};
/// SHA3-512.
pub static SHA3_512: Named = Named {
    id: DigestId::Sha3_512,
    message_digest: MessageDigest::sha3_512,
};
/// SHAKE256 with 512 bits of output (RFC 8702 §3.1).
pub static SHAKE256: Named = Named {
    id: DigestId::Shake256,
    message_digest: MessageDigest::shake_256,
};

struct DirectContext<S> {
    id: DigestId,
    state: S,
}

impl DigestAlgorithm for Direct {
    fn id(&self) -> DigestId {
        self.id
    }

    fn start(&self) -> Box<dyn DigestContext> {
        (self.start)(self.id)
    }

    fn digest(&self, octets: &[u8]) -> Result<Digest, DigestsDisagree> {
        Ok(Digest {
            algorithm: self.id,
            value: (self.digest)(octets),
        })
    }
}

impl DigestAlgorithm for Named {
    fn id(&self) -> DigestId {
        self.id
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(NamedContext {
            id: self.id,
            hasher: Hasher::new((self.message_digest)()).ok(),
        })
    }
}

/// Without a hasher once OpenSSL has failed. The portable back end never fails, so that is a disagreement with it.
struct NamedContext {
    id: DigestId,
    hasher: Option<Hasher>,
}

impl DigestContext for NamedContext {
    fn update(&mut self, octets: &[u8]) {
        let updated = self
            .hasher
            .as_mut()
            .is_some_and(|hasher| hasher.update(octets).is_ok());
        if !updated {
            self.hasher = None;
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let id = self.id;
        let value = self.hasher.as_mut().and_then(|hasher| match id {
            DigestId::Shake256 => {
                let mut value = vec![0; id.size()];
                hasher.finish_xof(&mut value).ok().map(|()| value)
            }
            _ => hasher.finish().ok().map(|value| value.to_vec()),
        });
        Ok(Digest {
            algorithm: id,
            value: value.ok_or(DigestsDisagree(id))?,
        })
    }
}
