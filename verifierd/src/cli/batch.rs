//! What many files of one run have in common is computed once.

use std::collections::BTreeMap;
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

/// Certificates that are counted.
const MET: usize = 256;

/// Certificates that the files of a batch carried, and how often.
#[derive(Debug, Default)]
pub(super) struct Met(BTreeMap<Vec<u8>, usize>);

impl Met {
    /// How often this one came by now; 0 when it is not counted.
    fn again(&mut self, octets: &[u8]) -> usize {
        if let Some(times) = self.0.get_mut(octets) {
            *times = times.saturating_add(1);
            return *times;
        }
        if octets.len() > LARGEST_REMEMBERED || self.0.len() >= MET {
            return 0;
        }
        self.0.insert(octets.to_vec(), 1);
        1
    }
}

impl Setting {
    /// Remembers those certificates of a message that came before: a signer who signed several files is checked once, and
    /// the key of one who signed many gets a table.
    pub(super) fn remember(&mut self, carried: &[Octets], met: &mut Met) {
        let Some(authorities) = &mut self.material.authorities else {
            return;
        };
        for octets in carried {
            match met.again(octets) {
                2 => Arc::make_mut(authorities).remember(octets, self.algorithms),
                USES_OF_A_TABLE => {
                    let memory = ListLimits::STANDARD.key_memory;
                    Arc::make_mut(authorities).favour(octets, self.algorithms, memory);
                }
                _ => {}
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
