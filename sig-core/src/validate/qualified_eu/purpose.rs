//! What a certificate is for (Regulation (EU) No 910/2014 art. 3 (14), (29), (38); EN 319 412-5 §4.2.3).

use crate::der::oid::Oid;
use crate::finding::code::qualified_eu as codes;
use crate::trust::etsi_list::{Qualifier, ServiceUse};

use super::statements::{QCT_ESEAL, QCT_ESIGN, QCT_WEB};
use super::{Answer, Judging, View};

/// What a certificate may be for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// Signatures of persons.
    Signatures,
    /// Seals of legal persons.
    Seals,
    /// Web sites.
    WebSites,
}

impl Purpose {
    pub(super) const ALL: [Self; 3] = [Self::Signatures, Self::Seals, Self::WebSites];

    const fn qualifier(self) -> Qualifier {
        match self {
            Self::Signatures => Qualifier::ForSignatures,
            Self::Seals => Qualifier::ForSeals,
            Self::WebSites => Qualifier::ForWebSites,
        }
    }

    const fn service_use(self) -> ServiceUse {
        match self {
            Self::Signatures => ServiceUse::Signatures,
            Self::Seals => ServiceUse::Seals,
            Self::WebSites => ServiceUse::WebSites,
        }
    }

    const fn statement(self) -> Oid {
        match self {
            Self::Signatures => QCT_ESIGN,
            Self::Seals => QCT_ESEAL,
            Self::WebSites => QCT_WEB,
        }
    }

    fn others(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |it| *it != self)
    }
}

impl Judging<'_, '_, '_> {
    /// The list has the last word, then the certificate; one that does not say what it is for is for signatures.
    pub(super) fn purpose(
        &self,
        View { said, in_force, .. }: &View<'_>,
        purpose: Purpose,
    ) -> Answer {
        let yes = [purpose.qualifier()];
        let mut no: Vec<Qualifier> = purpose.others().map(Purpose::qualifier).collect();
        if purpose == Purpose::Signatures {
            no.push(Qualifier::ForLegalPerson);
        }
        if self.statements.is_malformed
            || said.may_say(&yes)
            || said.may_say(&no)
            || (said.says(&yes) && said.says(&no))
        {
            return Answer::Open("qc-statements");
        }
        let mut uses = in_force.iter().flat_map(|period| &period.uses);
        let by_list = said.says(&yes) || uses.clone().any(|it| *it == purpose.service_use());
        let by_other =
            said.says(&no) || uses.any(|it| purpose.others().any(|of| *it == of.service_use()));
        let types = self.statements.types.as_ref();
        let by_certificate = match types {
            Some(types) => types.contains(&purpose.statement()),
            None => purpose == Purpose::Signatures || said.says(&yes),
        };
        // Without a service there is only what the certificate says itself: that the service is not there is told once.
        let stands_alone = in_force.is_empty() && types.is_some();
        if by_certificate && (by_list || stands_alone) && !said.says(&no) {
            return Answer::Met;
        }
        if by_certificate && !by_other {
            // A list of before the Regulation does not say what its certificates are for: signatures.
            let of_before = self.is_of_before() && purpose == Purpose::Signatures;
            if of_before && !in_force.is_empty() {
                return Answer::Met;
            }
            return Answer::Open("use-stated-in-the-list");
        }
        Answer::NotMet(&codes::NOT_FOR_SIGNATURES)
    }
}
