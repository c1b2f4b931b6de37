//! Time-stamp tokens (RFC 3161 §2.4.2).

use serde::Deserialize;

use crate::cms::variant::{TokenExtension, TokenName, TokenVariant};
use crate::cms::{Plan, signed_data};
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::pki::Pki;
use crate::timestamp::Timestamp;
use crate::token::Form;

/// The policy that CryptoPro time-stamp services name.
const POLICY: Oid = Oid::constant(&[1, 2, 643, 2, 2, 38, 4]);

/// An object identifier of nobody's.
const UNKNOWN_EXTENSION: Oid = Oid::constant(&[2, 999, 1]);

/// A declared token over a declared text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeStampTokenDeclaration {
    pub id: String,
    /// The authority's certificate.
    pub authority: String,
    pub message: String,
    pub gen_time: Timestamp,
    #[serde(default)]
    pub token: TokenVariant,
}

/// What is stamped, by whom and when.
pub struct Stamping<'a> {
    /// The authority's certificate.
    pub authority: &'a str,
    pub message: &'a [u8],
    pub gen_time: Timestamp,
}

/// A `TimeStampToken` with one second of accuracy, or the answer that holds it.
pub fn token(pki: &Pki, stamping: &Stamping<'_>, variant: &TokenVariant) -> Result<Vec<u8>, Error> {
    let Stamping {
        authority,
        message,
        gen_time,
    } = *stamping;
    let certificate = pki.certificate(authority)?;
    let own_digest = pki.key(&certificate.key)?.digest();
    let digest = variant.imprint_digest.unwrap_or(own_digest);
    let imprint = digest.of(message);
    let mut serial = Digest::Sha256.of(&[imprint.as_slice(), &gen_time.0.to_be_bytes()].concat());
    serial.truncate(8);
    serial[0] = (serial[0] & 0x7F) | 0x40;
    let mut fields = vec![
        der::small_integer(variant.version.unwrap_or(1)),
        der::object_identifier(&POLICY),
        der::sequence(&[
            der::algorithm(&digest.oid(), None),
            der::octet_string(&imprint),
        ]),
        der::integer(&serial),
        der::generalized_time(gen_time),
        der::sequence(&[der::small_integer(1)]),
    ];
    let name = match variant.name {
        TokenName::Absent => None,
        TokenName::Own => Some(&certificate.subject_name),
        TokenName::OfIssuer => Some(&certificate.issuer_name),
    };
    // tsa [0], directoryName [4]: both explicit.
    fields.extend(name.map(|name| der::context(0, &der::context(4, name))));
    let critical = match variant.extension {
        TokenExtension::Absent => None,
        TokenExtension::Plain => Some(Vec::new()),
        TokenExtension::Critical => Some(der::boolean_true()),
    };
    fields.extend(critical.map(|critical| {
        let parts = [
            der::object_identifier(&UNKNOWN_EXTENSION),
            critical,
            der::octet_string(&der::null()),
        ];
        der::context(1, &der::sequence(&parts))
    }));
    let plan = Plan {
        pki,
        certificate: authority,
        content: &der::sequence(&fields),
        content_type: variant.content_type.clone().unwrap_or(oid::TST_INFO),
        form: Form::Attached,
        signing_time: gen_time,
    };
    let token = signed_data(&plan, &variant.cms)?;
    Ok(match variant.response {
        None => token,
        Some(status) => answer(status, token),
    })
}

/// `TimeStampResp`: a token comes with `granted` and `grantedWithMods` only.
fn answer(status: u64, token: Vec<u8>) -> Vec<u8> {
    let status_info = der::sequence(&[der::small_integer(status)]);
    if status <= 1 {
        der::sequence(&[status_info, token])
    } else {
        der::sequence(&[status_info])
    }
}
