//! S/MIME wrapping of test messages (RFC 8551): just enough to take the CMS message out.

use anyhow::{Context, Result};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether octets begin like a mail: a header line first, a content type somewhere.
pub fn looks_like_mime(octets: &[u8]) -> bool {
    let start = octets.get(..octets.len().min(4096)).unwrap_or_default();
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let name = text.split(':').next().unwrap_or_default();
    let is_header = !name.is_empty()
        && name
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        && !name.starts_with('-');
    is_header && text.contains("content-type:")
}

/// The CMS message, and the content of a `multipart/signed`.
pub fn open(octets: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
    let (header, body) = split(octets).context("a mail without a body")?;
    let header = unfold(header);
    match parameter(&header, "boundary") {
        Some(boundary) if header.to_ascii_lowercase().contains("multipart/signed") => {
            let parts = parts(body, &boundary);
            let [content, signature, ..] = parts.as_slice() else {
                anyhow::bail!("a multipart with fewer than two parts");
            };
            let (_, signature) = split(signature).context("a part without a body")?;
            Ok((decode(signature)?, Some(canonical(content))))
        }
        _ => Ok((decode(body)?, None)),
    }
}

/// Header and body, at the first empty line.
fn split(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    [&b"\r\n\r\n"[..], b"\n\n"]
        .into_iter()
        .filter_map(|gap| {
            let at = octets.windows(gap.len()).position(|window| window == gap)?;
            Some((at, octets.get(..at)?, octets.get(at + gap.len()..)?))
        })
        .min_by_key(|(at, _, _)| *at)
        .map(|(_, header, body)| (header, body))
}

fn unfold(header: &[u8]) -> String {
    let text = String::from_utf8_lossy(header).replace("\r\n", "\n");
    text.replace("\n ", " ").replace("\n\t", " ")
}

fn parameter(header: &str, name: &str) -> Option<String> {
    let lower = header.to_ascii_lowercase();
    let start = lower.find(&format!("{name}="))? + name.len() + 1;
    let rest = header.get(start..)?;
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([';', '\n', ' ']).next(),
    };
    value.map(str::to_owned)
}

/// The parts between the delimiters; the line end before a delimiter belongs to it.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let delimiter = format!("--{boundary}");
    let mut lines = Vec::new();
    let mut start = 0;
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        lines.push((start, line));
        start += line.len();
    }
    let mut parts = Vec::new();
    let mut open = None;
    for (at, line) in lines {
        if line.starts_with(delimiter.as_bytes()) {
            if let Some(begin) = open {
                let part = body.get(begin..at).unwrap_or_default();
                let part = part.strip_suffix(b"\n").unwrap_or(part);
                parts.push(part.strip_suffix(b"\r").unwrap_or(part));
            }
            open = Some(at + line.len());
        }
    }
    parts
}

/// Line ends as they were signed: CR LF.
fn canonical(content: &[u8]) -> Vec<u8> {
    let mut canonical = Vec::with_capacity(content.len() + 64);
    let mut before = 0;
    for octet in content {
        if *octet == b'\n' && before != b'\r' {
            canonical.push(b'\r');
        }
        canonical.push(*octet);
        before = *octet;
    }
    canonical
}

fn decode(body: &[u8]) -> Result<Vec<u8>> {
    let text: Vec<u8> = body
        .iter()
        .copied()
        .filter(|octet| !octet.is_ascii_whitespace())
        .collect();
    LENIENT.decode(text).context("the part is not base64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_multipart_gives_message_and_content() {
        let mail = b"MIME-Version: 1.0\nContent-Type: multipart/signed;\n boundary=\"B\"\n\npreamble\n--B\nContent-Type: text/plain\n\nhello\n\n--B\nContent-Type: application/pkcs7-signature\n\nAQID\n--B--\n";
        assert!(looks_like_mime(mail));
        let (message, content) = open(mail).unwrap();
        assert_eq!(message, [1, 2, 3]);
        assert_eq!(
            content.unwrap(),
            b"Content-Type: text/plain\r\n\r\nhello\r\n"
        );
    }

    #[test]
    fn an_opaque_mail_gives_the_message() {
        let mail = b"Content-Type: application/pkcs7-mime\r\n\r\nAQ\r\nID\r\n";
        assert_eq!(open(mail).unwrap(), (vec![1, 2, 3], None));
        assert!(!looks_like_mime(b"-----BEGIN CMS-----\nContent-Type:\n"));
        assert!(!looks_like_mime(
            b"0\x80\x06\x09Content-Type: text/plain\n\n"
        ));
        assert!(open(b"Content-Type: x").is_err());
    }
}
