//! ASiC-S containers (EN 319 162-1 §4.3): one document with one signature file or time-stamps of it, in a ZIP archive.
//!
//! Only what such a container holds is read: stored or deflated members, no encryption, no links, no duplicate or
//! overlapping members, no containers inside. XAdES is not supported and said to be so.

mod archive;
mod layout;
mod manifest;

use std::fmt;

use archive::Members;

/// The media type of ASiC-S (EN 319 162-1 §4.3.3.2).
const MEDIA_TYPE: &[u8] = b"application/vnd.etsi.asic-s+zip";
const FOLDER: &str = "META-INF/";
const TIME_STAMP: &str = "META-INF/timestamp.tst";
const SIGNATURE: &str = "META-INF/signature.p7s";
const RECORD: &str = "META-INF/evidencerecord.ers";
/// The manifest of the newest time-stamp.
const NEWEST: &str = "META-INF/ASiCArchiveManifest.xml";

/// How much a container may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Members.
    pub members: usize,
    /// Octets of all members together, uncompressed.
    pub octets: u64,
    /// Octets that come out of one compressed octet.
    pub ratio: u64,
}

impl Bounds {
    /// For containers of people.
    pub const STANDARD: Self = Self {
        members: 64,
        octets: 1 << 30,
        ratio: 100,
    };
}

/// A container that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Container {
    /// Name of the document.
    pub name: String,
    /// The document.
    pub document: Vec<u8>,
    /// What is said of it.
    pub inside: Inside,
}

/// What is said of the document (EN 319 162-1 §4.3.3.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Inside {
    /// A detached CAdES signature file.
    Signature(Vec<u8>),
    /// An evidence record.
    EvidenceRecord(Vec<u8>),
    /// A time-stamp of the document.
    TimeStamp(Vec<u8>),
    /// A time-stamp of a manifest that names the document with its digest, and all older time-stamps of it.
    Renewed {
        /// The newest time-stamp.
        time_stamp: Vec<u8>,
        /// What it is of.
        manifest: Vec<u8>,
        /// Names of the older ones.
        older: Vec<String>,
    },
}

impl Inside {
    /// The signature file, record or time-stamp that is judged.
    #[must_use]
    pub fn file(&self) -> &[u8] {
        match self {
            Self::Signature(file) | Self::EvidenceRecord(file) | Self::TimeStamp(file) => file,
            Self::Renewed { time_stamp, .. } => time_stamp,
        }
    }
}

impl Container {
    /// What the file that is judged is of: the document, or the manifest that names it.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        match &self.inside {
            Inside::Renewed { manifest, .. } => manifest,
            _ => &self.document,
        }
    }
}

/// Why a file is not read as a container.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refused {
    /// Not a ZIP archive as these containers are.
    Archive(&'static str),
    /// More than the bounds.
    TooMuch(&'static str),
    /// Not what EN 319 162-1 §4.3 says of ASiC-S.
    NotAsicS(&'static str),
    /// A form that is not supported.
    Unsupported(&'static str),
    /// A manifest and what it names do not agree.
    Manifest(&'static str),
}

impl Refused {
    /// What is wrong, in Russian and English.
    const fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Archive(what) => ("повреждённый архив", "a damaged archive", what),
            Self::TooMuch(what) => ("контейнер слишком велик", "too much in the container", what),
            Self::NotAsicS(what) => ("не контейнер ASiC-S", "not an ASiC-S container", what),
            Self::Unsupported(what) => ("не поддерживается", "not supported", what),
            Self::Manifest(what) => ("манифест не сходится", "the manifest does not agree", what),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ru, en, what) = self.words();
        write!(f, "{en}: {what} / {ru}")
    }
}

impl std::error::Error for Refused {}

/// Whether a file begins like a ZIP archive.
#[must_use]
pub fn is_likely(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04")
}

/// Reads a container (EN 319 162-1 §4.3).
///
/// # Errors
/// It is not one, is more than the bounds, or its manifest is not of what it holds.
///
/// # Limits
/// [`Bounds`].
pub fn read(file: &[u8], bounds: Bounds) -> Result<Container, Refused> {
    let mut members = archive::read(file, bounds)?;
    if members.first_name() != Some("mimetype")
        || members.take("mimetype") != Some(MEDIA_TYPE.into())
    {
        return Err(Refused::NotAsicS("the media type does not stand first"));
    }
    let name = document_name(&members)?;
    if name.contains('/') {
        return Err(Refused::NotAsicS("the document stands in a folder"));
    }
    if members
        .names()
        .any(|it| it.eq_ignore_ascii_case("META-INF/signatures.xml"))
    {
        return Err(Refused::Unsupported("XAdES"));
    }
    let inside = inside(&members, &name)?;
    let document = members.take(&name).unwrap_or_default();
    Ok(Container {
        name,
        document,
        inside,
    })
}

/// The name of the only document.
fn document_name(members: &Members) -> Result<String, Refused> {
    let mut documents = members.names().filter(|name| !name.starts_with(FOLDER));
    match (documents.next(), documents.next()) {
        (Some(name), None) => Ok(name.to_owned()),
        (None, _) => Err(Refused::NotAsicS("no document")),
        (Some(_), Some(_)) => Err(Refused::NotAsicS("more than one document")),
    }
}

fn inside(members: &Members, document: &str) -> Result<Inside, Refused> {
    let kinds = [SIGNATURE, TIME_STAMP, RECORD].map(|name| members.get(name));
    let is_known = |name: &str| {
        [SIGNATURE, TIME_STAMP, RECORD, "META-INF/manifest.xml"].contains(&name)
            || name == document
            || is_renewal(name)
    };
    if !members.names().all(is_known) {
        return Err(Refused::NotAsicS("a member that has no place there"));
    }
    let has_renewals = members.names().any(is_renewal);
    match kinds {
        [Some(file), None, None] if !has_renewals => Ok(Inside::Signature(file.to_vec())),
        [None, None, Some(file)] if !has_renewals => Ok(Inside::EvidenceRecord(file.to_vec())),
        [None, Some(file), None] if !has_renewals => Ok(Inside::TimeStamp(file.to_vec())),
        [None, Some(_), None] => renewed(members, document),
        [None, None, None] => Err(Refused::NotAsicS("neither signature nor time-stamp")),
        _ => Err(Refused::NotAsicS("several kinds of signatures")),
    }
}

/// Time-stamps and their manifests after the first (EN 319 162-1 §4.3.3.2, §5.4).
fn is_renewal(name: &str) -> bool {
    let numbered = |prefix: &str, suffix: &str| {
        let middle = name
            .strip_prefix(prefix)
            .and_then(|it| it.strip_suffix(suffix));
        middle.is_some_and(|it| it.len() <= 4 && it.bytes().all(|octet| octet.is_ascii_digit()))
    };
    numbered("META-INF/ASiCArchiveManifest", ".xml")
        || numbered("META-INF/timestamp", ".tst") && name != TIME_STAMP
}

/// The newest time-stamp is of a manifest that names the document and every older time-stamp and manifest, each with
/// the digest that it has.
fn renewed(members: &Members, document: &str) -> Result<Inside, Refused> {
    let manifest = members
        .get(NEWEST)
        .ok_or(Refused::Manifest("the newest one is missing"))?;
    let read = manifest::read(manifest)?;
    let time_stamp = members
        .get(&read.signature)
        .filter(|_| read.signature != TIME_STAMP && is_renewal(&read.signature))
        .ok_or(Refused::Manifest("the time-stamp of it is missing"))?;
    for reference in &read.references {
        let octets = members.get(&reference.name);
        let octets = octets.ok_or(Refused::Manifest("a member that it names is missing"))?;
        if !reference.matches(octets) {
            return Err(Refused::Manifest("a digest differs"));
        }
    }
    let names = |name: &str| read.references.iter().any(|it| it.name == name);
    let must_name = |name: &&str| {
        let is_own = *name == NEWEST || *name == read.signature;
        !is_own && (is_renewal(name) || *name == TIME_STAMP || *name == document)
    };
    if !members.names().filter(|name| must_name(name)).all(names) {
        return Err(Refused::Manifest(
            "it does not name every time-stamp and the document",
        ));
    }
    let older = members
        .names()
        .filter(|name| name.ends_with(".tst") && *name != read.signature);
    Ok(Inside::Renewed {
        time_stamp: time_stamp.to_vec(),
        manifest: manifest.to_vec(),
        older: older.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests;
