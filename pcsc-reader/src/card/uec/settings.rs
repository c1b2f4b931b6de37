//! What the profile says of the card: identifiers, tags, files, the catalogue of fields.

use serde::Deserialize;

use super::application::Application;
use super::field::{Codec, FieldName};
use crate::apdu::Tag;
use crate::card::setting::{self, Hex, HexAid, HexOctet, HexPair, exactly, octets};

/// The text that comes with the program.
const BUILTIN: &str = include_str!("../../../profiles/uec.toml");

/// Registered identifier of every application of the card, the security module included.
const RID: [u8; 5] = [0xA0, 0x00, 0x00, 0x04, 0x32];

/// Octets of one READ BINARY without extended lengths, and under secure messaging: what is left of 256 by the objects
/// 87, 99 and 8E.
const MOST_CHUNK: usize = 256;
const MOST_CHUNK_SM: usize = 224;

/// What a profile says of the universal electronic card, read strictly. What must not be chosen is not in it: a PIN
/// goes through a [`Session`](super::Session) whatever a profile says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UecSettings {
    pub(super) read_chunk: usize,
    pub(super) read_chunk_sm: usize,
    pub(super) envelope_chunk: usize,
    pub(super) empty_select_template: Hex,
    pub(super) applications: Applications,
    pub(super) info: Information,
    pub(super) sectors: Catalogue,
    pub(super) blocks: Catalogue,
    pub(super) objects: Objects,
    pub(super) authentication: Authentication,
    #[serde(default)]
    pub(super) ef: Vec<ElementaryFile>,
    #[serde(default)]
    pub(super) pin: Vec<PinSettings>,
    #[serde(default)]
    pub(super) block: Vec<BlockSettings>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Applications {
    pub(super) identification: HexAid,
    pub(super) issuer: HexAid,
    pub(super) payment: HexAid,
}

/// Where the answer to SELECT holds what: the first path that is there counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Information {
    pub(super) version: Vec<Path>,
    pub(super) expires: Vec<Path>,
    pub(super) effective: Vec<Path>,
    pub(super) auc: Vec<Path>,
    pub(super) key_set: Vec<Path>,
}

/// Tags of a list of directories or files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    pub(super) paths: Vec<Path>,
    pub(super) entry: HexTag,
    pub(super) id: HexTag,
    pub(super) fid: HexTag,
    pub(super) version: Option<HexTag>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Objects {
    pub(super) state: HexTag,
    pub(super) state_consistent: HexOctet,
    pub(super) state_inconsistent: HexOctet,
    pub(super) cin: HexTag,
    pub(super) pan_file: HexPair,
    pub(super) pan: HexTag,
    pub(super) greeting_file: HexPair,
    pub(super) greeting: HexTag,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Authentication {
    pub(super) key_gost_v11: HexOctet,
    pub(super) key_gost_v10: HexOctet,
    pub(super) key_rsa: HexOctet,
    pub(super) certificate_p2: HexOctet,
    pub(super) certificate_p2_v10: HexOctet,
    pub(super) challenge: u8,
    pub(super) challenge_mse: u8,
    pub(super) mse_key_gost: HexOctet,
    pub(super) mse_key_rsa: HexOctet,
    pub(super) mse_certificates: Vec<HexPair>,
    pub(super) mse_authentication: Vec<HexPair>,
    pub(super) mse_messaging: Vec<HexPair>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ElementaryFile {
    pub(super) content: Content,
    pub(super) suite: Option<Suite>,
    pub(super) fid: HexPair,
}

/// What an elementary file of the application holds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Content {
    ApplicationCertificate,
    ApplicationKey,
    HolderCertificate,
    HolderPresence,
    IssuerCertificate,
}

/// Which family of algorithms the card and the terminal use.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Suite {
    /// GOST 28147-89, GOST R 34.10-2001, GOST R 34.11-94.
    Gost,
    /// RSA, 3DES, SHA-1.
    Rsa,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinSettings {
    pub(super) r#ref: HexOctet,
    pub(super) label: String,
    /// May stand in a profile, and only as what holds anyway.
    #[serde(default = "yes")]
    requires_sm: bool,
    #[serde(default)]
    safe_query: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockSettings {
    pub(super) sector: u8,
    pub(super) block: u8,
    /// Format versions of the sector that it goes for; all when empty.
    #[serde(default)]
    pub(super) versions: Vec<HexOctet>,
    pub(super) kind: BlockKind,
    pub(super) access: Access,
    pub(super) root: Option<HexTag>,
    #[serde(default)]
    pub(super) records: u8,
    #[serde(default)]
    pub(super) fields: Vec<FieldSettings>,
}

/// How a block is laid out.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BlockKind {
    /// One data object in a transparent file.
    BinaryTlv,
    /// A transparent file with fixed offsets.
    Fixed,
    /// Records with fixed offsets.
    Records,
    /// Data objects, by GET DATA.
    Tlv,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) enum Access {
    Closed,
    Free,
    /// Assumed to be free: a refusal is no fault.
    MaybeFree,
    /// Terminal authentication and this PIN.
    Pin(u8),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldSettings {
    pub(super) name: FieldName,
    pub(super) tag: Option<Path>,
    pub(super) offset: Option<usize>,
    pub(super) codec: Codec,
    pub(super) max: usize,
}

fn yes() -> bool {
    true
}

impl UecSettings {
    /// The settings that come with the program.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn builtin() -> Result<Self, String> {
        Self::from_profile(BUILTIN)
    }

    /// The first `[[card.road]]` of the kind `uec` in a profile file.
    ///
    /// # Errors
    /// What is wrong with it, or that there is none.
    pub fn from_profile(text: &str) -> Result<Self, String> {
        let mut file: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let Some(toml::Value::Array(cards)) = file.remove("card") else {
            return Err("there is no `[[card]]`".to_owned());
        };
        let roads = cards.into_iter().filter_map(|card| match card {
            toml::Value::Table(mut card) => card.remove("road"),
            _ => None,
        });
        let mut tables = roads.flat_map(|roads| match roads {
            toml::Value::Array(roads) => roads,
            _ => Vec::new(),
        });
        let road = tables.find_map(|road| match road {
            toml::Value::Table(mut road) => {
                let kind = road.remove("kind")?;
                (kind.as_str() == Some("uec")).then_some(road)
            }
            _ => None,
        });
        Self::from_table(road.ok_or("there is no road `uec`")?)
    }

    /// Reads a table `[[card.road]]` without its `kind`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(in crate::card) fn from_table(table: toml::Table) -> Result<Self, String> {
        let settings: UecSettings = setting::settings(table)?;
        settings.check()?;
        Ok(settings)
    }

    /// The layout of a block in a sector of this format version.
    pub(super) fn layout(&self, sector: u8, version: u8, block: u8) -> Option<&BlockSettings> {
        self.block.iter().find(|layout| {
            let fits = layout.versions.is_empty()
                || layout.versions.iter().any(|octet| octet.0 == version);
            (layout.sector, layout.block) == (sector, block) && fits
        })
    }

    /// The file that holds this of the suite.
    pub(super) fn file(&self, content: Content, suite: Option<Suite>) -> Option<[u8; 2]> {
        let fits = |file: &&ElementaryFile| file.content == content && file.suite == suite;
        self.ef.iter().find(fits).map(|file| file.fid.0)
    }

    fn check(&self) -> Result<(), String> {
        let chunks = [
            ("read_chunk", self.read_chunk, MOST_CHUNK),
            ("read_chunk_sm", self.read_chunk_sm, MOST_CHUNK_SM),
            ("envelope_chunk", self.envelope_chunk, 255),
        ];
        for (key, chunk, most) in chunks {
            if !(8..=most).contains(&chunk) {
                return Err(format!("`{key}` must be 8 to {most}"));
            }
        }
        let applications = &self.applications;
        for aid in [
            &applications.identification,
            &applications.issuer,
            &applications.payment,
        ] {
            if !aid.0.as_bytes().starts_with(&RID) {
                return Err("`applications` must begin with A000000432".to_owned());
            }
        }
        let template = self.empty_select_template.as_bytes();
        Application::read(template, self)
            .map_err(|error| format!("`empty_select_template`: {error}"))?;
        for pin in &self.pin {
            if !pin.requires_sm {
                return Err(
                    "`requires_sm`: a PIN of this card is never sent without secure messaging"
                        .to_owned(),
                );
            }
            if pin.safe_query {
                return Err("`safe_query`: this card is never asked for tries left".to_owned());
            }
        }
        self.block.iter().try_for_each(BlockSettings::check)
    }
}

impl BlockSettings {
    fn check(&self) -> Result<(), String> {
        let name = format!("block {}-{}", self.sector, self.block);
        if (self.kind == BlockKind::BinaryTlv) != self.root.is_some() {
            return Err(format!("{name}: `root` goes with the kind `binary-tlv`"));
        }
        if (self.kind == BlockKind::Records) != (1..=100).contains(&self.records) {
            return Err(format!(
                "{name}: `records` (1 to 100) goes with the kind `records`"
            ));
        }
        for field in &self.fields {
            let tags = field.tag.as_ref().map(|path| path.0.len());
            let fits = match self.kind {
                BlockKind::Tlv => tags == Some(1) && field.offset.is_none(),
                BlockKind::BinaryTlv => tags.is_some() && field.offset.is_none(),
                BlockKind::Fixed | BlockKind::Records => {
                    tags.is_none() && field.offset.is_some_and(|offset| offset < 0x7000)
                }
            };
            if !fits || !(1..=4000).contains(&field.max) {
                return Err(format!(
                    "{name}, field {}: `tag`, `offset` or `max`",
                    field.name.key()
                ));
            }
        }
        Ok(())
    }
}

/// A tag of one or two octets.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HexTag(pub(super) Tag);

/// Tags from the outside in, such as `6F/A5/9F08`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Path(pub(super) Vec<Tag>);

impl TryFrom<String> for HexTag {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        tag(&text).map(HexTag)
    }
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let tags: Vec<_> = text.split('/').map(tag).collect::<Result<_, _>>()?;
        match tags.len() {
            1..=4 => Ok(Path(tags)),
            _ => Err(format!("`{text}` has more than four tags")),
        }
    }
}

impl TryFrom<String> for Access {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "closed" => Ok(Access::Closed),
            "free" => Ok(Access::Free),
            "free?" => Ok(Access::MaybeFree),
            other => match other.strip_prefix("sm+pin:") {
                Some(reference) => exactly(reference).map(|[pin]| Access::Pin(pin)),
                None => Err(format!("`{other}` is no access rule")),
            },
        }
    }
}

fn tag(text: &str) -> Result<Tag, String> {
    let octets = octets(text)?;
    match *octets.as_slice() {
        [one] if one & 0x1F != 0x1F => Ok(Tag(u32::from(one))),
        [one, two] if one & 0x1F == 0x1F && two & 0x80 == 0 => {
            Ok(Tag(u32::from(u16::from_be_bytes([one, two]))))
        }
        _ => Err(format!("`{text}` is no tag of one or two octets")),
    }
}

#[cfg(test)]
mod tests;
