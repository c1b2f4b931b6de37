//! `gost-vectors`: published and generated vectors of the GOST algorithms.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Deserialize;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use super::super::case::{
    Case, DigestVector, Expected, GOST94_TEST_S_BOX, GostSignature, Message, Object, SignedOctets,
    Source, Task,
};
use super::super::table::Row;
use super::Folder;

#[derive(Deserialize)]
struct Signatures {
    positive: Vec<Signature>,
    negative: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    id: Option<String>,
    case: Option<String>,
    curve_oid: Option<String>,
    curve: String,
    #[serde(alias = "subjectPublicKey_octets_leX_leY")]
    #[serde(rename = "subjectPublicKey_octets")]
    key: String,
    hash_octets: String,
    signature_octets_s_r: String,
    valid: bool,
}

#[derive(Deserialize)]
struct Streebog {
    id: String,
    message_hex: String,
    streebog256: String,
    streebog512: String,
}

#[derive(Deserialize)]
struct Gost94File {
    vectors: Vec<Gost94>,
}

#[derive(Deserialize)]
struct Gost94 {
    paramset: String,
    message_hex: String,
    digest: String,
}

/// The cases of the folder.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&["file", "bytes", "source", "expected"])?;
    let mut cases = rows
        .iter()
        .map(|row| object(folder, row))
        .collect::<Result<Vec<_>>>()?;
    cases.extend(signatures(folder)?);
    cases.extend(digests(folder)?);
    cases.extend(old_digests(folder)?);
    for (file, why) in [
        (
            "hmac_streebog.json",
            "judged by the library's test gost_vectors",
        ),
        ("ids.json", "check digits belong to the daemon"),
        ("curves.json", "judged by the library's test gost_vectors"),
    ] {
        cases.push(folder.case(file, Task::Later(why.to_owned()), Expected::Survives));
    }
    Ok(cases)
}

fn object(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let file = row.get("file");
    let expected = row.get("expected");
    let signed_by =
        |object, issuer: &str| Task::SignedBy(object, folder.source(file), folder.source(issuer));
    let message = |signers: &[&str]| {
        Task::Message(Box::new(Message {
            material: folder.sources(signers.iter().copied()),
            ..folder.message(file)
        }))
    };
    let (task, expected) = match (file, expected) {
        (_, text) if file.ends_with("_csr.der") && text.starts_with("signature valid") => {
            return request(folder, row);
        }
        (_, text) if file.ends_with("_crl.der") && text.starts_with("signature valid with ") => {
            let issuer = format!("{}_cert.der", file.trim_end_matches("_crl.der"));
            (signed_by(Object::Crl, &issuer), Expected::Valid)
        }
        ("x509/rfc4491_gost94_cert.der" | "x509/bc_gostCA1.der", _) => {
            (signed_by(Object::Certificate, file), Expected::Unsupported)
        }
        (_, text) if text.contains("signature by root256 valid=True") => {
            let issuer = "x509/r1323565_1_025_root256_cert.der";
            (signed_by(Object::Certificate, issuer), Expected::Valid)
        }
        (_, text) if file.starts_with("x509/") && text.contains("valid=True") => {
            (signed_by(Object::Certificate, file), Expected::Valid)
        }
        (_, "DigestedData") => (message(&[]), Expected::NotSignedData),
        (_, text) if text.starts_with("EnvelopedData") => (message(&[]), Expected::NotSignedData),
        (_, text) if file.starts_with("cms/") && text.contains("'sig_ok': True") => {
            let signer = match file {
                "cms/rfc4490_9.1_signed.der" => "x509/rfc4491_gost2001_cert.der",
                "cms/tc26_signed_256.der" => "x509/tc26_256_XchA_cert.der",
                "cms/tc26_signed_512.der" => "x509/tc26_512_B_cert.der",
                "cms/r1323565_1_025_signed_a111.der" => "x509/r1323565_1_025_sender512_cert.der",
                "cms/r1323565_1_025_signed_a121.der" => "x509/r1323565_1_025_sender256_cert.der",
                _ => return Ok(folder.case(&row.id, message(&[]), Expected::Intact)),
            };
            (message(&[signer]), Expected::Intact)
        }
        _ => return folder.unknown(row, "expected"),
    };
    Ok(folder.case(&row.id, task, expected))
}

/// A certification request (RFC 2986 §4.2) signed by the key of the certificate that was issued for it.
fn request(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let file = row.get("file");
    let read = |file: &str| -> Result<Octets> {
        let octets = folder.corpus.read(&format!("gost-vectors/{file}"))?;
        Ok(Octets::from(&*octets))
    };
    let request = read(file)?;
    let certificate = read(&file.replace("_csr.der", "_cert.der"))?;
    let mut budget = Budget::new(Limits::STANDARD);
    let certificate = Certificate::from_der(&certificate, &mut budget)?;
    let mut reader = Reader::new(&request, Encoding::Der, Structure::Object);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
    let mut part = || -> Result<Source> {
        let octets = fields.element(&mut budget)?.octets();
        Ok(Source::Octets(Arc::from(&*octets)))
    };
    let (data, algorithm, signature) = (part()?, part()?, part()?);
    let task = Task::SignedData(Box::new(SignedOctets {
        key: Source::Octets(Arc::from(&*certificate.spki.octets)),
        algorithm,
        data,
        signature,
    }));
    Ok(folder.case(&row.id, task, Expected::Valid))
}

fn signatures(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let text = folder
        .corpus
        .read_text("gost-vectors/gost3410_signatures.json")?;
    let file: Signatures = serde_json::from_str(&text).context("gost3410_signatures.json")?;
    let all = file.positive.into_iter().chain(file.negative);
    let case = |vector: Signature| {
        let name = vector.id.or_else(|| {
            let oid = vector.curve_oid.as_deref().unwrap_or(&vector.curve);
            vector.case.map(|case| format!("{oid} {case}"))
        });
        let name = name.context("a vector without a name")?;
        let curve = match (vector.curve_oid, &*vector.curve) {
            (Some(oid), _) => oid,
            (None, "id-GostR3410-2001-TestParamSet") => "1.2.643.2.2.35.0".to_owned(),
            (None, "id-tc26-gost-3410-2012-512-paramSetTest") => "1.2.643.7.1.2.1.2.0".to_owned(),
            (None, other) => anyhow::bail!("the OID of {other} is not known"),
        };
        let task = Task::GostSignature(Box::new(GostSignature {
            curve,
            key: hex::decode(&vector.key)?,
            digest: hex::decode(&vector.hash_octets)?,
            signature: hex::decode(&vector.signature_octets_s_r)?,
        }));
        let expected = if vector.valid {
            Expected::Valid
        } else {
            Expected::Invalid
        };
        Ok(folder.case(format!("gost3410_signatures.json#{name}"), task, expected))
    };
    all.map(case).collect()
}

fn digests(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let text = folder.corpus.read_text("gost-vectors/streebog.json")?;
    let vectors: Vec<Streebog> = serde_json::from_str(&text).context("streebog.json")?;
    let mut cases = Vec::new();
    for vector in vectors {
        for (algorithm, oid, digest) in [
            ("streebog256", "1.2.643.7.1.1.2.2", &vector.streebog256),
            ("streebog512", "1.2.643.7.1.1.2.3", &vector.streebog512),
        ] {
            let task = Task::Digest(DigestVector {
                algorithm: oid,
                message: hex::decode(&vector.message_hex)?,
                digest: hex::decode(digest)?,
            });
            let id = format!("streebog.json#{} {algorithm}", vector.id);
            cases.push(folder.case(id, task, Expected::Valid));
        }
    }
    Ok(cases)
}

fn old_digests(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let text = folder.corpus.read_text("gost-vectors/gost3411_94.json")?;
    let file: Gost94File = serde_json::from_str(&text).context("gost3411_94.json")?;
    let case = |(index, vector): (usize, Gost94)| {
        let algorithm = match &*vector.paramset {
            "id-GostR3411-94-CryptoProParamSet" => "1.2.643.2.2.9",
            "id-GostR3411-94-TestParamSet" => GOST94_TEST_S_BOX,
            other => anyhow::bail!("the S-box {other} is not known"),
        };
        let task = Task::Digest(DigestVector {
            algorithm,
            message: hex::decode(&vector.message_hex)?,
            digest: hex::decode(&vector.digest)?,
        });
        let id = format!("gost3411_94.json#{} {}", index + 1, vector.paramset);
        Ok(folder.case(id, task, Expected::Valid))
    };
    file.vectors.into_iter().enumerate().map(case).collect()
}
