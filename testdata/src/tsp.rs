//! Time-stamp tokens (RFC 3161 §2.4.2).

use serde::Deserialize;

use crate::cms::{Plan, Variant, signed_data};
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::pki::Pki;
use crate::timestamp::Timestamp;
use crate::token::Form;

/// The policy that CryptoPro time-stamp services name.
const POLICY: Oid = Oid::constant(&[1, 2, 643, 2, 2, 38, 4]);

/// A declared token over a declared text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeStampTokenDeclaration {
    pub id: String,
    /// The authority's certificate.
    pub authority: String,
    pub message: String,
    pub gen_time: Timestamp,
}

/// A `TimeStampToken` by `authority` over `message`, with one second of accuracy.
pub fn token(
    pki: &Pki,
    authority: &str,
    message: &[u8],
    gen_time: Timestamp,
) -> Result<Vec<u8>, Error> {
    let certificate = pki.certificate(authority)?;
    let digest = pki.key(&certificate.key)?.digest();
    let imprint = digest.of(message);
    let mut serial = Digest::Sha256.of(&[imprint.as_slice(), &gen_time.0.to_be_bytes()].concat());
    serial.truncate(8);
    serial[0] = (serial[0] & 0x7F) | 0x40;
    let info = der::sequence(&[
        der::small_integer(1),
        der::object_identifier(&POLICY),
        der::sequence(&[
            der::algorithm(&digest.oid(), None),
            der::octet_string(&imprint),
        ]),
        der::integer(&serial),
        der::generalized_time(gen_time),
        der::sequence(&[der::small_integer(1)]),
    ]);
    let plan = Plan {
        pki,
        certificate: authority,
        content: &info,
        content_type: oid::TST_INFO,
        form: Form::Attached,
        signing_time: gen_time,
    };
    signed_data(&plan, &Variant::default())
}
