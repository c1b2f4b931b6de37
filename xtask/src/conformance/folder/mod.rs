//! The form of every folder: rows to typed cases. An unknown column, kind or expectation is an
//! error, so that nothing new passes unseen.

use anyhow::{Context, Result, bail};
use sig_core::Policy;
use sig_core::UnixTime;
use sig_core::base::time::Civil;
use sig_core::path::inputs::PathInputs;

use super::case::{Case, Expected, Message, Path, Revocation, Source, Task};
use super::table::{self, Row};
use crate::corpus::Corpus;

mod adversarial;
mod anchors;
mod boringssl;
mod dss;
mod gost_vectors;
mod inline;
mod json_paths;
mod messages;
mod openssl_trust;
mod pades;
mod paths;
mod pkits;
mod pyhanko;
mod revocation;
mod robust;
mod russian;

/// A folder whose form is known.
pub struct Form {
    /// Name of the folder.
    pub name: &'static str,
    /// Reads its cases.
    pub cases: fn(&Folder<'_>) -> Result<Vec<Case>>,
}

/// Every folder whose form is known.
pub static FORMS: &[Form] = &[
    form("asics-tst", pades::asics),
    form("boringssl-pki", boringssl::cases),
    form("cert-parse", robust::cert_parse),
    form("cms-adversarial", adversarial::cases),
    form("cms-misc", messages::misc),
    form("der-bombs", robust::bombs),
    form("dss", dss::cases),
    form("dss-crl", revocation::dss_crl),
    form("eu-tl-anchors", anchors::cases),
    form("fuzz", robust::fuzz),
    form("gnutls-chains", paths::gnutls),
    form("gost-cms", messages::gost),
    form("gost-vectors", gost_vectors::cases),
    form("inline", inline::cases),
    form("ocsp-openssl", revocation::ocsp),
    form("openssl-cms", messages::openssl),
    form("openssl-tsa", revocation::time_stamps),
    form("openssl-verify", paths::openssl),
    form("pades-cms", pades::cases),
    form("pkits", pkits::cases),
    form("pyhanko-ades", pyhanko::cases),
    form("rfc4134", messages::rfc4134),
    form("russian-ca", russian::authorities),
    form("russian-samples", russian::samples),
    form("unlabelled", robust::unlabelled),
    form("x509-limbo", json_paths::limbo),
];

const fn form(name: &'static str, cases: fn(&Folder<'_>) -> Result<Vec<Case>>) -> Form {
    Form { name, cases }
}

/// Rows that say "now": a day just after the material was gathered, so that a run is repeatable.
pub const NOW: UnixTime = UnixTime::from_seconds(1_796_083_200);

/// One folder of the corpus.
pub struct Folder<'a> {
    /// The corpus.
    pub corpus: &'a Corpus,
    /// Name of the folder.
    pub name: &'static str,
}

impl Folder<'_> {
    /// The rows of its manifest.
    pub fn rows(&self, columns: &[&str]) -> Result<Vec<Row>> {
        self.table("MANIFEST.tsv", columns)
    }

    /// The rows of one of its tables.
    pub fn table(&self, name: &str, columns: &[&str]) -> Result<Vec<Row>> {
        let text = self.corpus.read_text(&format!("{}/{name}", self.name))?;
        table::read(&text, columns).with_context(|| format!("{}/{name}", self.name))
    }

    /// A file of the folder.
    pub fn source(&self, path: &str) -> Source {
        Source::in_folder(self.name, path)
    }

    /// Files of the folder.
    pub fn sources<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Vec<Source> {
        paths.map(|path| self.source(path)).collect()
    }

    /// A case.
    pub fn case(&self, id: impl Into<String>, task: Task, expected: Expected) -> Case {
        Case {
            folder: self.name.to_owned(),
            id: id.into(),
            task,
            expected,
        }
    }

    /// A row the product cannot judge yet.
    pub fn later(&self, row: &Row, why: &str) -> Case {
        self.case(&row.id, Task::Later(why.to_owned()), Expected::Survives)
    }

    /// A message in a file of the folder, judged by its own content and without anchors.
    pub fn message(&self, path: &str) -> Message {
        Message {
            message: self.source(path),
            ..Message::at(NOW)
        }
    }

    /// A certificate in a file of the folder.
    pub fn path(&self, target: Source) -> Path {
        Path {
            target,
            material: Vec::new(),
            anchors: Vec::new(),
            at: NOW,
            revocation: Revocation::Off,
            inputs: pkix_inputs(),
            policies: None,
            allow_weak: true,
            max_revocation_age_days: None,
            fresh_revocation_age_days: None,
            smallest_rsa: None,
        }
    }

    /// The objects of a PEM file, in order.
    pub fn pem(&self, path: &str) -> Result<Vec<Source>> {
        let objects = self.pem_objects(path)?.into_iter();
        Ok(objects
            .map(|object| Source::Octets(object.into()))
            .collect())
    }

    /// The octets of the objects of a PEM file.
    pub fn pem_objects(&self, path: &str) -> Result<Vec<Vec<u8>>> {
        let text = self.corpus.read_text(&format!("{}/{path}", self.name))?;
        crate::pem::objects(&text).with_context(|| format!("{}/{path}", self.name))
    }

    /// Something in a row that is not known.
    pub fn unknown<T>(&self, row: &Row, column: &str) -> Result<T> {
        bail!(
            "{}, line {}: {column} `{}` is not known; say in xtask what it asks for",
            self.name,
            row.line,
            row.get(column)
        )
    }
}

/// What the policy for certificates asks of paths.
pub fn pkix_inputs() -> PathInputs {
    Policy::builtin("pkix").map_or(PathInputs::UNCONSTRAINED, |policy| policy.path)
}

/// The instants of manifests: RFC 3339, `20170309000000Z`, seconds since 1970, `now`.
pub fn instant(text: &str) -> Result<UnixTime> {
    if text == "now" || text.starts_with("now (") {
        return Ok(NOW);
    }
    if let Some(at) = UnixTime::parse_rfc3339(text) {
        return Ok(at);
    }
    if let Some(digits) = text.strip_suffix('Z')
        && digits.len() == 14
    {
        let part = |from: usize, to: usize| {
            let digits = digits.get(from..to).unwrap_or_default();
            digits.parse::<i64>()
        };
        let small = |from: usize, to: usize| part(from, to).map(|value| value as u8);
        let at = UnixTime::from_civil(Civil {
            year: part(0, 4)?,
            month: small(4, 6)?,
            day: small(6, 8)?,
            hour: small(8, 10)?,
            minute: small(10, 12)?,
            second: small(12, 14)?,
        });
        return at.with_context(|| format!("`{text}` is no date"));
    }
    let seconds = text
        .parse()
        .with_context(|| format!("`{text}` is no instant"))?;
    Ok(UnixTime::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_all_manifests_are_read() {
        for (text, expected) in [
            ("2017-03-09T00:00:00Z", "2017-03-09T00:00:00Z"),
            ("2012-10-12T00:00:00+00:00", "2012-10-12T00:00:00Z"),
            ("20211005120000Z", "2021-10-05T12:00:00Z"),
            ("1256803113", "2009-10-29T07:58:33Z"),
            ("now", "2026-12-01T00:00:00Z"),
            ("now (chain valid to 2125+)", "2026-12-01T00:00:00Z"),
        ] {
            assert_eq!(instant(text).unwrap().to_string(), expected);
        }
        assert!(instant("yesterday").is_err());
        assert!(instant("20211305120000Z").is_err());
    }

    #[test]
    fn folders_are_listed_once_and_sorted() {
        assert!(FORMS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
