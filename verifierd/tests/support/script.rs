//! A judge that finds its verdict written in the signature itself.

use std::sync::Barrier;

use serde::{Deserialize, Serialize};
use verifierd::{
    domain::time::UnixSeconds,
    service::ports::{
        Indication, NotJudged, Qualified, SignedContent, SignerCertificate, SignerFacts, Verdict,
        Verify, VerifyRequest,
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
    pub not_before: i64,
    pub not_after: i64,
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
            not_before: super::NOW - 1000,
            not_after: super::NOW + 1_000_000,
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
    pub unavailable: bool,
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

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        if self.unavailable {
            return Err(NotJudged::Unavailable);
        }
        self.check_format(&request.signature)?;
        if request.policy != "ru-qes" {
            return Err(NotJudged::UnknownPolicy);
        }
        if let Some(together) = &self.together {
            together.wait();
        }
        let script: Script = serde_json::from_slice(&request.signature).unwrap();
        let mut indication = match script.indication.as_str() {
            "TOTAL_PASSED" => Indication::TotalPassed,
            "TOTAL_FAILED" => Indication::TotalFailed,
            "INDETERMINATE" => Indication::Indeterminate,
            _ => Indication::NoSignature,
        };
        let mut sub_indication = script.sub_indication.clone();
        if let (None, SignedContent::Octets(content)) = (&script.attached, &request.content)
            && *content != script.covers
        {
            indication = Indication::TotalFailed;
            sub_indication = Some("HASH_FAILURE".into());
        }
        let signer = SignerFacts {
            surname: script.surname,
            given_name: script.given_name,
            snils: script.snils,
            inn: script.inn,
            ogrn: None,
            certificate: Some(SignerCertificate {
                serial: "0A1B".into(),
                issuer: "CN=Test CA".into(),
                not_before: UnixSeconds::new(script.not_before),
                not_after: UnixSeconds::new(script.not_after),
                sha256: [7; 32],
            }),
        };
        Ok(Verdict {
            report_json: format!(r#"{{"schema":"qes.report/1","at":"{}"}}"#, at.rfc3339()),
            indication,
            sub_indication,
            decided_by: script.decided_by,
            qualified: script.qualified.map(|word| match word.as_str() {
                "QUALIFIED" => Qualified::Qualified,
                "NOT_QUALIFIED" => Qualified::NotQualified,
                _ => Qualified::NotProvable,
            }),
            retry_at: None,
            signatures: vec![signer; script.signers],
            attached_content: script.attached,
            policy_digest: "aa".into(),
            trust_digest: "bb".into(),
        })
    }
}
