//! From the elements of a verified list to values.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::x509::certificate::Certificate;

use super::super::mintsifry_list::{ContentReason, ListRejected};
use super::super::value;
use super::super::xml::{self, attribute, is_element, namespace, path};
use super::super::xml_signature::{SignedTree, base64_of};
use super::criteria::{Assertion, Criteria, Criterion, Qualification, Qualifier};
use super::note::{EtsiNote, EtsiNoteReason};
use super::service::{ListedService, Provider, ServicePeriod, ServiceType, ServiceUse, in_order};
use super::status::ServiceStatus;
use super::{EtsiList, Header, ListKind, NAMESPACE, Pointer, ROOT};

/// Qualifications of services.
const QUALIFICATIONS: &str =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
const ADDITIONAL: &str = "http://uri.etsi.org/02231/v2/additionaltypes#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const TAG: &str = "http://uri.etsi.org/19612/TSLTag";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Reads a list from the nodes its signature covers.
pub(super) fn read(signed: &SignedTree<'_>, limits: &Limits) -> Result<EtsiList, ListRejected> {
    let root = signed.root();
    let mut reading = Reading {
        signed,
        limits,
        provider: 0,
        service: 0,
        notes: Vec::new(),
    };
    if !is_element(root, NAMESPACE, ROOT) || attribute(root, "TSLTag") != Some(TAG) {
        return Err(reading.wrong(root, ContentReason::UnexpectedRoot));
    }
    let scheme = reading.required(root, "SchemeInformation")?;
    let header = reading.header(scheme)?;
    let mut pointers = Vec::new();
    for pointer in reading.list(scheme, "PointersToOtherTSL", "OtherTSLPointer")? {
        reading.service += 1;
        pointers.push(reading.pointer(pointer)?);
    }
    let mut services = Vec::new();
    for provider in reading.list(root, "TrustServiceProviderList", "TrustServiceProvider")? {
        reading.provider += 1;
        reading.service = 0;
        let information = reading.required(provider, "TSPInformation")?;
        let named = Arc::new(Provider {
            name: reading.name(information, "TSPName")?,
        });
        for service in reading.list(provider, "TSPServices", "TSPService")? {
            reading.service += 1;
            services.push(reading.service(service, &named)?);
        }
    }
    Ok(EtsiList {
        header,
        pointers,
        services,
        notes: reading.notes,
    })
}

struct Reading<'r, 't> {
    signed: &'r SignedTree<'t>,
    limits: &'r Limits,
    provider: usize,
    service: usize,
    notes: Vec<EtsiNote>,
}

impl<'t> Reading<'_, 't> {
    fn header(&self, scheme: Node<'t, 't>) -> Result<Header, ListRejected> {
        let version = self.required(scheme, "TSLVersionIdentifier")?;
        let number = self.number(version)?;
        if !matches!(number, 5 | 6) {
            return Err(self.wrong(version, ContentReason::OtherVersion));
        }
        let next = match self.optional(scheme, "NextUpdate")? {
            Some(next) => self.time(next, "dateTime")?,
            None => None,
        };
        Ok(Header {
            version: number,
            sequence_number: self.number(self.required(scheme, "TSLSequenceNumber")?)?,
            kind: ListKind::of(&self.required_text(scheme, "TSLType")?),
            territory: self.required_text(scheme, "SchemeTerritory")?,
            issued_at: self.required_time(scheme, "ListIssueDateTime")?,
            next_update: next,
            pivots: self.pivots(scheme)?,
        })
    }

    /// The addresses of the scheme that are of files: the others are of publications.
    fn pivots(&self, scheme: Node<'t, 't>) -> Result<Vec<String>, ListRejected> {
        let mut pivots = Vec::new();
        for uri in self.list(scheme, "SchemeInformationURI", "URI")? {
            let uri = self.text_of(uri)?.unwrap_or_default();
            if uri.to_ascii_lowercase().ends_with(".xml") && !pivots.contains(&uri) {
                pivots.push(uri);
            }
        }
        Ok(pivots)
    }

    fn pointer(&mut self, node: Node<'t, 't>) -> Result<Pointer, ListRejected> {
        let mut signers = Vec::new();
        let identities = self.list(node, "ServiceDigitalIdentities", "ServiceDigitalIdentity")?;
        for identity in identities {
            self.certificates(identity, &mut signers);
        }
        let mut pointer = Pointer {
            location: self.required_text(node, "TSLLocation")?,
            territory: None,
            kind: None,
            media_type: None,
            signers,
        };
        for information in self.list(node, "AdditionalInformation", "OtherInformation")? {
            if let Some(territory) = self.text(information, "SchemeTerritory")? {
                pointer.territory = Some(territory);
            }
            if let Some(uri) = self.text(information, "TSLType")? {
                pointer.kind = Some(ListKind::of(&uri));
            }
            for media_type in self.all_of(information, ADDITIONAL, "MimeType") {
                pointer.media_type = self.text_of(media_type)?;
            }
        }
        Ok(pointer)
    }

    fn service(
        &mut self,
        node: Node<'t, 't>,
        provider: &Arc<Provider>,
    ) -> Result<ListedService, ListRejected> {
        let information = self.required(node, "ServiceInformation")?;
        let identity = self.required(information, "ServiceDigitalIdentity")?;
        let mut certificates = Vec::new();
        self.certificates(identity, &mut certificates);
        if certificates.is_empty() {
            self.note(EtsiNoteReason::NoCertificate);
        }
        let (mut subject_names, mut key_identifiers) = (Vec::new(), Vec::new());
        for id in self.all(identity, "DigitalId") {
            subject_names.extend(self.text(id, "X509SubjectName")?);
            if let Some(text) = self.text(id, "X509SKI")? {
                key_identifiers.extend(STANDARD.decode(text));
            }
        }
        let current = self.period(information)?;
        let mut periods = vec![current.clone()];
        for past in self.list(node, "ServiceHistory", "ServiceHistoryInstance")? {
            periods.push(self.period(past)?);
        }
        let mut periods = in_order(periods);
        if let Some(last) = periods.last().map(|it| it.from)
            && last > current.from
        {
            self.note(EtsiNoteReason::HistoryAfterCurrent);
            periods.push(ServicePeriod {
                from: last,
                ..current
            });
        }
        Ok(ListedService {
            provider: Arc::clone(provider),
            name: self.name(information, "ServiceName")?,
            certificates,
            subject_names,
            key_identifiers,
            periods,
        })
    }

    fn period(&mut self, node: Node<'t, 't>) -> Result<ServicePeriod, ListRejected> {
        let status = ServiceStatus::from_uri(&self.required_text(node, "ServiceStatus")?);
        if let ServiceStatus::Unknown(uri) = &status {
            self.note(EtsiNoteReason::StatusUnknown(uri.clone()));
        }
        let mut period = ServicePeriod {
            from: self.required_time(node, "StatusStartingTime")?,
            service_type: ServiceType::from_uri(
                &self.required_text(node, "ServiceTypeIdentifier")?,
            ),
            status,
            uses: Vec::new(),
            qualifications: Vec::new(),
            unknown_critical: Vec::new(),
        };
        for extension in self.list(node, "ServiceInformationExtensions", "Extension")? {
            self.extension(extension, &mut period)?;
        }
        Ok(period)
    }

    fn extension(
        &mut self,
        node: Node<'t, 't>,
        period: &mut ServicePeriod,
    ) -> Result<(), ListRejected> {
        let critical = attribute(node, "Critical").map(str::trim);
        // What does not say that it is not critical is.
        let is_critical = !matches!(critical, Some("false" | "0"));
        let parts: Vec<_> = self.signed.children(node).collect();
        if parts.is_empty() && is_critical {
            self.note(EtsiNoteReason::CriticalExtension("Extension".to_owned()));
            period.unknown_critical.push("Extension".to_owned());
        }
        for part in parts {
            if is_element(part, NAMESPACE, "AdditionalServiceInformation") {
                let uri = self.required_text(part, "URI")?;
                let stated = ServiceUse::from_uri(&uri);
                if !period.uses.contains(&stated) {
                    period.uses.push(stated);
                }
            } else if is_element(part, QUALIFICATIONS, "Qualifications") {
                for element in self.all_of(part, QUALIFICATIONS, "QualificationElement") {
                    let qualification = self.qualification(element)?;
                    period.qualifications.push(qualification);
                }
            } else if is_critical && !is_known(part) {
                let name = format!("{}{}", namespace(part), part.tag_name().name());
                self.note(EtsiNoteReason::CriticalExtension(name.clone()));
                period.unknown_critical.push(name);
            }
        }
        Ok(())
    }

    fn qualification(&self, node: Node<'t, 't>) -> Result<Qualification, ListRejected> {
        let mut qualifiers = Vec::new();
        for list in self.all_of(node, QUALIFICATIONS, "Qualifiers") {
            for qualifier in self.all_of(list, QUALIFICATIONS, "Qualifier") {
                let uri = attribute(qualifier, "uri");
                let uri = uri.ok_or_else(|| self.missing(qualifier, "uri"))?;
                qualifiers.push(Qualifier::from_uri(uri.trim()));
            }
        }
        match self.all_of(node, QUALIFICATIONS, "CriteriaList").as_slice() {
            [criteria] => Ok(Qualification {
                qualifiers,
                criteria: self.criteria(*criteria)?,
            }),
            [] => Err(self.missing(node, "CriteriaList")),
            [_, second, ..] => Err(self.wrong(*second, ContentReason::Duplicate("CriteriaList"))),
        }
    }

    /// The depth of the document bounds the recursion.
    fn criteria(&self, node: Node<'t, 't>) -> Result<Criteria, ListRejected> {
        let mut criteria = Vec::new();
        for part in self.signed.children(node) {
            if is_element(part, QUALIFICATIONS, "KeyUsage") {
                criteria.push(self.key_usage(part)?);
            } else if is_element(part, QUALIFICATIONS, "PolicySet") {
                let ids = self.all_of(part, QUALIFICATIONS, "PolicyIdentifier");
                criteria.push(self.identifiers(part, ids, Criterion::Policies)?);
            } else if is_element(part, QUALIFICATIONS, "CriteriaList") {
                criteria.push(Criterion::Nested(self.criteria(part)?));
            } else if is_element(part, QUALIFICATIONS, "otherCriteriaList") {
                for other in self.signed.children(part) {
                    criteria.push(self.other_criterion(other)?);
                }
            } else if !is_element(part, QUALIFICATIONS, "Description") {
                criteria.push(Criterion::Unknown(part.tag_name().name().to_owned()));
            }
        }
        Ok(Criteria {
            assertion: match attribute(node, "assert").map(str::trim) {
                Some("all") => Assertion::All,
                Some("atLeastOne") => Assertion::AtLeastOne,
                Some("none") => Assertion::None,
                _ => Assertion::Unknown,
            },
            criteria,
        })
    }

    fn key_usage(&self, node: Node<'t, 't>) -> Result<Criterion, ListRejected> {
        let mut bits = Vec::new();
        for bit in self.all_of(node, QUALIFICATIONS, "KeyUsageBit") {
            let name = attribute(bit, "name").ok_or_else(|| self.missing(bit, "name"))?;
            let wanted = match self.text_of(bit)?.as_deref() {
                Some("true" | "1") => true,
                Some("false" | "0") => false,
                _ => return Ok(Criterion::Unknown("KeyUsageBit".to_owned())),
            };
            bits.push((name.trim().to_owned(), wanted));
        }
        if bits.is_empty() {
            return Ok(Criterion::Unknown("KeyUsage".to_owned()));
        }
        Ok(Criterion::KeyUsage(bits))
    }

    fn other_criterion(&self, node: Node<'t, 't>) -> Result<Criterion, ListRejected> {
        if is_element(node, ADDITIONAL, "ExtendedKeyUsage") {
            let ids = self.all_of(node, ADDITIONAL, "KeyPurposeId");
            self.identifiers(node, ids, Criterion::KeyPurposes)
        } else if is_element(node, ADDITIONAL, "CertSubjectDNAttribute") {
            let ids = self.all_of(node, ADDITIONAL, "AttributeOID");
            self.identifiers(node, ids, Criterion::SubjectAttributes)
        } else {
            Ok(Criterion::Unknown(node.tag_name().name().to_owned()))
        }
    }

    /// Object identifiers, as XAdES writes them: alone or as a URN. One that is none makes the criterion unknown.
    fn identifiers(
        &self,
        node: Node<'t, 't>,
        holders: Vec<Node<'t, 't>>,
        criterion: fn(Vec<Oid>) -> Criterion,
    ) -> Result<Criterion, ListRejected> {
        let unknown = || Criterion::Unknown(node.tag_name().name().to_owned());
        let mut ids = Vec::new();
        for holder in holders {
            let [identifier] = self.all_of(holder, XADES, "Identifier")[..] else {
                return Ok(unknown());
            };
            let text = self.text_of(identifier)?.unwrap_or_default();
            match Oid::parse(text.strip_prefix("urn:oid:").unwrap_or(&text)) {
                Some(id) => ids.push(id),
                None => return Ok(unknown()),
            }
        }
        Ok(if ids.is_empty() {
            unknown()
        } else {
            criterion(ids)
        })
    }

    /// The certificates of a digital identity; what cannot be read is noted.
    fn certificates(&mut self, identity: Node<'t, 't>, found: &mut Vec<Octets>) {
        for id in self.all(identity, "DigitalId") {
            for element in self.all(id, "X509Certificate") {
                let octets = base64_of(element).map(Octets::from).filter(|octets| {
                    Certificate::from_der(octets, &mut Budget::new(*self.limits)).is_ok()
                });
                match octets {
                    Some(octets) if found.contains(&octets) => {}
                    Some(octets) => found.push(octets),
                    None => self.note(EtsiNoteReason::CertificateMalformed),
                }
            }
        }
    }

    /// A name in English, else the first.
    fn name(&self, node: Node<'t, 't>, name: &'static str) -> Result<Option<String>, ListRejected> {
        let names = self.list(node, name, "Name")?;
        let is_english = |name: &&Node<'t, 't>| {
            let mut attributes = name.attributes();
            attributes
                .any(|it| it.name() == "lang" && it.namespace() == Some(XML) && it.value() == "en")
        };
        let english = names.iter().find(is_english).or(names.first());
        english.map_or(Ok(None), |name| self.text_of(*name))
    }

    fn note(&mut self, reason: EtsiNoteReason) {
        self.notes.push(EtsiNote {
            provider: self.provider,
            service: self.service,
            reason,
        });
    }

    fn all(&self, node: Node<'t, 't>, name: &str) -> Vec<Node<'t, 't>> {
        self.all_of(node, NAMESPACE, name)
    }

    /// The elements of one name below a node.
    fn all_of(&self, node: Node<'t, 't>, namespace: &str, name: &str) -> Vec<Node<'t, 't>> {
        let children = self.signed.children(node);
        children
            .filter(|child| is_element(*child, namespace, name))
            .collect()
    }

    fn optional(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<Option<Node<'t, 't>>, ListRejected> {
        match self.all(node, name).as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            [_, second, ..] => Err(self.wrong(*second, ContentReason::Duplicate(name))),
        }
    }

    fn required(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<Node<'t, 't>, ListRejected> {
        let found = self.optional(node, name)?;
        found.ok_or_else(|| self.missing(node, name))
    }

    /// The items of a list element, which may be absent.
    fn list(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
        item: &str,
    ) -> Result<Vec<Node<'t, 't>>, ListRejected> {
        let list = self.optional(node, name)?;
        Ok(list.map_or_else(Vec::new, |list| self.all(list, item)))
    }

    /// The trimmed text of an element; none when absent or empty.
    fn text(&self, node: Node<'t, 't>, name: &'static str) -> Result<Option<String>, ListRejected> {
        match self.optional(node, name)? {
            Some(element) => self.text_of(element),
            None => Ok(None),
        }
    }

    fn required_text(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<String, ListRejected> {
        self.text(node, name)?
            .ok_or_else(|| self.missing(node, name))
    }

    fn text_of(&self, element: Node<'t, 't>) -> Result<Option<String>, ListRejected> {
        let text = xml::text(element).map_err(|_| self.wrong(element, ContentReason::NotText))?;
        Ok(value::text(&text).map(str::to_owned))
    }

    fn number(&self, element: Node<'t, 't>) -> Result<u64, ListRejected> {
        let number = value::number(self.text_of(element)?.as_deref());
        number.map_err(|reason| self.wrong(element, reason))
    }

    fn time(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<Option<UnixTime>, ListRejected> {
        let Some(element) = self.optional(node, name)? else {
            return Ok(None);
        };
        let time = value::time(self.text_of(element)?.as_deref(), UnixTime::parse_rfc3339);
        time.map_err(|reason| self.wrong(element, reason))
    }

    fn required_time(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<UnixTime, ListRejected> {
        self.time(node, name)?
            .ok_or_else(|| self.missing(node, name))
    }

    fn missing(&self, node: Node<'t, 't>, name: &'static str) -> ListRejected {
        self.wrong(node, ContentReason::Missing(name))
    }

    fn wrong(&self, node: Node<'t, 't>, reason: ContentReason) -> ListRejected {
        ListRejected::Content {
            path: path(node),
            at: self.signed.tree().position(node),
            reason,
        }
    }
}

/// Extensions that are known and change nothing here: who took a service over, and until when it answers for expired
/// certificates (ETSI TS 119 612 §5.5.9.1, §5.5.9.3).
fn is_known(part: Node<'_, '_>) -> bool {
    is_element(part, NAMESPACE, "ExpiredCertsRevocationInfo")
        || is_element(part, ADDITIONAL, "TakenOverBy")
        || is_element(part, NAMESPACE, "TakenOverBy")
}
