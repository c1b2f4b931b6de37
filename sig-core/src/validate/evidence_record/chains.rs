//! The hash trees of a record and what they are of (RFC 4998 §4.3, §5.3).

use crate::alg::digest::{Digest, DigestAlgorithm, DigestId};
use crate::alg::identifier::{AlgorithmIdentifier, resolve_digest};
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::evidence_record::{ArchiveTimeStamp, EvidenceRecord};
use crate::cms::signed_data::SignedData;
use crate::cms::time_stamp::TstInfo;
use crate::der::octets::Octets;
use crate::finding::code::{cms as cms_codes, crypto as crypto_codes, evidence as codes};
use crate::finding::{Code, Finding, Subject};
use crate::report::TimeStampKind;

use super::super::crypto::Content;
use super::super::ledger::{Ledger, Obligation};
use super::super::time_stamp;
use super::subjects::Subjects;
use super::{Inputs, Object, TimeStamped};

/// Follows the chains: each hash tree covers what it must, and each time-stamp is of the root of its tree. With
/// the time-stamps comes what they cover, each as many of it as it says.
pub(super) fn check(
    inputs: Inputs<'_>,
    record: &EvidenceRecord,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(Vec<TimeStamped>, Vec<Subject>), Error> {
    let mark = ledger.mark();
    let mut walk = Walk {
        inputs,
        record,
        about,
        ledger,
        covered: Subjects::of(inputs.covers.iter().cloned()),
        stamps: Vec::new(),
        before: None,
        number: 0,
    };
    for (place, chain) in record.chains.iter().enumerate() {
        let mut own = None;
        for (index, stamp) in chain.time_stamps.iter().enumerate() {
            let renewed = match index.checked_sub(1) {
                Some(previous) => chain.time_stamps.get(previous).map(|it| &it.time_stamp),
                None => None,
            };
            let of = renewed.map_or(Covered::Data { chain: place }, Covered::TimeStamp);
            walk.step(stamp, of, &mut own, budget)?;
        }
    }
    let (stamps, covered) = (walk.stamps, walk.covered.into_all());
    ledger.show_unless_failed_since(mark, Obligation::Format);
    ledger.show_unless_failed_since(mark, Obligation::ContentDigest);
    Ok((stamps, covered))
}

/// What a hash tree must cover.
#[derive(Clone, Copy)]
enum Covered<'a> {
    /// The data, with the chains before this one when it is not the first.
    Data { chain: usize },
    /// The time-stamp before.
    TimeStamp(&'a Octets),
}

struct Walk<'a, 'l> {
    inputs: Inputs<'a>,
    record: &'a EvidenceRecord,
    about: &'a Subject,
    ledger: &'a mut Ledger<'l>,
    covered: Subjects,
    stamps: Vec<TimeStamped>,
    /// The time of the time-stamp before.
    before: Option<UnixTime>,
    /// Of the time-stamp, from 1.
    number: u64,
}

/// A digest algorithm of the back end.
type Algorithm = &'static dyn DigestAlgorithm;

impl Walk<'_, '_> {
    fn finding(&self, code: &'static Code) -> Finding {
        Finding::new(code, self.about.clone())
    }

    fn numbered(&self, code: &'static Code) -> Finding {
        self.finding(code).with_count("number", self.number)
    }

    /// One archive time-stamp; `own` is the digest algorithm of its chain.
    fn step(
        &mut self,
        stamp: &ArchiveTimeStamp,
        of: Covered<'_>,
        own: &mut Option<DigestId>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        self.number += 1;
        let message = SignedData::from_ber(&stamp.time_stamp, budget)?.ok();
        let info = match &message {
            Some(message) => TstInfo::of(message, budget)?.and_then(Result::ok),
            None => None,
        };
        let (Some(message), Some(info)) = (message, info) else {
            let finding = self.numbered(&codes::STAMP_MALFORMED);
            self.ledger.add(finding);
            return Ok(());
        };
        let stated = stamp.digest_algorithm.as_ref();
        let algorithm = self.algorithm(stated, &info.imprint.algorithm, own);
        let root = match algorithm {
            Some(algorithm) => self.root(stamp, of, algorithm, &info, budget)?,
            None => None,
        };
        let made = info.gen_time.seconds;
        if let Some(before) = self.before.filter(|before| made < *before) {
            let finding = self.numbered(&codes::ORDER).with_time("gen_time", made);
            self.ledger.add(finding.with_time("before", before));
        }
        self.before = Some(made);
        let token = time_stamp::Inputs {
            validator: self.inputs.validator,
            message: &message,
            kind: TimeStampKind::EvidenceRecord,
            stamped: &Content::Digests(root.as_slice()),
            of_coverage: &[],
            material: self.inputs.material,
            at: self.inputs.at,
        };
        let report = time_stamp::judge(token, budget)?;
        let covers = self.covered.count();
        // The next time-stamp is of this one and all it holds.
        self.covered.add(Subject::TimeStamp(report.id.clone()));
        self.covered.add_values(&message);
        self.stamps.push(TimeStamped {
            message,
            root,
            report,
            covers,
        });
        Ok(())
    }

    /// The digest algorithm of the hash tree: stated, or that of the time-stamp; the same in a chain, listed by the
    /// record, and that of what was time-stamped (RFC 4998 §3.1, §4.1, §4.3 step 4, §5.1).
    fn algorithm(
        &mut self,
        stated: Option<&AlgorithmIdentifier>,
        of_imprint: &AlgorithmIdentifier,
        own: &mut Option<DigestId>,
    ) -> Option<Algorithm> {
        let identifier = stated.unwrap_or(of_imprint);
        let id = resolve_digest(identifier).ok();
        let known = id.and_then(|id| self.inputs.validator.algorithms.digest(id));
        let Some(algorithm) = known else {
            let finding = self.finding(&crypto_codes::DIGEST_UNKNOWN);
            let finding = finding.with_oid("algorithm", identifier.algorithm);
            self.ledger.add(finding);
            return None;
        };
        let id = algorithm.id();
        let found = resolve_digest(of_imprint).ok();
        if found != Some(id) {
            let finding = self.numbered(&codes::STAMP_DIGEST);
            let finding = finding.with_word("found", found.map_or("?", DigestId::name));
            self.ledger.add(finding.with_word("expected", id.name()));
        }
        match *own {
            Some(own) if own != id => {
                let finding = self.finding(&codes::CHAIN_DIGEST);
                let finding = finding.with_word("found", id.name());
                self.ledger.add(finding.with_word("expected", own.name()));
            }
            _ => *own = Some(id),
        }
        let mut listed = self.record.digest_algorithms.iter();
        if !listed.any(|listed| resolve_digest(listed) == Ok(id)) {
            let finding = self.finding(&codes::DIGEST_NOT_LISTED);
            self.ledger.add(finding.with_word("digest", id.name()));
        }
        Some(algorithm)
    }

    /// What must have been time-stamped: the root of the tree, or the digest itself where there is no tree.
    fn root(
        &mut self,
        stamp: &ArchiveTimeStamp,
        of: Covered<'_>,
        algorithm: Algorithm,
        info: &TstInfo,
        budget: &mut Budget,
    ) -> Result<Option<Digest>, Error> {
        let holds = |digest: &[u8]| match &stamp.tree {
            Some(tree) => tree.holds(digest),
            None => *info.imprint.digest == *digest,
        };
        let leaf = match of {
            Covered::TimeStamp(octets) => {
                let digest = algorithm.digest(octets)?.value;
                if !holds(&digest) {
                    let finding = self.numbered(&codes::RENEWAL_NOT_COVERED);
                    let name = algorithm.id().name();
                    self.ledger.add(finding.with_word("digest", name));
                }
                Some(digest)
            }
            Covered::Data { chain } => self.data(chain, algorithm, holds, budget)?,
        };
        let value = match &stamp.tree {
            None => leaf,
            Some(tree) => match tree.root(algorithm)? {
                Ok(root) => Some(root),
                Err(_) => {
                    let finding = self.numbered(&codes::TREE_MALSIZED);
                    let name = algorithm.id().name();
                    self.ledger.add(finding.with_word("digest", name));
                    None
                }
            },
        };
        Ok(value.map(|value| Digest {
            algorithm: algorithm.id(),
            value,
        }))
    }

    /// The tree holds each object of the group (RFC 4998 §5.3 steps 1 and 3). The leaf of the first one.
    fn data(
        &mut self,
        chain: usize,
        algorithm: Algorithm,
        holds: impl Fn(&[u8]) -> bool,
        budget: &mut Budget,
    ) -> Result<Option<Vec<u8>>, Error> {
        // The whole data is hashed for each chain.
        budget.spend_signature_check()?;
        let older = match chain {
            0 => None,
            _ => {
                let octets = self.record.sequence_before(chain);
                budget.spend_bytes(octets.len() as u64)?;
                Some(algorithm.digest(&octets)?.value)
            }
        };
        let mut first = None;
        if self.inputs.objects.is_empty() {
            let finding = self.finding(&cms_codes::CONTENT_MISSING);
            self.ledger.add(finding);
        }
        for object in self.inputs.objects {
            let leaves = leaves(object, older.as_deref(), algorithm)?;
            let found = leaves.iter().position(|leaf| holds(leaf));
            let name = algorithm.id().name();
            match (found, leaves.is_empty()) {
                (Some(0), _) => {}
                (Some(_), _) => {
                    let finding = Finding::new(&codes::OBJECT_IN_DER, object.about.clone());
                    self.ledger.add(finding);
                }
                (None, true) => self.missing(object, name),
                (None, false) => {
                    let finding = Finding::new(&codes::OBJECT_NOT_COVERED, object.about.clone());
                    let finding = finding.with_word("digest", name);
                    let finding = finding.with_count("number", self.number);
                    self.ledger.add(finding);
                }
            }
            let leaf = leaves.into_iter().nth(found.unwrap_or(0));
            first = first.or(leaf);
        }
        Ok(first)
    }

    /// An object that is not at hand, or not by this digest.
    fn missing(&mut self, object: &Object<'_>, digest: &'static str) {
        let about = object.about.clone();
        let finding = match object.forms.first() {
            Some(Content::Digests(_) | Content::Streamed(_)) => {
                let finding = Finding::new(&cms_codes::DIGEST_NOT_GIVEN, about);
                finding.with_word("digest", digest)
            }
            Some(Content::Conflict) => Finding::new(&cms_codes::CONTENT_DIFFERS, about),
            _ => Finding::new(&cms_codes::CONTENT_MISSING, about),
        };
        self.ledger.add(finding);
    }
}

/// What stands for an object in a hash tree: its digest, and with it, not in the order of values, that of the chains
/// before (RFC 4998 §5.2 step 4).
fn leaves(
    object: &Object<'_>,
    older: Option<&[u8]>,
    algorithm: Algorithm,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut leaves = Vec::new();
    for form in &object.forms {
        let Some(digest) = form.digest(algorithm)? else {
            continue;
        };
        leaves.push(match older {
            None => digest.value,
            Some(older) => {
                let both = [digest.value.as_slice(), older].concat();
                algorithm.digest(&both)?.value
            }
        });
    }
    Ok(leaves)
}
