//! Files that arrive in parts.

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::signed_data::SignedData;
use sig_core::cms::stream::CmsStream;
use sig_core::cms::stream::wanted::missing_digests;
use sig_core::report::{Judged, Report, json};
use sig_core::{Error, Evidence, Policy, Validator};

use super::{AT, LIMITS};

/// A file that arrives in parts has the report of the same file at hand, whether its content is kept or not.
///
/// Left out: files at hand over a limit, which a stream may judge; elements counted in what is broken, of which a
/// reader at hand sees some twice; a signature over octets that were not kept; and content of one SET, which is taken
/// for signed attributes when it was not kept.
pub fn cms_stream(data: &[u8]) {
    let Ok(at_hand) = Evidence::parse(data, &LIMITS) else {
        return;
    };
    let part = data.last().map_or(1, |octet| usize::from(*octet) + 1);
    let Ok(policy) = Policy::builtin("cms-basic") else {
        return;
    };
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: LIMITS,
    };
    let is_broken = at_hand.message().is_none();
    let is_set = at_hand.message().is_some_and(is_of_set);
    let expected = validator.validate(at_hand, AT);
    for kept in [0, data.len()] {
        let passed = read(data, part, kept).and_then(|it| validator.validate(it, AT));
        let (Ok(expected), Ok(mut passed)) = (&expected, passed) else {
            assert!(expected.is_err());
            continue;
        };
        if is_broken {
            passed.work.nodes = expected.work.nodes;
        }
        if kept == 0 && (is_set || needs_octets(&passed)) {
            continue;
        }
        assert_eq!(json::write(&passed), json::write(expected));
    }
}

fn read(data: &[u8], part: usize, kept: usize) -> Result<Evidence, Error> {
    let mut asked = Vec::new();
    loop {
        let mut stream = CmsStream::new(&RUSTCRYPTO, LIMITS)
            .keeping(kept)
            .with_digests(&asked);
        data.chunks(part).try_for_each(|part| stream.push(part))?;
        let evidence = Evidence::from_stream(stream.finish()?)?;
        let missing = match evidence.message() {
            Some(message) if asked.is_empty() => missing_digests(message, &RUSTCRYPTO, &LIMITS)?,
            _ => Vec::new(),
        };
        if missing.is_empty() {
            return Ok(evidence);
        }
        asked = missing;
    }
}

fn is_of_set(message: &SignedData) -> bool {
    let content = message.content.octets();
    content.is_some_and(|content| content.first() == Some(&0x31))
}

fn needs_octets(report: &Report) -> bool {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        return false;
    };
    let mut findings = signatures.iter().flat_map(|it| &it.findings);
    findings.any(|finding| finding.code.id == "cms.content.octets_needed")
}
