//! Algorithms of a path that is slid along (EN 319 102-1 §5.6.2.2.4 step 2 c).

use crate::alg::strength::Moments;
use crate::base::time::UnixTime;
use crate::finding::code::{crypto, past as codes};
use crate::finding::{Finding, Level, Subject};
use crate::path::validate::subject;
use crate::trust::revocation::Answer;
use crate::x509::certificate::Certificate;

use super::super::policy::Policy;
use super::super::revocation as asking;
use super::super::strength::{Judge, Weakness};
use super::{Sliding, Stopped, just_before};

/// Ends of algorithms in one object: of its digest, its key, the keys above.
const MOST_ENDS: usize = 8;

/// Why a certificate or its data cannot be relied upon.
pub(super) enum Weak {
    /// The object is weak since a time, and nothing proves it to be older.
    Late(Subject, String, UnixTime),
    /// Nothing can help.
    Always(Stopped),
}

impl Sliding<'_> {
    /// (c): algorithms of the certificate and of what the answers rest on, at the control time by which these were chosen:
    /// what was weak by then is relied upon only if it is proven to be older than its algorithm's end.
    pub(super) fn check_strength(
        &mut self,
        place: usize,
        certificate: &Certificate,
        (answers, chosen): (&[Answer], UnixTime),
    ) -> Result<(), Weak> {
        let path = self.inputs.path;
        let issuer = path.issuer_of(place);
        self.slide_strength(chosen, |judge| {
            let weak = judge.certificate(certificate, issuer);
            weak.map(|weak| (subject(certificate), weak))
        })?;
        for source in answers.iter().flat_map(|answer| &answer.sources) {
            self.slide_strength(chosen, |judge| {
                let weak = asking::weaknesses(source, path, judge);
                weak.into_iter().find(|(_, weak)| fails(judge.policy, weak))
            })?;
            let proven = self.existed(&source.subject);
            if proven < self.inputs.at {
                let finding = Finding::new(&codes::OBJECT_PROVEN, source.subject.clone());
                self.slid.story.push(finding.with_time("proven", proven));
            }
        }
        Ok(())
    }

    fn slide_strength(
        &mut self,
        mut control: UnixTime,
        weakness: impl Fn(Judge<'_>) -> Option<(Subject, Weakness)>,
    ) -> Result<(), Weak> {
        for _ in 0..MOST_ENDS {
            let policy = &self.inputs.validator.policy;
            let checked = self.inputs.at;
            let judge = |created| {
                let when = Moments { created, checked };
                let weak = weakness(Judge { policy, when });
                weak.filter(|(_, weak)| fails(policy, weak))
            };
            let Some((about, weak)) = judge(control) else {
                return Ok(());
            };
            let algorithm = weak.algorithm.clone();
            let Some(ended) = weak.ended().filter(|ended| *ended <= control) else {
                return Err(Weak::Always(Stopped::Weak(about, algorithm, control)));
            };
            let proven = self.existed(&about);
            if proven >= ended {
                return Err(Weak::Late(about, algorithm, ended));
            }
            self.slid.strong_when_proven.push(about.clone());
            let finding = Finding::new(&codes::CONTROL_ALGORITHM, about);
            let finding = finding.with_word("algorithm", algorithm);
            self.move_to(just_before(ended), finding.with_time("ended", ended));
            control = just_before(ended);
        }
        let about = Subject::Document;
        Err(Weak::Always(Stopped::Weak(about, String::new(), control)))
    }
}

/// Whether a weakness stops a path under a policy.
fn fails(policy: &Policy, weak: &Weakness) -> bool {
    let code = match weak.is_out_of_time() {
        true => &crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE,
        false => &crypto::CHAIN_ALGORITHM_UNLISTED,
    };
    policy.level_of(code) == Level::Fail
}
