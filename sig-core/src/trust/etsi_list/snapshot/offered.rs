//! Lists that are offered to a snapshot, and those it keeps.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::x509::certificate::sha256_hex;

use super::super::super::mintsifry_list::ListLimits;
use super::super::{ListKind, SignedEtsiList, stated_territory};
use super::{EtsiEdition, Rejected};

/// A list that was offered and whose signature was not looked at yet.
pub(super) struct Offered {
    pub(super) xml: Octets,
    pub(super) taken_at: UnixTime,
    /// Whose list it says it is, and of what.
    pub(super) stated: Option<(String, ListKind)>,
}

impl Offered {
    pub(super) fn new(
        xml: Octets,
        taken_at: UnixTime,
        limits: &ListLimits,
    ) -> Result<Self, Rejected> {
        Ok(Self {
            stated: stated_territory(&xml, limits).map_err(Rejected::List)?,
            xml,
            taken_at,
        })
    }

    pub(super) fn is_list_of_lists(&self) -> bool {
        matches!(self.stated, Some((_, ListKind::ListOfLists)))
    }
}

/// Checks who signed a list.
pub(super) fn read(
    offered: Offered,
    signers: &[Octets],
    algorithms: &Algorithms,
    limits: &ListLimits,
) -> Result<Arc<EtsiEdition>, Rejected> {
    let Offered { xml, taken_at, .. } = offered;
    let signed = SignedEtsiList::read(&xml, signers, algorithms, limits).map_err(Rejected::List)?;
    if signed.list.header.issued_at > taken_at {
        return Err(Rejected::Date(signed.list.header.territory));
    }
    Ok(Arc::new(EtsiEdition {
        digest: sha256_hex(&xml),
        xml,
        taken_at,
        signed,
    }))
}

pub(super) trait CheckSigner: Sized {
    /// A list that was taken in before stays while its signer is one of those that may sign it.
    fn check_signer(&self, signers: &[Octets]) -> Result<Self, Rejected>;
}

impl CheckSigner for Arc<EtsiEdition> {
    fn check_signer(&self, signers: &[Octets]) -> Result<Self, Rejected> {
        if signers.contains(self.signer()) {
            Ok(Self::clone(self))
        } else {
            Err(Rejected::SignerDropped(self.territory().to_owned()))
        }
    }
}

/// Keeps the newest list of a territory. A list that is older than one that was taken in before may have been brought back
/// on purpose.
pub(super) fn take(
    newest: &mut BTreeMap<(bool, String), Arc<EtsiEdition>>,
    edition: Arc<EtsiEdition>,
    is_kept: bool,
) -> Result<(), Rejected> {
    // The list of lists comes first.
    let key = (!edition.is_list_of_lists(), edition.territory().to_owned());
    if let Some(known) = newest.get(&key) {
        let (territory, given) = (key.1.clone(), edition.number());
        if given < known.number() {
            let newest = known.number();
            return Err(Rejected::OlderNumber {
                territory,
                given,
                newest,
            });
        }
        if given == known.number() && known.digest != edition.digest {
            return Err(Rejected::NumberTwice { territory, given });
        }
        if given == known.number() {
            return Ok(());
        }
        let fell = edition.list().header.issued_at < known.list().header.issued_at;
        if fell && !is_kept {
            return Err(Rejected::Date(territory));
        }
    }
    newest.insert(key, edition);
    Ok(())
}
