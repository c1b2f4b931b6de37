//! What many files of one run have in common is computed once.

use std::collections::BTreeSet;
use std::sync::Arc;

use sig_core::{
    Error, Material,
    alg::{keyring::Importance, provider::Algorithms},
    der::octets::Octets,
    trust::{
        authorities::{Authorities, LARGEST_REMEMBERED},
        mintsifry_list::ListLimits,
    },
    x509::certificate::Certificate,
};

use super::material::{Setting, Stopped};

/// Fewer files are judged before anything could be made ready for them.
const FILES: usize = 9;
/// For fewer files what belongs to a trust list is not copied.
const COPIES: usize = 100;
/// A key with a large table pays after so many signatures.
const USES_OF_A_TABLE: usize = 32;

/// Certificates that are kept in mind until they come again.
const MET: usize = 256;

/// Certificates that one file of a batch carried.
#[derive(Debug, Default)]
pub(super) struct Met {
    once: BTreeSet<Vec<u8>>,
}

impl Setting {
    /// Remembers those certificates of a message that came before: a signer who signed several files is checked once.
    pub(super) fn remember(&mut self, carried: &[Octets], met: &mut Met) {
        let Some(authorities) = &mut self.material.authorities else {
            return;
        };
        for octets in carried {
            if octets.len() > LARGEST_REMEMBERED || authorities.known_certificate(octets).is_some()
            {
                continue;
            }
            if met.once.remove(&**octets) {
                Arc::make_mut(authorities).remember(octets, self.algorithms);
            } else if met.once.len() < MET {
                met.once.insert(octets.to_vec());
            }
        }
    }

    /// Makes ready what is offered to every file of a batch: signatures of certificates and lists are checked, keys
    /// prepared. A single file would pay for more than it uses. A trust list has its own ready: it is copied, to remember
    /// more.
    pub(super) fn prepare_for(&mut self, files: usize) -> Result<(), Stopped> {
        let material = &self.material;
        let certificates = material.anchors.len() + material.certificates.len();
        let offered = certificates + material.crls.len();
        if let Some(known) = material.known() {
            if files >= COPIES {
                self.material.authorities = Some(Arc::new(known.clone()));
            }
            return Ok(());
        }
        if files < FILES.max(offered) {
            return Ok(());
        }
        let is_busy = files >= certificates.saturating_mul(USES_OF_A_TABLE);
        match prepare(material, is_busy, self.algorithms) {
            Ok(authorities) => self.material.authorities = Some(Arc::new(authorities)),
            Err(why @ Error::BackEndsDisagree(_)) => {
                return Err(Stopped::Disagreement(why.to_string()));
            }
            // A limit is told of the files that meet it.
            Err(_) => {}
        }
        Ok(())
    }
}

fn prepare(
    material: &Material,
    is_busy: bool,
    algorithms: &Algorithms,
) -> Result<Authorities, Error> {
    let limits = ListLimits::STANDARD;
    let authorities = Authorities::of_run(
        &material.anchors,
        &material.certificates,
        &material.crls,
        algorithms,
        limits.certificate,
    )?;
    if !is_busy {
        return Ok(authorities);
    }
    let busy = |_: &Certificate| Importance::Busy;
    authorities.with_prepared_keys(busy, algorithms, limits.key_memory)
}
