//! What was found, in a form that repeats byte for byte.

pub mod json;
mod model;
pub mod text;
mod work;

pub use model::{
    AlgorithmNames, CertificateReport, CertificateSummary, Condition, ConditionStatus,
    DocumentReport, Integrity, Judged, NotChecked, PathElement, PolicyReference, QualifiedReport,
    QualifiedVerdict, Report, RevocationReport, RevocationStatus, SignatureReport, SignerReport,
    SubjectReport, TimeStampKind, TimeStampReport, Times, TokenReport, TrustReference,
};
