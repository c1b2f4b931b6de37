//! Revocation status of one certificate by OCSP responses (RFC 6960 §3.2, §4.2.2).
//!
//! Of the six conditions of RFC 6960 §3.2, 1 is [`cert_id`], 2 to 4 are [`responder`], 5 and 6 stand here with
//! what extensions say. A responder that is configured locally (§4.2.2.2, item 1) does not exist.

mod cert_id;
mod record;
mod responder;

use std::sync::Arc;

use crate::alg::identifier::resolve_digest;
use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::{Steps, Subject};
use crate::x509::certificate::Certificate;
use crate::x509::crl_index::RevocationReason;
use crate::x509::extension::Extensions;
use crate::x509::ocsp::{
    BasicOcspResponse, CertStatus, OcspBody, OcspResponse, ResponseStatus, RevokedInfo,
    SingleResponse,
};

use super::pending::Pending;
use super::{
    Answer, Offered, Question, Rejected, Revocation, Source, SourceObject, Status, freshness,
};
use cert_id::{IssuerHashes, Match};
use record::Record;

/// Reasons not to use an OCSP response (RFC 6960 §3.2, §4.2.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RejectedReason {
    /// The responder did not answer (§4.2.1).
    Unsuccessful(ResponseStatus),
    /// Another type than id-pkix-ocsp-basic (§4.2.1).
    OtherType,
    /// The serial number fits, the digest algorithm of the `CertID` is not known (§4.1.1).
    HashAlgorithm,
    /// The serial number fits, the issuer's name does not (§3.2 condition 1).
    IssuerNameHash,
    /// Serial number and name fit, the issuer's key does not (§3.2 condition 1).
    IssuerKeyHash,
    /// No certificate at hand is the one that the `responderID` names (§3.2 condition 3).
    NoResponder,
    /// The signature algorithm is not known or does not go with the responder's key.
    SignatureAlgorithm,
    /// The signature does not verify with the responder's key (§3.2 condition 2).
    BadSignature,
    /// The responder's certificate names another issuer (§4.2.2.2).
    OtherAuthority,
    /// The responder's certificate names the issuer and is not signed with its key (§4.2.2.2).
    OtherKey,
    /// The responder's certificate does not allow OCSPSigning (§4.2.2.2).
    NoOcspSigning,
    /// The responder's key usage does not allow signatures (RFC 5280 §4.2.1.12).
    NoDigitalSignature,
    /// The responder's certificate was not valid when it signed.
    ResponderValidity,
    /// The responder's certificate was valid when it signed and is not at the time of judging.
    ResponderExpired,
    /// The responder's certificate breaks a rule of RFC 5280 §6.1.
    ResponderPath,
    /// The responder's certificate is revoked (§4.2.2.2.1).
    ResponderRevoked,
    /// The responder's certificate is on hold (§4.2.2.2.1).
    ResponderOnHold,
    /// Whether the responder's certificate is revoked is not known (§4.2.2.2.1).
    ResponderStatus,
    /// The answer is about the responder itself, or for the sake of one about it.
    OwnResponder,
    /// A critical extension is not understood (§4.4).
    UnknownCriticalExtension,
    /// An extension is malformed or stands twice.
    MalformedExtension,
    /// The digest of the certificate is another one, or made by an unknown algorithm (Common PKI 2.0).
    CertificateHash,
    /// Issued after the time of judging (§4.2.2.1).
    ThisUpdateLater,
    /// Signed after the time of judging.
    ProducedLater,
    /// Signed before its status was known.
    ProducedBeforeThisUpdate,
    /// The next update is due before this one.
    NextUpdateBeforeThisUpdate,
    /// About a time before the certificate began.
    BeforeIssue,
    /// Signed after the certificate expired, by a responder that does not say that it keeps what it knew (§4.4.4).
    AfterExpiry,
    /// The responder does not know the certificate (§2.2).
    Unknown,
    /// The certificate was never issued (§4.4.8).
    NeverIssued,
}

impl RejectedReason {
    /// The word used in findings (RFC 6960 §3.2).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsuccessful(status) => status.name(),
            Self::OtherType => "responseType",
            Self::HashAlgorithm => "certID.hashAlgorithm",
            Self::IssuerNameHash => "certID.issuerNameHash",
            Self::IssuerKeyHash => "certID.issuerKeyHash",
            Self::NoResponder => "responderID",
            Self::SignatureAlgorithm => "signatureAlgorithm",
            Self::BadSignature => "bad signature",
            Self::OtherAuthority => "responder: issuer",
            Self::OtherKey => "responder: signature of the issuer",
            Self::NoOcspSigning => "responder: no OCSPSigning",
            Self::NoDigitalSignature => "responder: no digitalSignature",
            Self::ResponderValidity => "responder: validity",
            Self::ResponderExpired => RESPONDER_EXPIRED,
            Self::ResponderPath => "responder: RFC 5280 §6.1",
            Self::ResponderRevoked => "responder: revoked",
            Self::ResponderOnHold => "responder: on hold",
            Self::ResponderStatus => "responder: no ocsp-nocheck, no CRL",
            Self::OwnResponder => "responder = certificate",
            Self::UnknownCriticalExtension => "unknown critical extension",
            Self::MalformedExtension => "malformed or duplicate extension",
            Self::CertificateHash => "certHash",
            Self::ThisUpdateLater => "thisUpdate > time of checking",
            Self::ProducedLater => "producedAt > time of checking",
            Self::ProducedBeforeThisUpdate => "producedAt < thisUpdate",
            Self::NextUpdateBeforeThisUpdate => "nextUpdate < thisUpdate",
            Self::BeforeIssue => "thisUpdate < notBefore",
            Self::AfterExpiry => "producedAt > notAfter, no archiveCutoff",
            Self::Unknown => UNKNOWN,
            Self::NeverIssued => NEVER_ISSUED,
        }
    }
}

/// The word for a certificate that the responder does not know (RFC 6960 §2.2).
pub const UNKNOWN: &str = "unknown";
/// The word for a certificate that was never issued (RFC 6960 §4.4.8).
pub const NEVER_ISSUED: &str = "never issued";

/// The word for a response whose signer's certificate was valid when it signed, and is not at the time of judging.
pub(super) const RESPONDER_EXPIRED: &str = "responder: validity at the time of checking";

/// What the responses say, before they are weighed against CRLs.
#[derive(Debug, Default)]
pub(super) struct Examined {
    /// The answers that count.
    pub(super) answers: Vec<Answer>,
    /// What does not count.
    pub(super) rejected: Vec<Rejected>,
    /// A response that does not count, of a responder that the issuer authorised, said at this time that the
    /// certificate is revoked: nothing older proves the opposite.
    pub(super) denied_at: Option<UnixTime>,
    /// An authorised responder says that the certificate was never issued: no CRL can list it, so none disproves it.
    pub(super) never_issued: bool,
    /// The steps that were taken.
    pub(super) steps: Steps,
}

/// What every response says about a certificate (RFC 6960 §3.2).
///
/// # Errors
/// A limit; two implementations disagree.
pub(super) fn examine(
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Examined, Error> {
    let mut examined = Examined::default();
    let mut hashes = IssuerHashes::new(question, offered.sources.verification);
    // What is bound to no certificate is said once.
    let is_first = question.place == 0 && !pending.is_inside();
    for response in offered.ocsp {
        let mut each = Each {
            question,
            pending,
            offered,
            response,
            examined: &mut examined,
        };
        match &response.body {
            OcspBody::Basic(basic) => each.basic(basic, &mut hashes, budget)?,
            OcspBody::Unsuccessful(status) if is_first => {
                each.reject(RejectedReason::Unsuccessful(*status), false);
            }
            OcspBody::OtherType(_) if is_first => each.reject(RejectedReason::OtherType, false),
            OcspBody::Unsuccessful(_) | OcspBody::OtherType(_) => {}
        }
    }
    Ok(examined)
}

/// One response.
struct Each<'a, 'e> {
    question: Question<'a>,
    pending: Pending<'a>,
    offered: Offered<'a>,
    response: &'a Arc<OcspResponse>,
    examined: &'e mut Examined,
}

impl Each<'_, '_> {
    fn record(&mut self) -> Record<'_> {
        let response = Subject::Ocsp(self.response.sha256());
        Record::of(self.question.place, response, &mut self.examined.steps)
    }

    fn reject(&mut self, reason: RejectedReason, names_the_certificate: bool) {
        self.record().rejected(reason);
        self.examined.rejected.push(Rejected {
            subject: Subject::Ocsp(self.response.sha256()),
            reason: reason.word(),
            names_the_certificate,
        });
    }

    fn basic(
        &mut self,
        basic: &BasicOcspResponse,
        hashes: &mut IssuerHashes<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut about = Vec::new();
        let mut other = None;
        for single in &basic.responses {
            match hashes.compare(&single.id, budget)? {
                Match::Certificate => about.push(single),
                Match::OtherSerial => {}
                Match::Rejected(reason) => other = Some(reason),
            }
        }
        if about.is_empty() {
            if let Some(reason) = other {
                self.reject(reason, false);
            }
            return Ok(());
        }
        let responder =
            responder::authorised(self.question, self.pending, self.offered, basic, budget)?;
        let signer = match responder {
            Ok(signer) => signer,
            Err(reason) => {
                // The issuer delegated to it, so what it denies is no stranger's word.
                let is_delegate = matches!(
                    reason,
                    RejectedReason::ResponderExpired
                        | RejectedReason::ResponderRevoked
                        | RejectedReason::ResponderOnHold
                        | RejectedReason::ResponderStatus
                );
                let mut denied = false;
                for single in about.into_iter().filter(|_| is_delegate) {
                    denied |= self.deny(single);
                }
                self.reject(reason, denied);
                return Ok(());
            }
        };
        // Several answers about one certificate: the worst counts, since one responder contradicts itself.
        let mut worst: Option<(Status, &SingleResponse)> = None;
        for single in about {
            match self.judge(basic, single)? {
                Ok(status) => {
                    if worst.is_none_or(|(known, _)| known.severity() < status.severity()) {
                        worst = Some((status, single));
                    }
                }
                Err(reason) => self.refuse(single, reason),
            }
        }
        let Some((status, single)) = worst else {
            return Ok(());
        };
        let freshness = freshness(single.next_update, self.question.at);
        let question = self.question;
        self.record().accepted(question, &signer.path, freshness);
        let mut sources = vec![Source {
            subject: Subject::Ocsp(self.response.sha256()),
            signer: signer.path,
            object: SourceObject::Ocsp(Arc::clone(self.response)),
        }];
        sources.extend(signer.proof);
        self.examined.answers.push(Answer {
            status,
            this_update: single.this_update,
            freshness,
            sources,
        });
        Ok(())
    }

    /// An answer of an authorised responder that does not count: what it denies stays denied.
    fn refuse(&mut self, single: &SingleResponse, reason: RejectedReason) {
        let is_good = single.status == CertStatus::Good;
        if reason == RejectedReason::NeverIssued {
            self.examined.never_issued = true;
        } else {
            self.deny(single);
        }
        self.reject(reason, !is_good);
    }

    /// Whether it says that the certificate is revoked at the time of judging: nothing older shows that it is not.
    fn deny(&mut self, single: &SingleResponse) -> bool {
        let at = self.question.at;
        let denies = matches!(single.status, CertStatus::Revoked(info) if info.time <= at);
        if denies {
            let denied = &mut self.examined.denied_at;
            *denied = (*denied).max(Some(single.this_update));
        }
        denies
    }

    fn judge(
        &self,
        basic: &BasicOcspResponse,
        single: &SingleResponse,
    ) -> Result<Result<Status, RejectedReason>, Error> {
        let Question {
            certificate, at, ..
        } = self.question;
        let verification = self.offered.sources.verification;
        if let Err(reason) = check_extensions(&basic.extensions, &RESPONSE_EXTENSIONS)
            .and_then(|()| check_extensions(&single.extensions, &SINGLE_EXTENSIONS))
        {
            return Ok(Err(reason));
        }
        if !certificate_hash_fits(single, certificate, verification)? {
            return Ok(Err(RejectedReason::CertificateHash));
        }
        if let Err(reason) = check_times(basic, single, certificate, at) {
            return Ok(Err(reason));
        }
        Ok(status_of(single.status, single.invalidity_date, at))
    }
}

/// Extensions of a response that are understood. A nonce answers one of a request; no request is known here.
const RESPONSE_EXTENSIONS: [Oid; 2] = [oids::OCSP_NONCE, oids::OCSP_EXTENDED_REVOKE];

/// Extensions of a single answer that are understood. A reference to a CRL says where the status comes from, and
/// nothing that the answer does not say (RFC 6960 §4.4.2).
const SINGLE_EXTENSIONS: [Oid; 3] = [
    oids::OCSP_CRL,
    oids::OCSP_ARCHIVE_CUTOFF,
    oids::CERTIFICATE_HASH,
];

fn check_extensions(extensions: &Extensions, known: &[Oid]) -> Result<(), RejectedReason> {
    if !extensions.duplicates.is_empty() || !extensions.malformed.is_empty() {
        return Err(RejectedReason::MalformedExtension);
    }
    let unknown = |extension: &crate::x509::extension::Extension| {
        extension.critical && !known.contains(&extension.id)
    };
    if extensions.all.iter().any(unknown) {
        return Err(RejectedReason::UnknownCriticalExtension);
    }
    Ok(())
}

/// Common PKI 2.0 part 4 §3.1.2: a responder that states the digest knows the certificate itself.
fn certificate_hash_fits(
    single: &SingleResponse,
    certificate: &Certificate,
    verification: Verification<'_>,
) -> Result<bool, Error> {
    let Some(stated) = &single.certificate_hash else {
        return Ok(true);
    };
    let digest = resolve_digest(&stated.algorithm).ok();
    let Some(digest) = digest.and_then(|id| cert_id::offered(id, verification)) else {
        return Ok(false);
    };
    Ok(digest.digest(&certificate.octets)?.value == *stated.value)
}

/// RFC 6960 §3.2 conditions 5 and 6 as far as they do not depend on freshness, which is its own question.
fn check_times(
    basic: &BasicOcspResponse,
    single: &SingleResponse,
    certificate: &Certificate,
    at: UnixTime,
) -> Result<(), RejectedReason> {
    if single.this_update > at {
        return Err(RejectedReason::ThisUpdateLater);
    }
    if basic.produced_at > at {
        return Err(RejectedReason::ProducedLater);
    }
    if basic.produced_at < single.this_update {
        return Err(RejectedReason::ProducedBeforeThisUpdate);
    }
    if single
        .next_update
        .is_some_and(|next_update| next_update < single.this_update)
    {
        return Err(RejectedReason::NextUpdateBeforeThisUpdate);
    }
    if single.this_update < certificate.not_before {
        return Err(RejectedReason::BeforeIssue);
    }
    // Nothing is forgotten of a certificate that is said to be revoked.
    let is_kept = single
        .archive_cutoff
        .is_some_and(|cutoff| cutoff <= certificate.not_after);
    if single.status == CertStatus::Good && basic.produced_at > certificate.not_after && !is_kept {
        return Err(RejectedReason::AfterExpiry);
    }
    Ok(())
}

/// When a certificate that was never issued is said to be on hold (RFC 6960 §2.2, §4.4.8).
const NEVER: UnixTime = UnixTime::from_seconds(0);

fn status_of(
    status: CertStatus,
    invalid_since: Option<UnixTime>,
    at: UnixTime,
) -> Result<Status, RejectedReason> {
    match status {
        CertStatus::Good => Ok(Status::Good),
        CertStatus::Unknown => Err(RejectedReason::Unknown),
        CertStatus::Revoked(RevokedInfo { time, reason }) => {
            let on_hold = reason == RevocationReason::CertificateHold;
            let revocation = Revocation {
                date: time,
                reason,
                invalid_since,
            };
            if on_hold && time == NEVER {
                Err(RejectedReason::NeverIssued)
            } else if time > at {
                Ok(Status::RevokedLater(revocation))
            } else if on_hold {
                Ok(Status::OnHold(revocation))
            } else {
                Ok(Status::Revoked(revocation))
            }
        }
    }
}
