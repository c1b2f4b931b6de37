//! Archives that hold signature files with the manifests they sign, and evidence records with the documents they are of
//! (EN 319 162-1 §4.4): what is inside is judged by itself.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sig_core::Evidence;
use sig_core::alg::provider::Algorithms;
use sig_core::finding::{Finding, Level, SubIndication};
use sig_core::report::{EvidenceRecordReport, Judged};
use zip::ZipArchive;

use super::super::case::{Content, Expected, Message, Outcome, Revocation, Source};
use super::super::folder::NOW;
use super::messages;
use crate::corpus::Corpus;

/// Octets of one member.
const MOST: u64 = 64 << 20;

type Members = BTreeMap<String, Arc<[u8]>>;

fn members(file: &[u8]) -> Result<Members> {
    let mut archive = ZipArchive::new(Cursor::new(file)).context("not a ZIP archive")?;
    let mut members = BTreeMap::new();
    for index in 0..archive.len() {
        let member = archive.by_index(index)?;
        let name = member.name()?.into_owned();
        let mut octets = Vec::new();
        member.take(MOST + 1).read_to_end(&mut octets)?;
        ensure!(octets.len() as u64 <= MOST, "{name} is too large");
        members.insert(name, octets.into());
    }
    Ok(members)
}

/// The values of an attribute of elements, in their order.
fn attributes<'a>(xml: &'a str, element: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let wanted = format!(" {name}=\"");
    xml.split('<').filter_map(move |part| {
        let tag = part.split('>').next()?;
        let local = tag.split_whitespace().next()?.rsplit(':').next()?;
        let value = tag.split(wanted.as_str()).nth(1)?.split('"').next();
        value.filter(|_| local.trim_end_matches('/') == element)
    })
}

/// The manifest that names a file as that of its signature.
fn manifest_of<'m>(members: &'m Members, file: &str) -> Option<&'m Arc<[u8]>> {
    let manifests = members.iter().filter(|(name, _)| name.ends_with(".xml"));
    let mut manifests = manifests.map(|(_, octets)| octets);
    manifests.find(|octets| {
        let text = String::from_utf8_lossy(octets);
        attributes(&text, "SigReference", "URI").any(|it| it == file)
    })
}

fn named<'m>(members: &'m Members, ending: &'m str) -> impl Iterator<Item = &'m String> {
    let inside = members.keys().filter(|name| name.starts_with("META-INF/"));
    inside.filter(move |name| name.ends_with(ending))
}

/// Whether the signatures of an archive are right for the manifests they sign, and as many as a row says: with its
/// time-stamp files, or without.
pub fn signatures(
    file: &[u8],
    count: Option<usize>,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let members = members(file)?;
    let mut files: Vec<&String> = named(&members, ".p7s").collect();
    let stamps: Vec<&String> = named(&members, ".tst").collect();
    let has_signatures = !files.is_empty();
    if !has_signatures {
        files.clone_from(&stamps);
    }
    let mut wrong = Vec::new();
    for name in &files {
        let Some(octets) = members.get(*name) else {
            continue;
        };
        let message = message(octets, manifest_of(&members, name));
        match messages::judge(&message, corpus, algorithms, &Expected::Intact)? {
            Outcome::Agreed => {}
            Outcome::Disagreed { because, .. } => wrong.push(because),
            // Nothing is said of an archive of which something was not judged.
            skipped @ Outcome::Skipped(_) => return Ok(skipped),
        }
    }
    let found = if has_signatures { files.len() } else { 0 };
    if count.is_some_and(|count| count != found && count != found + stamps.len()) {
        return Ok(Outcome::of(false, format!("{found} signatures"), "members"));
    }
    let actual = match (files.is_empty(), wrong.is_empty()) {
        (false, true) => Expected::Intact,
        _ => Expected::Broken,
    };
    let agrees = actual == *expected;
    Ok(Outcome::of(agrees, actual.to_string(), wrong.join(", ")))
}

fn message(octets: &Arc<[u8]>, content: Option<&Arc<[u8]>>) -> Message {
    Message {
        message: Source::Octets(Arc::clone(octets)),
        content: match content {
            Some(content) => Content::Octets(Source::Octets(Arc::clone(content))),
            None => Content::Inside,
        },
        ..Message::at(NOW)
    }
}

/// Whether an evidence record is of the documents that its manifest names, or of all when there is none.
pub fn record(
    file: &[u8],
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let members = members(file)?;
    let mut records = named(&members, ".ers");
    let (Some(name), None) = (records.next(), records.next()) else {
        return Ok(Outcome::Skipped("evidence records in XML".to_owned()));
    };
    let is_document = |name: &str| name != "mimetype" && !name.starts_with("META-INF/");
    let documents: Vec<&Arc<[u8]>> = match manifest_of(&members, name) {
        Some(manifest) => {
            let text = String::from_utf8_lossy(manifest);
            let names = attributes(&text, "DataObjectReference", "URI");
            names.filter_map(|name| members.get(name)).collect()
        }
        None => {
            let all = members.iter().filter(|(name, _)| is_document(name));
            all.map(|(_, octets)| octets).collect()
        }
    };
    let validator = messages::validator(Revocation::Off, algorithms)?;
    let record = members.get(name).context("a member that is there")?;
    let mut evidence = Evidence::parse(record, &validator.limits)?;
    for (place, document) in documents.into_iter().enumerate() {
        evidence = match place {
            0 => evidence.with_content(document.to_vec()),
            _ => evidence.with_document_of_group(document.to_vec()),
        };
    }
    let report = validator.validate(evidence, NOW)?;
    let Judged::EvidenceRecord {
        evidence_record, ..
    } = report.judged
    else {
        return Ok(Outcome::of(false, "no evidence record", "the member"));
    };
    Ok(compare(&evidence_record, expected))
}

/// Whether nothing speaks against what a record is of, whoever made its time-stamps.
pub fn compare(record: &EvidenceRecordReport, expected: &Expected) -> Outcome {
    let of_stamps = record.time_stamps.iter().flat_map(|it| &it.findings);
    let is_against = |finding: &&Finding| {
        let against = matches!(
            finding.code.sub_indication,
            Some(
                SubIndication::HashFailure
                    | SubIndication::SigCryptoFailure
                    | SubIndication::FormatFailure
                    | SubIndication::SignedDataNotFound
            )
        );
        finding.level == Level::Fail && against
    };
    let against = record.findings.iter().chain(of_stamps).filter(is_against);
    let codes: Vec<&str> = against.map(|finding| finding.code.id).collect();
    let is_intact = codes.is_empty() && !record.time_stamps.is_empty();
    let actual = match is_intact {
        true => Expected::Intact,
        false => Expected::Broken,
    };
    Outcome::of(actual == *expected, actual.to_string(), codes.join(", "))
}
