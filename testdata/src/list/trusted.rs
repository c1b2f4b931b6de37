//! European trusted lists and lists of lists (ETSI TS 119 612), signed with an enveloped XAdES signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::signature::enveloped_xades;
use crate::error::Error;
use crate::pki::Pki;
use crate::timestamp::Timestamp;

const URI: &str = "http://uri.etsi.org/TrstSvc/TrustedList/";
const ROOT_START: &str = "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" \
    TSLTag=\"http://uri.etsi.org/19612/TSLTag\">\n";
const ROOT_END: &str = "</TrustServiceStatusList>";
const QUALIFICATIONS: &str =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";

/// A list: whose, and who signs it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedListDeclaration {
    pub id: String,
    #[serde(default)]
    pub kind: Kind,
    pub number: u32,
    pub territory: String,
    pub issued: Timestamp,
    pub next_update: Timestamp,
    /// Certificate of the signer.
    pub signer: String,
    #[serde(default)]
    pub service: Vec<Service>,
    #[serde(default)]
    pub pointer: Vec<Pointer>,
    /// Addresses of the scheme.
    #[serde(default)]
    pub addresses: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    #[default]
    National,
    ListOfLists,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::National => "EUgeneric",
            Self::ListOfLists => "EUlistofthelists",
        }
    }
}

/// A service, which is one certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub name: String,
    pub certificate: String,
    /// What follows `Svctype/`.
    #[serde(rename = "type")]
    pub service_type: String,
    /// Every status with the time it began, oldest first; the last one is the current one.
    pub history: Vec<Status>,
    /// What follows `SvcInfoExt/`.
    #[serde(default)]
    pub uses: Vec<String>,
    #[serde(default)]
    pub qualification: Vec<Qualification>,
    /// The name of a critical extension that nobody knows.
    pub unknown_extension: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// What follows `Svcstatus/`.
    pub status: String,
    pub from: Timestamp,
}

/// Qualifiers of the certificates that state a policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    /// What follows `SvcInfoExt/`.
    pub qualifiers: Vec<String>,
    /// Dotted; without one the criterion is one that nobody knows.
    pub policy: Option<String>,
}

/// A pointer to the list of a territory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointer {
    pub territory: String,
    #[serde(default)]
    pub kind: Kind,
    /// Certificates that may sign it.
    pub signers: Vec<String>,
}

/// The XML of a list, in exclusive canonical form as it stands: what is signed is what is written.
pub(crate) fn make(pki: &Pki, declared: &TrustedListDeclaration) -> Result<Vec<u8>, Error> {
    let mut content = scheme(pki, declared)?;
    if !declared.service.is_empty() {
        content += "<TrustServiceProviderList>\n<TrustServiceProvider>\n<TSPInformation>\n\
                    <TSPName>\n<Name xml:lang=\"en\">Test Provider</Name>\n</TSPName>\n</TSPInformation>\n<TSPServices>\n";
        for service in &declared.service {
            content += &written(pki, service)?;
        }
        content += "</TSPServices>\n</TrustServiceProvider>\n</TrustServiceProviderList>\n";
    }
    let signed = format!("{ROOT_START}{content}{ROOT_END}");
    let signature = enveloped_xades(pki, &declared.signer, &signed, declared.issued)?;
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    Ok(format!("{declaration}{ROOT_START}{content}{signature}{ROOT_END}\n").into_bytes())
}

fn scheme(pki: &Pki, declared: &TrustedListDeclaration) -> Result<String, Error> {
    let kind = declared.kind.name();
    let mut pointers = String::new();
    for pointer in &declared.pointer {
        let mut identities = String::new();
        for signer in &pointer.signers {
            identities += &format!(
                "<ServiceDigitalIdentity>\n{}</ServiceDigitalIdentity>\n",
                identity(pki, signer)?
            );
        }
        pointers += &format!(
            "<OtherTSLPointer>\n<ServiceDigitalIdentities>\n{identities}</ServiceDigitalIdentities>\n\
             <TSLLocation>https://lists.test.invalid/{0}.xml</TSLLocation>\n<AdditionalInformation>\n\
             <OtherInformation>\n<TSLType>{URI}TSLType/{1}</TSLType>\n</OtherInformation>\n\
             <OtherInformation>\n<SchemeTerritory>{0}</SchemeTerritory>\n</OtherInformation>\n\
             <OtherInformation>\n<add:MimeType xmlns:add=\"http://uri.etsi.org/02231/v2/additionaltypes#\">\
             application/vnd.etsi.tsl+xml</add:MimeType>\n</OtherInformation>\n\
             </AdditionalInformation>\n</OtherTSLPointer>\n",
            pointer.territory,
            pointer.kind.name(),
        );
    }
    let addresses = declared.addresses.iter();
    let addresses = addresses.map(|it| format!("<URI xml:lang=\"en\">{it}</URI>\n"));
    let mut addresses: String = addresses.collect();
    if !addresses.is_empty() {
        addresses = format!("<SchemeInformationURI>\n{addresses}</SchemeInformationURI>\n");
    }
    if !pointers.is_empty() {
        pointers = format!("<PointersToOtherTSL>\n{pointers}</PointersToOtherTSL>\n");
    }
    Ok(format!(
        "<SchemeInformation>\n<TSLVersionIdentifier>5</TSLVersionIdentifier>\n\
         <TSLSequenceNumber>{}</TSLSequenceNumber>\n<TSLType>{URI}TSLType/{kind}</TSLType>\n\
         <SchemeOperatorName>\n<Name xml:lang=\"en\">Test Operator</Name>\n</SchemeOperatorName>\n\
         {addresses}<SchemeTerritory>{}</SchemeTerritory>\n{pointers}\
         <ListIssueDateTime>{}</ListIssueDateTime>\n\
         <NextUpdate>\n<dateTime>{}</dateTime>\n</NextUpdate>\n</SchemeInformation>\n",
        declared.number,
        declared.territory,
        declared.issued.rfc3339(),
        declared.next_update.rfc3339(),
    ))
}

fn identity(pki: &Pki, certificate: &str) -> Result<String, Error> {
    let octets = STANDARD.encode(&pki.certificate(certificate)?.der);
    Ok(format!(
        "<DigitalId>\n<X509Certificate>{octets}</X509Certificate>\n</DigitalId>\n"
    ))
}

fn written(pki: &Pki, service: &Service) -> Result<String, Error> {
    let Some((current, past)) = service.history.split_last() else {
        return Err(Error::value(
            format!("service {}", service.name),
            "needs a history",
        ));
    };
    let mut text = format!(
        "<TSPService>\n<ServiceInformation>\n{}</ServiceInformation>\n",
        information(pki, service, current)?
    );
    if !past.is_empty() {
        text += "<ServiceHistory>\n";
        for status in past.iter().rev() {
            text += &format!(
                "<ServiceHistoryInstance>\n{}</ServiceHistoryInstance>\n",
                information(pki, service, status)?
            );
        }
        text += "</ServiceHistory>\n";
    }
    text += "</TSPService>\n";
    Ok(text)
}

fn information(pki: &Pki, service: &Service, status: &Status) -> Result<String, Error> {
    Ok(format!(
        "<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{}</ServiceTypeIdentifier>\n\
         <ServiceName>\n<Name xml:lang=\"en\">{}</Name>\n</ServiceName>\n\
         <ServiceDigitalIdentity>\n{}</ServiceDigitalIdentity>\n\
         <ServiceStatus>{URI}Svcstatus/{}</ServiceStatus>\n<StatusStartingTime>{}</StatusStartingTime>\n{}",
        service.service_type,
        service.name,
        identity(pki, &service.certificate)?,
        status.status,
        status.from.rfc3339(),
        extensions(service),
    ))
}

fn extensions(service: &Service) -> String {
    let mut text = String::new();
    for stated in &service.uses {
        text += &format!(
            "<Extension Critical=\"true\">\n<AdditionalServiceInformation>\n\
             <URI xml:lang=\"en\">{URI}SvcInfoExt/{stated}</URI>\n</AdditionalServiceInformation>\n</Extension>\n"
        );
    }
    for qualification in &service.qualification {
        let qualifiers: String = qualification
            .qualifiers
            .iter()
            .map(|word| format!("<q:Qualifier uri=\"{URI}SvcInfoExt/{word}\"></q:Qualifier>\n"))
            .collect();
        let criterion = match &qualification.policy {
            Some(policy) => format!(
                "<q:PolicySet>\n<q:PolicyIdentifier>\n<x:Identifier xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" \
                 Qualifier=\"OIDAsURN\">urn:oid:{policy}</x:Identifier>\n</q:PolicyIdentifier>\n</q:PolicySet>\n"
            ),
            None => "<q:otherCriteriaList>\n<x:Unheard xmlns:x=\"urn:test:unheard\"></x:Unheard>\n</q:otherCriteriaList>\n".to_owned(),
        };
        text += &format!(
            "<Extension Critical=\"true\">\n<q:Qualifications xmlns:q=\"{QUALIFICATIONS}\">\n<q:QualificationElement>\n\
             <q:Qualifiers>\n{qualifiers}</q:Qualifiers>\n<q:CriteriaList assert=\"all\">\n{criterion}</q:CriteriaList>\n\
             </q:QualificationElement>\n</q:Qualifications>\n</Extension>\n"
        );
    }
    if let Some(name) = &service.unknown_extension {
        text += &format!(
            "<Extension Critical=\"true\">\n<x:{name} xmlns:x=\"urn:test:unheard\"></x:{name}>\n</Extension>\n"
        );
    }
    if text.is_empty() {
        return text;
    }
    format!("<ServiceInformationExtensions>\n{text}</ServiceInformationExtensions>\n")
}
