//! A header that does not keep the schema is searched for what can be told by its tag.

use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use super::{ContainerCertificate, ContainerHeader, ContainerKey, FINGERPRINT, KeyBinding};
use crate::apdu::{Tag, Tlv};

/// Levels that are searched: the container, its content, a field.
const MOST_LEVELS: usize = 3;

/// Data objects that are looked at.
const MOST_OBJECTS: usize = 128;

/// Certificates under `[5]` and `[6]`, fingerprints under `[10]` and `[11]`; none without a certificate.
///
/// # Limits
/// [`MOST_LEVELS`], [`MOST_OBJECTS`].
pub(super) fn search(octets: &[u8]) -> Option<ContainerHeader> {
    let mut header = ContainerHeader {
        is_scanned: true,
        ..ContainerHeader::default()
    };
    let mut secondary = ContainerKey::default();
    let mut left = MOST_OBJECTS;
    level(octets, MOST_LEVELS, &mut left, &mut |tag, value| {
        let (key, is_certificate) = match tag.0 {
            0x85 | 0xA5 => (&mut header.primary, true),
            0x86 | 0xA6 => (&mut secondary, true),
            0x8A => (&mut header.primary, false),
            0x8B => (&mut secondary, false),
            _ => return,
        };
        if is_certificate {
            if key.certificate.is_none() && value.starts_with(&[0x30, 0x82]) && is_whole(value) {
                key.certificate = Some(ContainerCertificate {
                    octets: value.to_vec(),
                    binding: KeyBinding::Unknown,
                });
            }
        } else if let (None, Ok(octets)) = (key.fingerprint, <[u8; FINGERPRINT]>::try_from(value)) {
            key.fingerprint = Some(octets);
        }
    });
    let mut budget = Budget::new(Limits::STANDARD);
    header.primary.bind(&mut budget);
    secondary.bind(&mut budget);
    let has = |key: &ContainerKey| key.certificate.is_some();
    if !has(&header.primary) && !has(&secondary) {
        return None;
    }
    header.secondary = has(&secondary).then_some(secondary);
    Some(header)
}

fn is_whole(value: &[u8]) -> bool {
    let mut budget = Budget::new(Limits::STANDARD);
    Certificate::from_der(&Octets::from(value), &mut budget).is_ok()
}

/// Shows each data object of a level, then those inside its sequences, up to the first that cannot be read.
fn level(mut octets: &[u8], levels: usize, left: &mut usize, seen: &mut dyn FnMut(Tag, &[u8])) {
    while let (true, Ok((tlv, rest))) = (*left > 0, Tlv::first(octets)) {
        *left -= 1;
        seen(tlv.tag, tlv.value);
        if levels > 1 && tlv.tag == Tag(0x30) {
            level(tlv.value, levels - 1, left, seen);
        }
        octets = rest;
    }
}
