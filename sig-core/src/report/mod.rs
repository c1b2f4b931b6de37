//! What was found, in a form that repeats byte for byte.

mod attributes;
pub mod bundle;
mod evidence_record;
mod holder;
pub mod json;
mod model;
pub mod text;
mod work;

pub use attributes::{
    AttributesReport, CertifiedReport, ClaimedReport, CommitmentReport, ContentHintsReport,
    ContentReferenceReport, LocationReport, PolicyDigestReport, PolicyStatus,
    SignaturePolicyReport,
};
pub use evidence_record::{EvidenceRecordKind, EvidenceRecordReport};
pub use holder::HolderReport;
pub use model::{
    AlgorithmNames, CertificateReport, CertificateSummary, Condition, ConditionStatus,
    DocumentReport, Integrity, Judged, NotChecked, PathElement, PolicyReference, QualifiedReport,
    QualifiedVerdict, RepeatedAttribute, Report, RevocationReport, RevocationStatus,
    SignatureReport, SignerReport, SubjectReport, TimeStampKind, TimeStampReport, Times,
    TokenReport, TrustReference,
};
