//! A list that is signed here, so that every edit can be signed again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use sig_core::alg::digest::DigestId;
use sig_core::alg::gost::gost3410::GOST2012_256;
use sig_core::alg::gost::streebog::STREEBOG256;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::sha::SHA256;
use sig_core::alg::signature::{
    self, KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::der::tag::Tag;
use sig_core::der::writer::{element, set_of};

pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const ROOT_END: &str = "</АккредитованныеУдостоверяющиеЦентры>";
const ROOT_START: &str = "<АккредитованныеУдостоверяющиеЦентры xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"scheme.xsd\">";

/// The parts of a signed list. Each is in canonical form, so what is written is what is signed.
#[derive(Clone)]
pub struct Fixture {
    pub root_start: String,
    pub content: String,
    pub root_end: String,
    /// Put into Reference; the digest of the document stands for `{digest}`.
    pub signed_info: String,
    /// Put after SignatureValue.
    pub key_info: String,
}

impl Fixture {
    pub fn new(content: &str) -> Self {
        let signed_info = concat!(
            "<ds:SignedInfo>",
            "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>",
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod>",
            "<ds:Reference URI=\"\"><ds:Transforms>",
            "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>",
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>",
            "</ds:Transforms>",
            "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>",
            "<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>",
            "</ds:SignedInfo>",
        );
        Self {
            root_start: ROOT_START.to_owned(),
            content: content.to_owned(),
            root_end: ROOT_END.to_owned(),
            signed_info: signed_info.to_owned(),
            key_info: format!(
                "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
                STANDARD.encode(certificate(1))
            ),
        }
    }

    /// Edits SignedInfo before it is signed.
    pub fn signed_info(mut self, from: &str, to: &str) -> Self {
        assert!(self.signed_info.contains(from), "{from}");
        self.signed_info = self.signed_info.replacen(from, to, 1);
        self
    }

    /// Edits KeyInfo.
    pub fn key_info(mut self, from: &str, to: &str) -> Self {
        assert!(self.key_info.contains(from), "{from}");
        self.key_info = self.key_info.replacen(from, to, 1);
        self
    }

    pub fn digest(&self) -> String {
        let document = format!("{}{}{}", self.root_start, self.content, self.root_end);
        STANDARD.encode(Sha256::digest(document))
    }

    /// The Signature element.
    pub fn signature(&self) -> String {
        let signed_info = self.signed_info.replace("{digest}", &self.digest());
        let declared = format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\"");
        let canonical = signed_info.replacen("<ds:SignedInfo", &declared, 1);
        let signature: Signature = key(1).sign_prehash(&Sha256::digest(canonical)).unwrap();
        let value = STANDARD.encode(signature.to_bytes());
        format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue>{}</ds:Signature>",
            self.key_info
        )
    }

    /// The whole list.
    pub fn xml(&self) -> String {
        format!(
            "{}{}{}{}",
            self.root_start,
            self.content,
            self.signature(),
            self.root_end
        )
    }
}

/// A certificate of test key `seed`, as far as a list looks into one.
pub fn certificate(seed: u8) -> Vec<u8> {
    let sequence = |parts: &[Vec<u8>]| element(Tag::SEQUENCE, &parts.concat());
    let oid = |content: &[u8]| element(Tag::OID, content);
    let bits = |octets: &[u8]| element(Tag::BIT_STRING, &[&[0], octets].concat());
    let ecdsa = sequence(&[oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let common_name = [oid(&[0x55, 4, 3]), element(Tag::UTF8_STRING, b"test")];
    let name = sequence(&[set_of(vec![sequence(&common_name)])]);
    let time = element(Tag::UTC_TIME, b"260101000000Z");
    let curve = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let algorithm = sequence(&[oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), oid(&curve)]);
    let point = key(seed).verifying_key().to_sec1_point(false);
    let to_be_signed = sequence(&[
        element(Tag::context(0).constructed(), &element(Tag::INTEGER, &[2])),
        element(Tag::INTEGER, &[seed]),
        ecdsa.clone(),
        name.clone(),
        sequence(&[time.clone(), time]),
        name,
        sequence(&[algorithm, bits(point.as_bytes())]),
    ]);
    sequence(&[to_be_signed, ecdsa, bits(&[0; 8])])
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

/// One authority with one key.
pub fn authority(ogrn: &str, statuses: &str, certificates: &str) -> String {
    format!(
        "<УдостоверяющийЦентр><Название>УЦ {ogrn}</Название>\
         <ПрограммноАппаратныеКомплексы><ПрограммноАппаратныйКомплекс><КлассСредствЭП>КС2</КлассСредствЭП>\
         <КлючиУполномоченныхЛиц><Ключ><ИдентификаторКлюча>0A0B</ИдентификаторКлюча>\
         <АдресаСписковОтзыва><Адрес>http://crl.invalid/1.crl</Адрес></АдресаСписковОтзыва>\
         <Сертификаты>{certificates}</Сертификаты></Ключ></КлючиУполномоченныхЛиц>\
         </ПрограммноАппаратныйКомплекс></ПрограммноАппаратныеКомплексы>\
         <ИНН>7700000000</ИНН><ОГРН>{ogrn}</ОГРН><РеестровыйНомер>7</РеестровыйНомер>{statuses}</УдостоверяющийЦентр>"
    )
}

/// The current status.
pub fn status(word: &str, from: &str) -> String {
    format!(
        "<СтатусАккредитации><Статус>{word}</Статус><ДействуетС>{from}</ДействуетС></СтатусАккредитации>"
    )
}

/// The history.
pub fn history(entries: &[String]) -> String {
    format!(
        "<ИсторияСтатусовАккредитации>{}</ИсторияСтатусовАккредитации>",
        entries.concat()
    )
}

/// The element that holds a certificate.
pub fn data(base64: &str) -> String {
    format!("<ДанныеСертификата><Данные>{base64}</Данные></ДанныеСертификата>")
}

/// Version and date.
pub const HEAD: &str = "<Версия>16</Версия><Дата>2026-11-21T00:00:00Z</Дата>";

/// A list with one authority in force and one terminated.
pub fn two_authorities() -> Fixture {
    let certificate = data(&STANDARD.encode(certificate(2)));
    let in_force = status("Действует", "2020-01-01T00:00:00Z");
    let terminated = status("Прекращена", "2021-07-01T00:00:00Z");
    let past = history(&[terminated.clone(), in_force.clone()]);
    let content = [
        HEAD.to_owned(),
        authority("1000000000001", &in_force, &certificate),
        authority(
            "1000000000002",
            &format!("{terminated}{past}"),
            &certificate,
        ),
    ];
    Fixture::new(&content.concat())
}

/// The algorithms of the tests: those of the product, and ECDSA.
pub static ALGORITHMS: Algorithms = Algorithms {
    name: "test",
    digests: &[&SHA256, &STREEBOG256],
    signatures: &[&GOST2012_256, &EcdsaP256],
};

#[derive(Debug)]
struct EcdsaP256;

#[derive(Debug)]
struct EcdsaKey(VerifyingKey);

impl SignatureAlgorithm for EcdsaP256 {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: DigestId::Sha256,
        }
    }

    fn prepare(
        &self,
        key: &SubjectPublicKeyInfo,
    ) -> Result<Box<dyn signature::VerifyingKey>, KeyRejected> {
        let key = VerifyingKey::from_sec1_bytes(&key.public_key);
        Ok(Box::new(EcdsaKey(key.map_err(|_| KeyRejected::Malformed)?)))
    }
}

impl signature::VerifyingKey for EcdsaKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        let Message::Digest(digest) = message else {
            return Err(NotVerified::BadSignature);
        };
        let signature = Signature::from_der(signature).map_err(|_| NotVerified::BadSignature)?;
        self.0
            .verify_prehash(digest, &signature)
            .map_err(|_| NotVerified::BadSignature)
    }

    fn memory(&self) -> usize {
        0
    }
}
