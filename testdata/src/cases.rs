//! Declared cases: a signature, what the verifier is given beside it, and the verdict it must reach.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::cms::Variant;
use crate::cms::signed_extra::PolicyDocument;
use crate::error::Error;
use crate::pki::{self, Pki};
use crate::timestamp::Timestamp;
use crate::token::Form;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");

/// One case with its octets.
#[derive(Debug, Clone)]
pub struct Case {
    /// Folder under `testdata/cases`: `signature`, `attacks`, `certificate`, `revocation`, `qualified`.
    pub area: String,
    /// Unique in its area. In `attacks` it begins with the row of the attack table.
    pub id: String,
    /// The folder of its declaration: the id without the PKI.
    pub folder: String,
    /// The declared PKI that signed.
    pub pki: String,
    pub description: String,
    /// The clauses that decide.
    pub clauses: Vec<String>,
    /// `ru-qes`, `etsi-ades`, `cms-basic`, `pkix`, `archive` or `ru-test`.
    pub policy: String,
    /// A policy file that holds only what differs from it: the rows of a digest or key in place of its own.
    pub policy_changes: Option<String>,
    /// The time of the check, UTC seconds since 1970-01-01.
    pub at: i64,
    /// The CMS message.
    pub signature: Vec<u8>,
    /// The detached content, when it is given.
    pub content: Option<Vec<u8>>,
    /// DER certificates that are trust anchors.
    pub anchors: Vec<Vec<u8>>,
    /// DER certificates of anchors that are trusted no longer, and since when, UTC seconds since 1970-01-01.
    pub sunsets: Vec<(Vec<u8>, i64)>,
    /// DER certificates given beside those in the message.
    pub certificates: Vec<Vec<u8>>,
    /// DER CRLs.
    pub crls: Vec<Vec<u8>>,
    /// DER OCSP responses.
    pub ocsp: Vec<Vec<u8>>,
    /// Documents of signature policies, with the names that the caller gives them.
    pub signature_policies: Vec<(Option<String>, Vec<u8>)>,
    /// XML of the list of accredited CAs.
    pub trust_list: Option<Vec<u8>>,
    /// XML of European trusted lists.
    pub trusted_lists: Vec<Vec<u8>>,
    /// DER certificates that may sign them.
    pub list_signers: Vec<Vec<u8>>,
    pub expect: Expect,
}

/// The verdict of the whole document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub indication: Indication,
    /// As EN 319 102-1 spells it (`HASH_FAILURE`); none when nothing is wrong.
    pub sub_indication: Option<String>,
    pub qualified: Option<Qualified>,
    /// The four conditions of 63-FZ art. 11 in their order, each `met`, `not_met` or `not_provable`; not compared when
    /// absent.
    pub conditions: Option<[String; 4]>,
    /// Exactly the finding codes at level fail or warn, sorted; not compared when absent.
    pub codes: Option<Vec<String>>,
    /// The limit that was reached, where there is no verdict.
    pub limit: Option<String>,
    /// The indications, with their sub-indications, of the counter-signatures: each before those over it.
    #[serde(default)]
    pub counter_signatures: Vec<String>,
    /// What the arithmetic says of the first signature, as the report names it; not compared when absent.
    pub integrity: Option<String>,
    /// The level of the first signature, as the report names it; not compared when absent.
    pub level: Option<String>,
    /// Each time-stamp of the first signature: its kind, then `passed` or the code that decided and any code of the area
    /// `archive`; not compared when absent.
    pub stamps: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    TotalPassed,
    TotalFailed,
    Indeterminate,
    NoSignature,
    /// There is no verdict: a limit was reached.
    NotJudged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Qualified {
    Qualified,
    NotQualified,
    NotProvable,
}

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    id: String,
    description: String,
    clauses: Vec<String>,
    policy: Policy,
    /// A file of `testdata/policies`, without its ending, of what differs from `policy`.
    policy_file: Option<String>,
    at: Timestamp,
    recipe: Recipe,
    given: Given,
    expect: Expect,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Policy {
    RuQes,
    EtsiAdes,
    CmsBasic,
    Pkix,
    Archive,
    RuTest,
}

/// How the signature is made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    pki: Pkis,
    /// The signer's certificate.
    signer: String,
    form: Form,
    content: String,
    signing_time: Timestamp,
    #[serde(default)]
    variant: Variant,
}

/// One PKI, or several that declare the same ids: then one case each, its id ending in the PKI's.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Pkis {
    One(String),
    Several(Vec<String>),
}

/// What the verifier gets beside the signature, by ids of the recipe's PKI.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    content: GivenContent,
    anchors: Vec<String>,
    /// When the trust in an anchor ended.
    #[serde(default)]
    sunsets: BTreeMap<String, Timestamp>,
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    crls: Vec<String>,
    #[serde(default)]
    ocsp: Vec<String>,
    #[serde(default)]
    signature_policies: Vec<GivenPolicy>,
    trust_list: Option<String>,
    #[serde(default)]
    trusted_lists: Vec<String>,
    #[serde(default)]
    list_signers: Vec<String>,
}

/// The document of a signature policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPolicy {
    /// Dotted.
    id: Option<String>,
    document: PolicyDocument,
}

/// The detached content as the verifier gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum GivenContent {
    /// As signed when detached, nothing when attached.
    #[default]
    AsSigned,
    Absent,
    /// Another file.
    Other,
    /// The base64 text of the file.
    Base64,
    /// With CR LF for each LF.
    CarriageReturns,
}

/// Every case, ordered by area and id.
///
/// # Errors
/// When a case or a PKI it names is not declared rightly.
pub fn all() -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    for area in folders(Path::new(FOLDER))? {
        for folder in folders(&area)? {
            cases.extend(load(&area, &folder)?);
        }
    }
    Ok(cases)
}

fn folders(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| Error::file(path, error))? {
        found.push(entry.map_err(|error| Error::file(path, error))?.path());
    }
    found.sort();
    Ok(found)
}

fn load(area: &Path, folder: &Path) -> Result<Vec<Case>, Error> {
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let file = format!("cases/{}/{}/case.toml", name(area), name(folder));
    let path = folder.join("case.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| Error::file(&path, error))?;
    let wrong = |reason: String| Error::Declaration {
        file: file.clone(),
        reason,
    };
    let declaration: Declaration =
        toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if declaration.id != name(folder) {
        return Err(wrong(format!(
            "the id is \"{}\", the folder is not",
            declaration.id
        )));
    }
    declaration.check().map_err(&wrong)?;
    declaration
        .make(&name(area))
        .map_err(|error| wrong(error.to_string()))
}

impl Declaration {
    /// Refuses a declaration that contradicts itself.
    fn check(&self) -> Result<(), String> {
        let expect = &self.expect;
        let needs_reason = matches!(
            expect.indication,
            Indication::TotalFailed | Indication::Indeterminate
        );
        if needs_reason != expect.sub_indication.is_some() {
            return Err(
                "a sub_indication belongs to TOTAL_FAILED and INDETERMINATE, to each and only"
                    .to_owned(),
            );
        }
        if (expect.indication == Indication::NotJudged) != expect.limit.is_some() {
            return Err("a limit belongs to NOT_JUDGED, and only to it".to_owned());
        }
        if expect
            .codes
            .as_ref()
            .is_some_and(|codes| !codes.is_sorted())
        {
            return Err("codes are not sorted".to_owned());
        }
        if self.clauses.is_empty() || self.description.is_empty() {
            return Err("needs a description and a clause".to_owned());
        }
        if self.recipe.form == Form::Attached && self.given.content != GivenContent::AsSigned {
            return Err("an attached signature is given no content".to_owned());
        }
        Ok(())
    }

    /// One case for each PKI.
    fn make(&self, area: &str) -> Result<Vec<Case>, Error> {
        let changes = self
            .policy_file
            .as_deref()
            .map(policy_changes)
            .transpose()?;
        let ids = self.recipe.pki.suffixes().into_iter();
        ids.map(|(pki, suffix)| {
            let mut case = self.make_with(pki::named(pki)?)?;
            area.clone_into(&mut case.area);
            case.id.push_str(&suffix);
            case.policy_changes.clone_from(&changes);
            Ok(case)
        })
        .collect()
    }

    fn make_with(&self, pki: &Pki) -> Result<Case, Error> {
        let Recipe {
            form,
            signing_time,
            ref variant,
            ..
        } = self.recipe;
        let content = self.recipe.content.clone().into_bytes();
        let token = pki.token(&self.recipe.signer)?;
        let signature = token.sign(&content, form, signing_time, variant)?;
        let certificates = |ids: &[String]| -> Result<Vec<Vec<u8>>, Error> {
            ids.iter()
                .map(|id| Ok(pki.certificate(id)?.der.clone()))
                .collect()
        };
        let given = &self.given;
        Ok(Case {
            area: String::new(),
            id: self.id.clone(),
            folder: self.id.clone(),
            pki: pki.name().to_owned(),
            description: self.description.clone(),
            clauses: self.clauses.clone(),
            policy: self.policy.id().to_owned(),
            policy_changes: None,
            at: self.at.0,
            signature,
            content: match form {
                Form::Attached => None,
                Form::Detached => given.content.of(content),
            },
            anchors: certificates(&given.anchors)?,
            sunsets: given
                .sunsets
                .iter()
                .map(|(id, end)| Ok((pki.certificate(id)?.der.clone(), end.0)))
                .collect::<Result<_, Error>>()?,
            certificates: certificates(&given.certificates)?,
            crls: objects(pki, &given.crls, Pki::crl)?,
            ocsp: objects(pki, &given.ocsp, Pki::ocsp)?,
            signature_policies: given
                .signature_policies
                .iter()
                .map(|policy| (policy.id.clone(), policy.document.to_octets()))
                .collect(),
            trust_list: given
                .trust_list
                .as_ref()
                .map(|id| pki.trust_list(id).map(<[u8]>::to_vec))
                .transpose()?,
            trusted_lists: objects(pki, &given.trusted_lists, Pki::trust_list)?,
            list_signers: certificates(&given.list_signers)?,
            expect: self.expect.clone(),
        })
    }
}

fn policy_changes(file: &str) -> Result<String, Error> {
    let path = Path::new(POLICIES).join(format!("{file}.toml"));
    std::fs::read_to_string(&path).map_err(|error| Error::file(&path, error))
}

impl Pkis {
    /// Each PKI and the end of the id of its case: its name without the first word.
    fn suffixes(&self) -> Vec<(&str, String)> {
        match self {
            Self::One(pki) => vec![(pki.as_str(), String::new())],
            Self::Several(pkis) => pkis.iter().map(|pki| (pki.as_str(), suffix(pki))).collect(),
        }
    }
}

fn suffix(pki: &str) -> String {
    let name = pki.split_once('-').map_or(pki, |(_, name)| name);
    format!("-{name}")
}

/// The octets of each named object.
fn objects<'a>(
    pki: &'a Pki,
    ids: &[String],
    find: impl Fn(&'a Pki, &str) -> Result<&'a [u8], Error>,
) -> Result<Vec<Vec<u8>>, Error> {
    ids.iter()
        .map(|id| find(pki, id).map(<[u8]>::to_vec))
        .collect()
}

impl Policy {
    fn id(self) -> &'static str {
        match self {
            Self::RuQes => "ru-qes",
            Self::EtsiAdes => "etsi-ades",
            Self::CmsBasic => "cms-basic",
            Self::Pkix => "pkix",
            Self::Archive => "archive",
            Self::RuTest => "ru-test",
        }
    }
}

impl GivenContent {
    fn of(self, signed: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Self::AsSigned => Some(signed),
            Self::Absent => None,
            Self::Other => Some(b"another file\n".to_vec()),
            Self::Base64 => Some(STANDARD.encode(signed).into_bytes()),
            Self::CarriageReturns => {
                let with_return = |octet: u8| {
                    if octet == b'\n' {
                        vec![b'\r', b'\n']
                    } else {
                        vec![octet]
                    }
                };
                Some(signed.into_iter().flat_map(with_return).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
