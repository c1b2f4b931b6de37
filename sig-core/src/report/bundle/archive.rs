//! The archive: ZIP with stored members, fixed times and nothing else (APPNOTE.TXT 6.3.10 §4.3), so that there is one
//! way to write a manifest and its parts.

use std::ops::Range;

use crate::x509::certificate::sha256_hex;

use super::manifest::Manifest;
use super::{BundleLimits, BundleRejected, Place};

pub(super) const MANIFEST: &str = "manifest.json";
/// The name under which the records behind the last part are told.
const END: &str = "end of archive";

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LAST: [u8; 4] = *b"PK\x05\x06";
const LOCAL_SIZE: usize = 30;
const CENTRAL_SIZE: usize = 46;
const LAST_SIZE: usize = 22;
/// Version needed: 1.0, a stored member. Flags and method: 0.
const NEEDED: [u8; 6] = [10, 0, 0, 0, 0, 0];
/// Midnight of 1980-01-01, the first day of the form.
const TIME: [u8; 4] = [0, 0, 0x21, 0];
/// Octets of a manifest.
const LARGEST_MANIFEST: usize = 4 << 20;
/// So many octets of the first header may differ for the file still to be a bundle that was changed.
const FEW: usize = 2;

/// A member: its name, its checksum and its length.
struct Member<'a> {
    name: &'a str,
    checksum: u32,
    size: usize,
}

impl<'a> Member<'a> {
    fn of(name: &'a str, octets: &[u8]) -> Self {
        Self {
            name,
            checksum: checksum(octets),
            size: octets.len(),
        }
    }

    /// Checksum, size, size, length of the name, no extra field.
    fn sums(&self) -> Vec<u8> {
        let size = four(self.size);
        let name = two(self.name.len());
        [
            &self.checksum.to_le_bytes()[..],
            &size,
            &size,
            &name,
            &[0, 0],
        ]
        .concat()
    }

    fn header(&self) -> Vec<u8> {
        let name = self.name.as_bytes();
        [&LOCAL[..], &NEEDED, &TIME, &self.sums(), name].concat()
    }

    fn record(&self, offset: usize) -> Vec<u8> {
        const MADE_BY: [u8; 2] = [20, 0];
        let name = self.name.as_bytes();
        // No comment, disk 0, no attributes.
        let rest = [0; 10];
        let start = four(offset);
        [
            &CENTRAL[..],
            &MADE_BY,
            &NEEDED,
            &TIME,
            &self.sums(),
            &rest,
            &start,
            name,
        ]
        .concat()
    }
}

/// What was read is far below 4 GiB, see [`BundleLimits`]; what is more cannot be written and is refused when it is
/// read back.
fn four(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

fn two(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn last(count: usize, directory: Range<usize>) -> Vec<u8> {
    let count = two(count);
    let (size, start) = (four(directory.len()), four(directory.start));
    [&LAST[..], &[0; 4], &count, &count, &size, &start, &[0, 0]].concat()
}

pub(super) fn write(manifest: &[u8], members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let all = std::iter::once((MANIFEST, manifest)).chain(members.iter().copied());
    for (name, octets) in all {
        let member = Member::of(name, octets);
        directory.extend(member.record(out.len()));
        out.extend(member.header());
        out.extend_from_slice(octets);
    }
    let start = out.len();
    out.extend(directory);
    let end = last(members.len() + 1, start..out.len());
    out.extend(end);
    out
}

/// The manifest, and the contents of the parts that it names, when the file is what [`write`] makes of them.
pub(super) fn read<'f>(
    file: &'f [u8],
    limits: &BundleLimits,
) -> Result<(Manifest, Vec<&'f [u8]>), BundleRejected> {
    if file.len() as u64 > limits.octets.min(u64::from(u32::MAX)) {
        return Err(BundleRejected::TooMuch("octets"));
    }
    let first = first_member(file)?;
    let manifest = Manifest::read(first)?;
    if manifest.parts.len() > limits.parts.min(usize::from(u16::MAX) - 1) {
        return Err(BundleRejected::TooMuch("parts"));
    }
    manifest.check_names()?;
    let names: Vec<&str> = manifest.parts.iter().map(|it| it.name.as_str()).collect();
    let mut walk = Walk {
        file,
        at: 0,
        names: &names,
        directory: Vec::new(),
    };
    walk.take(MANIFEST, first.len(), &sha256_hex(first))?;
    let mut contents = Vec::with_capacity(manifest.parts.len());
    for part in &manifest.parts {
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        contents.push(walk.take(&part.name, size, &part.sha256)?);
    }
    walk.end()?;
    Ok((manifest, contents))
}

/// The content of the first member, which is the manifest.
fn first_member(file: &[u8]) -> Result<&[u8], BundleRejected> {
    let expected = Member {
        name: MANIFEST,
        checksum: 0,
        size: 0,
    };
    let expected = expected.header();
    let is_fixed = |at: &usize| !(14..26).contains(at);
    let compared = expected.iter().zip(file).enumerate();
    let differing = compared.filter(|(at, (own, found))| is_fixed(at) && own != found);
    let differing = differing.count();
    if differing > FEW || file.len() < LOCAL.len() {
        return Err(BundleRejected::NotABundle);
    }
    let truncated = || BundleRejected::Truncated(MANIFEST.to_owned());
    let header = file.get(..expected.len()).ok_or_else(truncated)?;
    let changed = |place| BundleRejected::Changed(MANIFEST.to_owned(), place);
    let sizes = number(header, 18).zip(number(header, 22));
    let Some((size, _)) = sizes.filter(|(packed, size)| packed == size && differing == 0) else {
        return Err(changed(Place::Header));
    };
    if size > LARGEST_MANIFEST {
        return Err(BundleRejected::TooMuch("manifest"));
    }
    let content = file.get(expected.len()..expected.len() + size);
    let content = content.ok_or_else(truncated)?;
    if number(header, 14) != usize::try_from(checksum(content)).ok() {
        return Err(changed(Place::Content));
    }
    Ok(content)
}

/// Goes through a file as it is written.
struct Walk<'f, 'n> {
    file: &'f [u8],
    at: usize,
    names: &'n [&'n str],
    /// The record of each member that was found good, and its name.
    directory: Vec<(&'n str, Vec<u8>)>,
}

impl<'f, 'n> Walk<'f, 'n> {
    fn take(
        &mut self,
        name: &'n str,
        size: usize,
        sha256: &str,
    ) -> Result<&'f [u8], BundleRejected> {
        let start = self.at + LOCAL_SIZE + name.len();
        let end = start.checked_add(size);
        let found = end.and_then(|end| self.file.get(start..end));
        let Some(content) = found.filter(|content| sha256_hex(content) == sha256) else {
            let name = || name.to_owned();
            return Err(match (self.intruder(Some(&name())), found) {
                (Some(intruder), _) => intruder,
                (None, Some(_)) => BundleRejected::Changed(name(), Place::Content),
                (None, None) => BundleRejected::Truncated(name()),
            });
        };
        let member = Member::of(name, content);
        if self.file.get(self.at..start) != Some(&*member.header()) {
            return Err(BundleRejected::Changed(name.to_owned(), Place::Header));
        }
        self.directory.push((name, member.record(self.at)));
        self.at = start + size;
        Ok(content)
    }

    /// Another member that stands where this one is expected, or none is; whole in itself.
    fn intruder(&self, expected: Option<&str>) -> Option<BundleRejected> {
        let missing = || expected.map(|name| BundleRejected::Missing(name.to_owned()));
        let rest = self.file.get(self.at..)?;
        if rest.starts_with(&CENTRAL) {
            return missing();
        }
        if !rest.starts_with(&LOCAL) {
            return None;
        }
        let length = u16::from_le_bytes(*rest.get(26..)?.first_chunk()?);
        let start = LOCAL_SIZE + usize::from(length);
        let name = str::from_utf8(rest.get(LOCAL_SIZE..start)?).ok()?;
        let content = rest.get(start..start.checked_add(number(rest, 22)?)?)?;
        let is_whole = number(rest, 14) == usize::try_from(checksum(content)).ok();
        if expected == Some(name) || !is_whole {
            return None;
        }
        if self.directory.iter().any(|(before, _)| *before == name) {
            return Some(BundleRejected::Duplicate(name.to_owned()));
        }
        if self.names.contains(&name) {
            return missing();
        }
        Some(BundleRejected::Extra)
    }

    fn end(self) -> Result<(), BundleRejected> {
        if let Some(intruder) = self.intruder(None) {
            return Err(intruder);
        }
        let start = self.at;
        let mut at = start;
        for (name, record) in &self.directory {
            let found = self.file.get(at..at + CENTRAL_SIZE + name.len());
            match found {
                Some(found) if found == record.as_slice() => at += record.len(),
                Some(_) => {
                    return Err(BundleRejected::Changed(
                        (*name).to_owned(),
                        Place::Directory,
                    ));
                }
                None => return Err(BundleRejected::Truncated(END.to_owned())),
            }
        }
        let last = last(self.directory.len(), start..at);
        match self.file.get(at..at + LAST_SIZE) {
            Some(found) if found == last => {}
            Some(_) => return Err(BundleRejected::Changed(END.to_owned(), Place::Directory)),
            None => return Err(BundleRejected::Truncated(END.to_owned())),
        }
        if self.file.len() == at + LAST_SIZE {
            Ok(())
        } else {
            Err(BundleRejected::Trailing)
        }
    }
}

fn number(octets: &[u8], at: usize) -> Option<usize> {
    let octets = octets.get(at..at + 4)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*octets)).ok()
}

/// CRC-32 of ISO 3309, as ZIP has it (APPNOTE.TXT 6.3.10 §4.4.7).
fn checksum(octets: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |sum: u32, octet: &u8| {
        let [low, ..] = sum.to_le_bytes();
        let entry = TABLE.get(usize::from(low ^ octet));
        (sum >> 8) ^ entry.copied().unwrap_or_default()
    };
    !octets.iter().fold(u32::MAX, step)
}

#[allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "a constant"
)]
const fn table() -> [u32; 256] {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let mut table = [0; 256];
    let mut place = 0;
    while place < 256 {
        let mut value = place as u32;
        let mut bit = 0;
        while bit < 8 {
            let carry = value & 1 == 1;
            value >>= 1;
            if carry {
                value ^= POLYNOMIAL;
            }
            bit += 1;
        }
        table[place] = value;
        place += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(b""), 0);
    }
}
