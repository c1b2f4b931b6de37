//! The report as JSON, `qes.report/1`: fixed order of keys, so the same report gives the same octets.

use crate::finding::{
    Conclusion, Fact, Finding, Language, Step, StepOutcome, Steps, Value, render, step_text,
};

use super::model::{
    AlgorithmNames, CertificateReport, CertificateSummary, Condition, DocumentReport, Judged,
    NotChecked, PathElement, QualifiedReport, QualifiedVerdict, Report, RevocationStatus,
    SignatureReport, SubjectReport,
};
use super::text::Detail;
use super::work;

mod attributes;
mod evidence_record;
mod object;
mod profile;
mod time_stamp;

use object::{NULL, Object, object};

/// Octets of a report on one signature.
const USUAL_SIZE: usize = 8 << 10;

/// The engine, as printed in every report.
pub const ENGINE: &str = concat!("sig-core ", env!("CARGO_PKG_VERSION"));

/// The report as one line of JSON.
#[must_use]
pub fn write(report: &Report) -> String {
    write_in(report, Detail::Normal)
}

/// The report as one line of JSON, with the steps that were taken where they are asked for.
#[must_use]
pub fn write_in(report: &Report, detail: Detail) -> String {
    let mut out = String::with_capacity(USUAL_SIZE);
    object(&mut out, |o| {
        o.text("schema", "qes.report/1");
        o.text("engine", ENGINE);
        o.text("back_end", report.back_end);
        o.time("at", report.at);
        o.object("policy", |o| {
            reference(o, &report.policy.id, &report.policy.digest);
        });
        for (name, trust) in [
            ("trust", &report.trust),
            ("trusted_lists", &report.trusted_lists),
        ] {
            o.optional_object(name, trust.as_ref(), |o, trust| {
                reference(o, &trust.id, &trust.digest);
            });
        }
        match &report.judged {
            Judged::Signatures {
                document,
                conclusion,
                signatures,
            } => {
                o.object("document", |o| self::document(o, document, detail));
                o.object("conclusion", |o| self::conclusion(o, *conclusion));
                o.objects("signatures", signatures, |o, it| signature(o, it, detail));
            }
            Judged::Certificate(certificate) => {
                o.object("certificate", |o| self::certificate(o, certificate, detail));
            }
            Judged::TimeStamp {
                document,
                time_stamp,
            } => {
                o.object("document", |o| self::document(o, document, detail));
                o.object("conclusion", |o| conclusion(o, time_stamp.conclusion));
                o.raw("signatures", "[]");
                o.object("time_stamp", |o| time_stamp::write(o, time_stamp, detail));
            }
            Judged::EvidenceRecord {
                document,
                evidence_record,
            } => {
                o.object("document", |o| self::document(o, document, detail));
                o.object("conclusion", |o| {
                    conclusion(o, evidence_record.conclusion);
                });
                o.raw("signatures", "[]");
                o.object("evidence_record", |o| {
                    evidence_record::write(o, evidence_record, detail);
                });
            }
        }
        o.object("work", |o| {
            o.number("bytes", report.work.bytes);
            o.number("nodes", report.work.nodes);
            o.number("signature_checks", report.work.signature_checks);
            o.number("fetches", 0);
            for (name, count) in work::rest(&report.work) {
                o.number(name, count);
            }
        });
    });
    out
}

fn reference(o: &mut Object<'_>, id: &str, digest: &str) {
    o.text("id", id);
    o.text("digest", digest);
}

fn document(o: &mut Object<'_>, document: &DocumentReport, detail: Detail) {
    match document.size {
        Some(size) => o.number("size", size),
        None => o.raw("size", NULL),
    }
    o.optional_object("digest", document.digest.as_ref(), |o, digest| {
        o.text("alg", digest.algorithm.name());
        o.text("hex", &digest.hex());
    });
    o.flag("detached", document.detached);
    o.objects("findings", &document.findings, finding);
    if !document.evidence_records.is_empty() {
        o.objects("evidence_records", &document.evidence_records, |o, it| {
            evidence_record::write(o, it, detail);
        });
    }
}

fn conclusion(o: &mut Object<'_>, conclusion: Conclusion) {
    o.text("indication", conclusion.indication.name());
    o.optional(
        "sub_indication",
        conclusion.sub_indication.map(|sub| sub.name()),
    );
}

fn signature(o: &mut Object<'_>, signature: &SignatureReport, detail: Detail) {
    o.text("id", &signature.id);
    o.optional("parent", signature.parent.as_deref());
    o.object("conclusion", |o| conclusion(o, signature.conclusion));
    o.text("integrity", signature.integrity.name());
    o.text("level", signature.level.name());
    o.object("algorithms", |o| algorithms(o, &signature.algorithms));
    o.optional_object("signer", signature.signer.as_ref(), profile::signer);
    o.object("times", |o| {
        o.optional_time("claimed", signature.times.claimed);
        o.optional_time(
            "proven_not_later_than",
            signature.times.proven_not_later_than,
        );
        o.time("checked_at", signature.times.checked_at);
    });
    o.objects("path", &signature.path, path_element);
    o.optional_object("qualified", signature.qualified.as_ref(), qualified);
    o.objects("findings", &signature.findings, finding);
    if detail == Detail::Explain {
        steps(o, &signature.steps, &signature.path);
    }
    o.objects("not_checked", &signature.not_checked, not_checked);
    o.objects("time_stamps", &signature.time_stamps, |o, it| {
        time_stamp::write(o, it, detail);
    });
    let attributes = Some(&signature.attributes).filter(|it| !it.is_empty());
    o.optional_object("attributes", attributes, attributes::write);
    o.objects(
        "counter_signatures",
        &signature.counter_signatures,
        |o, it| self::signature(o, it, detail),
    );
}

fn algorithms(o: &mut Object<'_>, algorithms: &AlgorithmNames) {
    o.optional("digest", algorithms.digest.as_deref());
    o.optional("signature", algorithms.signature.as_deref());
    o.optional("key", algorithms.key.as_deref());
}

fn subject(o: &mut Object<'_>, subject: &SubjectReport) {
    o.optional("cn", subject.cn.as_deref());
    o.optional("surname", subject.surname.as_deref());
    o.optional("given_name", subject.given_name.as_deref());
    o.optional("snils", subject.snils.as_deref());
    o.optional("inn", subject.inn.as_deref());
    o.optional("ogrn", subject.ogrn.as_deref());
    o.objects("repeated", &subject.repeated, |o, repeated| {
        o.text("attribute", repeated.attribute);
        o.texts("values", &repeated.values);
    });
}

fn summary(o: &mut Object<'_>, certificate: &CertificateSummary) {
    o.text("sha256", &certificate.sha256);
    o.text("serial", &certificate.serial);
    o.text("issuer", &certificate.issuer);
    o.time("not_before", certificate.not_before);
    o.time("not_after", certificate.not_after);
}

fn path_element(o: &mut Object<'_>, element: &PathElement) {
    o.text("sha256", &element.sha256);
    o.text("subject", &element.subject);
    o.optional_object(
        "revocation",
        element.revocation.as_ref(),
        |o, revocation| {
            let status = match revocation.status {
                RevocationStatus::Good => "good",
                RevocationStatus::Revoked => "revoked",
                RevocationStatus::Unknown => "unknown",
            };
            o.text("status", status);
            o.optional("source", revocation.source.as_deref());
            o.optional_time("this_update", revocation.this_update);
        },
    );
}

fn qualified(o: &mut Object<'_>, qualified: &QualifiedReport) {
    let verdict = match qualified.verdict {
        QualifiedVerdict::Qualified => "QUALIFIED",
        QualifiedVerdict::NotQualified => "NOT_QUALIFIED",
        QualifiedVerdict::NotProvable => "NOT_PROVABLE",
    };
    o.text("verdict", verdict);
    o.objects("conditions", &qualified.conditions, condition);
}

fn condition(o: &mut Object<'_>, condition: &Condition) {
    o.text("id", condition.id);
    o.text("status", condition.status.name());
    o.texts("evidence", &condition.evidence);
    o.texts("missing", &condition.missing);
}

fn finding(o: &mut Object<'_>, finding: &Finding) {
    o.text("code", finding.code.id);
    o.text("level", finding.level.name());
    o.text("subject", &finding.subject.to_string());
    o.text("clause", finding.code.clause);
    o.object("facts", |o| facts(o, &finding.facts));
    o.object("text", |o| {
        o.text("ru", &render(finding, Language::Ru));
        o.text("en", &render(finding, Language::En));
    });
}

fn facts(o: &mut Object<'_>, facts: &[Fact]) {
    for fact in facts {
        match &fact.value {
            Value::Time(time) => o.time(fact.name, *time),
            Value::Oid(oid) => o.text(fact.name, &oid.to_string()),
            Value::Count(count) => o.number(fact.name, *count),
            Value::Word(text) | Value::Text(text) => o.text(fact.name, text),
        }
    }
}

fn steps(o: &mut Object<'_>, steps: &Steps, path: &[PathElement]) {
    o.objects("steps", steps.as_slice(), |o, it| step(o, it, path));
}

fn step(o: &mut Object<'_>, step: &Step, path: &[PathElement]) {
    o.text("id", step.row.id);
    o.text("clause", step.row.clause);
    let element = step.subject.place.and_then(|place| path.get(place));
    let element = element.map(|element| format!("certificate:{}", element.sha256));
    let object_named = step.subject.object.as_ref().map(ToString::to_string);
    o.text(
        "subject",
        element
            .as_deref()
            .or(object_named.as_deref())
            .unwrap_or("path"),
    );
    // What was looked at for the certificate.
    o.optional("source", element.as_ref().and(object_named.as_deref()));
    o.text("outcome", step.outcome.word());
    let (codes, why) = match &step.outcome {
        StepOutcome::Passed => (&[][..], None),
        StepOutcome::Failed(codes) => (codes.as_slice(), None),
        StepOutcome::NotApplicable(why) => (&[][..], Some(*why)),
    };
    o.texts("codes", codes.iter().map(|code| code.id));
    o.optional("why", why.map(|why| why.id));
    o.object("text", |o| {
        o.text("ru", &step_text(step, Language::Ru));
        o.text("en", &step_text(step, Language::En));
    });
}

fn not_checked(o: &mut Object<'_>, item: &NotChecked) {
    o.text("what", item.what);
    o.text("why", item.why);
}

fn certificate(o: &mut Object<'_>, report: &CertificateReport, detail: Detail) {
    summary(o, &report.certificate);
    o.object("subject", |o| subject(o, &report.subject));
    o.text("key", &report.key);
    o.object("conclusion", |o| conclusion(o, report.conclusion));
    o.objects("path", &report.path, path_element);
    if let Some(report) = &report.qualified {
        o.object("qualified", |o| qualified(o, report));
    }
    o.objects("findings", &report.findings, finding);
    if detail == Detail::Explain {
        steps(o, &report.steps, &report.path);
    }
    o.objects("not_checked", &report.not_checked, not_checked);
    o.object("policies", |o| {
        o.texts("valid_policy_set", &report.valid_policy_set);
    });
    o.object("identity", |o| profile::identity(o, &report.identity));
    o.objects("profile", &report.profile, profile::rule);
}
