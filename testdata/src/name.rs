//! Distinguished names: one attribute to a relative distinguished name, in the order declared.

use serde::Deserialize;

use crate::der;
use crate::oid::Oid;

/// One attribute, declared as `TYPE=value` or `TYPE:string=value`.
///
/// The string type follows the custom of accredited CAs unless it is named: `printable`, `utf8`,
/// `numeric`, `ia5`, `bmp`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Attribute {
    kind: String,
    oid: Oid,
    string: StringType,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StringType {
    Bmp,
    Ia5,
    Numeric,
    Printable,
    Utf8,
}

struct Row(&'static str, &'static [u64], StringType);

/// RFC 4519 and FSB order 795; string types as measured in certificates of accredited CAs.
const ATTRIBUTES: [Row; 14] = [
    Row("C", &[2, 5, 4, 6], StringType::Printable),
    Row("CN", &[2, 5, 4, 3], StringType::Utf8),
    Row("SN", &[2, 5, 4, 4], StringType::Utf8),
    Row("G", &[2, 5, 4, 42], StringType::Utf8),
    Row("ST", &[2, 5, 4, 8], StringType::Utf8),
    Row("L", &[2, 5, 4, 7], StringType::Utf8),
    Row("STREET", &[2, 5, 4, 9], StringType::Utf8),
    Row("O", &[2, 5, 4, 10], StringType::Utf8),
    Row("T", &[2, 5, 4, 12], StringType::Utf8),
    Row("E", &[1, 2, 840, 113549, 1, 9, 1], StringType::Ia5),
    Row("OGRN", &[1, 2, 643, 100, 1], StringType::Numeric),
    Row("SNILS", &[1, 2, 643, 100, 3], StringType::Numeric),
    Row("INNLE", &[1, 2, 643, 100, 4], StringType::Numeric),
    Row("INN", &[1, 2, 643, 3, 131, 1, 1], StringType::Numeric),
];

impl TryFrom<String> for Attribute {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (kind, value) = text
            .split_once('=')
            .ok_or_else(|| format!("\"{text}\" is not TYPE=value"))?;
        let (kind, string) = match kind.split_once(':') {
            Some((kind, string)) => (kind, Some(string)),
            None => (kind, None),
        };
        let Some(Row(kind, arcs, custom)) = ATTRIBUTES.iter().find(|row| row.0 == kind) else {
            return Err(format!("\"{kind}\" is not a known attribute type"));
        };
        let string = match string {
            None => *custom,
            Some("bmp") => StringType::Bmp,
            Some("ia5") => StringType::Ia5,
            Some("numeric") => StringType::Numeric,
            Some("printable") => StringType::Printable,
            Some("utf8") => StringType::Utf8,
            Some(other) => return Err(format!("\"{other}\" is not a known string type")),
        };
        Ok(Self {
            kind: (*kind).to_owned(),
            oid: Oid::constant(arcs),
            string,
            value: value.to_owned(),
        })
    }
}

impl Attribute {
    pub fn new(kind: &str, value: &str) -> Result<Self, String> {
        Self::try_from(format!("{kind}={value}"))
    }

    fn to_der(&self) -> Vec<u8> {
        let value = match self.string {
            StringType::Bmp => {
                let units: Vec<u8> = self
                    .value
                    .encode_utf16()
                    .flat_map(u16::to_be_bytes)
                    .collect();
                der::element(0x1E, &units)
            }
            StringType::Ia5 => der::ia5_string(&self.value),
            StringType::Numeric => der::element(0x12, self.value.as_bytes()),
            StringType::Printable => der::element(0x13, self.value.as_bytes()),
            StringType::Utf8 => der::utf8_string(&self.value),
        };
        der::sequence(&[der::object_identifier(&self.oid), value])
    }
}

/// DER `Name`.
pub fn to_der(attributes: &[Attribute]) -> Vec<u8> {
    let relative: Vec<Vec<u8>> = attributes
        .iter()
        .map(|attribute| der::set_of(&[attribute.to_der()]))
        .collect();
    der::sequence(&relative)
}

/// `CN=…, O=…` for lists that repeat names as text.
pub fn to_text(attributes: &[Attribute]) -> String {
    let parts: Vec<String> = attributes
        .iter()
        .map(|part| format!("{}={}", part.kind, part.value))
        .collect();
    parts.join(", ")
}
