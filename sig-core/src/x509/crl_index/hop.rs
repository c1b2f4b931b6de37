//! One pass over the entries of a CRL, an entry a hop (RFC 5280 §5.1.2.6).
//!
//! This is the loop that a list of millions of entries spends its time in, so it reads tags and lengths itself. It
//! holds an entry to its outline: a SEQUENCE of a serial number, a time and, in version 2, extensions that each begin
//! with an object identifier, every length minimal and inside the one around it. What the values mean is read when
//! the entry is looked up.

use crate::base::error::{Error, Limit, Malformed, Reason, Structure};
use crate::base::limits::Budget;

use super::super::certificate::significant;
use super::key::IndexKey;
use super::rows::row;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const BOOLEAN: u8 = 0x01;
/// `critical` as it is not written in DER: FALSE.
const NOT_CRITICAL: [u8; 3] = [BOOLEAN, 1, 0];
/// id-ce-cRLReasons, 2.5.29.21.
const REASON_CODE: [u8; 3] = [0x55, 0x1d, 0x15];
/// id-ce-invalidityDate, 2.5.29.24.
const INVALIDITY_DATE: [u8; 3] = [0x55, 0x1d, 0x18];
/// id-ce-certificateIssuer, 2.5.29.29.
const CERTIFICATE_ISSUER: [u8; 3] = [0x55, 0x1d, 0x1d];

/// What is wrong with an entry, and where in the octets at hand.
pub(in crate::x509) type Wrong = (usize, Reason);

/// Collects a row an entry: keyed hash above, offset in the list below.
#[derive(Debug)]
pub(in crate::x509) struct Hopper {
    key: IndexKey,
    /// Entries of version 1 have no extensions (RFC 5280 §5.1.2.6).
    version: u8,
    /// Entries that may be there.
    bound: u64,
    pub(in crate::x509) rows: Vec<u64>,
    /// Offsets of the entries that carry a certificateIssuer, rising.
    pub(super) issuers: Vec<u32>,
    pub(super) critical: Critical,
}

/// Critical extensions among all entries: one that is not understood makes the whole list unusable (RFC 5280 §5.3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Critical {
    /// certificateIssuer, which only an indirect list may have.
    pub(super) issuer: bool,
    /// One that is not known.
    pub(super) unknown: bool,
}

impl Hopper {
    pub(in crate::x509) fn new(key: IndexKey, version: u8, bound: u64) -> Self {
        Self {
            key,
            version,
            bound,
            rows: Vec::new(),
            issuers: Vec::new(),
            critical: Critical::default(),
        }
    }

    pub(super) const fn key(&self) -> IndexKey {
        self.key
    }

    #[cfg(test)]
    pub(in crate::x509) const fn version(&self) -> u8 {
        self.version
    }

    pub(super) const fn bound(&self) -> u64 {
        self.bound
    }

    /// Makes room for the entries that so many octets are likely to hold.
    pub(super) fn reserve_for(&mut self, octets: usize) {
        /// An entry with a serial number of 16 octets and no extension.
        const USUAL: usize = 35;
        let bound = usize::try_from(self.bound).unwrap_or(usize::MAX);
        self.rows.reserve_exact((octets / USUAL).min(bound));
    }

    /// Takes the whole entries that `octets` begin with; they stand at `base` in the list, which stands at `origin`
    /// in the CRL. Answers how many octets they are: what is left is the beginning of one more entry.
    ///
    /// # Errors
    /// An entry does not keep to the outline; more entries than the bound.
    ///
    /// # Limits
    /// Eight octets an entry, and four more for each that names an issuer.
    pub(in crate::x509) fn take(
        &mut self,
        octets: &[u8],
        base: usize,
        origin: usize,
    ) -> Result<usize, Error> {
        let malformed = |(at, reason): Wrong| Malformed {
            structure: Structure::CertificateList,
            offset: origin + base + at,
            reason,
        };
        let mut at = 0;
        while let Some((start, end)) = next(octets, at).map_err(malformed)? {
            let offset =
                u32::try_from(base + at).map_err(|_| malformed((at, Reason::InvalidLength)))?;
            let body = octets.get(..end).unwrap_or_default();
            let entry = outline(body, start, self.version).map_err(malformed)?;
            let count = self.rows.len() as u64 + 1;
            Budget::at_most(count, self.bound, Limit::CrlEntries)?;
            let hash = self.key.hash(significant(entry.serial));
            self.rows.push(row(hash, offset));
            if entry.names_issuer {
                self.issuers.push(offset);
            }
            self.critical.issuer |= entry.critical.issuer;
            self.critical.unknown |= entry.critical.unknown;
            at = end;
        }
        Ok(at)
    }
}

/// The serial number of the entry at the start of the octets, as it was written.
pub(super) fn serial_at(octets: &[u8]) -> Option<&[u8]> {
    let (start, end) = next(octets, 0).ok()??;
    let (from, to) = element(octets.get(..end)?, start, INTEGER).ok()?;
    octets.get(from..to)
}

/// Start and end of the contents of the entry at `at`; none when the octets end before the entry does.
fn next(octets: &[u8], at: usize) -> Result<Option<(usize, usize)>, Wrong> {
    match octets.get(at) {
        None => return Ok(None),
        Some(&SEQUENCE) => {}
        Some(_) => return Err((at, Reason::UnexpectedTag)),
    }
    let Some((start, length)) = length(octets, at)? else {
        return Ok(None);
    };
    Ok(start
        .checked_add(length)
        .filter(|end| *end <= octets.len())
        .map(|end| (start, end)))
}

struct Outline<'a> {
    serial: &'a [u8],
    names_issuer: bool,
    critical: Critical,
}

/// The fields from `start` to the end of the octets.
fn outline(octets: &[u8], start: usize, version: u8) -> Result<Outline<'_>, Wrong> {
    let (from, to) = element(octets, start, INTEGER)?;
    let serial = octets.get(from..to).unwrap_or_default();
    if serial.is_empty() {
        return Err((start, Reason::InvalidValue));
    }
    let tag = match octets.get(to) {
        Some(&tag @ (UTC_TIME | GENERALIZED_TIME)) => tag,
        Some(_) => return Err((to, Reason::UnexpectedTag)),
        None => return Err((to, Reason::Missing)),
    };
    let (_, at) = element(octets, to, tag)?;
    let mut outline = Outline {
        serial,
        names_issuer: false,
        critical: Critical::default(),
    };
    if at < octets.len() {
        if version < 2 {
            return Err((at, Reason::UnsupportedVersion));
        }
        let (inside, end) = element(octets, at, SEQUENCE)?;
        if end != octets.len() {
            return Err((end, Reason::TrailingOctets));
        }
        outline.take_extensions(octets, inside)?;
    }
    Ok(outline)
}

impl Outline<'_> {
    /// The extensions from `at` to the end.
    fn take_extensions(&mut self, octets: &[u8], mut at: usize) -> Result<(), Wrong> {
        while at < octets.len() {
            let (inside, end) = element(octets, at, SEQUENCE)?;
            let extension = octets.get(..end).unwrap_or_default();
            let (from, to) = element(extension, inside, OID)?;
            let id = extension.get(from..to).unwrap_or_default();
            let rest = extension.get(to..).unwrap_or_default();
            let is_critical = rest.first() == Some(&BOOLEAN) && !rest.starts_with(&NOT_CRITICAL);
            if id == CERTIFICATE_ISSUER {
                self.names_issuer = true;
                self.critical.issuer |= is_critical;
            } else {
                let is_known = id == REASON_CODE || id == INVALIDITY_DATE;
                self.critical.unknown |= is_critical && !is_known;
            }
            at = end;
        }
        Ok(())
    }
}

/// Start and end of the contents of the element at `at`, which has this tag and ends with the octets at the latest.
fn element(octets: &[u8], at: usize, tag: u8) -> Result<(usize, usize), Wrong> {
    match octets.get(at) {
        Some(found) if *found == tag => {}
        Some(_) => return Err((at, Reason::UnexpectedTag)),
        None => return Err((at, Reason::Missing)),
    }
    let (start, length) = length(octets, at)?.ok_or((at, Reason::Truncated))?;
    let end = start.checked_add(length).filter(|end| *end <= octets.len());
    end.map(|end| (start, end)).ok_or((at, Reason::Truncated))
}

/// Tag and place of an element among octets that need not hold its end.
pub(in crate::x509) struct Header {
    pub(in crate::x509) tag: u8,
    /// Where its contents start.
    pub(in crate::x509) start: usize,
    /// Where they end.
    pub(in crate::x509) end: usize,
}

impl Header {
    /// The header at an offset; none when the octets end inside it.
    pub(in crate::x509) fn read(octets: &[u8], at: usize) -> Result<Option<Self>, Wrong> {
        let Some((&tag, (start, length))) = octets.get(at).zip(length(octets, at)?) else {
            return Ok(None);
        };
        let end = start
            .checked_add(length)
            .ok_or((at, Reason::InvalidLength))?;
        Ok(Some(Self { tag, start, end }))
    }
}

/// Start of the contents and their length, of the element whose tag stands at `at`; none when the octets end inside
/// the length. Only the shortest definite form passes (X.690 §10.1).
fn length(octets: &[u8], at: usize) -> Result<Option<(usize, usize)>, Wrong> {
    let Some(&lead) = octets.get(at + 1) else {
        return Ok(None);
    };
    if lead < 0x80 {
        return Ok(Some((at + 2, usize::from(lead))));
    }
    let count = usize::from(lead & 0x7f);
    if !(1..=4).contains(&count) {
        return Err((at, Reason::InvalidLength));
    }
    let Some(digits) = octets.get(at + 2..at + 2 + count) else {
        return Ok(None);
    };
    let length = digits
        .iter()
        .fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
    let is_shortest = length >= 0x80 && digits.first() != Some(&0);
    if !is_shortest {
        return Err((at, Reason::InvalidLength));
    }
    Ok(Some((at + 2 + count, length)))
}
