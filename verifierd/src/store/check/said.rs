//! What the leaves said, for the tables that have no place in the log.

use std::collections::{BTreeMap, HashMap, HashSet};

use audit_log::Leaf;
use sqlx::any::AnyRow;

use crate::{
    service::{change::EventKind, ports::StoreError},
    store::{log::account_digest, record::column},
};

/// Who blocked an account, and when.
pub(super) type Block = (Option<String>, String);

/// What the last confirmation of an account says.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    pub(super) evidence: String,
    pub(super) channel: String,
    pub(super) assurance: String,
    pub(super) at: String,
}

/// An account after its last entry.
#[derive(Default)]
pub(super) struct OfAccount {
    pub(super) level: String,
    pub(super) blocked: Option<Block>,
    pub(super) confirmed: Option<Confirmed>,
}

/// An application after its last entry.
pub(super) struct OfApplication {
    pub(super) account: Option<String>,
    pub(super) issued: String,
    pub(super) cancelled: Option<String>,
    /// What waits for another judgement is cancelled without an entry of its own.
    pub(super) deferred: bool,
}

/// A link after its last entry.
pub(super) struct OfLink {
    pub(super) account: Option<String>,
    pub(super) evidence: Option<String>,
    pub(super) linked: String,
    pub(super) ended: Option<String>,
    /// The places of both entries: what was first is told by the log, not by the clocks of its daemons.
    pub(super) places: (u64, Option<u64>),
}

/// Keyed by the digest of the account, else by the id.
#[derive(Default)]
pub(super) struct Said {
    /// Evidence that is in the log.
    pub(super) evidence: HashSet<String>,
    /// Applications whose outcome was checked against its leaf.
    pub(super) decided: HashSet<String>,
    pub(super) accounts: HashMap<String, OfAccount>,
    pub(super) applications: HashMap<String, OfApplication>,
    pub(super) links: BTreeMap<String, OfLink>,
    /// The places and the digests of the acts on each enrolment.
    pub(super) enrolments: BTreeMap<String, Vec<(u64, Option<String>)>>,
    /// What a broken leaf spoke of: it is named, and nothing is known of what rests on it.
    pub(super) unsure: HashSet<String>,
}

impl Said {
    /// The leaf of this event is broken.
    pub(super) fn take_event(&mut self, row: &AnyRow) -> Result<(), StoreError> {
        let text = |name| column::<Option<String>>(row, name);
        let account = text("account_id")?.map(|id| account_digest(&id));
        let about = [account, text("application_id")?, text("object")?];
        self.unsure.extend(about.into_iter().flatten());
        Ok(())
    }

    pub(super) fn take(&mut self, leaf: &Leaf) {
        if let Some(evidence) = &leaf.evidence {
            self.evidence.insert(evidence.id.clone());
        }
        let kind = EventKind::from_code(&leaf.event);
        if let Some(kind) = kind {
            self.take_account(kind, leaf);
            self.take_application(kind, leaf);
            self.take_link(kind, leaf);
            self.take_enrolment(kind, leaf);
        }
    }

    fn take_account(&mut self, kind: EventKind, leaf: &Leaf) {
        let (Some(account), Some(level)) = (&leaf.account, &leaf.level) else {
            return;
        };
        let account = self.accounts.entry(account.clone()).or_default();
        account.level.clone_from(level);
        match kind {
            EventKind::AccountBlocked => {
                account.blocked = Some((leaf.object.clone(), leaf.at.clone()));
            }
            EventKind::AccountUnblocked => account.blocked = None,
            _ => {}
        }
        if let (Some(confirmation), Some(evidence)) = (&leaf.confirmation, &leaf.evidence) {
            account.confirmed = Some(Confirmed {
                evidence: evidence.id.clone(),
                channel: confirmation.channel.clone(),
                assurance: confirmation.assurance.clone(),
                at: leaf.at.clone(),
            });
        }
    }

    fn take_application(&mut self, kind: EventKind, leaf: &Leaf) {
        let Some(id) = &leaf.application else { return };
        match kind {
            EventKind::ApplicationPrepared | EventKind::PostalCodeIssued => {
                let application = OfApplication {
                    account: leaf.account.clone(),
                    issued: leaf.at.clone(),
                    cancelled: None,
                    deferred: false,
                };
                self.applications.insert(id.clone(), application);
            }
            EventKind::ApplicationCancelled => {
                if let Some(application) = self.applications.get_mut(id) {
                    application.cancelled = Some(leaf.at.clone());
                }
            }
            EventKind::ApplicationDeferred => {
                if let Some(application) = self.applications.get_mut(id) {
                    application.deferred = true;
                }
            }
            _ => {}
        }
    }

    fn take_link(&mut self, kind: EventKind, leaf: &Leaf) {
        let Some(id) = &leaf.application else { return };
        match kind {
            EventKind::OrganisationLinked => {
                let link = OfLink {
                    account: leaf.account.clone(),
                    evidence: leaf.evidence.as_ref().map(|evidence| evidence.id.clone()),
                    linked: leaf.at.clone(),
                    ended: None,
                    places: (leaf.sequence, None),
                };
                self.links.insert(id.clone(), link);
            }
            EventKind::OrganisationUnlinked => {
                if let Some(link) = self.links.get_mut(id) {
                    link.ended = Some(leaf.at.clone());
                    link.places.1 = Some(leaf.sequence);
                }
            }
            _ => {}
        }
    }

    fn take_enrolment(&mut self, kind: EventKind, leaf: &Leaf) {
        let of_enrolment = matches!(
            kind,
            EventKind::CentreEnrolled
                | EventKind::OperatorEnrolled
                | EventKind::BankEnrolled
                | EventKind::EnrolmentEnded
        );
        if let (true, Some(id)) = (of_enrolment, &leaf.object) {
            let acts = self.enrolments.entry(id.clone()).or_default();
            acts.push((leaf.sequence, leaf.row.clone()));
        }
    }
}
