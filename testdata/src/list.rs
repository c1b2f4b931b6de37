//! Lists of accredited CAs in the e-trust schema, signed with an enveloped XML signature; European trusted lists.

mod many;
mod signature;
pub(crate) mod trusted;
mod xml;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::error::Error;
use crate::name;
use crate::pki::Pki;
use crate::timestamp::Timestamp;
use xml::Writer;

pub use many::{Authority, List};

const ROOT: &str = "АккредитованныеУдостоверяющиеЦентры";
const ROOT_START: &str = "<АккредитованныеУдостоверяющиеЦентры \
    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"scheme.xsd\">\n";

/// A CA as the list tells of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccreditedCa {
    pub id: String,
    pub name: String,
    pub short_name: String,
    pub ogrn: String,
    pub inn: String,
    pub registry_number: u32,
    /// Software and hardware complexes, each with the CA certificates of its keys.
    pub complexes: Vec<Complex>,
    /// Every status with the time it began, oldest first; the last one is the current one.
    pub history: Vec<Status>,
}

/// A software and hardware complex of a CA.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complex {
    pub alias: String,
    /// Certificates by id, one key each.
    pub certificates: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    pub status: StatusValue,
    pub from: Timestamp,
}

/// The words that the list writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum StatusValue {
    #[serde(rename = "Действует")]
    Valid,
    #[serde(rename = "Приостановлена")]
    Suspended,
    #[serde(rename = "Прекращена")]
    Terminated,
    #[serde(rename = "Аннулирована")]
    Cancelled,
    /// A word that no reader of the list knows.
    #[serde(rename = "Передана")]
    Unfamiliar,
}

impl StatusValue {
    fn text(self) -> &'static str {
        match self {
            Self::Valid => "Действует",
            Self::Suspended => "Приостановлена",
            Self::Terminated => "Прекращена",
            Self::Cancelled => "Аннулирована",
            Self::Unfamiliar => "Передана",
        }
    }
}

/// A list: which CAs, and who signs it how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustListDeclaration {
    pub id: String,
    pub version: u32,
    pub date: Timestamp,
    /// Certificate of the signer.
    pub signer: String,
    pub cas: Vec<String>,
    #[serde(default)]
    pub fault: Fault,
}

/// What is wrong with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    #[default]
    None,
    /// No Signature element.
    Unsigned,
    /// One status was changed after signing.
    ContentChanged,
    /// One bit of the signature value is flipped.
    SignatureBroken,
    /// The Signature element stands twice.
    SignatureTwice,
    /// An unsigned CA follows the Signature element.
    AddedAfterSignature,
}

/// The XML of a list. Without its XML declaration and its last line feed it is in exclusive canonical
/// form as it stands, so what is signed is what is written.
pub(crate) fn make(
    pki: &Pki,
    declaration: &TrustListDeclaration,
    cas: &[&AccreditedCa],
) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::default();
    writer.leaf("Версия", &declaration.version.to_string());
    writer.leaf("Дата", &declaration.date.rfc3339());
    for ca in cas {
        write_ca(&mut writer, pki, ca)?;
    }
    let content = writer.finish();
    let end = format!("</{ROOT}>");
    let signed = format!("{ROOT_START}{content}{end}");
    let mut signature = match declaration.fault {
        Fault::Unsigned => String::new(),
        _ => signature::enveloped(pki, &declaration.signer, &signed)?,
    };
    let mut content = content;
    let mut after = String::new();
    match declaration.fault {
        Fault::None | Fault::Unsigned => {}
        Fault::ContentChanged => {
            content =
                content.replacen(StatusValue::Terminated.text(), StatusValue::Valid.text(), 2);
        }
        Fault::SignatureBroken => signature = signature::with_broken_value(&signature),
        Fault::SignatureTwice => signature = signature.repeat(2),
        Fault::AddedAfterSignature => {
            let mut writer = Writer::default();
            for ca in cas {
                write_ca(&mut writer, pki, ca)?;
            }
            after = writer.finish();
        }
    }
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    Ok(format!("{declaration}{ROOT_START}{content}{signature}{after}{end}\n").into_bytes())
}

fn write_ca(writer: &mut Writer, pki: &Pki, ca: &AccreditedCa) -> Result<(), Error> {
    let (Some(current), false) = (ca.history.last(), ca.complexes.is_empty()) else {
        return Err(Error::value(
            format!("accredited_ca {}", ca.id),
            "needs a history and a complex",
        ));
    };
    writer.open("УдостоверяющийЦентр");
    writer.leaf("Название", &ca.name);
    writer.leaf("ЭлектроннаяПочта", &format!("{}@test.invalid", ca.id));
    writer.leaf("КраткоеНазвание", &ca.short_name);
    writer.leaf(
        "АдресСИнформациейПоУЦ",
        &format!("http://{}.test.invalid/", ca.id),
    );
    write_address(writer);
    writer.open("ПрограммноАппаратныеКомплексы");
    for complex in &ca.complexes {
        write_complex(writer, pki, complex)?;
    }
    writer.close();
    writer.leaf("ИНН", &ca.inn);
    writer.leaf("ОГРН", &ca.ogrn);
    writer.leaf("РеестровыйНомер", &ca.registry_number.to_string());
    write_status(writer, current);
    writer.open("ИсторияСтатусовАккредитации");
    for status in &ca.history {
        write_status(writer, status);
    }
    writer.close();
    writer.close();
    Ok(())
}

fn write_address(writer: &mut Writer) {
    writer.open("Адрес");
    writer.leaf("Страна", "RU");
    writer.leaf("Индекс", "000000");
    writer.leaf("УлицаДом", "Тестовая улица, дом 1");
    writer.leaf("Город", "г. Москва");
    writer.open("Регион");
    writer.leaf("Код", "77");
    writer.leaf("Название", "г. Москва");
    writer.close();
    writer.close();
}

fn write_complex(writer: &mut Writer, pki: &Pki, complex: &Complex) -> Result<(), Error> {
    writer.open("ПрограммноАппаратныйКомплекс");
    writer.leaf("Псевдоним", &complex.alias);
    writer.leaf("КлассСредствЭП", "КС2");
    write_address(writer);
    writer.leaf(
        "СредстваУЦ",
        "ПАК «Тестовый удостоверяющий центр» (версия 1.0)",
    );
    writer.open("КлючиУполномоченныхЛиц");
    for id in &complex.certificates {
        let certificate = pki.certificate(id)?;
        let issuer = pki.certificate(&certificate.issuer)?;
        writer.open("Ключ");
        writer.leaf(
            "ИдентификаторКлюча",
            &hex::encode_upper(&certificate.subject_key_id),
        );
        writer.open("АдресаСписковОтзыва");
        writer.leaf("Адрес", &format!("http://crl.test.invalid/{id}.crl"));
        writer.close();
        writer.open("Сертификаты");
        write_certificate(writer, certificate, issuer);
        writer.close();
        writer.close();
    }
    writer.close();
    writer.close();
    Ok(())
}

fn write_certificate(writer: &mut Writer, certificate: &Certificate, issuer: &Certificate) {
    writer.open("ДанныеСертификата");
    writer.leaf(
        "Отпечаток",
        &hex::encode_upper(Digest::Sha1.of(&certificate.der)),
    );
    writer.leaf("КемВыдан", &name::to_text(&issuer.subject));
    writer.leaf("КомуВыдан", &name::to_text(&certificate.subject));
    writer.leaf("СерийныйНомер", &hex::encode_upper(&certificate.serial));
    writer.leaf("ПериодДействияС", &certificate.not_before.rfc3339());
    writer.leaf("ПериодДействияДо", &certificate.not_after.rfc3339());
    writer.leaf("Данные", &STANDARD.encode(&certificate.der));
    writer.close();
}

fn write_status(writer: &mut Writer, status: &Status) {
    writer.open("СтатусАккредитации");
    writer.leaf("Статус", status.status.text());
    writer.leaf("ДействуетС", &status.from.rfc3339());
    writer.close();
}
