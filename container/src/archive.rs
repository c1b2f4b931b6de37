//! The archive: bounded, without anything that two readers may understand differently (APPNOTE.TXT 6.3.10).

use std::io::{Cursor, Read as _};

use zip::{CompressionMethod, ZipArchive};

use super::{Bounds, Refused, layout};

/// Octets that a small member may be, whatever its ratio.
const ALWAYS: u64 = 1 << 10;

/// The members in their order.
pub(crate) struct Members {
    all: Vec<(String, Vec<u8>)>,
}

impl Members {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn first_name(&self) -> Option<&str> {
        self.names().next()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        let mut all = self.all.iter();
        let found = all.find(|(own, _)| own == name);
        found.map(|(_, octets)| octets.as_slice())
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.all.iter().position(|(own, _)| own == name)?;
        Some(self.all.remove(at).1)
    }
}

/// Reads all members.
pub(crate) fn read(file: &[u8], bounds: Bounds) -> Result<Members, Refused> {
    let end = ending_record(file)?;
    let count = number(file, end + 10);
    if count > bounds.members {
        return Err(Refused::TooMuch("members"));
    }
    layout::check(file, end, count)?;
    let damaged = |_| Refused::Archive("it cannot be read");
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(damaged)?;
    // A name that stands twice is kept once.
    if archive.len() != count {
        return Err(Refused::Archive("a member stands twice"));
    }
    if archive.offset() != 0 {
        return Err(Refused::Archive("octets stand before it"));
    }
    if archive.has_overlapping_files().map_err(damaged)? {
        return Err(Refused::Archive("members overlap"));
    }
    let mut places = Vec::new();
    for index in 0..count {
        let member = archive.by_index_raw(index).map_err(damaged)?;
        places.push((member.header_start(), index));
    }
    places.sort_unstable();
    let mut left = bounds.octets;
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for (_, index) in places {
        let member = archive.by_index(index).map_err(damaged)?;
        let name = checked_name(member.name_raw())?;
        if member.is_dir() {
            continue;
        }
        if member.is_symlink() || member.encrypted() {
            return Err(Refused::Archive("a link or an encrypted member"));
        }
        let known = [CompressionMethod::Stored, CompressionMethod::Deflated];
        if !known.contains(&member.compression()) {
            return Err(Refused::Archive("a compression that is not deflate"));
        }
        if all.is_empty() && member.compression() != CompressionMethod::Stored {
            return Err(Refused::NotAsicS("the media type is compressed"));
        }
        // What the headers state is not trusted: the octets that come out are counted.
        let by_ratio = member.compressed_size().saturating_mul(bounds.ratio);
        let most = by_ratio.max(ALWAYS).min(left);
        let mut octets = Vec::new();
        let stated = member.size();
        let mut bounded = member.take(most + 1);
        bounded
            .read_to_end(&mut octets)
            .map_err(|_| Refused::Archive("a member is damaged"))?;
        let size = octets.len() as u64;
        if size > most {
            return Err(Refused::TooMuch("octets"));
        }
        if size != stated {
            return Err(Refused::Archive("a member is not as long as stated"));
        }
        left -= size;
        if all.iter().any(|(own, _)| own.eq_ignore_ascii_case(&name)) {
            return Err(Refused::Archive("a member stands twice"));
        }
        all.push((name, octets));
    }
    Ok(Members { all })
}

/// The offset of the record that ends the archive, and with it the file.
fn ending_record(file: &[u8]) -> Result<usize, Refused> {
    const SIGNATURE: &[u8] = b"PK\x05\x06";
    const SIZE: usize = 22;
    let no_end = Refused::Archive("it does not end as archives do");
    let last = file.len().checked_sub(SIZE).ok_or(no_end.clone())?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let ends_file = |at: &usize| {
        file.get(*at..*at + 4) == Some(SIGNATURE) && at + SIZE + number(file, at + 20) == file.len()
    };
    let mut ends = (first..=last).filter(ends_file);
    match (ends.next(), ends.next()) {
        (Some(at), None) => Ok(at),
        _ => Err(no_end),
    }
}

fn number(file: &[u8], at: usize) -> usize {
    let octets = file.get(at..at + 2).and_then(|it| it.try_into().ok());
    octets.map_or(0, |octets| usize::from(u16::from_le_bytes(octets)))
}

/// A name that means one file in one place.
fn checked_name(raw: &[u8]) -> Result<String, Refused> {
    const LONGEST: usize = 255;
    let bad = Refused::Archive("a name that is not one of a plain file");
    let name = std::str::from_utf8(raw).map_err(|_| bad.clone())?;
    let plain = name.strip_suffix('/').unwrap_or(name);
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let is_plain = name.len() <= LONGEST
        && plain.split('/').all(is_part)
        && !name
            .chars()
            .any(|it| it.is_control() || it == '\\' || it == ':');
    if is_plain {
        Ok(name.to_owned())
    } else {
        Err(bad)
    }
}
