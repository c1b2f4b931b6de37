//! Validation data in unsigned attributes: references, values, ats-hash-index, time-stamps.

use sig_core::Budget;
use sig_core::cms::coverage::Token;
use sig_core::cms::hash_index::{HashIndex, HashIndexVersion};
use sig_core::cms::references::{CertificateReferences, ObjectDigest, RevocationReferences};
use sig_core::cms::values::Values;
use sig_core::der::octets::Octets;
use sig_core::der::oids;

use super::{LIMITS, assert_slice};

/// Values of attributes: what was read are parts of the input.
pub fn validation_data(data: &[u8]) {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    let budget = &mut budget;
    if let Ok(references) = CertificateReferences::read(&input, budget) {
        assert_digests(references.all.iter(), data);
    }
    if let Ok(references) = RevocationReferences::read(&input, budget) {
        assert_digests(references.crls.iter(), data);
        let ocsp = references.ocsp.iter();
        assert_digests(ocsp.filter_map(|it| it.digest.as_ref()), data);
    }
    for values in [
        Values::read_certificates(&input, budget),
        Values::read_revocation(&input, budget),
    ]
    .into_iter()
    .flatten()
    {
        let all = values.certificates.iter().chain(&values.crls);
        all.chain(&values.ocsp)
            .for_each(|octets| assert_slice(octets, data));
    }
    for (version, _) in HashIndexVersion::ALL {
        if let Ok(index) = HashIndex::read(version, &input, budget) {
            let all = index.certificates.iter().chain(&index.crls);
            all.chain(&index.attributes)
                .for_each(|octets| assert_slice(octets, data));
        }
    }
    if let Ok(Ok(token)) = Token::read(oids::SIGNATURE_TIME_STAMP, &input, budget) {
        assert_eq!(*token.value, *data);
        let fields = &token.message.fields;
        assert_slice(&fields.encapsulated, data);
        assert_slice(&fields.content_type, data);
        let sets = fields.certificates.iter().chain(&fields.crls);
        sets.for_each(|octets| assert_slice(octets, data));
    }
}

fn assert_digests<'a>(all: impl Iterator<Item = &'a ObjectDigest>, data: &[u8]) {
    all.for_each(|digest| assert_slice(&digest.value, data));
}
