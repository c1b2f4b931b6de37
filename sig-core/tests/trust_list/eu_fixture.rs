//! A European list that is signed here, so that every edit can be signed again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use sha2::{Digest, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::trust::etsi_list::SignedEtsiList;

use super::fixture::{DSIG, certificate, key};
use super::*;

pub const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
pub const ROOT_END: &str = "</TrustServiceStatusList>";
pub const NATIONAL: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric";
const STATUS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";

/// The parts of a signed list. Each is in canonical form, so what is written is what is signed.
#[derive(Clone)]
pub struct EuFixture {
    pub root_start: String,
    pub content: String,
    /// The digest of the document stands for `{digest}`, that of the signed properties for `{properties}`.
    pub signed_info: String,
    pub key_info: String,
    /// The signed properties, whose namespaces are declared by those around.
    pub properties: String,
    /// Object; the signed properties stand for `{}`.
    pub object: String,
    /// Whose key signs.
    pub seed: u8,
}

fn transform(algorithm: &str) -> String {
    format!("<ds:Transform Algorithm=\"{algorithm}\"></ds:Transform>")
}

pub fn enveloped() -> String {
    transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature")
}

pub fn exclusive() -> String {
    transform("http://www.w3.org/2001/10/xml-exc-c14n#")
}

fn reference(attributes: &str, transforms: &str, digest: &str) -> String {
    format!(
        "<ds:Reference {attributes}><ds:Transforms>{transforms}</ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )
}

impl EuFixture {
    pub fn new(content: &str) -> Self {
        let document = reference(
            "URI=\"\"",
            &format!("{}{}", enveloped(), exclusive()),
            "{digest}",
        );
        let properties = reference(
            "Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#properties\"",
            &exclusive(),
            "{properties}",
        );
        Self {
            root_start:
                "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" Id=\"list\" \
                         TSLTag=\"http://uri.etsi.org/19612/TSLTag\">"
                    .to_owned(),
            content: content.to_owned(),
            signed_info: format!(
                "<ds:SignedInfo>\
                 <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
                 <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod>\
                 {document}{properties}</ds:SignedInfo>"
            ),
            key_info: key_info(&[1]),
            properties: signed_properties(1),
            object: format!(
                "<ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#signature\">{{}}</xades:QualifyingProperties></ds:Object>"
            ),
            seed: 1,
        }
    }

    /// Edits SignedInfo before it is signed.
    pub fn signed_info(mut self, from: &str, to: &str) -> Self {
        assert!(self.signed_info.contains(from), "{from}");
        self.signed_info = self.signed_info.replacen(from, to, 1);
        self
    }

    pub fn content(mut self, from: &str, to: &str) -> Self {
        assert!(self.content.contains(from), "{from}");
        self.content = self.content.replacen(from, to, 1);
        self
    }

    pub fn object(mut self, from: &str, to: &str) -> Self {
        assert!(self.object.contains(from), "{from}");
        self.object = self.object.replacen(from, to, 1);
        self
    }

    pub fn properties(mut self, from: &str, to: &str) -> Self {
        assert!(self.properties.contains(from), "{from}");
        self.properties = self.properties.replacen(from, to, 1);
        self
    }

    pub fn signed_by(mut self, seed: u8) -> Self {
        self.seed = seed;
        self.key_info = key_info(&[seed]);
        self.properties = signed_properties(seed);
        self
    }

    /// The Signature element.
    pub fn signature(&self) -> String {
        let document = format!("{}{}{ROOT_END}", self.root_start, self.content);
        let declared = [
            (
                "<xades:SignedProperties",
                format!(" xmlns:xades=\"{XADES}\""),
            ),
            ("<ds:DigestMethod", format!(" xmlns:ds=\"{DSIG}\"")),
            ("<ds:DigestValue", format!(" xmlns:ds=\"{DSIG}\"")),
        ];
        let mut properties = self.properties.clone();
        for (start, declaration) in declared {
            properties = properties.replace(start, &format!("{start}{declaration}"));
        }
        let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
        let signed_info = self
            .signed_info
            .replace("{digest}", &digest(&document))
            .replace("{properties}", &digest(&properties));
        let canonical = signed_info.replacen(
            "<ds:SignedInfo",
            &format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\""),
            1,
        );
        let signature: Signature = key(self.seed)
            .sign_prehash(&Sha256::digest(canonical))
            .unwrap();
        format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\" Id=\"signature\">{signed_info}<ds:SignatureValue>{}</ds:SignatureValue>{}{}</ds:Signature>",
            STANDARD.encode(signature.to_bytes()),
            self.key_info,
            self.object.replacen("{}", &self.properties, 1),
        )
    }

    /// The whole list.
    pub fn xml(&self) -> String {
        let signature = self.signature();
        format!("{}{}{signature}{ROOT_END}", self.root_start, self.content)
    }
}

pub fn key_info(seeds: &[u8]) -> String {
    let certificates: String = seeds
        .iter()
        .map(|seed| {
            let octets = STANDARD.encode(certificate(*seed));
            format!("<ds:X509Certificate>{octets}</ds:X509Certificate>")
        })
        .collect();
    format!("<ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>")
}

fn signed_properties(seed: u8) -> String {
    format!(
        "<xades:SignedProperties Id=\"properties\"><xades:SignedSignatureProperties>\
         <xades:SigningTime>2026-11-21T00:00:00Z</xades:SigningTime>\
         <xades:SigningCertificateV2><xades:Cert><xades:CertDigest>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>\
         </xades:SignedSignatureProperties></xades:SignedProperties>",
        STANDARD.encode(Sha256::digest(certificate(seed)))
    )
}

pub fn scheme(number: u64, kind: &str, territory: &str, pointers: &str) -> String {
    format!(
        "<SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier>\
         <TSLSequenceNumber>{number}</TSLSequenceNumber><TSLType>{kind}</TSLType>\
         <SchemeTerritory>{territory}</SchemeTerritory>{pointers}\
         <ListIssueDateTime>2026-11-01T00:00:00Z</ListIssueDateTime>\
         <NextUpdate><dateTime>2027-05-01T00:00:00Z</dateTime></NextUpdate></SchemeInformation>"
    )
}

/// Type, identity, status and extensions of a service.
pub fn information(seed: u8, status: &str, from: &str, extensions: &str) -> String {
    format!(
        "<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier>\
         <ServiceName><Name xml:lang=\"en\">service {seed}</Name></ServiceName>\
         <ServiceDigitalIdentity><DigitalId><X509Certificate>{}</X509Certificate></DigitalId></ServiceDigitalIdentity>\
         <ServiceStatus>{STATUS}{status}</ServiceStatus><StatusStartingTime>{from}</StatusStartingTime>\
         <ServiceInformationExtensions>{extensions}</ServiceInformationExtensions>",
        STANDARD.encode(certificate(seed))
    )
}

pub fn service(information: &str, history: &str) -> String {
    format!(
        "<TSPService><ServiceInformation>{information}</ServiceInformation>\
         <ServiceHistory>{history}</ServiceHistory></TSPService>"
    )
}

pub fn providers(services: &str) -> String {
    format!(
        "<TrustServiceProviderList><TrustServiceProvider><TSPInformation>\
         <TSPName><Name xml:lang=\"sk\">Prvá</Name><Name xml:lang=\"en\">First</Name></TSPName></TSPInformation>\
         <TSPServices>{services}</TSPServices></TrustServiceProvider></TrustServiceProviderList>"
    )
}

/// A list with a service that is granted and one that was withdrawn.
pub fn two_services() -> EuFixture {
    let granted = information(2, "granted", "2017-01-01T00:00:00Z", "");
    let withdrawn = information(3, "withdrawn", "2020-01-01T00:00:00Z", "");
    let past = information(3, "granted", "2016-07-01T00:00:00Z", "");
    let past = format!("<ServiceHistoryInstance>{past}</ServiceHistoryInstance>");
    let services = format!("{}{}", service(&granted, ""), service(&withdrawn, &past));
    EuFixture::new(&format!(
        "{}{}",
        scheme(7, NATIONAL, "XA", ""),
        providers(&services)
    ))
}

pub fn read_eu(xml: impl AsRef<[u8]>) -> Result<SignedEtsiList, ListRejected> {
    let signers = [Octets::from(certificate(1))];
    SignedEtsiList::read(xml.as_ref(), &signers, &RUSTCRYPTO, &ListLimits::STANDARD)
}

pub fn eu_refused_for(xml: impl AsRef<[u8]>) -> Option<SignatureRejected> {
    match read_eu(xml) {
        Err(ListRejected::Signature(rejected)) => Some(rejected),
        Ok(_) => None,
        Err(other) => panic!("another reason: {other:?}"),
    }
}

pub const LIST_OF_LISTS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists";
pub const FOR_PROGRAMS: &str = "application/vnd.etsi.tsl+xml";

/// A pointer to the list of a territory, which these keys may sign.
pub fn pointer(territory: &str, kind: &str, media_type: &str, seeds: &[u8]) -> String {
    let identities: String = seeds
        .iter()
        .map(|seed| {
            let octets = STANDARD.encode(certificate(*seed));
            format!("<ServiceDigitalIdentity><DigitalId><X509Certificate>{octets}</X509Certificate></DigitalId></ServiceDigitalIdentity>")
        })
        .collect();
    format!(
        "<OtherTSLPointer><ServiceDigitalIdentities>{identities}</ServiceDigitalIdentities>\
         <TSLLocation>https://list.invalid/{territory}.xml</TSLLocation><AdditionalInformation>\
         <OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>\
         <OtherInformation><TSLType>{kind}</TSLType></OtherInformation>\
         <OtherInformation><add:MimeType xmlns:add=\"http://uri.etsi.org/02231/v2/additionaltypes#\">{media_type}</add:MimeType></OtherInformation>\
         </AdditionalInformation></OtherTSLPointer>"
    )
}

/// A list of lists with these pointers, which says that this many pivots led to it; key 1 signs it.
pub fn list_of_lists(number: u64, pointers: &[String], pivots: u64) -> EuFixture {
    let uris: String = (0..pivots)
        .map(|pivot| format!("<URI xml:lang=\"en\">https://list.invalid/pivot-{pivot}.xml</URI>"))
        .collect();
    let inside = format!(
        "<SchemeInformationURI><URI xml:lang=\"en\">https://journal.invalid/2019</URI>{uris}</SchemeInformationURI>\
         <PointersToOtherTSL>{}</PointersToOtherTSL>",
        pointers.concat()
    );
    EuFixture::new(&scheme(number, LIST_OF_LISTS, "EU", &inside))
}
