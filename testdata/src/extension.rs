//! Certificate extensions: RFC 5280 §4.2 and FSB order 795.

use serde::Deserialize;

use crate::certificate::Certificate;
use crate::der;
use crate::error::Error;
use crate::oid::{self, Oid};
use crate::timestamp::Timestamp;

/// Extensions of a certificate. A profile states them once; a certificate overrides single fields,
/// with an empty list or `"absent"` to leave one out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Extensions {
    pub basic_constraints: Option<BasicConstraints>,
    pub key_usage: Option<Vec<KeyUsage>>,
    pub key_usage_criticality: Option<Criticality>,
    pub extended_key_usage: Option<Vec<Oid>>,
    pub extended_key_usage_criticality: Option<Criticality>,
    pub certificate_policies: Option<Vec<Oid>>,
    /// The explicitText of a userNotice of the first policy.
    pub policy_notice: Option<String>,
    pub subject_sign_tool: Option<String>,
    /// signTool, cATool, signToolCert, cAToolCert.
    pub issuer_sign_tool: Option<[String; 4]>,
    /// 0 in person, 1 by certificate, 2 by passport, 3 by an information system.
    pub identification_kind: Option<u8>,
    pub subject_key_identifier: Option<SubjectKeyIdentifier>,
    pub authority_key_identifier: Option<AuthorityKeyIdentifier>,
    pub crl_distribution_points: Option<Vec<String>>,
    pub ca_issuers: Option<Vec<String>>,
    pub ocsp: Option<Vec<String>>,
    pub private_key_usage_period: Option<[Timestamp; 2]>,
    pub ocsp_no_check: Option<OcspNoCheck>,
    /// Extensions the generator knows nothing about.
    pub other: Option<Vec<OtherExtension>>,
    /// Extensions to write twice.
    pub repeat: Option<Vec<Oid>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criticality {
    Critical,
    NotCritical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKeyIdentifier {
    Present,
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityKeyIdentifier {
    Absent,
    KeyIdentifier,
    /// With the issuer and serial number of the issuing CA's own certificate, as Russian CAs do.
    WithIssuerAndSerial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OcspNoCheck {
    Present,
    Absent,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasicConstraints {
    pub ca: Role,
    pub path_length: Option<u8>,
    #[serde(default = "critical")]
    pub criticality: Criticality,
}

fn critical() -> Criticality {
    Criticality::Critical
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// cA TRUE.
    Authority,
    /// cA FALSE: an empty SEQUENCE.
    EndEntity,
    /// No basicConstraints extension.
    Absent,
}

/// Named bits of KeyUsage (RFC 5280 §4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum KeyUsage {
    DigitalSignature = 0,
    NonRepudiation = 1,
    KeyEncipherment = 2,
    DataEncipherment = 3,
    KeyAgreement = 4,
    KeyCertSign = 5,
    #[serde(rename = "cRLSign")]
    CrlSign = 6,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherExtension {
    pub oid: Oid,
    pub criticality: Criticality,
    /// DER of the value, hexadecimal.
    pub value: String,
}

impl OtherExtension {
    pub(crate) fn to_der(&self) -> Result<Vec<u8>, Error> {
        let value = hex::decode(&self.value).map_err(|error| {
            Error::value(format!("extension {:?}", self.oid), error.to_string())
        })?;
        Ok(extension(&self.oid, self.criticality, &value))
    }
}

impl Extensions {
    /// The fields of `self`, and those of `profile` where `self` has none.
    pub fn over(self, profile: &Self) -> Self {
        macro_rules! merged {
            ($($field:ident),* $(,)?) => { Self { $($field: self.$field.or_else(|| profile.$field.clone())),* } };
        }
        merged!(
            basic_constraints,
            key_usage,
            key_usage_criticality,
            extended_key_usage,
            extended_key_usage_criticality,
            certificate_policies,
            policy_notice,
            subject_sign_tool,
            issuer_sign_tool,
            identification_kind,
            subject_key_identifier,
            authority_key_identifier,
            crl_distribution_points,
            ca_issuers,
            ocsp,
            private_key_usage_period,
            ocsp_no_check,
            other,
            repeat,
        )
    }

    /// DER `Extensions`. `subject_key_id` belongs to the certificate being made; `issuer` is absent
    /// when it signs itself.
    pub fn to_der(
        &self,
        subject_key_id: &[u8],
        issuer: Option<&Certificate>,
    ) -> Result<Vec<u8>, hex::FromHexError> {
        let mut list: Vec<(Oid, Vec<u8>)> = Vec::new();
        let mut add = |oid: Oid, criticality: Criticality, value: Vec<u8>| {
            list.push((oid.clone(), extension(&oid, criticality, &value)));
        };
        let plain = Criticality::NotCritical;
        if let Some(constraints) = &self.basic_constraints
            && constraints.ca != Role::Absent
        {
            add(
                oid::BASIC_CONSTRAINTS,
                constraints.criticality,
                constraints.to_der(),
            );
        }
        if let Some(bits) = self.key_usage.as_deref().filter(|bits| !bits.is_empty()) {
            let bits: Vec<u8> = bits.iter().map(|bit| *bit as u8).collect();
            let criticality = self.key_usage_criticality.unwrap_or(Criticality::Critical);
            add(oid::KEY_USAGE, criticality, der::named_bits(&bits));
        }
        if let Some(purposes) = self
            .extended_key_usage
            .as_deref()
            .filter(|purposes| !purposes.is_empty())
        {
            let purposes: Vec<Vec<u8>> = purposes.iter().map(der::object_identifier).collect();
            add(
                oid::EXTENDED_KEY_USAGE,
                self.extended_key_usage_criticality.unwrap_or(plain),
                der::sequence(&purposes),
            );
        }
        if self.subject_key_identifier == Some(SubjectKeyIdentifier::Present) {
            add(
                oid::SUBJECT_KEY_IDENTIFIER,
                plain,
                der::octet_string(subject_key_id),
            );
        }
        if let (Some(form), Some(issuer)) = (self.authority_key_identifier, issuer)
            && form != AuthorityKeyIdentifier::Absent
        {
            add(
                oid::AUTHORITY_KEY_IDENTIFIER,
                plain,
                authority_key_identifier(form, issuer),
            );
        }
        if let Some(policies) = self
            .certificate_policies
            .as_deref()
            .filter(|policies| !policies.is_empty())
        {
            let policies: Vec<Vec<u8>> = policies
                .iter()
                .enumerate()
                .map(|(index, policy)| {
                    let mut fields = vec![der::object_identifier(policy)];
                    let notice = self.policy_notice.as_ref().filter(|_| index == 0);
                    fields.extend(notice.map(|text| user_notice(text)));
                    der::sequence(&fields)
                })
                .collect();
            add(oid::CERTIFICATE_POLICIES, plain, der::sequence(&policies));
        }
        if let Some(period) = self.private_key_usage_period {
            let part =
                |number, at: Timestamp| der::context_primitive(number, at.generalized().as_bytes());
            add(
                oid::PRIVATE_KEY_USAGE_PERIOD,
                plain,
                der::sequence(&[part(0, period[0]), part(1, period[1])]),
            );
        }
        if let Some(points) = self
            .crl_distribution_points
            .as_deref()
            .filter(|points| !points.is_empty())
        {
            let points: Vec<Vec<u8>> = points.iter().map(|url| distribution_point(url)).collect();
            add(oid::CRL_DISTRIBUTION_POINTS, plain, der::sequence(&points));
        }
        let access: Vec<Vec<u8>> = [
            (&self.ca_issuers, oid::AD_CA_ISSUERS),
            (&self.ocsp, oid::AD_OCSP),
        ]
        .into_iter()
        .flat_map(|(urls, method)| {
            urls.iter()
                .flatten()
                .map(move |url| access_description(&method, url))
        })
        .collect();
        if !access.is_empty() {
            add(oid::AUTHORITY_INFO_ACCESS, plain, der::sequence(&access));
        }
        if let Some(tool) = &self.subject_sign_tool {
            add(oid::SUBJECT_SIGN_TOOL, plain, der::utf8_string(tool));
        }
        if let Some(tools) = &self.issuer_sign_tool {
            let tools: Vec<Vec<u8>> = tools.iter().map(|tool| der::utf8_string(tool)).collect();
            add(oid::ISSUER_SIGN_TOOL, plain, der::sequence(&tools));
        }
        if let Some(kind) = self.identification_kind {
            add(
                oid::IDENTIFICATION_KIND,
                plain,
                der::small_integer(kind.into()),
            );
        }
        if self.ocsp_no_check == Some(OcspNoCheck::Present) {
            add(oid::OCSP_NO_CHECK, plain, der::null());
        }
        for other in self.other.iter().flatten() {
            add(
                other.oid.clone(),
                other.criticality,
                hex::decode(&other.value)?,
            );
        }
        let repeated: Vec<Vec<u8>> = self
            .repeat
            .iter()
            .flatten()
            .filter_map(|again| list.iter().find(|(oid, _)| oid == again))
            .map(|(_, encoded)| encoded.clone())
            .collect();
        let encoded: Vec<Vec<u8>> = list
            .into_iter()
            .map(|(_, encoded)| encoded)
            .chain(repeated)
            .collect();
        Ok(der::sequence(&encoded))
    }
}

impl BasicConstraints {
    fn to_der(&self) -> Vec<u8> {
        let mut parts = Vec::new();
        if self.ca == Role::Authority {
            parts.push(der::boolean_true());
        }
        parts.extend(
            self.path_length
                .map(|length| der::small_integer(length.into())),
        );
        der::sequence(&parts)
    }
}

/// DER `Extension`; critical FALSE is the default and left out.
pub fn extension(oid: &Oid, criticality: Criticality, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![der::object_identifier(oid)];
    if criticality == Criticality::Critical {
        parts.push(der::boolean_true());
    }
    parts.push(der::octet_string(value));
    der::sequence(&parts)
}

/// DER `AuthorityKeyIdentifier` naming `issuer`.
pub fn authority_key_identifier(form: AuthorityKeyIdentifier, issuer: &Certificate) -> Vec<u8> {
    let mut parts = vec![der::context_primitive(0, &issuer.subject_key_id)];
    if form == AuthorityKeyIdentifier::WithIssuerAndSerial {
        parts.push(der::context(1, &der::context(4, &issuer.issuer_name)));
        // [2] IMPLICIT INTEGER: the contents of the INTEGER under another tag.
        let mut serial = der::integer(&issuer.serial);
        serial[0] = 0x82;
        parts.push(serial);
    }
    der::sequence(&parts)
}

/// DER `policyQualifiers` of one userNotice.
fn user_notice(text: &str) -> Vec<u8> {
    let notice = der::sequence(&[der::utf8_string(text)]);
    let id = der::object_identifier(&oid::USER_NOTICE);
    der::sequence(&[der::sequence(&[id, notice])])
}

fn uri(url: &str) -> Vec<u8> {
    der::context_primitive(6, url.as_bytes())
}

fn distribution_point(url: &str) -> Vec<u8> {
    der::sequence(&[der::context(0, &der::context(0, &uri(url)))])
}

fn access_description(method: &Oid, url: &str) -> Vec<u8> {
    der::sequence(&[der::object_identifier(method), uri(url)])
}
