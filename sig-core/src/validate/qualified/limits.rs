//! Item 4: used within the limits that the certificate states (63-FZ art. 11 (4)).

use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::finding::code::{path, qualified as codes};
use crate::finding::{Finding, Level};
use crate::report::Condition;
use crate::x509::certificate::Certificate;

use super::super::ledger::Ledger;
use super::notices::{self, Meaning};
use super::{Inputs, Weighed, about};

const ID: &str = "63fz.11.4";

/// Classes of signature tools, the lowest first (FSB order 796).
const CLASSES: [Oid; 6] = [
    oids::SIGN_TOOL_CLASS_KC1,
    oids::SIGN_TOOL_CLASS_KC2,
    oids::SIGN_TOOL_CLASS_KC3,
    oids::SIGN_TOOL_CLASS_KB1,
    oids::SIGN_TOOL_CLASS_KB2,
    oids::SIGN_TOOL_CLASS_KA1,
];

/// Critical extensions that limit nothing beyond what is judged here and on the path.
const UNDERSTOOD: [Oid; 7] = [
    oids::BASIC_CONSTRAINTS,
    oids::KEY_USAGE,
    oids::EXTENDED_KEY_USAGE,
    oids::CERTIFICATE_POLICIES,
    oids::SUBJECT_SIGN_TOOL,
    oids::ISSUER_SIGN_TOOL,
    oids::IDENTIFICATION_KIND,
];

/// Whether a finding about the chain bears on this condition and on no other.
pub(super) fn is_about_limits(finding: &Finding, certificate: &Certificate) -> bool {
    let of_signer = [&path::SIGNER_KEY_USAGE, &path::SIGNER_EXTENDED_KEY_USAGE];
    let is_extension = finding.code == &path::CRITICAL_EXTENSION;
    of_signer.contains(&finding.code) || (is_extension && finding.subject == about(certificate))
}

/// A restriction that is not understood leaves the condition open; one that is broken refutes it.
pub(super) fn judge(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> Condition {
    let certificate = inputs.certificate;
    let mut evidence = vec![about(certificate).to_string()];
    evidence.extend(stated(certificate));
    let mut weighed = Weighed::by(evidence);
    for finding in ledger.findings() {
        let breaks = finding.level == Level::Fail
            && finding.code != &path::CRITICAL_EXTENSION
            && is_about_limits(finding, certificate);
        if breaks {
            weighed.refuted.push(finding.code.id.to_owned());
        }
    }
    for id in unknown_restrictions(certificate) {
        let finding = Finding::new(&codes::RESTRICTION_UNKNOWN, about(certificate));
        ledger.add(finding.with_oid("restriction", id));
        weighed.missing.push(id.to_string());
    }
    read_notices(certificate, &mut weighed, ledger);
    tell_class(certificate, ledger);
    tell_purposes(certificate, ledger);
    tell_key_period(certificate, ledger);
    weighed.decide(ID)
}

/// What the certificate states of its use (FSB order 795): uses of the key, purposes, policies, and the highest
/// class of signature tool among them.
fn stated(certificate: &Certificate) -> Vec<String> {
    let extensions = &certificate.extensions;
    let mut stated = Vec::new();
    if let Some(usage) = extensions.key_usage {
        let uses = usage.names().map(|name| format!("key_usage:{name}"));
        stated.extend(uses);
    }
    if let Some(usage) = &extensions.extended_key_usage {
        let purposes = usage.purposes.iter();
        stated.extend(purposes.map(|id| format!("key_purpose:{}", oids::name(id))));
    }
    if let Some(policies) = &extensions.certificate_policies {
        let policies = &policies.policies;
        stated.extend(policies.iter().map(|id| format!("policy:{id}")));
    }
    stated.extend(class(certificate).map(|class| format!("class:{}", oids::name(&class))));
    stated
}

fn class(certificate: &Certificate) -> Option<Oid> {
    let policies = certificate.extensions.certificate_policies.as_ref()?;
    let mut classes = CLASSES.iter();
    classes
        .rfind(|class| policies.policies.contains(class))
        .copied()
}

/// Extensions and qualifiers that may limit the use of the certificate and are not understood here.
fn unknown_restrictions(certificate: &Certificate) -> Vec<Oid> {
    let extensions = &certificate.extensions;
    let critical = extensions.all.iter().filter(|extension| extension.critical);
    let mut unknown: Vec<Oid> = critical
        .map(|extension| extension.id)
        .filter(|id| !UNDERSTOOD.contains(id))
        .collect();
    let policies = extensions.certificate_policies.as_ref();
    if policies.is_some_and(|policies| policies.has_unknown_qualifier) {
        unknown.push(oids::CERTIFICATE_POLICIES);
    }
    // A restriction may stand in what cannot be read.
    let unread = extensions.malformed.iter().copied();
    let limiting = [
        oids::KEY_USAGE,
        oids::EXTENDED_KEY_USAGE,
        oids::CERTIFICATE_POLICIES,
    ];
    for id in unread.filter(|id| limiting.contains(id)) {
        if !unknown.contains(&id) {
            unknown.push(id);
        }
    }
    unknown
}

/// Texts for whoever relies on the certificate: one that restricts, and one that is not at hand, a person must read.
fn read_notices(certificate: &Certificate, weighed: &mut Weighed, ledger: &mut Ledger<'_>) {
    let policies = certificate.extensions.certificate_policies.as_ref();
    for notice in policies.iter().flat_map(|policies| &policies.notices) {
        let finding =
            |code| Finding::new(code, about(certificate)).with_oid("policy", notice.policy);
        let text = notice.text.as_deref().unwrap_or_default();
        let (finding, is_open) = match notices::of(notice) {
            Meaning::NotAtHand => (finding(&codes::NOTICE_UNREADABLE), true),
            Meaning::Restricts => (
                finding(&codes::RESTRICTION_STATED).with_text("text", text),
                true,
            ),
            Meaning::Describes => (
                finding(&codes::NOTICE_STATED).with_text("text", text),
                false,
            ),
        };
        let id = finding.code.id.to_owned();
        if is_open && !weighed.missing.contains(&id) {
            weighed.missing.push(id);
        }
        ledger.add(finding);
    }
}

fn tell_class(certificate: &Certificate, ledger: &mut Ledger<'_>) {
    if let Some(class) = class(certificate) {
        let finding = Finding::new(&codes::TOOL_CLASS, about(certificate));
        ledger.add(finding.with_word("class", oids::name(&class)));
    }
}

/// Purposes without a name here are those of some information system: they restrict nothing.
fn tell_purposes(certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let purposes = certificate.extensions.extended_key_usage.as_ref();
    let purposes = purposes.iter().flat_map(|usage| &usage.purposes);
    for purpose in purposes.filter(|id| oids::known_name(id).is_none()) {
        let finding = Finding::new(&codes::PURPOSE_UNKNOWN, about(certificate));
        ledger.add(finding.with_oid("purpose", *purpose));
    }
}

fn tell_key_period(certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let extension = certificate.extensions.find(oids::PRIVATE_KEY_USAGE_PERIOD);
    let Some((from, until)) = extension.and_then(|it| key_period(&it.value).ok()) else {
        return;
    };
    let mut tell = |code, name, time: Option<UnixTime>| {
        if let Some(time) = time {
            ledger.add(Finding::new(code, about(certificate)).with_time(name, time));
        }
    };
    tell(&codes::KEY_USABLE_FROM, "from", from);
    tell(&codes::KEY_USABLE_UNTIL, "until", until);
}

/// `PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }`
/// (RFC 3280 §4.2.1.4). An accredited root writes fractions of a second.
fn key_period(value: &Octets) -> Result<(Option<UnixTime>, Option<UnixTime>), Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(value, Encoding::Der, Structure::Extension);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    let mut time = |number| -> Result<Option<UnixTime>, Error> {
        let element = fields.optional(Tag::context(number), &mut budget)?;
        let read = |mut element: Element<'_>| {
            element.tag = Tag::GENERALIZED_TIME;
            Ok(element.generalized_time()?.0)
        };
        element.map(read).transpose()
    };
    Ok((time(0)?, time(1)?))
}
