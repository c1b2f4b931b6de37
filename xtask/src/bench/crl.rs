//! A CRL of a million entries, against OpenSSL.

use std::rc::Rc;

use anyhow::{Context as _, Result, anyhow, ensure};
use openssl::asn1::Asn1Integer;
use openssl::bn::BigNum;
use openssl::pkey::{PKey, Public};
use openssl::x509::{CrlStatus, X509Crl};
use sig_core::alg::openssl::OPENSSL;
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::x509::crl::CertificateList;
use sig_core::x509::crl_index::IndexKey;
use sig_core::x509::crl_stream::CrlStream;
use sig_core::{Budget, Error, Limits};

use super::figure::Figure;
use super::measure::{Measure, Side, Work, median};
use crate::clock::ThreadClock;

mod list;
mod memory;

pub use list::List;
pub use memory::print_memory;

const AREA: &str = "crl";
/// Look-ups that are timed together.
const LOOK_UPS: usize = 20_000;
/// A later look-up, in nanoseconds, at most.
const LOOK_UP: f64 = 1_000.0;
/// Octets of a chunk of the stream.
const CHUNK: usize = 64 << 10;

/// The list, read for both sides.
struct Sides {
    list: List,
    octets: Octets,
    spki: SubjectPublicKeyInfo,
    key: PKey<Public>,
}

/// Reading until the first answer, at hand and as a stream, and from a saved index.
pub fn measures(list: List) -> Result<Vec<Measure>> {
    let sides = Rc::new(Sides::new(list)?);
    let count = sides.list.serials.len();
    let saved = Octets::from(read(&sides.octets)?.index_to_bytes());
    let measure = |what: &str, ours: Work, peer: Work, goal| Measure {
        area: AREA,
        what: format!("{count} entries, {what}"),
        unit: "lists/s",
        units: 1.0,
        ours: Side::Here(ours),
        peer: Side::Here(peer),
        goal,
    };
    let with = |work: fn(&Sides) -> Result<()>| -> Work {
        let sides = Rc::clone(&sides);
        Box::new(move || work(&sides))
    };
    let loaded: Work = {
        let sides = Rc::clone(&sides);
        Box::new(move || sides.load(&saved))
    };
    Ok(vec![
        measure(
            "first answer",
            with(Sides::ours),
            with(Sides::openssl),
            20.0,
        ),
        measure(
            "first answer, as a stream",
            with(Sides::stream),
            with(Sides::openssl),
            10.0,
        ),
        measure(
            "saved index, reading again",
            loaded,
            with(Sides::read_again),
            1.0,
        ),
    ])
}

/// Later look-ups, and memory.
pub fn figures(list: &List) -> Result<Vec<Figure>> {
    let crl = read(&Octets::from(&*list.der))?;
    let count = list.serials.len();
    let mut rounds = Vec::new();
    for round in 0..15 {
        // Every other one is not on the list.
        let wanted = list.serials.iter().cycle().skip(round * 6_151).step_by(97);
        let wanted: Vec<[u8; 16]> = wanted.take(LOOK_UPS / 2).copied().collect();
        let absent = wanted.iter().map(|serial| serial.map(|octet| octet ^ 0x11));
        let asked: Vec<[u8; 16]> = wanted.iter().copied().chain(absent).collect();
        let clock = ThreadClock::start();
        let mut found = 0;
        for serial in &asked {
            found += entries_of(&crl, serial)?;
        }
        rounds.push(clock.elapsed().as_secs_f64() * 1e9 / asked.len() as f64);
        ensure!(found == asked.len() / 2, "{found} entries found");
    }
    let [ours, peer] = memory::growth(list)?;
    Ok(vec![
        Figure {
            area: AREA,
            what: format!("{count} entries, a later look-up, at most"),
            unit: "ns",
            ours: median(&rounds).context("there were rounds")?,
            peer: LOOK_UP,
            goal: 1.0,
        },
        Figure {
            area: AREA,
            what: format!("{count} entries, memory beside the list"),
            unit: "KiB",
            ours,
            peer,
            goal: 15.0,
        },
        Figure {
            area: AREA,
            what: format!("{count} entries, memory of the index"),
            unit: "KiB",
            ours: crl.entries.memory() as f64 / 1024.0,
            peer,
            goal: 15.0,
        },
    ])
}

impl Sides {
    fn new(list: List) -> Result<Self> {
        let octets = Octets::from(&*list.der);
        let spki = Octets::from(&*list.spki);
        let mut reader = Reader::new(&spki, Encoding::Der, Structure::SubjectPublicKeyInfo);
        let mut budget = Budget::new(Limits::STANDARD);
        Ok(Self {
            spki: SubjectPublicKeyInfo::read(&mut reader, &mut budget).map_err(told)?,
            key: PKey::public_key_from_der(&list.spki)?,
            octets,
            list,
        })
    }

    fn ours(&self) -> Result<()> {
        let crl = read(&self.octets)?;
        let mut budget = Budget::new(Limits::STANDARD);
        let verified = crl
            .signed
            .verify(&self.spki, &OPENSSL, &mut budget)
            .map_err(told)?;
        ensure!(verified.is_ok(), "the signature is refused");
        self.first_answer(&crl)
    }

    fn stream(&self) -> Result<()> {
        let key = IndexKey::from_octets([7; 16]);
        let mut stream = CrlStream::new(&OPENSSL, key, Limits::STANDARD);
        for octets in self.octets.chunks(CHUNK) {
            stream.update(octets).map_err(told)?;
        }
        let mut budget = Budget::new(Limits::STANDARD);
        let streamed = stream.finish().map_err(told)?;
        let verified = streamed
            .verify(&self.spki, None, &mut budget)
            .map_err(told)?;
        ensure!(verified.is_ok(), "the signature is refused");
        let over = streamed.over(&self.octets, &mut budget).map_err(told)?;
        self.first_answer(&over.map_err(|_| anyhow!("other octets"))?)
    }

    fn load(&self, saved: &Octets) -> Result<()> {
        let mut budget = Budget::new(Limits::STANDARD);
        let read = CertificateList::from_der_with_index(&self.octets, saved, &mut budget);
        let (crl, refused) = read.map_err(told)?;
        ensure!(refused.is_none(), "the index is refused");
        std::hint::black_box(crl.sha256());
        self.first_answer(&crl)
    }

    fn read_again(&self) -> Result<()> {
        let crl = read(&self.octets)?;
        std::hint::black_box(crl.sha256());
        self.first_answer(&crl)
    }

    fn first_answer(&self, crl: &CertificateList) -> Result<()> {
        ensure!(
            entries_of(crl, self.list.one()?)? == 1,
            "the entry is not found"
        );
        Ok(())
    }

    fn openssl(&self) -> Result<()> {
        let crl = X509Crl::from_der(&self.list.der)?;
        ensure!(crl.verify(&self.key)?, "OpenSSL refuses the signature");
        ensure!(
            is_revoked(&crl, self.list.one()?)?,
            "OpenSSL finds no entry"
        );
        Ok(())
    }
}

fn read(octets: &Octets) -> Result<CertificateList> {
    let mut budget = Budget::new(Limits::STANDARD);
    CertificateList::from_der(octets, &mut budget).map_err(told)
}

fn entries_of(crl: &CertificateList, serial: &[u8]) -> Result<usize> {
    let mut budget = Budget::new(Limits::STANDARD);
    let found = crl.entries.find(serial, &mut budget).map_err(told)?;
    Ok(found.len())
}

fn is_revoked(crl: &X509Crl, serial: &[u8]) -> Result<bool> {
    let number = Asn1Integer::from_bn(&*BigNum::from_slice(serial)?)?;
    Ok(matches!(crl.get_by_serial(&number), CrlStatus::Revoked(_)))
}

fn told(error: Error) -> anyhow::Error {
    anyhow!("{error}")
}
