//! Lists of certificates that are at hand, in any number: versions of a list, and lists as large as the real one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::xml::Writer;
use super::{ROOT, ROOT_START, StatusValue, signature, write_address};
use crate::digest::Digest;
use crate::error::Error;
use crate::pki::Pki;
use crate::timestamp::Timestamp;

/// A list that is signed when it is made.
#[derive(Debug, Clone)]
pub struct List {
    pub version: u64,
    pub date: Timestamp,
    pub authorities: Vec<Authority>,
    /// Octets of text beside each certificate, which say who issued it to whom in the real list.
    pub text: usize,
}

/// An authority of a [`List`]; each certificate is a key of its own.
#[derive(Debug, Clone)]
pub struct Authority {
    pub name: String,
    pub ogrn: String,
    /// Every status with the time it began, oldest first.
    pub history: Vec<(StatusValue, Timestamp)>,
    /// DER.
    pub certificates: Vec<Vec<u8>>,
}

impl List {
    /// The XML, signed by the holder of a certificate.
    pub fn signed(&self, pki: &Pki, signer: &str) -> Result<Vec<u8>, Error> {
        let mut writer = Writer::default();
        writer.leaf("Версия", &self.version.to_string());
        writer.leaf("Дата", &self.date.rfc3339());
        for authority in &self.authorities {
            self.write_authority(&mut writer, authority);
        }
        let content = writer.finish();
        let signed = format!("{ROOT_START}{content}</{ROOT}>");
        let signature = signature::enveloped(pki, signer, &signed)?;
        let xml = format!("{ROOT_START}{content}{signature}</{ROOT}>\n");
        Ok(xml.into_bytes())
    }

    fn write_authority(&self, writer: &mut Writer, authority: &Authority) {
        writer.open("УдостоверяющийЦентр");
        writer.leaf("Название", &authority.name);
        writer.open("ПрограммноАппаратныеКомплексы");
        writer.open("ПрограммноАппаратныйКомплекс");
        writer.leaf("КлассСредствЭП", "КС2");
        write_address(writer);
        writer.open("КлючиУполномоченныхЛиц");
        for certificate in &authority.certificates {
            self.write_key(writer, certificate);
        }
        writer.close();
        writer.close();
        writer.close();
        writer.leaf("ОГРН", &authority.ogrn);
        if let Some((status, from)) = authority.history.last() {
            write_status(writer, *status, *from);
        }
        writer.open("ИсторияСтатусовАккредитации");
        for (status, from) in &authority.history {
            write_status(writer, *status, *from);
        }
        writer.close();
        writer.close();
    }

    fn write_key(&self, writer: &mut Writer, certificate: &[u8]) {
        let print = hex::encode_upper(Digest::Sha1.of(certificate));
        writer.open("Ключ");
        writer.leaf("ИдентификаторКлюча", &print);
        writer.open("АдресаСписковОтзыва");
        writer.leaf("Адрес", &format!("http://crl.test.invalid/{print}.crl"));
        writer.close();
        writer.open("Сертификаты");
        writer.open("ДанныеСертификата");
        writer.leaf("Отпечаток", &print);
        writer.leaf("КомуВыдан", &"Ю".repeat(self.text / 2));
        writer.leaf("Данные", &STANDARD.encode(certificate));
        writer.close();
        writer.close();
        writer.close();
    }
}

fn write_status(writer: &mut Writer, status: StatusValue, from: Timestamp) {
    writer.open("СтатусАккредитации");
    writer.leaf("Статус", status.text());
    writer.leaf("ДействуетС", &from.rfc3339());
    writer.close();
}
