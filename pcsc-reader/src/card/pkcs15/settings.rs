//! What a profile says of a PKCS #15 card.

use serde::Deserialize;

use super::directory::KeyKind;
use crate::apdu::Aid;
use crate::card::setting::{self, Hex, HexAid, OctetOrder};

/// Application identifiers of PKCS #15 v1.1 §6.3 and of ISO/IEC 7816-15 §7.5.5 (the RID of the issuer follows).
const AIDS: [&[u8]; 2] = [
    b"\xA0\x00\x00\x00\x63PKCS-15",
    &[0xE8, 0x28, 0xBD, 0x08, 0x0F],
];

/// Data of the road.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// Application identifiers, or beginnings of them, in the order to try.
    pub(super) aids: Vec<Aid>,
    /// Identifiers and sizes of files.
    pub(super) file_ids: OctetOrder,
    /// VERIFY without data tells the tries and spends none.
    pub(super) safe_query: bool,
    /// Ends the session of whoever is logged in, before a PIN is sent: CLA, INS, P1, P2.
    pub(super) logout: Option<[u8; 4]>,
    rsa: Option<Signing>,
    ec: Option<Signing>,
    gost: Option<Signing>,
}

/// How a card signs with one kind of key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signing {
    /// P1 of MANAGE SECURITY ENVIRONMENT (ISO/IEC 7816-4 §11.5.11); without it none is sent.
    pub(super) mse_p1: Option<u8>,
    /// Algorithm reference (80) for keys of which the card does not tell one.
    pub(super) algorithm: Option<u8>,
    /// The file of the key is named (81).
    #[serde(default)]
    pub(super) file_reference: bool,
    /// What the card takes.
    pub(super) input: Input,
    /// What the card gives.
    pub(super) output: Output,
    /// Numbers go to and come from the card with the low octet first, as a digest of GOST is written anyway.
    #[serde(default)]
    pub(super) reversed: bool,
}

/// Data of PSO COMPUTE DIGITAL SIGNATURE.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Input {
    /// The digest as it is written.
    Digest,
    /// The digest of GOST with its high octet first.
    DigestReversed,
    /// `DigestInfo`; the card pads (RFC 8017 §9.2).
    DigestInfo,
    /// The padded block of the size of the modulus (RFC 8017 §9.2).
    Block,
}

/// Answer to PSO COMPUTE DIGITAL SIGNATURE.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Output {
    /// The value as CMS holds it.
    Value,
    /// r and s of ECDSA, one after the other, or as `Ecdsa-Sig-Value`.
    Ecdsa,
    /// The halves of the value, second first.
    HalvesSwapped,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    aids: Option<Vec<HexAid>>,
    #[serde(default)]
    file_ids: OctetOrder,
    #[serde(default)]
    safe_query: bool,
    logout: Option<Hex>,
    rsa: Option<Signing>,
    ec: Option<Signing>,
    gost: Option<Signing>,
}

impl Settings {
    /// Reads the table of a profile.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn from_table(table: toml::Table) -> Result<Self, String> {
        let table: Table = setting::settings(table)?;
        let aids = match table.aids {
            None => AIDS
                .iter()
                .map(|aid| Aid::from_bytes(aid).map_err(|error| error.to_string()))
                .collect::<Result<_, _>>()?,
            Some(aids) if aids.is_empty() => return Err("`aids` must not be empty".to_owned()),
            Some(aids) => aids.into_iter().map(|HexAid(aid)| aid).collect(),
        };
        let logout = match table.logout.as_ref().map(Hex::as_bytes) {
            None => None,
            Some(&[cla, ins, p1, p2]) => Some([cla, ins, p1, p2]),
            Some(_) => return Err("`logout` must be four octets: CLA INS P1 P2".to_owned()),
        };
        let settings = Settings {
            aids,
            file_ids: table.file_ids,
            safe_query: table.safe_query,
            logout,
            rsa: table.rsa,
            ec: table.ec,
            gost: table.gost,
        };
        settings.check()?;
        Ok(settings)
    }

    /// How it signs with this kind of key; none where it does not.
    pub(super) fn signing(&self, kind: KeyKind) -> Option<&Signing> {
        match kind {
            KeyKind::Rsa => self.rsa.as_ref(),
            KeyKind::Ec => self.ec.as_ref(),
            KeyKind::Gost => self.gost.as_ref(),
            KeyKind::Other => None,
        }
    }

    fn check(&self) -> Result<(), String> {
        for (name, signing, fits) in [
            (
                "rsa",
                &self.rsa,
                (|signing| {
                    matches!(signing.input, Input::DigestInfo | Input::Block)
                        && signing.output == Output::Value
                }) as fn(&Signing) -> bool,
            ),
            ("ec", &self.ec, |signing| {
                signing.input == Input::Digest && signing.output == Output::Ecdsa
            }),
            ("gost", &self.gost, |signing| {
                matches!(signing.input, Input::Digest | Input::DigestReversed)
                    && signing.output != Output::Ecdsa
            }),
        ] {
            if signing.as_ref().is_some_and(|signing| !fits(signing)) {
                return Err(format!("`input` or `output` does not go with `{name}`"));
            }
        }
        Ok(())
    }
}

impl Signing {
    /// Number of what the card does with its input in the lists of PKCS #11 (`CKM_`), by which the card describes its
    /// algorithms (ISO/IEC 7816-15 §8.10).
    pub(super) fn mechanism(&self, kind: KeyKind) -> u32 {
        match (kind, self.input) {
            (KeyKind::Rsa, Input::Block) => 0x0003,
            (KeyKind::Rsa, _) => 0x0001,
            (KeyKind::Ec, _) => 0x1041,
            _ => 0x1201,
        }
    }
}
