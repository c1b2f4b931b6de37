//! The stored form, written (63-FZ art. 8).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::x509::authentic::{Authentic, SignedObject};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;

use super::super::TrustSnapshot;
use super::super::edition::Edition;
use super::back_end;

/// Where the form goes, piece by piece: all of it together is as large as what it is made from.
pub(super) struct Sink<'a>(pub(super) &'a mut dyn FnMut(&[u8]));

impl Sink<'_> {
    fn put(&mut self, octets: &[u8]) {
        (self.0)(octets);
    }
}

/// From this size on a revocation list has its index beside it.
const INDEXED: usize = 64 << 10;

/// What becomes of the indexes of large revocation lists.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Indexes {
    /// They stand beside their lists.
    Saved,
    /// They are left out, as for a reader who cannot know who wrote them.
    LeftOut,
}

/// The table of certificates: candidates first, then those that only sign lists, are roots or stand between both.
struct Table<'a> {
    certificates: Vec<&'a Certificate>,
    places: BTreeMap<&'a [u8], usize>,
    /// A certificate for each key.
    keys: BTreeMap<&'a [u8], usize>,
}

impl<'a> Table<'a> {
    fn of(snapshot: &'a TrustSnapshot) -> Self {
        let mut table = Self {
            certificates: Vec::new(),
            places: BTreeMap::new(),
            keys: BTreeMap::new(),
        };
        let signers = snapshot.editions.iter().map(|edition| &edition.signer.0);
        let roots = snapshot.authorities.roots().iter();
        let candidates = snapshot.authorities.pool().certificates().iter();
        let chains = snapshot.editions.iter().flat_map(|it| &it.chain);
        let chains = chains.map(|certificate| &certificate.0);
        for certificate in candidates.chain(signers).chain(roots).chain(chains) {
            let place = table.certificates.len();
            if table.places.contains_key(&*certificate.octets) {
                continue;
            }
            table.places.insert(&certificate.octets, place);
            table.keys.entry(&certificate.spki.octets).or_insert(place);
            table.certificates.push(certificate);
        }
        table
    }

    fn place(&self, der: &[u8]) -> Option<usize> {
        self.places.get(der).copied()
    }
}

pub(super) fn content(snapshot: &TrustSnapshot, indexes: Indexes, out: &mut Sink<'_>) {
    let table = Table::of(snapshot);
    let authorities = &snapshot.authorities;
    text(out, &back_end(authorities.back_end()));
    digest(out, &snapshot.digest);
    text(out, &snapshot.ogrn);
    list(out, &table.certificates, |out, it| {
        place(out, it.octets.len())
    });
    let size: usize = table.certificates.iter().map(|it| it.octets.len()).sum();
    number(out, size);
    for certificate in &table.certificates {
        out.put(&certificate.octets);
    }
    place(out, authorities.pool().certificates().len());
    let root_places: Vec<usize> = authorities
        .roots()
        .iter()
        .filter_map(|root| table.place(&root.octets))
        .collect();
    list(out, &root_places, |out, root| place(out, *root));
    list(out, &snapshot.editions, |out, it| edition(out, it, &table));
    let own: Vec<(String, &Arc<CertificateList>)> = authorities
        .crls()
        .iter()
        .map(|crl| (crl.sha256(), crl))
        .filter(|(digest, _)| snapshot.own_crls.contains(digest))
        .collect();
    list(out, &own, |out, (name, crl)| {
        digest(out, name);
        octets(out, &crl.octets);
        if indexes == Indexes::LeftOut || crl.octets.len() < INDEXED {
            octets(out, &[]);
        } else {
            octets(out, &crl.index_to_bytes());
        }
    });
    let mut names: Vec<String> = Vec::new();
    let certificates = marks(authorities.authentic(), &table, &mut names, |it| {
        table.place(&it.octets)
    });
    let lists = marks(authorities.authentic_crls(), &table, &mut names, |it| {
        own.iter().position(|(_, crl)| crl.octets == it.octets)
    });
    list(out, &names, |out, name| text(out, name));
    for marks in [certificates, lists] {
        list(out, &marks, |out, mark| {
            for part in mark {
                place(out, *part);
            }
        });
    }
}

/// Object, key and algorithm of each signature that verified. A key that stands in no certificate is left out: the
/// signature is then checked where it is met.
fn marks<T: SignedObject>(
    authentic: &[Authentic<T>],
    table: &Table<'_>,
    names: &mut Vec<String>,
    place: impl Fn(&T) -> Option<usize>,
) -> Vec<[usize; 3]> {
    let mut marks = Vec::with_capacity(authentic.len());
    for verified in authentic {
        let key = table.keys.get(&*verified.key().octets).copied();
        let Some((object, key)) = place(verified.object()).zip(key) else {
            continue;
        };
        let name = verified.algorithm().to_string();
        let known = names.iter().position(|known| *known == name);
        let algorithm = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        marks.push([object, key, algorithm]);
    }
    marks
}

fn edition(out: &mut Sink<'_>, edition: &Edition, table: &Table<'_>) {
    out.put(&edition.version.to_le_bytes());
    out.put(&edition.issued_at.seconds().to_le_bytes());
    out.put(&edition.taken_at.seconds().to_le_bytes());
    digest(out, &edition.digest);
    place(
        out,
        table.place(&edition.signer.0.octets).unwrap_or_default(),
    );
    // The keys of an authority stand together and share what is said of it.
    let (mut authorities, mut histories, mut shared) = (Vec::new(), Vec::new(), Vec::new());
    for service in &edition.services {
        if !authorities
            .last()
            .is_some_and(|last| Arc::ptr_eq(last, &service.authority))
        {
            authorities.push(Arc::clone(&service.authority));
        }
        if histories.last() != Some(&&service.history) {
            histories.push(&service.history);
        }
        shared.push((authorities.len() - 1, histories.len() - 1, service));
    }
    list(out, &authorities, |out, it| {
        for part in [&it.name, &it.inn, &it.ogrn, &it.registry_number] {
            optional_text(out, part.as_deref());
        }
    });
    list(out, &histories, |out, history| {
        list(out, history.changes(), |out, change| {
            out.put(&change.from.seconds().to_le_bytes());
            text(out, change.status.word());
        });
    });
    list(out, &shared, |out, (authority, history, service)| {
        place(out, *authority);
        place(out, *history);
        octets(out, &service.key_identifier);
        let certificates: Vec<usize> = service
            .certificates
            .iter()
            .filter_map(|der| table.place(der))
            .collect();
        list(out, &certificates, |out, it| place(out, *it));
        list(out, &service.crl_addresses, |out, it| text(out, it));
        optional_text(out, service.tool_class.as_deref());
    });
    list(out, &edition.notes, |out, note| {
        number(out, note.authority);
        number(out, note.key.unwrap_or_default());
        number(out, note.certificate.unwrap_or_default());
        text(out, note.reason.code());
    });
    out.put(&[u8::from(edition.proof.is_some())]);
    if let Some(proof) = &edition.proof {
        octets(out, proof.signed_info());
        octets(out, proof.value());
    }
    let chain = edition.chain.iter();
    let chain: Vec<usize> = chain.filter_map(|it| table.place(&it.0.octets)).collect();
    list(out, &chain, |out, it| place(out, *it));
}

fn number(out: &mut Sink<'_>, number: usize) {
    out.put(&(number as u64).to_le_bytes());
}

/// Counts, places and the lengths of texts and certificates: what is read from one file is far below 4 GiB.
fn place(out: &mut Sink<'_>, place: usize) {
    out.put(&u32::try_from(place).unwrap_or(u32::MAX).to_le_bytes());
}

fn text(out: &mut Sink<'_>, text: &str) {
    place(out, text.len());
    out.put(text.as_bytes());
}

fn octets(out: &mut Sink<'_>, octets: &[u8]) {
    number(out, octets.len());
    out.put(octets);
}

fn optional_text(out: &mut Sink<'_>, value: Option<&str>) {
    out.put(&[u8::from(value.is_some())]);
    if let Some(value) = value {
        text(out, value);
    }
}

/// From hexadecimal digits.
fn digest(out: &mut Sink<'_>, digits: &str) {
    let octets = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).unwrap_or_default();
        u8::from_str_radix(pair, 16).unwrap_or_default()
    });
    out.put(&octets.collect::<Vec<u8>>());
}

fn list<T>(out: &mut Sink<'_>, items: &[T], item: impl Fn(&mut Sink<'_>, &T)) {
    place(out, items.len());
    for it in items {
        item(out, it);
    }
}
