//! Object identifiers used by the generator.

use std::borrow::Cow;

use serde::Deserialize;

/// Names that a declaration may use instead of arcs: signature tool classes and key purposes.
const NAMES: [(&str, Oid); 11] = [
    ("KC1", Oid::constant(&[1, 2, 643, 100, 113, 1])),
    ("KC2", Oid::constant(&[1, 2, 643, 100, 113, 2])),
    ("KC3", Oid::constant(&[1, 2, 643, 100, 113, 3])),
    ("KB1", Oid::constant(&[1, 2, 643, 100, 113, 4])),
    ("KB2", Oid::constant(&[1, 2, 643, 100, 113, 5])),
    ("KA1", Oid::constant(&[1, 2, 643, 100, 113, 6])),
    ("anyPolicy", Oid::constant(&[2, 5, 29, 32, 0])),
    ("clientAuth", Oid::constant(&[1, 3, 6, 1, 5, 5, 7, 3, 2])),
    (
        "emailProtection",
        Oid::constant(&[1, 3, 6, 1, 5, 5, 7, 3, 4]),
    ),
    ("timeStamping", Oid::constant(&[1, 3, 6, 1, 5, 5, 7, 3, 8])),
    ("OCSPSigning", Oid::constant(&[1, 3, 6, 1, 5, 5, 7, 3, 9])),
];

/// An object identifier; in declarations dotted text (`"1.2.643.100.1"`) or a name such as `"KC1"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Oid(Cow<'static, [u64]>);

impl Oid {
    pub const fn constant(arcs: &'static [u64]) -> Self {
        Self(Cow::Borrowed(arcs))
    }

    pub fn arcs(&self) -> &[u64] {
        &self.0
    }
}

impl TryFrom<String> for Oid {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some((_, oid)) = NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(oid.clone());
        }
        let arcs: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
        match arcs {
            Ok(arcs) if arcs.len() >= 2 && arcs[0] <= 2 && (arcs[0] == 2 || arcs[1] < 40) => {
                Ok(Self(Cow::Owned(arcs)))
            }
            _ => Err(format!("\"{text}\" is not an object identifier")),
        }
    }
}

// A dot between two numbers would read as a fraction, so the arcs are separated by blanks.
macro_rules! oids {
    ($($name:ident = [$($arc:literal)+];)*) => { $(pub const $name: Oid = Oid::constant(&[$($arc),+]);)* };
}

oids! {
    // Keys and signatures
    GOST_2001 = [1 2 643 2 2 19];
    GOST_2001_WITH_GOST_94 = [1 2 643 2 2 3];
    GOST_2012_256 = [1 2 643 7 1 1 1 1];
    GOST_2012_512 = [1 2 643 7 1 1 1 2];
    GOST_2012_256_WITH_STREEBOG = [1 2 643 7 1 1 3 2];
    GOST_2012_512_WITH_STREEBOG = [1 2 643 7 1 1 3 3];
    RSA_ENCRYPTION = [1 2 840 113549 1 1 1];
    SHA1_WITH_RSA = [1 2 840 113549 1 1 5];
    SHA256_WITH_RSA = [1 2 840 113549 1 1 11];
    RSASSA_PSS = [1 2 840 113549 1 1 10];
    MGF1 = [1 2 840 113549 1 1 8];
    EC_PUBLIC_KEY = [1 2 840 10045 2 1];
    ECDSA_WITH_SHA1 = [1 2 840 10045 4 1];
    ECDSA_WITH_SHA256 = [1 2 840 10045 4 3 2];
    ED25519 = [1 3 101 112];
    ED448 = [1 3 101 113];
    PRIME256V1 = [1 2 840 10045 3 1 7];
    SECP384R1 = [1 3 132 0 34];
    // Digests
    GOST_94 = [1 2 643 2 2 9];
    GOST_94_CRYPTOPRO = [1 2 643 2 2 30 1];
    STREEBOG_256 = [1 2 643 7 1 1 2 2];
    STREEBOG_512 = [1 2 643 7 1 1 2 3];
    MD5 = [1 2 840 113549 2 5];
    SHA1 = [1 3 14 3 2 26];
    SHA256 = [2 16 840 1 101 3 4 2 1];
    SHA512 = [2 16 840 1 101 3 4 2 3];
    SHAKE256 = [2 16 840 1 101 3 4 2 12];
    // Extensions (RFC 5280 §4.2)
    SUBJECT_KEY_IDENTIFIER = [2 5 29 14];
    KEY_USAGE = [2 5 29 15];
    PRIVATE_KEY_USAGE_PERIOD = [2 5 29 16];
    BASIC_CONSTRAINTS = [2 5 29 19];
    CRL_NUMBER = [2 5 29 20];
    REASON_CODE = [2 5 29 21];
    INVALIDITY_DATE = [2 5 29 24];
    CRL_DISTRIBUTION_POINTS = [2 5 29 31];
    CERTIFICATE_POLICIES = [2 5 29 32];
    AUTHORITY_KEY_IDENTIFIER = [2 5 29 35];
    EXTENDED_KEY_USAGE = [2 5 29 37];
    AUTHORITY_INFO_ACCESS = [1 3 6 1 5 5 7 1 1];
    USER_NOTICE = [1 3 6 1 5 5 7 2 2];
    AD_OCSP = [1 3 6 1 5 5 7 48 1];
    AD_CA_ISSUERS = [1 3 6 1 5 5 7 48 2];
    // Extensions of FSB order 795
    SUBJECT_SIGN_TOOL = [1 2 643 100 111];
    ISSUER_SIGN_TOOL = [1 2 643 100 112];
    IDENTIFICATION_KIND = [1 2 643 100 114];
    // CMS (RFC 5652) and CAdES (ETSI EN 319 122-1)
    DATA = [1 2 840 113549 1 7 1];
    SIGNED_DATA = [1 2 840 113549 1 7 2];
    CONTENT_TYPE = [1 2 840 113549 1 9 3];
    MESSAGE_DIGEST = [1 2 840 113549 1 9 4];
    SIGNING_TIME = [1 2 840 113549 1 9 5];
    TST_INFO = [1 2 840 113549 1 9 16 1 4];
    SIGNING_CERTIFICATE = [1 2 840 113549 1 9 16 2 12];
    ALGORITHM_PROTECTION = [1 2 840 113549 1 9 52];
    SIGNATURE_TIME_STAMP = [1 2 840 113549 1 9 16 2 14];
    CONTENT_TIME_STAMP = [1 2 840 113549 1 9 16 2 20];
    CERTIFICATE_REFERENCES = [1 2 840 113549 1 9 16 2 21];
    REVOCATION_REFERENCES = [1 2 840 113549 1 9 16 2 22];
    CERTIFICATE_VALUES = [1 2 840 113549 1 9 16 2 23];
    REVOCATION_VALUES = [1 2 840 113549 1 9 16 2 24];
    CADES_C_TIME_STAMP = [1 2 840 113549 1 9 16 2 25];
    REFERENCES_TIME_STAMP = [1 2 840 113549 1 9 16 2 26];
    ARCHIVE_TIME_STAMP_V2 = [1 2 840 113549 1 9 16 2 48];
    ARCHIVE_TIME_STAMP_V3 = [0 4 0 1733 2 4];
    ATS_HASH_INDEX = [0 4 0 1733 2 5];
    ATS_HASH_INDEX_V2 = [0 4 0 19122 1 4];
    ATS_HASH_INDEX_V3 = [0 4 0 19122 1 5];
    SIGNING_CERTIFICATE_V2 = [1 2 840 113549 1 9 16 2 47];
    // OCSP (RFC 6960)
    OCSP_RESPONSE = [1 3 6 1 5 5 7 16 2];
    OCSP_BASIC = [1 3 6 1 5 5 7 48 1 1];
    OCSP_NO_CHECK = [1 3 6 1 5 5 7 48 1 5];
}
