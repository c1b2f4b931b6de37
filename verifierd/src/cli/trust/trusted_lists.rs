//! What `verifierd trust` does with European trusted lists.

use std::path::Path;

use sig_core::{
    UnixTime,
    alg::provider::Algorithms,
    der::octets::Octets,
    finding::{Language, displayable as shown},
    trust::{
        etsi_list::{
            EtsiAssembly, EtsiChange, EtsiDifference, EtsiEdition, EtsiSnapshot, ListedService,
            ServiceStatus,
        },
        mintsifry_list::ListLimits,
    },
    x509::certificate::sha256_hex,
};

use super::super::{
    material::Stopped,
    trust_options::{lists_rejected, stopped},
};
use super::print::Words;
use crate::trust_store::TrustStore;

/// Services and notes that are printed before the rest is counted only.
const SHOWN: usize = 200;
const DAY: i64 = 86_400;

/// What an import is given.
pub(super) struct Given {
    pub(super) lists: Vec<Octets>,
    /// Lists of lists of before.
    pub(super) pivots: Vec<Octets>,
    /// Certificates that may sign them.
    pub(super) signers: Vec<Octets>,
    /// Names of the files, for messages.
    pub(super) names: String,
    pub(super) activate: bool,
    pub(super) refuses_outdated: bool,
}

/// Checks lists together with those of the active snapshot and keeps a snapshot of them.
pub(super) fn import(
    given: Given,
    there: Option<TrustStore>,
    folder: &Path,
    words: Words,
    algorithms: &Algorithms,
) -> Result<(String, TrustStore), Stopped> {
    let previous = match &there {
        Some(store) => match store.active_lists().map_err(stopped)? {
            Some(id) => Some(store.read_lists(&id, algorithms).map_err(stopped)?),
            None => None,
        },
        None => None,
    };
    if given.signers.is_empty() && previous.is_none() {
        return Err(Stopped::Usage(
            "nobody may sign the list: name its signer's certificate with --anchors / \
             неизвестно, кто подписывает список: назовите сертификат параметром --anchors"
                .to_owned(),
        ));
    }
    let assembly = EtsiAssembly {
        previous: previous.as_ref(),
        lists: given.lists,
        signers: given.signers,
        taken_at: words.at,
        refuses_outdated: given.refuses_outdated,
    };
    let limits = ListLimits::STANDARD;
    let snapshot = EtsiSnapshot::assemble_with_pivots(assembly, given.pivots, algorithms, &limits);
    let snapshot = snapshot.map_err(|why| lists_rejected(&given.names, &why))?;
    let store = TrustStore::create(folder).map_err(stopped)?;
    store.keep_lists(&snapshot).map_err(stopped)?;
    let mut text = show(&snapshot, words);
    if let Some(previous) = &previous {
        text += &difference(&EtsiDifference::between(previous, &snapshot), words);
    }
    if given.activate {
        let activated = store.activate_lists(snapshot.id(), algorithms);
        activated.map_err(stopped)?;
        text += &words.activated(snapshot.id());
    } else {
        text += &words.activate_it(snapshot.id());
    }
    Ok((text, store))
}

/// One line about a snapshot.
pub(super) fn line(snapshot: &EtsiSnapshot, words: Words, is_active: bool) -> String {
    let mark = if is_active { '*' } else { ' ' };
    let lists = snapshot.editions().iter().map(|it| {
        let header = &it.list().header;
        format!("{}-{}", shown(&header.territory), header.sequence_number)
    });
    let services: usize = snapshot
        .editions()
        .iter()
        .map(|it| it.list().services.len())
        .sum();
    format!(
        "{mark} {}\t{} {}\t{} {services}\n",
        snapshot.id(),
        words.pick("списки", "lists"),
        lists.collect::<Vec<_>>().join(","),
        words.pick("услуг", "services"),
    )
}

/// A snapshot as a whole.
pub(super) fn show(snapshot: &EtsiSnapshot, words: Words) -> String {
    let mut text = format!(
        "{} {}\n  SHA-256 {}\n",
        words.pick("снимок", "snapshot"),
        snapshot.id(),
        snapshot.digest()
    );
    for signer in snapshot.signers() {
        let label = words.pick("подписывает", "signer");
        text += &format!("  {label} {}\n", sha256_hex(signer));
    }
    for edition in snapshot.editions() {
        text += &list(edition, words);
    }
    text
}

fn list(edition: &EtsiEdition, words: Words) -> String {
    let list = edition.list();
    let header = &list.header;
    let days = words
        .at
        .seconds()
        .saturating_sub(header.issued_at.seconds())
        / DAY;
    let next = match header.next_update {
        Some(next) => next.to_string(),
        None => words.pick("закрыт", "closed").to_owned(),
    };
    let age = match words.language {
        Language::Ru => format!("{days} дн."),
        Language::En => format!("{days} days old"),
    };
    let mut text = format!(
        "  {} {} {}, {} {} ({age}), {} {next}{}\n",
        words.pick("список", "list"),
        shown(&header.territory),
        header.sequence_number,
        words.pick("от", "of"),
        header.issued_at,
        words.pick("обновление до", "next update by"),
        if list.is_past_next_update(words.at) {
            words.pick(": УСТАРЕЛ", ": OUT OF DATE")
        } else {
            ""
        }
    );
    let services = list.services.iter();
    let mut lines: Vec<String> = services.map(|it| service(it, words.at, words)).collect();
    for pointer in &list.pointers {
        lines.push(format!(
            "    {} {}: {}, {} {}\n",
            words.pick("указатель", "pointer"),
            shown(pointer.territory.as_deref().unwrap_or("?")),
            shown(&pointer.location),
            words.pick("сертификатов", "certificates"),
            pointer.signers.len()
        ));
    }
    for note in &list.notes {
        lines.push(format!(
            "    {} {}.{}: {}\n",
            words.pick("замечание к", "note on"),
            note.provider,
            note.service,
            note.reason.text(words.language)
        ));
    }
    text.extend(lines.iter().take(SHOWN).map(String::as_str));
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text += &format!("    … {more}\n");
    }
    text
}

fn service(service: &ListedService, at: UnixTime, words: Words) -> String {
    let name = |name: Option<&str>| shown(name.unwrap_or("?"));
    let status = service.at(at).map_or_else(
        || words.pick("нет статуса", "no status").to_owned(),
        |it| {
            format!(
                "{} {} {}",
                shown(it.status.word()),
                words.pick("с", "since"),
                it.from
            )
        },
    );
    format!(
        "    {}, {}: {status}\n",
        name(service.provider.name.as_deref()),
        name(service.name.as_deref()),
    )
}

/// What changed from one snapshot to another.
pub(super) fn difference(difference: &EtsiDifference, words: Words) -> String {
    if difference.is_empty() {
        return words.pick("различий нет\n", "nothing differs\n").to_owned();
    }
    let mut lines = Vec::new();
    let lists = [
        ('+', &difference.lists_added),
        ('-', &difference.lists_removed),
    ];
    for (sign, lists) in lists {
        let what = words.pick("список", "list");
        let all = lists.iter();
        lines.extend(
            all.map(|(territory, number)| {
                format!("  {sign} {what} {}-{number}\n", shown(territory))
            }),
        );
    }
    let signers = [
        ('+', &difference.signers_added),
        ('-', &difference.signers_removed),
    ];
    for (sign, signers) in signers {
        let what = words.pick("подписывает", "signer");
        lines.extend(signers.iter().map(|it| format!("  {sign} {what} {it}\n")));
    }
    for service in &difference.services {
        let (sign, what) = match &service.change {
            EtsiChange::Added { statuses: now } => ('+', statuses(now, words)),
            EtsiChange::Removed { statuses: before } => ('-', statuses(before, words)),
            EtsiChange::Status { from, to } => {
                let (from, to) = (statuses(from, words), statuses(to, words));
                ('~', format!("{from} → {to}"))
            }
            EtsiChange::Entry => ('~', words.pick("запись в списке", "entry").to_owned()),
            EtsiChange::Certificates => ('~', words.pick("сертификаты", "certificates").to_owned()),
        };
        lines.push(format!(
            "  {sign} {} {}: {}, {what}\n",
            shown(&service.territory),
            service.key,
            shown(service.provider.as_deref().unwrap_or("?")),
        ));
    }
    format!(
        "{}:\n{}",
        words.pick("различия", "differences"),
        lines.concat()
    )
}

fn statuses(statuses: &[ServiceStatus], words: Words) -> String {
    if statuses.is_empty() {
        return words.pick("нет статуса", "no status").to_owned();
    }
    let all = statuses.iter().map(|it| shown(it.word()));
    all.collect::<Vec<_>>().join(" + ")
}
