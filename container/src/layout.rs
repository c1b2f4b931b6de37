//! The layout of an archive: its members stand one after another from its first octet to its directory, each under the
//! name and with the sizes that the directory states, so that a reader of the directory and a reader of the stream see
//! the same members (APPNOTE.TXT 6.3.10 §4.3).

use super::Refused;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const LOCAL_SIZE: usize = 30;
const CENTRAL_SIZE: usize = 46;
/// General purpose flag: checksum and sizes stand behind the member (§4.4.4).
const SIZES_BEHIND: u16 = 1 << 3;

/// A member as the directory states it.
struct Stated<'a> {
    flags: u16,
    method: u16,
    /// Checksum, compressed size and size: they stand together in both headers.
    sums: &'a [u8],
    name: &'a [u8],
    size: usize,
    offset: usize,
}

/// Checks an archive whose ending record stands at an offset and states so many members.
pub(crate) fn check(file: &[u8], end: usize, count: usize) -> Result<(), Refused> {
    let fits = stated(file, end, count).and_then(|members| walk(file, members, end));
    fits.ok_or(Refused::Archive(
        "its directory and its members do not agree",
    ))
}

fn stated(file: &[u8], end: usize, count: usize) -> Option<Vec<Stated<'_>>> {
    let mut at = directory(file, end)?;
    let mut members = Vec::new();
    for _ in 0..count {
        if file.get(at..at + CENTRAL.len())? != CENTRAL {
            return None;
        }
        let name = at + CENTRAL_SIZE;
        let name_size = short(file, at + 28)?;
        members.push(Stated {
            flags: flag(file, at + 8)?,
            method: flag(file, at + 10)?,
            sums: file.get(at + 16..at + 28)?,
            name: file.get(name..name + name_size)?,
            size: long(file, at + 20)?,
            offset: long(file, at + 42)?,
        });
        at = name + name_size + short(file, at + 30)? + short(file, at + 32)?;
    }
    (at == end).then_some(members)
}

fn directory(file: &[u8], end: usize) -> Option<usize> {
    long(file, end + 16)
}

fn walk(file: &[u8], mut members: Vec<Stated<'_>>, end: usize) -> Option<()> {
    members.sort_by_key(|member| member.offset);
    let mut at = 0;
    for member in &members {
        let name = at + LOCAL_SIZE;
        let name_size = short(file, at + 26)?;
        let is_same = member.offset == at
            && file.get(at..at + LOCAL.len())? == LOCAL
            && flag(file, at + 6)? == member.flags
            && flag(file, at + 8)? == member.method
            && file.get(name..name + name_size)? == member.name;
        if !is_same {
            return None;
        }
        let own = file.get(at + 14..at + 14 + member.sums.len())?;
        let extra = name + name_size;
        let content = extra + short(file, at + 28)?;
        at = content + member.size;
        if member.flags & SIZES_BEHIND == 0 {
            if own != member.sums && !are_in_extra(own, file.get(extra..content)?, member.sums) {
                return None;
            }
            continue;
        }
        if file.get(at..at + DESCRIPTOR.len())? == DESCRIPTOR {
            at += DESCRIPTOR.len();
        }
        if file.get(at..at + member.sums.len())? != member.sums {
            return None;
        }
        at += member.sums.len();
    }
    (Some(at) == directory(file, end)).then_some(())
}

/// Whether the sizes stand in an extra field with room for larger ones, as some programs always write (§4.5.3).
fn are_in_extra(own: &[u8], extra: &[u8], stated: &[u8]) -> bool {
    const CHECKSUM: usize = 4;
    const SIZES: [u8; 4] = [1, 0, 16, 0];
    let (Some((checksum, sizes)), Some((same, [packed @ .., _, _, _, _]))) = (
        own.split_at_checked(CHECKSUM),
        stated.split_at_checked(CHECKSUM),
    ) else {
        return false;
    };
    let size = stated.get(stated.len() - 4..).unwrap_or_default();
    let wide = [&SIZES[..], size, &[0; 4], packed, &[0; 4]].concat();
    checksum == same && sizes == [0xff; 8] && extra == wide
}

fn flag(file: &[u8], at: usize) -> Option<u16> {
    let octets = file.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(octets))
}

fn short(file: &[u8], at: usize) -> Option<usize> {
    flag(file, at).map(usize::from)
}

fn long(file: &[u8], at: usize) -> Option<usize> {
    let octets = file.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(octets)).ok()
}
