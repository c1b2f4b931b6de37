//! What `verifierd trust` prints, in Russian or English.

use std::collections::BTreeMap;

use sig_core::{
    UnixTime,
    finding::{Language, displayable as shown},
    trust::{
        service::{Service, Status},
        snapshot::{Change, Difference, KeyChange, TrustSnapshot},
    },
    x509::certificate::sha256_hex,
};

use super::super::trust_options::days_old;
use crate::trust_store::StoreFault;

/// Language of the text, and the time of asking.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) language: Language,
    pub(super) at: UnixTime,
}

/// Contradictions and notes that are printed before the rest is counted only.
const SHOWN: usize = 50;

impl Words {
    pub(super) fn pick<'a>(self, ru: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru,
            Language::En => en,
        }
    }

    fn status(self, status: Option<&Status>) -> String {
        let Some(status) = status else {
            return self.pick("нет статуса", "no status").to_owned();
        };
        match self.language {
            Language::Ru => shown(status.word()),
            Language::En => match status {
                Status::InForce => "in force".to_owned(),
                Status::Suspended => "suspended".to_owned(),
                Status::Terminated => "terminated".to_owned(),
                Status::Annulled => "annulled".to_owned(),
                other => shown(other.word()),
            },
        }
    }

    fn age(self, snapshot: &TrustSnapshot) -> String {
        let days = days_old(snapshot, self.at).unwrap_or_default();
        match self.language {
            Language::Ru => format!("{days} дн."),
            Language::En => format!("{days} days old"),
        }
    }

    /// One line about a snapshot.
    pub(super) fn line(self, snapshot: &TrustSnapshot, is_active: bool) -> String {
        let mark = if is_active { '*' } else { ' ' };
        let versions: Vec<String> = snapshot
            .editions()
            .iter()
            .map(|edition| edition.version().to_string())
            .collect();
        format!(
            "{mark} {}\t{} {}\t{} ({})\t{} {}\n",
            snapshot.id(),
            self.pick("версии", "versions"),
            versions.join(","),
            snapshot.newest().issued_at(),
            self.age(snapshot),
            self.pick("ключей", "keys"),
            snapshot.services().len(),
        )
    }

    pub(super) fn fault_line(self, id: &str, fault: &StoreFault, is_active: bool) -> String {
        let mark = if is_active { '*' } else { ' ' };
        format!("{mark} {id}\t{}\n", fault.text(self.language))
    }

    pub(super) fn empty(self) -> String {
        self.pick("снимков нет\n", "there are no snapshots\n")
            .to_owned()
    }

    pub(super) fn activated(self, id: &str) -> String {
        format!("{} {id}\n", self.pick("действует", "active"))
    }

    pub(super) fn activate_it(self, id: &str) -> String {
        let text = self.pick("ввести в действие", "to let it take effect");
        format!("{text}: verifierd trust activate {id}\n")
    }

    /// A snapshot as a whole.
    pub(super) fn snapshot(self, snapshot: &TrustSnapshot) -> String {
        let authorities = snapshot.authorities();
        let mut text = format!(
            "{} {}\n  SHA-256 {}\n",
            self.pick("снимок", "snapshot"),
            snapshot.id(),
            snapshot.digest()
        );
        for edition in snapshot.editions() {
            text += &format!(
                "  {} {}, {} {}, {} {}, {} {}\n",
                self.pick("версия", "version"),
                edition.version(),
                self.pick("от", "of"),
                edition.issued_at(),
                self.pick("принята", "taken in"),
                edition.taken_at(),
                self.pick("ключей", "keys"),
                edition.services().len(),
            );
        }
        text += &format!(
            "  {}: {}\n",
            self.pick("возраст списка", "age of the list"),
            self.age(snapshot)
        );
        for root in authorities.roots() {
            text += &format!("  {} {}\n", self.pick("корень", "root"), root.sha256());
        }
        text += &format!(
            "  {}: {}, {}: {}, {}: {}\n",
            self.pick("сертификатов", "certificates"),
            snapshot.certificates().len(),
            self.pick("подписей проверено", "signatures verified"),
            authorities.authentic().len(),
            self.pick("списков отзыва", "CRLs"),
            authorities.crls().len(),
        );
        text += &self.statuses(snapshot);
        text
    }

    fn statuses(self, snapshot: &TrustSnapshot) -> String {
        let mut counts: BTreeMap<Option<Status>, usize> = BTreeMap::new();
        for service in snapshot.services() {
            let change = service.status_at(snapshot.newest().issued_at());
            *counts
                .entry(change.map(|it| it.status.clone()))
                .or_default() += 1;
        }
        let lines = counts
            .iter()
            .map(|(status, count)| format!("  {}: {count}\n", self.status(status.as_ref())));
        lines.collect()
    }

    /// What was left out of the newest list, and what versions contradict each other about.
    pub(super) fn notes(self, snapshot: &TrustSnapshot) -> String {
        let mut lines: Vec<String> = Vec::new();
        for note in snapshot.notes() {
            let places = [Some(note.authority), note.key, note.certificate];
            let places: Vec<String> = places.iter().flatten().map(ToString::to_string).collect();
            lines.push(format!(
                "  {} {}: {}\n",
                self.pick("запись", "entry"),
                places.join("."),
                note.reason.text(self.language)
            ));
        }
        for found in snapshot.contradictions() {
            lines.push(format!(
                "  {} {}: {} {} {} {}: {}; {}: {}\n",
                name(found.newer),
                key_of(&found.newer.key_identifier),
                self.pick("версии", "versions"),
                found.older.version,
                self.pick("и", "and"),
                found.newer.version,
                self.status(found.older.status_at(found.at).map(|it| &it.status)),
                found.at,
                self.status(found.newer.status_at(found.at).map(|it| &it.status)),
            ));
        }
        if lines.is_empty() {
            return String::new();
        }
        let title = self.pick("замечания", "notes");
        let shown: String = lines.iter().take(SHOWN).map(String::as_str).collect();
        let more = match lines.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => format!("  … {more}\n"),
            _ => String::new(),
        };
        format!("{title}: {}\n{shown}{more}", lines.len())
    }

    /// What changed.
    pub(super) fn difference(self, difference: &Difference) -> String {
        if difference.is_empty() {
            return self.pick("различий нет\n", "nothing differs\n").to_owned();
        }
        let mut text = format!("{}:\n", self.pick("различия", "differences"));
        let versions = |versions: &[u64]| -> Vec<String> {
            versions.iter().map(ToString::to_string).collect()
        };
        for (sign, what, values) in [
            (
                '+',
                self.pick("версия", "version"),
                versions(&difference.versions_added),
            ),
            (
                '-',
                self.pick("версия", "version"),
                versions(&difference.versions_removed),
            ),
            (
                '+',
                self.pick("корень", "root"),
                difference.roots_added.clone(),
            ),
            (
                '-',
                self.pick("корень", "root"),
                difference.roots_removed.clone(),
            ),
        ] {
            for value in values {
                text += &format!("  {sign} {what} {value}\n");
            }
        }
        for change in &difference.keys {
            text += &self.key_change(change);
        }
        text
    }

    fn key_change(self, change: &KeyChange) -> String {
        let (sign, what) = match &change.change {
            Change::Added { status } => ('+', self.status(status.as_ref())),
            Change::Removed { status } => ('-', self.status(status.as_ref())),
            Change::Status { from, to } => {
                let (from, to) = (self.status(from.as_ref()), self.status(to.as_ref()));
                ('~', format!("{from} → {to}"))
            }
            Change::History => ('~', self.pick("история статусов", "history").to_owned()),
            Change::Certificates => ('~', self.pick("сертификаты", "certificates").to_owned()),
        };
        let authority = change.authority.as_deref().unwrap_or("?");
        let ogrn = change.ogrn.as_deref().unwrap_or("-");
        format!(
            "  {sign} {} {}, {} {}: {what}\n",
            self.pick("ключ", "key"),
            key_of(&change.key_identifier),
            shown(authority),
            shown(ogrn),
        )
    }

    /// Keys with their statuses in every version; none when there is no such key.
    pub(super) fn services(
        self,
        snapshot: &TrustSnapshot,
        key: Option<&str>,
        authority: Option<&str>,
    ) -> Option<String> {
        let mut text = String::new();
        for edition in snapshot.editions().iter().rev() {
            for service in edition.services() {
                let wanted = key.is_none_or(|key| has_key(snapshot, service, key))
                    && authority.is_none_or(|wanted| is_like(service, wanted));
                if wanted {
                    text += &self.service(service);
                }
            }
        }
        (!text.is_empty()).then_some(text)
    }

    fn service(self, service: &Service) -> String {
        let mut text = format!(
            "{} {}, {} {}, {} {}\n",
            self.pick("версия", "version"),
            service.version,
            name(service),
            service
                .authority
                .ogrn
                .as_deref()
                .map_or_else(String::new, shown),
            self.pick("ключ", "key"),
            key_of(&service.key_identifier),
        );
        for certificate in &service.certificates {
            text += &format!(
                "  {} {}\n",
                self.pick("сертификат", "certificate"),
                sha256_hex(certificate)
            );
        }
        for change in service.history.changes() {
            text += &format!(
                "  {} {}: {}\n",
                self.pick("с", "from"),
                change.from,
                self.status(Some(&change.status))
            );
        }
        text += &format!(
            "  {} {}: {}\n",
            self.pick("на", "on"),
            self.at,
            self.status(service.status_at(self.at).map(|it| &it.status))
        );
        text
    }
}

fn name(service: &Service) -> String {
    shown(service.authority.name.as_deref().unwrap_or("?"))
}

fn key_of(identifier: &[u8]) -> String {
    if identifier.is_empty() {
        "-".to_owned()
    } else {
        hex::encode(identifier)
    }
}

fn has_key(snapshot: &TrustSnapshot, service: &Service, wanted: &str) -> bool {
    if hex::encode(&service.key_identifier).starts_with(wanted) {
        return true;
    }
    let mut certificates = snapshot.certificates().iter();
    service.certificates.iter().any(|der| {
        sha256_hex(der).starts_with(wanted)
            || certificates
                .by_ref()
                .filter(|it| it.octets == *der)
                .any(|it| sha256_hex(&it.spki.octets).starts_with(wanted))
    })
}

fn is_like(service: &Service, wanted: &str) -> bool {
    let authority = &service.authority;
    let wanted = wanted.to_lowercase();
    [&authority.name, &authority.ogrn, &authority.inn]
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(&wanted))
}
