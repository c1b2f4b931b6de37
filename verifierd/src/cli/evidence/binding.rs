//! What binds a bundle to an account and to the audit log, as a file beside
//! the bundle, and whether it does.

use proto::v1::EvidenceHeader;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sig_core::{
    Evidence, Limits,
    report::bundle::{Bundle, Role},
};

use crate::{domain::time::UnixSeconds, service::change::sha256};

const SCHEMA: &str = "qes.evidence-binding/1";

/// The file, in the order in which it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Binding {
    schema: String,
    account_id: String,
    application_id: String,
    evidence_id: String,
    judged_at: String,
    digest: String,
    signature_sha256: String,
    content_sha256: String,
    report_sha256: String,
    policy_digest: String,
    trust_digest: String,
    basis_sha256: String,
    sequence: u64,
    leaf: String,
    bundle_sha256: String,
}

/// What a leaf says, as far as it is compared.
#[derive(Deserialize)]
struct Leaf {
    account: String,
    application: String,
    event: String,
    evidence: LeafEvidence,
    level: String,
    sequence: u64,
}

#[derive(Deserialize)]
struct LeafEvidence {
    digest: String,
    id: String,
    signature: String,
}

/// What was signed, as far as it is compared.
#[derive(Deserialize)]
struct Signed {
    account_id: String,
    application_id: String,
    channel: String,
}

/// What a binding that holds says of an account.
pub(super) struct Bound {
    pub(super) account: String,
    pub(super) application: String,
    /// What happened, as the leaf says.
    pub(super) event: String,
    /// The level after it.
    pub(super) level: String,
    pub(super) channel: String,
    pub(super) judged_at: String,
    pub(super) sequence: u64,
    /// RFC 6962 leaf hash, hexadecimal digits: what a receipt proves.
    pub(super) leaf_hash: String,
}

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Unbound {
    /// The file is no binding.
    Form,
    /// The bundle is another one.
    Bundle,
    /// A part of the bundle is not the one that the digest covers.
    Part(&'static str),
    /// The digest does not follow from its parts.
    Digest,
    /// The leaf is of something else.
    Leaf(&'static str),
    /// What was signed names another account or application.
    Content,
    /// The receipt is of another entry.
    Entry,
}

impl Binding {
    /// The file for a bundle of `account`; none when a time cannot be written.
    pub(in crate::cli) fn of(account: &str, header: &EvidenceHeader) -> Option<String> {
        let at = header.judged_at.as_ref()?;
        let binding = Self {
            schema: SCHEMA.to_owned(),
            account_id: account.to_owned(),
            application_id: header.application_id.clone(),
            evidence_id: header.evidence_id.clone(),
            judged_at: UnixSeconds::new(at.seconds).rfc3339(),
            digest: hex::encode(&header.digest),
            signature_sha256: hex::encode(&header.signature_sha256),
            content_sha256: hex::encode(&header.content_sha256),
            report_sha256: hex::encode(&header.report_sha256),
            policy_digest: header.policy_digest.clone(),
            trust_digest: header.trust_digest.clone(),
            basis_sha256: hex::encode(&header.basis_sha256),
            sequence: header.sequence,
            leaf: String::from_utf8(header.leaf.clone()).ok()?,
            bundle_sha256: hex::encode(&header.bundle_sha256),
        };
        serde_json::to_string(&binding).ok().map(|text| text + "\n")
    }

    pub(in crate::cli) fn read(octets: &[u8]) -> Result<Self, Unbound> {
        let binding: Self = serde_json::from_slice(octets).map_err(|_| Unbound::Form)?;
        match binding.schema == SCHEMA {
            true => Ok(binding),
            false => Err(Unbound::Form),
        }
    }

    /// Compares everything that the file names with the bundle, of which
    /// `file` are the octets.
    pub(super) fn check(&self, file: &[u8], bundle: &Bundle) -> Result<Bound, Unbound> {
        if hex::encode(sha256(file)) != self.bundle_sha256 {
            return Err(Unbound::Bundle);
        }
        let content = self.check_parts(bundle)?;
        if self.recomputed().as_deref() != Some(self.digest.as_str()) {
            return Err(Unbound::Digest);
        }
        let leaf = self.check_leaf()?;
        let signed: Signed = serde_json::from_slice(&content).map_err(|_| Unbound::Content)?;
        if signed.account_id != self.account_id || signed.application_id != self.application_id {
            return Err(Unbound::Content);
        }
        let hash = Sha256::new().chain_update([0]).chain_update(&self.leaf);
        Ok(Bound {
            account: self.account_id.clone(),
            application: self.application_id.clone(),
            event: leaf.event,
            level: leaf.level,
            channel: signed.channel,
            judged_at: self.judged_at.clone(),
            sequence: self.sequence,
            leaf_hash: hex::encode(hash.finalize()),
        })
    }

    /// Compares the file, without its bundle, with the octets of a leaf that a receipt shows.
    pub(in crate::cli) fn check_entry(&self, leaf: &[u8]) -> Result<(), Unbound> {
        if self.recomputed().as_deref() != Some(self.digest.as_str()) {
            return Err(Unbound::Digest);
        }
        self.check_leaf()?;
        match self.leaf.as_bytes() == leaf {
            true => Ok(()),
            false => Err(Unbound::Entry),
        }
    }

    /// The content that was signed, once every part is the one named.
    fn check_parts(&self, bundle: &Bundle) -> Result<Vec<u8>, Unbound> {
        let part = |role: Role, named: &str| {
            let octets = bundle.one(role).ok_or(Unbound::Part(role.word()))?;
            match hex::encode(sha256(octets)) == named {
                true => Ok(octets),
                false => Err(Unbound::Part(role.word())),
            }
        };
        let signature = part(Role::Signature, &self.signature_sha256)?;
        part(Role::Report, &self.report_sha256)?;
        part(Role::Policy, &self.policy_digest)?;
        let content = match bundle.one(Role::Document) {
            Some(document) => Some(document.to_vec()),
            None => {
                let evidence = Evidence::parse(signature, &Limits::STANDARD).ok();
                let message = evidence.as_ref().and_then(|it| it.message());
                message.and_then(|it| it.content.octets().map(|it| it.to_vec()))
            }
        };
        let named = |it: &Vec<u8>| hex::encode(sha256(it)) == self.content_sha256;
        content
            .filter(named)
            .ok_or(Unbound::Part(Role::Document.word()))
    }

    /// As [`Evidence::digest`](crate::service::change::Evidence::digest) of
    /// the service, from the digests of its parts.
    fn recomputed(&self) -> Option<String> {
        let digest = |text: &str| -> Option<[u8; 32]> { hex::decode(text).ok()?.try_into().ok() };
        let parts = [
            sha256(self.application_id.as_bytes()),
            sha256(self.judged_at.as_bytes()),
            digest(&self.signature_sha256)?,
            digest(&self.content_sha256)?,
            digest(&self.report_sha256)?,
            sha256(self.policy_digest.as_bytes()),
            sha256(self.trust_digest.as_bytes()),
            sha256(self.basis_sha256.as_bytes()),
        ];
        Some(hex::encode(sha256(&parts.concat())))
    }

    fn check_leaf(&self) -> Result<Leaf, Unbound> {
        let leaf: Leaf = serde_json::from_str(&self.leaf).map_err(|_| Unbound::Leaf("leaf"))?;
        let account = hex::encode(sha256(self.account_id.as_bytes()));
        let members = [
            ("account", leaf.account == account),
            ("application", leaf.application == self.application_id),
            ("evidence.id", leaf.evidence.id == self.evidence_id),
            ("evidence.digest", leaf.evidence.digest == self.digest),
            (
                "evidence.signature",
                leaf.evidence.signature == self.signature_sha256,
            ),
            ("sequence", leaf.sequence == self.sequence),
        ];
        match members.into_iter().find(|(_, same)| !same) {
            None => Ok(leaf),
            Some((member, _)) => Err(Unbound::Leaf(member)),
        }
    }
}

impl Unbound {
    /// What is wrong and what to do, in English and Russian.
    pub(in crate::cli) fn texts(self) -> (String, String) {
        let same = |en: &str, ru: &str| (en.to_owned(), ru.to_owned());
        match self {
            Self::Form => same(
                "the binding is not one that `admin evidence export` wrote; export it again",
                "файл привязки записан не командой `admin evidence export`; выгрузите его заново",
            ),
            Self::Bundle => same(
                "the bundle is not the one that was exported with the binding; take both files of one export",
                "пакет выгружен не вместе с этой привязкой; возьмите оба файла одной выгрузки",
            ),
            Self::Part(part) => (
                format!(
                    "part {part} of the bundle is not the one that the audit log binds; export it again"
                ),
                format!(
                    "часть {part} пакета не та, которую связывает журнал; выгрузите его заново"
                ),
            ),
            Self::Digest => same(
                "the digest does not follow from the parts: the binding was changed; export it again",
                "дайджест не следует из частей: файл привязки изменён; выгрузите его заново",
            ),
            Self::Leaf(member) => (
                format!(
                    "the leaf of the audit log is of something else ({member}); export it again"
                ),
                format!("запись журнала относится к другому ({member}); выгрузите её заново"),
            ),
            Self::Content => same(
                "what was signed names another account or application; export it again",
                "в подписанном названа другая учётная запись или другое заявление; выгрузите его заново",
            ),
            Self::Entry => same(
                "the receipt is of another entry than the one that binds this evidence; take the receipt of its application",
                "расписка выдана о другой записи журнала, а не о той, что связывает это доказательство; возьмите расписку по его заявлению",
            ),
        }
    }
}
