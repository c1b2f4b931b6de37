//! qcStatements (RFC 3739 §3.2.6, EN 319 412-5 §4).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// What a certificate states of itself as a qualified one (RFC 3739 §3.2.6.1).
///
/// ```text
/// QCStatements ::= SEQUENCE OF QCStatement
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QcStatements {
    /// The statements, in the order of the encoding.
    pub statements: Vec<QcStatement>,
}

/// One statement (RFC 3739 §3.2.6.1).
///
/// ```text
/// QCStatement ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QcStatement {
    /// Which statement.
    pub id: Oid,
    /// What it says.
    pub info: QcInfo,
}

/// The information of a statement (RFC 3739 §3.2.6.1, EN 319 412-5 §4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum QcInfo {
    /// Nothing but the statement itself.
    Absent,
    /// QcLimitValue (EN 319 412-5 §4.3.2): what one transaction may be worth.
    Limit(MonetaryValue),
    /// QcRetentionPeriod (EN 319 412-5 §4.3.3): years after the end of validity; none when it does not fit 32 bits.
    Retention(Option<i32>),
    /// QcPDS (EN 319 412-5 §4.3.4): disclosure statements.
    Disclosures(Vec<PdsLocation>),
    /// QcType (EN 319 412-5 §4.2.3): what the certificate is for.
    Types(Vec<Oid>),
    /// QcCClegislation (EN 319 412-5 §4.2.4): countries other than those of the EU.
    Countries(Vec<String>),
    /// Semantics of the names (RFC 3739 §3.2.6.1, EN 319 412-1 §5.1).
    Semantics {
        /// Which semantics.
        identifier: Option<Oid>,
    },
    /// Information of a statement whose syntax is not known here, whole.
    Unknown(Octets),
    /// Information that is not of the statement's syntax, whole.
    Malformed(Octets),
}

/// An amount of money (EN 319 412-5 §4.3.2): `amount × 10^exponent`.
///
/// ```text
/// MonetaryValue ::= SEQUENCE { currency Iso4217CurrencyCode, amount INTEGER, exponent INTEGER }
/// Iso4217CurrencyCode ::= CHOICE { alphabetic PrintableString (SIZE (3)), numeric INTEGER (1..999) }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MonetaryValue {
    /// The currency.
    pub currency: Currency,
    /// The amount; none when it does not fit 32 bits.
    pub amount: Option<i32>,
    /// The power of ten; none when it does not fit 32 bits.
    pub exponent: Option<i32>,
}

/// A currency (EN 319 412-5 §4.3.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Currency {
    /// Three letters of ISO 4217.
    Alphabetic(String),
    /// The number of ISO 4217.
    Numeric(u32),
}

/// A disclosure statement in one language (EN 319 412-5 §4.3.4).
///
/// ```text
/// PdsLocation ::= SEQUENCE { url IA5String, language PrintableString (SIZE (2)) }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PdsLocation {
    /// Where it is.
    pub url: String,
    /// The language, ISO 639-1.
    pub language: String,
}

impl QcStatements {
    /// Reads the extension (RFC 3739 §3.2.6.1). Information that is not of its statement's syntax is kept as
    /// [`QcInfo::Malformed`].
    ///
    /// # Errors
    /// The list is malformed or empty, or a limit is reached.
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        let mut statements = Vec::with_capacity(4);
        while !list.is_empty() {
            let mut fields = list.enter(Tag::SEQUENCE, budget)?;
            let id = fields.oid(budget)?;
            let info = if fields.is_empty() {
                QcInfo::Absent
            } else {
                info(id, &fields.element(budget)?, budget)?
            };
            fields.finish()?;
            statements.push(QcStatement { id, info });
        }
        if statements.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        Ok(Self { statements })
    }

    /// The information of the first statement of a kind (RFC 3739 §3.2.6.1).
    #[must_use]
    pub fn find(&self, id: Oid) -> Option<&QcInfo> {
        let mut statements = self.statements.iter();
        statements.find(|it| it.id == id).map(|it| &it.info)
    }
}

fn info(id: Oid, element: &Element<'_>, budget: &mut Budget) -> Result<QcInfo, Error> {
    let read = match id {
        oids::QC_LIMIT_VALUE => limit(element, budget).map(QcInfo::Limit),
        oids::QC_RETENTION_PERIOD => integer(element).map(QcInfo::Retention),
        oids::QC_PDS => members(element, budget, disclosure).map(QcInfo::Disclosures),
        oids::QC_TYPE => members(element, budget, |one, _| one.oid()).map(QcInfo::Types),
        oids::QC_CC_LEGISLATION => {
            members(element, budget, |one, _| text(one, Tag::PRINTABLE_STRING))
                .map(QcInfo::Countries)
        }
        oids::QC_SYNTAX_V1 | oids::QC_SYNTAX_V2 => semantics(element, budget),
        _ => Ok(QcInfo::Unknown(element.octets())),
    };
    match read {
        Err(Error::Malformed(_)) => Ok(QcInfo::Malformed(element.octets())),
        read_or_limit => read_or_limit,
    }
}

/// What stands in a SEQUENCE OF.
fn members<T>(
    element: &Element<'_>,
    budget: &mut Budget,
    read: impl Fn(&Element<'_>, &mut Budget) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut list = sequence(element, budget)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        let one = list.element(budget)?;
        found.push(read(&one, budget)?);
    }
    Ok(found)
}

fn sequence<'a>(element: &Element<'a>, budget: &Budget) -> Result<Reader<'a>, Error> {
    if element.tag != Tag::SEQUENCE {
        return Err(element.malformed(Reason::UnexpectedTag));
    }
    element.reader(Structure::Extension, budget)
}

fn text(element: &Element<'_>, tag: Tag) -> Result<String, Error> {
    let text = element.text().filter(|_| element.tag == tag);
    text.ok_or_else(|| element.malformed(Reason::InvalidValue))
}

/// A number of 32 bits with its sign; none when it is longer.
fn integer(element: &Element<'_>) -> Result<Option<i32>, Error> {
    if element.tag != Tag::INTEGER {
        return Err(element.malformed(Reason::UnexpectedTag));
    }
    let octets = element.integer()?;
    if octets.len() > 4 {
        return Ok(None);
    }
    let sign = if octets.first().is_some_and(|octet| *octet >= 0x80) {
        -1
    } else {
        0
    };
    Ok(Some(
        octets
            .iter()
            .fold(sign, |value, octet| value << 8 | i32::from(*octet)),
    ))
}

fn limit(element: &Element<'_>, budget: &mut Budget) -> Result<MonetaryValue, Error> {
    let mut fields = sequence(element, budget)?;
    let currency = fields.element(budget)?;
    let currency = if currency.tag == Tag::INTEGER {
        Currency::Numeric(currency.small_integer()?)
    } else {
        Currency::Alphabetic(text(&currency, Tag::PRINTABLE_STRING)?)
    };
    let amount = integer(&fields.element(budget)?)?;
    let exponent = integer(&fields.element(budget)?)?;
    fields.finish()?;
    Ok(MonetaryValue {
        currency,
        amount,
        exponent,
    })
}

fn disclosure(element: &Element<'_>, budget: &mut Budget) -> Result<PdsLocation, Error> {
    let mut fields = sequence(element, budget)?;
    let url = text(&fields.element(budget)?, Tag::IA5_STRING)?;
    let language = text(&fields.element(budget)?, Tag::PRINTABLE_STRING)?;
    fields.finish()?;
    Ok(PdsLocation { url, language })
}

/// `SemanticsInformation ::= SEQUENCE { semanticsIdentifier OBJECT IDENTIFIER OPTIONAL,
/// nameRegistrationAuthorities SEQUENCE OF GeneralName OPTIONAL }`.
fn semantics(element: &Element<'_>, budget: &mut Budget) -> Result<QcInfo, Error> {
    let mut fields = sequence(element, budget)?;
    let identifier = match fields.optional(Tag::OID, budget)? {
        Some(identifier) => Some(identifier.oid()?),
        None => None,
    };
    fields.optional(Tag::SEQUENCE, budget)?;
    fields.finish()?;
    Ok(QcInfo::Semantics { identifier })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::writer::element as write;
    use crate::x509::extension::whole;

    fn read(statements: &[u8]) -> Option<QcStatements> {
        let octets = Octets::from(write(Tag::SEQUENCE, statements));
        let mut budget = Budget::new(Limits::STANDARD);
        whole(&octets, QcStatements::read, &mut budget).ok()
    }

    fn info_of(id: Oid, information: &[u8]) -> QcInfo {
        let id = write(Tag::OID, id.content());
        let statement = write(Tag::SEQUENCE, &[&*id, information].concat());
        let read = read(&statement).unwrap();
        read.statements.first().unwrap().info.clone()
    }

    #[test]
    fn each_statement_is_read() {
        let sequence = |parts: &[&[u8]]| write(Tag::SEQUENCE, &parts.concat());
        let printable = |text: &[u8]| write(Tag::PRINTABLE_STRING, text);
        let euro = sequence(&[&printable(b"EUR"), &[2, 1, 5], &[2, 1, 0xff]]);
        let limit = |currency, amount, exponent| {
            QcInfo::Limit(MonetaryValue {
                currency,
                amount,
                exponent,
            })
        };
        let letters = Currency::Alphabetic("EUR".to_owned());
        let numbered = sequence(&[&[2, 2, 3, 0xd2], &[2, 5, 1, 0, 0, 0, 0], &[2, 1, 0]]);
        let place = sequence(&[&write(Tag::IA5_STRING, b"https://a"), &printable(b"en")]);
        let natural = oids::SEMANTICS_NATURAL;
        let semantics = sequence(&[&write(Tag::OID, natural.content())]);
        for (id, information, expected) in [
            (oids::QC_COMPLIANCE, Vec::new(), QcInfo::Absent),
            (
                oids::QC_LIMIT_VALUE,
                euro,
                limit(letters, Some(5), Some(-1)),
            ),
            (
                oids::QC_LIMIT_VALUE,
                numbered,
                limit(Currency::Numeric(978), None, Some(0)),
            ),
            (
                oids::QC_RETENTION_PERIOD,
                vec![2, 2, 0, 200],
                QcInfo::Retention(Some(200)),
            ),
            (
                oids::QC_PDS,
                sequence(&[&place]),
                QcInfo::Disclosures(vec![PdsLocation {
                    url: "https://a".to_owned(),
                    language: "en".to_owned(),
                }]),
            ),
            (
                oids::QC_TYPE,
                sequence(&[&write(Tag::OID, oids::QC_TYPE_ESIGN.content())]),
                QcInfo::Types(vec![oids::QC_TYPE_ESIGN]),
            ),
            (
                oids::QC_CC_LEGISLATION,
                sequence(&[&printable(b"GB")]),
                QcInfo::Countries(vec!["GB".to_owned()]),
            ),
            (
                oids::QC_SYNTAX_V2,
                semantics,
                QcInfo::Semantics {
                    identifier: Some(natural),
                },
            ),
        ] {
            assert_eq!(info_of(id, &information), expected, "{id}");
        }
    }

    #[test]
    fn information_of_another_syntax_is_kept() {
        for (id, information) in [
            (oids::QC_TYPE, &[2, 1, 1][..]),
            (oids::QC_RETENTION_PERIOD, &[4, 1, 1]),
            (oids::QC_RETENTION_PERIOD, &[2, 2, 0, 1]),
            (oids::QC_PDS, &[0x30, 2, 5, 0]),
            (oids::QC_LIMIT_VALUE, &[0x30, 0]),
            (oids::QC_SYNTAX_V2, &[0x30, 2, 5, 0]),
        ] {
            let kept = info_of(id, information);
            assert!(
                matches!(&kept, QcInfo::Malformed(octets) if **octets == *information),
                "{id}"
            );
        }
        let unknown = info_of(Oid::new(&[2, 999, 1]), &[5, 0]);
        assert!(matches!(unknown, QcInfo::Unknown(_)));
    }

    #[test]
    fn a_list_of_another_shape_is_refused() {
        for statements in [&[][..], &[0x30, 0], &[0x30, 2, 5, 0], &[5, 0]] {
            assert_eq!(read(statements), None, "{statements:?}");
        }
        let more = [&write(Tag::OID, oids::QC_SSCD.content())[..], &[5, 0, 5, 0]].concat();
        assert_eq!(read(&write(Tag::SEQUENCE, &more)), None);
    }
}
