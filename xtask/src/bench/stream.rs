//! Messages whose content passes by, against hashing that content alone.
//!
//! The content is made as it is read, so what is measured is the reader and the judge. Each form is measured in a
//! process of its own, whose memory is looked at when it ends.

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::{X509, X509NameBuilder};
use sig_core::alg::digest::DigestId;
use sig_core::alg::openssl::OPENSSL;
use sig_core::cms::stream::CmsStream;
use sig_core::cms::stream::content::ContentDigests;
use sig_core::cms::stream::wanted::wanted_digests;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::finding::Indication;
use sig_core::report::Judged;
use sig_core::validate::policy::RevocationRule;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};

use super::figure::Figure;
use crate::clock::ThreadClock;

/// Ours may take 1.1 of the time of hashing alone.
const RATE: f64 = 1.0 / 1.1;
/// Bound of resident memory, in KiB.
const MEMORY: f64 = 32.0 * 1024.0;
/// Octets of a segment, as OpenSSL writes them.
const SEGMENT: usize = 4096;
const SEGMENTS: usize = 64;
const PART: usize = SEGMENT * SEGMENTS;
/// 2026-11-21.
const AT: i64 = 1_795_219_200;
const FORMS: [&str; 3] = ["detached", "definite", "indefinite"];

/// Time and memory of each form, for content of so many MiB.
pub fn figures(mebibytes: u32) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for form in FORMS {
        let [ours, hashing, memory] = child(form, mebibytes)?;
        let what = match form {
            "detached" => form.to_owned(),
            _ => format!("attached, {form} length"),
        };
        figures.push(Figure {
            area: "cms",
            what: format!("{mebibytes} MiB {what}: judged against SHA-256 alone"),
            unit: "ms",
            ours,
            peer: hashing,
            goal: (RATE * 100.0).round() / 100.0,
        });
        figures.push(Figure {
            area: "cms",
            what: format!("{mebibytes} MiB {what}: resident memory at its peak, against its bound"),
            unit: "KiB",
            ours: memory,
            peer: MEMORY,
            goal: 1.0,
        });
    }
    Ok(figures)
}

fn child(form: &str, mebibytes: u32) -> Result<[f64; 3]> {
    let program = std::env::current_exe().context("find the program itself")?;
    let asked = format!("{form}:{mebibytes}");
    let output = Command::new(program)
        .args(["bench", "--stream-form", &asked])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "the measuring process failed: {said}"
    );
    let text = String::from_utf8(output.stdout)?;
    let numbers = text.split_whitespace().map(str::parse);
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>()?;
    numbers.try_into().ok().context("three numbers")
}

/// Prints milliseconds of ours and of hashing alone, and the peak of resident memory in KiB.
pub fn print(asked: &str) -> Result<ExitCode> {
    let (form, mebibytes) = asked.split_once(':').context("FORM:MIB")?;
    let parts = mebibytes.parse::<usize>()? * (1 << 20) / PART;
    let part: Vec<u8> = (0..PART).map(|at| (at / 3 % 251) as u8).collect();
    let (before, digest) = hash(&part, parts)?;
    let message = Message::new(&digest)?;
    let ours = message.judge(form, &part, parts)?;
    let (after, _) = hash(&part, parts)?;
    let hashing = (before + after) / 2;
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("{} {} {}", millis(ours), millis(hashing), peak()?);
    Ok(ExitCode::SUCCESS)
}

fn hash(part: &[u8], parts: usize) -> Result<(Duration, Vec<u8>)> {
    let algorithm = OPENSSL.digest(DigestId::Sha256).context("SHA-256")?;
    let clock = ThreadClock::start();
    let mut context = algorithm.start();
    for _ in 0..parts {
        context.update(part);
    }
    let digest = context.finish().ok().context("one implementation")?;
    Ok((clock.elapsed(), digest.value))
}

/// A signer and what surrounds the content.
struct Message {
    certificate: Vec<u8>,
    /// What follows `encapContentInfo`.
    tail: Vec<u8>,
}

impl Message {
    fn new(digest: &[u8]) -> Result<Self> {
        let key = PKey::from_rsa(Rsa::generate(2048)?)?;
        let (certificate, sid) = certificate(&key)?;
        let attribute = |id: Oid, value: Vec<u8>| sequence(&[oid(id), element(Tag::SET, &value)]);
        let attributes = [
            attribute(oids::CONTENT_TYPE, oid(oids::DATA)),
            attribute(oids::MESSAGE_DIGEST, element(Tag::OCTET_STRING, digest)),
        ]
        .concat();
        let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
        signer.update(&element(Tag::SET, &attributes))?;
        let signature = signer.sign_to_vec()?;
        let info = sequence(&[
            vec![2, 1, 1],
            sid,
            sequence(&[oid(oids::SHA256)]),
            element(Tag::context(0).constructed(), &attributes),
            sequence(&[oid(oids::RSA), vec![5, 0]]),
            element(Tag::OCTET_STRING, &signature),
        ]);
        let tail = [
            element(Tag::context(0).constructed(), &certificate),
            element(Tag::SET, &info),
        ]
        .concat();
        Ok(Self { certificate, tail })
    }

    /// Reads and judges; how long that took.
    fn judge(&self, form: &str, part: &[u8], parts: usize) -> Result<Duration> {
        let size = part.len() * parts;
        let limits = Limits::STANDARD;
        let segmented: Vec<u8> = part
            .chunks(SEGMENT)
            .flat_map(|segment| element(Tag::OCTET_STRING, segment))
            .collect();
        let (mut head, tail) = match form {
            "detached" => (self.before(&[], None), self.tail.clone()),
            "definite" => {
                let string = header(0x04, Some(size));
                (self.before(&string, Some(size)), self.tail.clone())
            }
            "indefinite" => {
                let ends = [&[0; 6][..], &self.tail, &[0; 6]].concat();
                (self.before(&header(0x24, None), None), ends)
            }
            _ => bail!("there is no form {form}"),
        };
        let clock = ThreadClock::start();
        let evidence = if form == "detached" {
            head.extend_from_slice(&tail);
            let evidence = Evidence::parse(&head, &limits)?;
            let message = evidence.message().context("a message")?;
            let mut digests = ContentDigests::new(&OPENSSL, wanted_digests(message, &limits)?);
            for _ in 0..parts {
                digests.update(part);
            }
            let document = digests.finish().ok().context("one implementation")?;
            evidence.with_streamed_content(document)
        } else {
            let part = if form == "definite" { part } else { &segmented };
            let mut stream = CmsStream::new(&OPENSSL, limits);
            stream.push(&head)?;
            for _ in 0..parts {
                stream.push(part)?;
            }
            stream.push(&tail)?;
            Evidence::from_stream(stream.finish()?)?
        };
        let mut material = Material::default();
        material.add_anchors(&self.certificate, &limits)?;
        let mut policy = Policy::builtin("cms-basic")?;
        policy.revocation = RevocationRule::Off;
        let validator = Validator {
            algorithms: &OPENSSL,
            policy,
            limits,
        };
        let at = UnixTime::from_seconds(AT);
        let report = validator.validate(evidence.with_material(material), at)?;
        let taken = clock.elapsed();
        let Judged::Signatures { conclusion, .. } = report.judged else {
            bail!("not judged as a message");
        };
        ensure!(
            conclusion.indication == Indication::TotalPassed,
            "the message did not pass: {conclusion:?}"
        );
        Ok(taken)
    }

    /// Everything before the contents of the string, which begin after `string`; all lengths are definite when the
    /// size of the contents is given, and when there is no string.
    fn before(&self, string: &[u8], size: Option<usize>) -> Vec<u8> {
        let data = oid(oids::DATA);
        let fields = [
            vec![2, 1, 1],
            element(Tag::SET, &sequence(&[oid(oids::SHA256)])),
        ]
        .concat();
        let signed = oid(oids::SIGNED_DATA);
        let is_definite = string.is_empty() || size.is_some();
        let length = |length: usize| is_definite.then_some(length);
        let inside = string.len() + size.unwrap_or_default();
        let content = if string.is_empty() {
            Vec::new()
        } else {
            header(0xa0, length(inside))
        };
        let encapsulated = data.len() + content.len() + inside;
        let encapsulated_header = header(0x30, length(encapsulated));
        let message = fields.len() + encapsulated_header.len() + encapsulated + self.tail.len();
        let message_header = header(0x30, length(message));
        let wrapped = message_header.len() + message;
        let wrapper = header(0xa0, length(wrapped));
        let whole = signed.len() + wrapper.len() + wrapped;
        [
            &header(0x30, length(whole))[..],
            &signed,
            &wrapper,
            &message_header,
            &fields,
            &encapsulated_header,
            &data,
            &content,
            string,
        ]
        .concat()
    }
}

/// A certificate that signed itself, and the `SignerIdentifier` of it.
fn certificate(key: &PKey<Private>) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", "Signer of large files")?;
    let name = name.build();
    let serial = BigNum::from_u32(1)?.to_asn1_integer()?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(AT - 86_400)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(AT + 86_400)?)?;
    builder.sign(key, MessageDigest::sha256())?;
    let sid = sequence(&[name.to_der()?, vec![2, 1, 1]]);
    Ok((builder.build().to_der()?, sid))
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

fn oid(id: Oid) -> Vec<u8> {
    element(Tag::OID, id.content())
}

/// Tag and length; the length is indefinite when it is not given.
fn header(tag: u8, length: Option<usize>) -> Vec<u8> {
    let Some(length) = length else {
        return vec![tag, 0x80];
    };
    if length < 0x80 {
        return vec![tag, length as u8];
    }
    let octets = length.to_be_bytes();
    let octets = octets.iter().skip_while(|octet| **octet == 0);
    let octets: Vec<u8> = octets.copied().collect();
    [&[tag, 0x80 | octets.len() as u8], &octets[..]].concat()
}

/// The most memory that this process ever held, in KiB.
fn peak() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(digits.context("VmHWM in /proc/self/status")?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_passes() {
        let part: Vec<u8> = (0..PART).map(|at| at as u8).collect();
        let (_, digest) = hash(&part, 8).unwrap();
        let message = Message::new(&digest).unwrap();
        for form in FORMS {
            message.judge(form, &part, 8).unwrap();
            assert!(message.judge(form, &part, 9).is_err(), "{form}");
        }
    }
}
