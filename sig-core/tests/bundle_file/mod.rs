//! Evidence bundles as files, written by hand: a second writer of the form, as anybody may have one.
#![allow(dead_code, reason = "shared by several tests")]

use sig_core::x509::certificate::sha256_hex;

/// Where members stand: name, header, content.
pub fn members(file: &[u8]) -> Vec<(String, usize, std::ops::Range<usize>)> {
    let long = |at: usize| u32::from_le_bytes(*file[at..].first_chunk().unwrap());
    let mut at = 0;
    let mut members = Vec::new();
    while file[at..].starts_with(b"PK\x03\x04") {
        let size = usize::try_from(long(at + 22)).unwrap();
        let name = 30 + usize::from(file[at + 26]);
        let content = at + name..at + name + size;
        let name = String::from_utf8(file[at + 30..at + name].to_vec()).unwrap();
        members.push((name, at, content.clone()));
        at = content.end;
    }
    members
}

/// The bundle with a text replaced where it first stands in each part, and everything about it computed again.
pub fn made_anew(good: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut is_changed = false;
    let file = with_parts(good, |_, old| {
        let text = std::str::from_utf8(old).ok()?;
        let new = text.replacen(from, to, 1);
        is_changed |= new != text;
        Some(new.into_bytes())
    });
    assert!(is_changed, "{from}");
    file
}

/// The bundle with other octets in its parts, and everything about it computed again.
pub fn with_parts(good: &[u8], mut change: impl FnMut(&str, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let members = members(good);
    let mut contents: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, _, content) in &members {
        let old = &good[content.clone()];
        let new = change(name, old).unwrap_or_else(|| old.to_vec());
        contents.push((name.clone(), new));
    }
    let mut manifest = String::from_utf8(contents.remove(0).1).unwrap();
    for ((_, new), (_, _, old)) in contents.iter().zip(members.iter().skip(1)) {
        let entry = |octets: &[u8]| {
            format!(
                "\"sha256\":\"{}\",\"size\":{}",
                sha256_hex(octets),
                octets.len()
            )
        };
        manifest = manifest.replacen(&entry(&good[old.clone()]), &entry(new), 1);
    }
    contents.insert(0, ("manifest.json".to_owned(), manifest.into_bytes()));
    zip(&contents)
}

/// Written by hand: a second writer of the form.
pub fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let checksum = |octets: &[u8]| {
        let mut sum = u32::MAX;
        for octet in octets {
            sum ^= u32::from(*octet);
            for _ in 0..8 {
                sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
            }
        }
        !sum
    };
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, octets) in members {
        let mut common = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(checksum(octets).to_le_bytes());
        common.extend([long(octets.len()), long(octets.len())].concat());
        common.extend(short(name.len()));
        common.extend([0, 0]);
        directory.extend(*b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(long(out.len()));
        directory.extend(name.as_bytes());
        out.extend(*b"PK\x03\x04");
        out.extend(common);
        out.extend(name.as_bytes());
        out.extend(octets);
    }
    let start = out.len();
    out.extend(&directory);
    out.extend(*b"PK\x05\x06\0\0\0\0");
    out.extend([short(members.len()), short(members.len())].concat());
    out.extend([long(directory.len()), long(start)].concat());
    out.extend([0, 0]);
    out
}
