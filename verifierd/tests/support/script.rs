//! A judge that finds its verdict written in the signature itself.

use std::sync::{Arc, Barrier};

use serde::{Deserialize, Serialize};
use sig_core::{
    UnixTime,
    base::limits::Work,
    cms::cades::Level,
    finding::{Conclusion, Indication, SubIndication, code},
    profile::{
        Identity,
        identifiers::Kind,
        identity::{Identifier, IdentityKind, PersonIdentity},
    },
    report::{
        AlgorithmNames, AttributesReport, CertificateSummary, DocumentReport, HolderReport,
        Integrity, Judged, PolicyReference, QualifiedReport, QualifiedVerdict, RepeatedAttribute,
        Report, SignatureReport, SignerReport, SubjectReport, Times, TrustReference,
    },
};
use verifierd::{
    domain::time::UnixSeconds,
    service::ports::{
        Arriving, NotJudged, SignedContent, StreamRequest, Verdict, Verify, VerifyRequest,
    },
};

/// A "signature": what the judge shall say of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Script {
    pub salt: u32,
    pub attached: Option<Vec<u8>>,
    /// What a detached signature covers.
    pub covers: Vec<u8>,
    pub indication: String,
    pub sub_indication: Option<String>,
    pub decided_by: Option<String>,
    pub qualified: Option<String>,
    pub signers: usize,
    pub surname: Option<String>,
    pub given_name: Option<String>,
    pub snils: Option<String>,
    pub inn: Option<String>,
    /// Of an organisation, which then signs.
    pub ogrn: Option<String>,
    /// Of a sole trader.
    pub ogrnip: Option<String>,
    /// What the certificate states in two ways.
    pub repeated: Option<String>,
    /// Until then revocation data is stale.
    pub stale_until: Option<i64>,
}

impl Script {
    /// A detached qualified signature of the citizen over `content`.
    pub fn good(content: &[u8]) -> Self {
        Self {
            salt: 0,
            attached: None,
            covers: content.to_vec(),
            indication: "TOTAL_PASSED".into(),
            sub_indication: None,
            decided_by: None,
            qualified: Some("QUALIFIED".into()),
            signers: 1,
            surname: Some("СЕМЕНОВА".into()),
            given_name: Some("Анна Петровна".into()),
            snils: Some("11223344595".into()),
            inn: Some("500100732259".into()),
            ogrn: None,
            ogrnip: None,
            repeated: None,
            stale_until: None,
        }
    }

    pub fn attached(content: &[u8]) -> Self {
        Self {
            attached: Some(content.to_vec()),
            ..Self::good(content)
        }
    }

    pub fn indeterminate(content: &[u8], sub_indication: &str) -> Self {
        Self {
            indication: "INDETERMINATE".into(),
            sub_indication: Some(sub_indication.into()),
            ..Self::good(content)
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap()
    }
}

/// Reads scripts. With a barrier, submissions wait for each other before any
/// of them is decided.
#[derive(Default)]
pub struct Scripted {
    pub together: Option<Barrier>,
    /// Of two: met when a signature is being judged, and again before its
    /// verdict is given.
    pub held: Option<Barrier>,
    pub unavailable: bool,
    pub disagrees: bool,
}

impl Scripted {
    /// Holds each signature in the middle of its judgement.
    pub fn holding() -> Arc<Self> {
        Arc::new(Self {
            held: Some(Barrier::new(2)),
            ..Self::default()
        })
    }

    /// Comes back when a signature is being judged, or lets it go on.
    pub async fn meet(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let met = tokio::task::spawn_blocking(move || {
            this.held.as_ref().map(Barrier::wait);
        });
        met.await.unwrap();
    }
}

impl Verify for Scripted {
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged> {
        match signature {
            b"truncated" => Err(NotJudged::Truncated { offset: 9 }),
            b"malformed" => Err(NotJudged::Malformed {
                structure: "SignedData".into(),
                offset: 4,
            }),
            b"limit" => Err(NotJudged::Limit {
                which: "Depth".into(),
                bound: 32,
            }),
            b"panic" => panic!("on purpose"),
            _ => serde_json::from_slice::<Script>(signature)
                .map(drop)
                .map_err(|_| NotJudged::NotASignature),
        }
    }

    fn begin(&self, _: StreamRequest, _: UnixSeconds) -> Result<Box<dyn Arriving>, NotJudged> {
        Err(NotJudged::Unavailable)
    }

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        if self.unavailable {
            return Err(NotJudged::Unavailable);
        }
        if self.disagrees {
            return Err(NotJudged::BackEndsDisagree {
                algorithm: "ecdsa-sha256".into(),
            });
        }
        self.check_format(&request.signature)?;
        if request.policy != "ru-qes" {
            return Err(NotJudged::UnknownPolicy);
        }
        if let Some(together) = &self.together {
            together.wait();
        }
        if let Some(held) = &self.held {
            held.wait();
            held.wait();
        }
        let script: Script = serde_json::from_slice(&request.signature).unwrap();
        let mut conclusion = Conclusion {
            indication: match script.indication.as_str() {
                "TOTAL_PASSED" => Indication::TotalPassed,
                "TOTAL_FAILED" => Indication::TotalFailed,
                "INDETERMINATE" => Indication::Indeterminate,
                _ => Indication::NoSignature,
            },
            sub_indication: script.sub_indication.as_deref().map(sub_indication),
        };
        if let (None, SignedContent::Octets(content)) = (&script.attached, &request.content)
            && *content != script.covers
        {
            conclusion = Conclusion::because(SubIndication::HashFailure);
        }
        if script.stale_until.is_some_and(|until| at.seconds() < until) {
            conclusion = Conclusion::because(SubIndication::TryLater);
        }
        let report = report(&script, conclusion, at);
        Ok(Verdict {
            report,
            attached_content: script.attached,
            basis: None,
        })
    }
}

fn sub_indication(name: &str) -> SubIndication {
    let known = SubIndication::ALL
        .iter()
        .copied()
        .find(|sub| sub.name() == name);
    known.unwrap_or_else(|| panic!("no sub-indication {name}"))
}

fn report(script: &Script, conclusion: Conclusion, at: UnixSeconds) -> Report {
    let at = UnixTime::from_seconds(at.seconds());
    let signature = SignatureReport {
        id: "00".into(),
        parent: None,
        conclusion,
        decided_by: script.decided_by.as_deref().map(|id| {
            let known = code::all().find(|code| code.id == id);
            known.unwrap_or_else(|| panic!("no code {id}"))
        }),
        integrity: Integrity::Intact,
        level: Level::BB,
        algorithms: AlgorithmNames::default(),
        signer: Some(SignerReport {
            subject: SubjectReport {
                cn: None,
                surname: script.surname.clone(),
                given_name: script.given_name.clone(),
                snils: script.snils.clone(),
                inn: script.inn.clone(),
                ogrn: script.ogrn.clone(),
                repeated: script.repeated.iter().filter_map(repeated).collect(),
            },
            certificate: CertificateSummary {
                sha256: hex::encode([7; 32]),
                serial: "0A1B".into(),
                subject: "CN=Test".into(),
                issuer: "CN=Test CA".into(),
                not_before: UnixTime::from_seconds(super::NOW - 1000),
                not_after: UnixTime::from_seconds(super::NOW + 1_000_000),
            },
            holder: HolderReport::stated(identity(script), Vec::new()),
        }),
        times: Times {
            claimed: None,
            proven_not_later_than: None,
            checked_at: at,
        },
        path: Vec::new(),
        qualified: script.qualified.as_deref().map(|word| QualifiedReport {
            verdict: match word {
                "QUALIFIED" => QualifiedVerdict::Qualified,
                "NOT_QUALIFIED" => QualifiedVerdict::NotQualified,
                _ => QualifiedVerdict::NotProvable,
            },
            conditions: Vec::new(),
        }),
        findings: Vec::new(),
        steps: sig_core::finding::Steps::default(),
        not_checked: Vec::new(),
        time_stamps: Vec::new(),
        attributes: AttributesReport::default(),
        counter_signatures: Vec::new(),
    };
    Report {
        back_end: "openssl",
        at,
        policy: PolicyReference {
            id: "ru-qes".into(),
            digest: "aa".into(),
        },
        trust: Some(TrustReference {
            id: "test".into(),
            digest: "bb".into(),
        }),
        trusted_lists: None,
        judged: Judged::Signatures {
            document: DocumentReport {
                size: None,
                digest: None,
                detached: script.attached.is_none(),
                findings: Vec::new(),
                evidence_records: Vec::new(),
            },
            conclusion,
            signatures: vec![signature; script.signers],
        },
        work: Work::default(),
    }
}

fn identity(script: &Script) -> Identity {
    let ogrnip = script.ogrnip.as_ref().map(|ogrnip| Identifier {
        value: ogrnip.clone(),
        check: Kind::Ogrnip.check(ogrnip),
    });
    Identity {
        kind: match (&script.ogrn, &script.surname) {
            (Some(_), Some(_)) => IdentityKind::PersonForOrganisation,
            (Some(_), None) => IdentityKind::Organisation,
            (None, _) if ogrnip.is_some() => IdentityKind::SoleTrader,
            (None, _) => IdentityKind::Person,
        },
        person: ogrnip.map(|ogrnip| PersonIdentity {
            ogrnip: Some(ogrnip),
            ..PersonIdentity::default()
        }),
        ..Identity::NOT_STATED
    }
}

fn repeated(attribute: &String) -> Option<RepeatedAttribute> {
    let known = [
        "surname",
        "given-name",
        "snils",
        "inn",
        "ogrn",
        "common-name",
    ];
    let attribute = known.into_iter().find(|known| known == attribute)?;
    Some(RepeatedAttribute {
        attribute,
        values: vec!["1".into(), "2".into()],
    })
}
