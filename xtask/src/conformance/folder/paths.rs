//! Certification paths given as files: `openssl-verify`, `gnutls-chains`.

use anyhow::{Context, Result};

use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::path::inputs::{
    AnchorRule, AnchorValidity, ExplicitPolicyRule, PathInputs, PolicySet,
};

use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, UnixTime};

use super::super::case::{Case, Expected, Path, Source, Task};
use super::super::table::Row;
use super::openssl_trust::{self, Ends, Roles};
use super::{Folder, instant, pkix_inputs};

/// When `gnutls-chains` is judged by default, as its README says.
const GNUTLS_TIME: &str = "1256803113";
/// The policy that `openssl-verify` asks for.
const OPENSSL_POLICY: Oid = Oid::new(&[1, 3, 6, 1, 4, 1, 16604, 998_855, 1]);
/// When `openssl-verify` is judged.
const OPENSSL_TIME: &str = "2026-01-01T00:00:00Z";

/// `openssl-verify`.
pub fn openssl(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "trusted",
        "untrusted",
        "purpose",
        "options",
        "time",
        "expected",
        "feature",
        "scope",
        "split",
        "reason",
        "openssl30",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        if row.get("kind") != "x509-path" {
            return folder.unknown(row, "kind");
        }
        if row.get("scope") == "openssl-trust-semantics" {
            return Ok(folder.later(row, "trust semantics of OpenSSL"));
        }
        let purpose = match row.get("purpose") {
            "" => None,
            "sslserver" => Some(oids::SERVER_AUTH),
            "sslclient" => Some(oids::CLIENT_AUTH),
            "codesign" => Some(oids::CODE_SIGNING),
            "timestampsign" => Some(oids::TIME_STAMPING),
            _ => return folder.unknown(row, "purpose"),
        };
        let ends = if row.get("options").contains("-partial_chain") {
            Ends::Anywhere
        } else {
            Ends::SelfSigned
        };
        let certificates = |column| {
            let files = row.list(column);
            let objects = files.map(|file| folder.pem_objects(file));
            anyhow::Ok(objects.collect::<Result<Vec<_>>>()?.concat())
        };
        let store = certificates("trusted")?;
        let Roles { anchors, material } =
            openssl_trust::roles(&store, &certificates("untrusted")?, purpose, ends)?;
        let mut path = Path {
            material,
            anchors,
            at: instant(OPENSSL_TIME)?,
            allow_weak: false,
            ..folder.path(folder.source(row.get("path")))
        };
        // OpenSSL holds every extension and the validity of a trusted certificate against the path.
        path.inputs.anchor = AnchorRule::AllConstraints;
        path.inputs.anchor_validity = AnchorValidity::Checked;
        path.inputs.key_purpose = purpose;
        match row.get("options") {
            "" | "-partial_chain" | "-auth_level 1" => {}
            "-auth_level 0" => path.allow_weak = true,
            "-verify_depth 0" => path.inputs.max_depth = Some(0),
            // The default of the policy is as strict as level 2.
            "-auth_level 2" => {}
            "-auth_level 3" => path.smallest_rsa = Some(3000),
            "-allow_proxy_certs" => return Ok(folder.later(row, "proxy certificates")),
            text if text.contains("distid") => return Ok(folder.later(row, "SM2")),
            "-policy_check -policy 1.3.6.1.4.1.16604.998855.1 -explicit_policy" => {
                path.inputs.policies = PolicySet::of([OPENSSL_POLICY]);
                path.inputs.explicit_policy = ExplicitPolicyRule::Required;
            }
            _ => return folder.unknown(row, "options"),
        }
        Ok(folder.case(&row.id, Task::Path(Box::new(path)), verdict(folder, row)?))
    };
    rows.iter().map(case).collect()
}

/// `gnutls-chains`: the first certificate of a file is the target.
pub fn gnutls(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "trusted",
        "expected",
        "reason",
        "flags",
        "purpose",
        "time",
        "scope",
        "split",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        if row.get("kind") != "x509-chain" {
            return folder.unknown(row, "kind");
        }
        let flags = row.get("flags");
        if flags.contains("GNUTLS_PROFILE") {
            return Ok(folder.later(row, "security levels of GnuTLS"));
        }
        if row.get("case").starts_with("tls features") {
            return Ok(folder.later(row, "TLS features"));
        }
        if row.get("scope") != "generic" {
            return Ok(folder.later(row, "security levels of GnuTLS"));
        }
        let mut certificates = folder.pem_objects(row.get("path"))?.into_iter();
        let target = certificates.next().context("an empty chain")?;
        let material: Vec<_> = certificates.collect();
        let mut anchors = folder.pem_objects(row.get("trusted"))?;
        let at = match row.get("time") {
            _ if flags.contains("DISABLE_TIME_CHECKS") => {
                let chain = material.iter().chain(&anchors);
                latest_start(chain.chain([&target]))?
            }
            "test default (see README)" => instant(GNUTLS_TIME)?,
            text => instant(text)?,
        };
        if flags.contains("DO_NOT_ALLOW_SAME") {
            anchors.retain(|anchor| *anchor != target);
        }
        if flags.contains("DO_NOT_ALLOW_X509_V1_CA_CRT") {
            let versions = anchors
                .iter()
                .map(|anchor| Ok(certificate(anchor)?.version));
            let versions = versions.collect::<Result<Vec<_>>>()?;
            let mut versions = versions.into_iter();
            anchors.retain(|_| versions.next() != Some(1));
        }
        let key_purpose = match row.get("purpose") {
            "" | "0" => None,
            "GNUTLS_KP_OCSP_SIGNING" => Some(oids::OCSP_SIGNING),
            "GNUTLS_KP_TLS_WWW_SERVER" => Some(oids::SERVER_AUTH),
            _ => return folder.unknown(row, "purpose"),
        };
        let task = Task::Path(Box::new(Path {
            inputs: PathInputs {
                key_purpose,
                anchor: if flags.contains("IGNORE_UNKNOWN_CRIT") {
                    AnchorRule::NameAndKey
                } else {
                    pkix_inputs().anchor
                },
                ..pkix_inputs()
            },
            material: material.into_iter().map(source).collect(),
            anchors: anchors.into_iter().map(source).collect(),
            at,
            allow_weak: flags.contains("ALLOW_BROKEN") || flags.contains("ALLOW_SIGN_RSA_MD5"),
            ..folder.path(source(target))
        }));
        Ok(folder.case(&row.id, task, verdict(folder, row)?))
    };
    rows.iter().map(case).collect()
}

fn source(der: Vec<u8>) -> Source {
    Source::Octets(der.into())
}

fn certificate(der: &[u8]) -> Result<Certificate> {
    let mut budget = Budget::new(Limits::STANDARD);
    Ok(Certificate::from_der(&Octets::from(der), &mut budget)?)
}

/// Judging without a time: at one when all of the chain has begun.
fn latest_start<'a>(chain: impl Iterator<Item = &'a Vec<u8>>) -> Result<UnixTime> {
    let starts = chain.map(|der| Ok(certificate(der)?.not_before));
    let starts = starts.collect::<Result<Vec<_>>>()?;
    starts.into_iter().max().context("an empty chain")
}

pub(super) fn verdict(folder: &Folder<'_>, row: &Row) -> Result<Expected> {
    match row.get("expected") {
        "valid" => Ok(Expected::Valid),
        "invalid" | "invalid: revoked" => Ok(Expected::Invalid),
        _ => folder.unknown(row, "expected"),
    }
}
