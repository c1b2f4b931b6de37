//! What a row of any folder comes down to.

use std::fmt;
use std::sync::Arc;

use sig_core::UnixTime;
use sig_core::path::inputs::{PathInputs, PolicySet};

/// One thing to judge.
#[derive(Debug)]
pub struct Case {
    /// Folder of the corpus.
    pub folder: String,
    /// What names the case within its folder.
    pub id: String,
    /// What to do.
    pub task: Task,
    /// What the material says.
    pub expected: Expected,
}

impl Case {
    /// The name used in output and in the exceptions.
    pub fn name(&self) -> String {
        format!("{}/{}", self.folder, self.id)
    }
}

/// Octets of the corpus: a path relative to it, or octets cut out of a JSON file.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file, or `archive.tar.xz!member`.
    Path(String),
    /// Octets at hand.
    Octets(Arc<[u8]>),
}

/// What to do.
#[derive(Debug)]
pub enum Task {
    /// Read one object.
    Parse(Object, Source),
    /// Read octets of unknown or hostile form with the parser named, or with all.
    Survive(Option<Object>, Source),
    /// Judge a CMS message.
    Message(Box<Message>),
    /// Judge what a container holds.
    Container(Source),
    /// Judge the signatures in an archive by the manifests they sign, and say whether there are as many.
    Archive(Source, Option<usize>),
    /// Judge the evidence record in an archive by the documents beside it.
    Record(Source),
    /// Judge a certificate.
    Path(Box<Path>),
    /// Say until when a certificate could be relied upon.
    Past(Box<Path>, Vec<Proof>),
    /// Say whether a certificate is revoked.
    Status(Box<Path>),
    /// Say whether an OCSP response is an answer of an authorised responder about a certificate.
    Answer(Box<Answer>),
    /// Check the signature of a certificate or CRL with an issuer's key.
    SignedBy(Object, Source, Source),
    /// Check the signature of a GOST R 34.10 test vector.
    GostSignature(Box<GostSignature>),
    /// Check a digest.
    Digest(DigestVector),
    /// Check octets signed under a key and an algorithm identifier.
    SignedData(Box<SignedOctets>),
    /// Needs what the product cannot judge yet, or the row states no verdict.
    Later(String),
}

/// Objects that have a parser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Object {
    /// A certificate.
    Certificate,
    /// A certificate revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
    /// A CMS message.
    Message,
    /// An XML list of trusted services.
    TrustList,
}

/// A CMS message with what is offered beside it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message; DER, BER, PEM or S/MIME.
    pub message: Source,
    /// Its content, when it stands outside.
    pub content: Content,
    /// Trust anchors.
    pub anchors: Vec<Source>,
    /// Certificates and CRLs.
    pub material: Vec<Source>,
    /// When to judge.
    pub at: UnixTime,
    /// What is asked about revocation.
    pub revocation: Revocation,
    /// What is asked of the signer's path.
    pub inputs: PathInputs,
    /// What its signatures are besides.
    pub signatures: Signatures,
}

impl Message {
    /// One without octets and trust, at a time.
    pub fn at(at: UnixTime) -> Self {
        Self {
            message: Source::Octets(Arc::default()),
            content: Content::Inside,
            anchors: Vec::new(),
            material: Vec::new(),
            at,
            revocation: Revocation::WhenPresent,
            inputs: PathInputs::UNCONSTRAINED,
            signatures: Signatures::default(),
        }
    }
}

/// What a row says of the signatures in a message.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    /// How many there are.
    pub count: Option<usize>,
    /// Their levels in the words of the report, in any order; none when the row states none.
    pub levels: Vec<&'static str>,
    /// The sub-indication of a time-stamp in one of them.
    pub stamp: Option<&'static str>,
}

/// Content of a detached signature.
#[derive(Clone, Debug)]
pub enum Content {
    /// In the message, or absent.
    Inside,
    /// Octets.
    Octets(Source),
    /// By digests: algorithm name and value.
    Digests(Vec<(String, Vec<u8>)>),
}

/// A certificate and what leads to an anchor.
#[derive(Clone, Debug)]
pub struct Path {
    /// The certificate that is judged.
    pub target: Source,
    /// Intermediate certificates, CRLs and OCSP responses.
    pub material: Vec<Source>,
    /// Trust anchors.
    pub anchors: Vec<Source>,
    /// When to judge.
    pub at: UnixTime,
    /// What is asked about revocation.
    pub revocation: Revocation,
    /// What is asked of the path.
    pub inputs: PathInputs,
    /// The user-constrained policy set that must come out of a valid path.
    pub policies: Option<PolicySet>,
    /// Weak algorithms are accepted.
    pub allow_weak: bool,
    /// The smallest RSA modulus that is accepted, in bits, when it is not that of the policy.
    pub smallest_rsa: Option<u32>,
    /// The oldest revocation information that is fresh, in days.
    pub max_revocation_age_days: Option<u32>,
    /// Revocation information that is no older is fresh, in days.
    pub fresh_revocation_age_days: Option<u32>,
}

/// An OCSP response by itself.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The response.
    pub response: Source,
    /// The certificate it must be about.
    pub target: Source,
    /// Its issuer, taken as it is.
    pub issuer: Source,
    /// When to judge.
    pub at: UnixTime,
}

/// That an object of a case existed at a time.
#[derive(Clone, Debug)]
pub struct Proof {
    /// A certificate, a CRL or an OCSP response.
    pub object: Source,
    /// When.
    pub at: UnixTime,
}

/// What is asked about revocation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Revocation {
    /// Every certificate but the anchor must be proven not revoked.
    Required,
    /// Not checked.
    Off,
    /// Checked where data is at hand.
    WhenPresent,
}

/// A GOST R 34.10 signature over a digest.
#[derive(Debug)]
pub struct GostSignature {
    /// OID of the parameter set.
    pub curve: String,
    /// The key as it stands in a certificate: x and y, least significant octet first.
    pub key: Vec<u8>,
    /// The digest as Streebog returns it.
    pub digest: Vec<u8>,
    /// s and r, most significant octet first.
    pub signature: Vec<u8>,
}

/// Names GOST R 34.11-94 with the S-box of its examples: `id-GostR3411-94-TestParamSet`.
pub const GOST94_TEST_S_BOX: &str = "1.2.643.2.2.30.0";

/// A digest test vector.
#[derive(Debug)]
pub struct DigestVector {
    /// Identifier of the algorithm, or of the S-box that it does not name.
    pub algorithm: &'static str,
    /// The message.
    pub message: Vec<u8>,
    /// The digest.
    pub digest: Vec<u8>,
}

/// Octets signed under a key.
#[derive(Debug)]
pub struct SignedOctets {
    /// `SubjectPublicKeyInfo`.
    pub key: Source,
    /// `AlgorithmIdentifier`.
    pub algorithm: Source,
    /// What is signed.
    pub data: Source,
    /// BIT STRING.
    pub signature: Source,
}

/// What the material says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Expected {
    /// `TOTAL_PASSED`.
    Valid,
    /// Anything but `TOTAL_PASSED`.
    Invalid,
    /// Every signature is right for its content, whatever is known about the certificates.
    Intact,
    /// Some signature is wrong, or cannot be checked.
    Broken,
    /// Right for its content, yet not `TOTAL_PASSED`.
    IntactNotValid,
    /// This sub-indication.
    Because(&'static str),
    /// It parses.
    Parses,
    /// It does not parse.
    ParseFails,
    /// A message without signers.
    NoSigners,
    /// Not `SignedData`.
    NotSignedData,
    /// The path ends at the anchor that was given, every signature on it right.
    Chains,
    /// It could be relied upon until this time.
    Control(UnixTime),
    /// There is no such time.
    NoControl,
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// Neither shown.
    Unknown,
    /// The algorithm is reported as not supported.
    Unsupported,
    /// Any answer within the limits that is not `TOTAL_PASSED`.
    Survives,
    /// Any answer within the limits.
    Answers,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Intact => "intact",
            Self::Broken => "broken",
            Self::IntactNotValid => "intact, not valid",
            Self::Because(sub_indication) => sub_indication,
            Self::Parses => "parses",
            Self::ParseFails => "parse fails",
            Self::NoSigners => "no signers",
            Self::NotSignedData => "not SignedData",
            Self::Chains => "chains to the anchor",
            Self::Control(time) => return write!(f, "control time {time}"),
            Self::NoControl => "no control time",
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
            Self::Unsupported => "unsupported algorithm",
            Self::Answers => "an answer in time",
            Self::Survives => "an answer in time, never valid",
        })
    }
}

/// What came out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// As expected.
    Agreed,
    /// Otherwise: what, and the finding or error that decided.
    Disagreed {
        /// The actual result, in the words of [`Expected`] or of the report.
        actual: String,
        /// Code of the deciding finding, or the error.
        because: String,
    },
    /// Not judged, and why.
    Skipped(String),
}

impl Outcome {
    /// Agreed if so, else disagreed.
    pub fn of(agrees: bool, actual: impl Into<String>, because: impl Into<String>) -> Self {
        if agrees {
            Self::Agreed
        } else {
            Self::Disagreed {
                actual: actual.into(),
                because: because.into(),
            }
        }
    }
}

impl Source {
    /// A path inside a folder of the corpus.
    pub fn in_folder(folder: &str, path: &str) -> Self {
        Self::Path(format!("{folder}/{path}"))
    }
}
