//! The real judge under the demonstration trust of `testdata`.

use std::sync::Arc;

use sig_core::{
    Error, Evidence, Limits, Material, Policy, UnixTime, Validator,
    alg::provider::RUSTCRYPTO,
    base::error::{Malformed, Reason},
    trust::{
        mintsifry_list::ListLimits,
        snapshot::{ListSigner, TrustSnapshot},
    },
};
use verifierd::{
    domain::time::UnixSeconds,
    service::ports::{NotJudged, SignedContent, Verdict, Verify, VerifyRequest},
};

const LIMITS: Limits = Limits::STANDARD;

/// Judges by anchors, CRLs and the list of accredited authorities.
pub struct Judge {
    material: Material,
}

impl Judge {
    /// Trust in the roots `root` and `root-512` and in the list, with these CRLs.
    pub fn with_crls(crls: &[&str]) -> Self {
        let pki = testdata::demo::pki().unwrap();
        let mut material = Material::default();
        for root in ["root", "root-512"] {
            let der = &pki.certificate(root).unwrap().der;
            material.add_anchors(der, &LIMITS).unwrap();
        }
        for crl in crls {
            material.add(pki.crl(crl).unwrap(), &LIMITS).unwrap();
        }
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: UnixTime::from_seconds(crate::support::NOW),
        };
        let list = pki.trust_list("accredited").unwrap();
        let trust = TrustSnapshot::build(list, &pin, &RUSTCRYPTO, ListLimits::STANDARD).unwrap();
        material.certificates.extend(trust.certificates(LIMITS));
        material.trust = Some(Arc::new(trust));
        Self { material }
    }
}

impl Verify for Judge {
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged> {
        let evidence = Evidence::parse(signature, &LIMITS).map_err(not_judged)?;
        evidence.message().map(drop).ok_or(NotJudged::NotASignature)
    }

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        let policy = Policy::builtin(&request.policy).map_err(|_| NotJudged::UnknownPolicy)?;
        let evidence = Evidence::parse(&request.signature, &LIMITS).map_err(not_judged)?;
        let attached = evidence
            .message()
            .and_then(|message| message.content.clone());
        let mut evidence = evidence.with_material(self.material.clone());
        match request.content {
            _ if attached.is_some() => {}
            SignedContent::Absent => {}
            SignedContent::Octets(octets) => evidence = evidence.with_content(octets),
            SignedContent::Digests(digests) => {
                for digest in digests {
                    evidence = evidence.with_content_digest(digest);
                }
            }
        }
        let validator = Validator {
            algorithms: &RUSTCRYPTO,
            policy,
            limits: LIMITS,
        };
        let at = UnixTime::from_seconds(at.seconds());
        Ok(Verdict {
            report: validator.validate(evidence, at).map_err(not_judged)?,
            attached_content: attached.map(|octets| octets.to_vec()),
        })
    }
}

fn not_judged(error: Error) -> NotJudged {
    match error {
        Error::Malformed(Malformed {
            offset,
            reason: Reason::Truncated,
            ..
        }) => NotJudged::Truncated { offset },
        Error::Malformed(Malformed {
            structure, offset, ..
        }) => NotJudged::Malformed {
            structure: format!("{structure:?}"),
            offset,
        },
        Error::Limit(limit) => NotJudged::Limit {
            which: format!("{:?}", limit.which),
            bound: limit.bound,
        },
        _ => NotJudged::NotASignature,
    }
}
