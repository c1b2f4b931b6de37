//! European trusted lists.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::trust::etsi_list::{
    EtsiAssembly, EtsiSnapshot, SignedEtsiList, is_etsi_list, stated_territory,
};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::OwnFile;
use sig_core::trust::xml::XmlLimits;

use super::{AT, LIMITS};

/// A European trusted list, by nobody and by whoever it says signed it: read only as its signature says, and kept so that
/// it is read again.
pub fn eu_list(data: &[u8]) {
    let limits = ListLimits {
        xml: XmlLimits::STANDARD,
        certificate: LIMITS,
        key_memory: 0,
    };
    let nobody = SignedEtsiList::read(data, &[], &RUSTCRYPTO, &limits);
    assert!(nobody.is_err(), "a list that nobody may sign");
    let _ = is_etsi_list(data);
    let _ = stated_territory(data, &limits);
    let signers = certificates_in(data);
    let Ok(signed) = SignedEtsiList::read(data, &signers, &RUSTCRYPTO, &limits) else {
        return;
    };
    assert!(signers.contains(&signed.signer));
    let assembly = EtsiAssembly {
        previous: None,
        lists: vec![Octets::from(data)],
        signers,
        taken_at: AT,
        refuses_outdated: false,
    };
    if let Ok(snapshot) = EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &limits) {
        let file = OwnFile::vouched(snapshot.to_stored().into());
        let again = EtsiSnapshot::from_stored(&file, &RUSTCRYPTO, &limits);
        let again = again.map(|again| again.id().to_owned());
        assert_eq!(again.ok().as_deref(), Some(snapshot.id()));
    }
}

/// What stands as base64 where a document has its certificates.
fn certificates_in(data: &[u8]) -> Vec<Octets> {
    const START: &str = "X509Certificate>";
    let text = String::from_utf8_lossy(data);
    let parts = text.split(START).skip(1).step_by(2);
    let parts = parts.filter_map(|part| part.split_once('<'));
    let texts = parts.map(|(text, _)| text.split_whitespace().collect::<String>());
    let octets = texts.filter_map(|text| STANDARD.decode(text).ok());
    octets.map(Octets::from).collect()
}
