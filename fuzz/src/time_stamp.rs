//! Time-stamp tokens and responses.

use sig_core::base::time::UnixTime;
use sig_core::cms::time_stamp::TstInfo;
use sig_core::cms::time_stamp_response::TimeStampResponse;
use sig_core::der::octets::Octets;
use sig_core::{Budget, Evidence};

use super::{AT, LIMITS, assert_slice, assert_unproven, validators};

/// A `TSTInfo`, a token or a response: parts are parts of the input, bounds are in order, and without an anchor none
/// passes.
pub fn time_stamp(data: &[u8]) {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    if let Ok(info) = TstInfo::from_der(&input, &mut budget) {
        assert_slice(&info.serial, data);
        assert_slice(&info.imprint.digest, data);
        assert_bounds(info.earliest(), info.gen_time.seconds, info.latest());
    }
    if let Ok(response) = TimeStampResponse::from_der(&input, &mut budget) {
        assert!(TimeStampResponse::is_likely(&input, &budget));
        assert_eq!(response.token.is_some(), response.status.is_granted());
        if let Some(token) = &response.token {
            assert_slice(token, data);
        }
    }
    for validator in validators() {
        assert_unproven(|| {
            let evidence = Evidence::parse(data, &LIMITS)?;
            validator.validate(evidence.with_content(&b"content"[..]), AT)
        });
    }
}

fn assert_bounds(earliest: UnixTime, made: UnixTime, latest: UnixTime) {
    assert!(earliest <= made && made <= latest);
}
