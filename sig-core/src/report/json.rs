//! The report as JSON, `qes.report/1`: fixed order of keys, so the same report gives the same octets.

use crate::base::time::UnixTime;
use crate::finding::{
    Conclusion, Fact, Finding, Language, Step, StepOutcome, Steps, Value, is_deceptive, render,
    step_text,
};

use super::model::{
    CertificateReport, CertificateSummary, Condition, DocumentReport, Judged, NotChecked,
    PathElement, QualifiedReport, QualifiedVerdict, Report, RevocationStatus, SignatureReport,
    SubjectReport,
};
use super::text::Detail;
use super::work;

mod attributes;
mod evidence_record;
mod profile;
mod time_stamp;

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
    object(|o| {
        o.text("schema", "qes.report/1");
        o.text("engine", ENGINE);
        o.text("back_end", report.back_end);
        o.time("at", report.at);
        o.raw(
            "policy",
            &reference(&report.policy.id, &report.policy.digest),
        );
        for (name, trust) in [
            ("trust", &report.trust),
            ("trusted_lists", &report.trusted_lists),
        ] {
            let trust = trust.as_ref();
            let trust = trust.map(|trust| reference(&trust.id, &trust.digest));
            o.raw(name, &trust.unwrap_or_else(null));
        }
        match &report.judged {
            Judged::Signatures {
                document,
                conclusion,
                signatures,
            } => {
                o.raw("document", &document_value(document, detail));
                o.raw("conclusion", &conclusion_value(*conclusion));
                o.raw(
                    "signatures",
                    &array(signatures.iter().map(|it| signature(it, detail))),
                );
            }
            Judged::Certificate(certificate) => {
                o.raw("certificate", &certificate_value(certificate, detail));
            }
            Judged::TimeStamp {
                document,
                time_stamp,
            } => {
                o.raw("document", &document_value(document, detail));
                o.raw("conclusion", &conclusion_value(time_stamp.conclusion));
                o.raw("signatures", &array(std::iter::empty()));
                o.raw("time_stamp", &time_stamp::value(time_stamp, detail));
            }
            Judged::EvidenceRecord {
                document,
                evidence_record,
            } => {
                o.raw("document", &document_value(document, detail));
                o.raw("conclusion", &conclusion_value(evidence_record.conclusion));
                o.raw("signatures", &array(std::iter::empty()));
                let record = evidence_record::value(evidence_record, detail);
                o.raw("evidence_record", &record);
            }
        }
        o.raw(
            "work",
            &object(|o| {
                o.number("bytes", report.work.bytes);
                o.number("nodes", report.work.nodes);
                o.number("signature_checks", report.work.signature_checks);
                o.number("fetches", 0);
                for (name, count) in work::rest(&report.work) {
                    o.number(name, count);
                }
            }),
        );
    })
}

fn reference(id: &str, digest: &str) -> String {
    object(|o| {
        o.text("id", id);
        o.text("digest", digest);
    })
}

fn document_value(document: &DocumentReport, detail: Detail) -> String {
    object(|o| {
        o.raw(
            "size",
            &document.size.map_or_else(null, |size| size.to_string()),
        );
        let digest = document.digest.as_ref().map(|digest| {
            object(|o| {
                o.text("alg", digest.algorithm.name());
                o.text("hex", &digest.hex());
            })
        });
        o.raw("digest", &digest.unwrap_or_else(null));
        o.raw("detached", if document.detached { "true" } else { "false" });
        o.raw("findings", &array(document.findings.iter().map(finding)));
        if !document.evidence_records.is_empty() {
            let records = document.evidence_records.iter();
            o.raw(
                "evidence_records",
                &array(records.map(|it| evidence_record::value(it, detail))),
            );
        }
    })
}

fn conclusion_value(conclusion: Conclusion) -> String {
    object(|o| {
        o.text("indication", conclusion.indication.name());
        o.optional(
            "sub_indication",
            conclusion.sub_indication.map(|sub| sub.name()),
        );
    })
}

fn signature(signature: &SignatureReport, detail: Detail) -> String {
    object(|o| {
        o.text("id", &signature.id);
        o.optional("parent", signature.parent.as_deref());
        o.raw("conclusion", &conclusion_value(signature.conclusion));
        o.text("integrity", signature.integrity.name());
        o.text("level", signature.level.name());
        o.raw(
            "algorithms",
            &object(|o| {
                o.optional("digest", signature.algorithms.digest.as_deref());
                o.optional("signature", signature.algorithms.signature.as_deref());
                o.optional("key", signature.algorithms.key.as_deref());
            }),
        );
        let signer = signature.signer.as_ref().map(profile::signer);
        o.raw("signer", &signer.unwrap_or_else(null));
        o.raw(
            "times",
            &object(|o| {
                o.optional_time("claimed", signature.times.claimed);
                o.optional_time(
                    "proven_not_later_than",
                    signature.times.proven_not_later_than,
                );
                o.time("checked_at", signature.times.checked_at);
            }),
        );
        o.raw("path", &array(signature.path.iter().map(path_element)));
        o.raw(
            "qualified",
            &signature.qualified.as_ref().map_or_else(null, qualified),
        );
        o.raw("findings", &array(signature.findings.iter().map(finding)));
        if detail == Detail::Explain {
            o.raw("steps", &steps(&signature.steps, &signature.path));
        }
        o.raw(
            "not_checked",
            &array(signature.not_checked.iter().map(not_checked)),
        );
        let stamps = signature.time_stamps.iter();
        o.raw(
            "time_stamps",
            &array(stamps.map(|it| time_stamp::value(it, detail))),
        );
        o.raw("attributes", &attributes::value(&signature.attributes));
        let counter = signature.counter_signatures.iter();
        o.raw(
            "counter_signatures",
            &array(counter.map(|it| self::signature(it, detail))),
        );
    })
}

fn subject(subject: &SubjectReport) -> String {
    object(|o| {
        o.optional("cn", subject.cn.as_deref());
        o.optional("surname", subject.surname.as_deref());
        o.optional("given_name", subject.given_name.as_deref());
        o.optional("snils", subject.snils.as_deref());
        o.optional("inn", subject.inn.as_deref());
        o.optional("ogrn", subject.ogrn.as_deref());
        let repeated = subject.repeated.iter().map(|repeated| {
            object(|o| {
                o.text("attribute", repeated.attribute);
                let values = repeated.values.iter().map(|value| string(value));
                o.raw("values", &array(values));
            })
        });
        o.raw("repeated", &array(repeated));
    })
}

fn summary(o: &mut Object, certificate: &CertificateSummary) {
    o.text("sha256", &certificate.sha256);
    o.text("serial", &certificate.serial);
    o.text("issuer", &certificate.issuer);
    o.time("not_before", certificate.not_before);
    o.time("not_after", certificate.not_after);
}

fn path_element(element: &PathElement) -> String {
    object(|o| {
        o.text("sha256", &element.sha256);
        o.text("subject", &element.subject);
        let revocation = element.revocation.as_ref().map(|revocation| {
            object(|o| {
                let status = match revocation.status {
                    RevocationStatus::Good => "good",
                    RevocationStatus::Revoked => "revoked",
                    RevocationStatus::Unknown => "unknown",
                };
                o.text("status", status);
                o.optional("source", revocation.source.as_deref());
                o.optional_time("this_update", revocation.this_update);
            })
        });
        o.raw("revocation", &revocation.unwrap_or_else(null));
    })
}

fn qualified(qualified: &QualifiedReport) -> String {
    object(|o| {
        let verdict = match qualified.verdict {
            QualifiedVerdict::Qualified => "QUALIFIED",
            QualifiedVerdict::NotQualified => "NOT_QUALIFIED",
            QualifiedVerdict::NotProvable => "NOT_PROVABLE",
        };
        o.text("verdict", verdict);
        o.raw(
            "conditions",
            &array(qualified.conditions.iter().map(condition)),
        );
    })
}

fn condition(condition: &Condition) -> String {
    object(|o| {
        o.text("id", condition.id);
        o.text("status", condition.status.name());
        o.raw(
            "evidence",
            &array(condition.evidence.iter().map(|text| string(text))),
        );
        o.raw(
            "missing",
            &array(condition.missing.iter().map(|text| string(text))),
        );
    })
}

fn finding(finding: &Finding) -> String {
    object(|o| {
        o.text("code", finding.code.id);
        o.text("level", finding.level.name());
        o.text("subject", &finding.subject.to_string());
        o.text("clause", finding.code.clause);
        o.raw("facts", &facts(&finding.facts));
        o.raw(
            "text",
            &object(|o| {
                o.text("ru", &render(finding, Language::Ru));
                o.text("en", &render(finding, Language::En));
            }),
        );
    })
}

fn facts(facts: &[Fact]) -> String {
    object(|o| {
        for fact in facts {
            match &fact.value {
                Value::Time(time) => o.time(fact.name, *time),
                Value::Oid(oid) => o.text(fact.name, &oid.to_string()),
                Value::Count(count) => o.number(fact.name, *count),
                Value::Word(text) | Value::Text(text) => o.text(fact.name, text),
            }
        }
    })
}

fn steps(steps: &Steps, path: &[PathElement]) -> String {
    array(steps.as_slice().iter().map(|it| step(it, path)))
}

fn step(step: &Step, path: &[PathElement]) -> String {
    object(|o| {
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
        o.raw("codes", &array(codes.iter().map(|code| string(code.id))));
        o.optional("why", why.map(|why| why.id));
        o.raw(
            "text",
            &object(|o| {
                let text = |language| step_text(step, language);
                o.text("ru", &text(Language::Ru));
                o.text("en", &text(Language::En));
            }),
        );
    })
}

fn not_checked(item: &NotChecked) -> String {
    object(|o| {
        o.text("what", item.what);
        o.text("why", item.why);
    })
}

fn certificate_value(report: &CertificateReport, detail: Detail) -> String {
    object(|o| {
        summary(o, &report.certificate);
        o.raw("subject", &subject(&report.subject));
        o.text("key", &report.key);
        o.raw("conclusion", &conclusion_value(report.conclusion));
        o.raw("path", &array(report.path.iter().map(path_element)));
        if let Some(report) = &report.qualified {
            o.raw("qualified", &qualified(report));
        }
        o.raw("findings", &array(report.findings.iter().map(finding)));
        if detail == Detail::Explain {
            o.raw("steps", &steps(&report.steps, &report.path));
        }
        o.raw(
            "not_checked",
            &array(report.not_checked.iter().map(not_checked)),
        );
        let policies = array(report.valid_policy_set.iter().map(|oid| string(oid)));
        o.raw(
            "policies",
            &object(|o| o.raw("valid_policy_set", &policies)),
        );
        o.raw("identity", &profile::identity(&report.identity));
        o.raw("profile", &profile::rules(&report.profile));
    })
}

/// The members of an object being written.
struct Object {
    out: String,
}

fn object(fill: impl FnOnce(&mut Object)) -> String {
    let mut object = Object {
        out: String::from("{"),
    };
    fill(&mut object);
    object.out.push('}');
    object.out
}

fn array(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    format!("[{}]", items.join(","))
}

fn null() -> String {
    "null".to_owned()
}

impl Object {
    fn raw(&mut self, key: &str, value: &str) {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        self.out.push_str(&string(key));
        self.out.push(':');
        self.out.push_str(value);
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &string(value));
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        self.raw(key, &value.map_or_else(null, string));
    }

    fn number(&mut self, key: &str, value: u64) {
        self.raw(key, &value.to_string());
    }

    fn time(&mut self, key: &str, value: UnixTime) {
        self.text(key, &value.to_string());
    }

    fn optional_time(&mut self, key: &str, value: Option<UnixTime>) {
        self.raw(
            key,
            &value.map_or_else(null, |time| string(&time.to_string())),
        );
    }
}

/// A JSON string (RFC 8259 §7); what a reader of the raw text cannot see, or what changes what he sees, is escaped.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hidden if is_deceptive(hidden) => {
                let mut units = [0; 2];
                for unit in hidden.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back() {
        let text = "a\"b\\c\n\u{1}\u{9f}Ё\u{202e}";
        assert_eq!(serde_json::from_str::<String>(&string(text)).unwrap(), text);
        let text = "\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}";
        let written = string(text);
        assert!(written.is_ascii(), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
