//! Containers.

use container::{Bounds, Inside};
use sig_core::alg::provider::Algorithms;
use sig_core::{Error, Evidence};

use super::super::case::{Expected, Outcome, Revocation};
use super::super::folder::NOW;
use super::messages;

/// Reads a container and judges what is inside by the document in it, without anchors.
pub fn judge(
    file: &[u8],
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> anyhow::Result<Outcome> {
    let container = match container::read(file, Bounds::STANDARD) {
        Ok(container) => container,
        Err(refused) => {
            let agrees = matches!(expected, Expected::Invalid | Expected::Broken);
            return Ok(Outcome::of(agrees, "refused", refused.to_string()));
        }
    };
    let validator = messages::validator(Revocation::WhenPresent, algorithms)?;
    let judged = || -> Result<Outcome, Error> {
        let evidence = Evidence::parse(container.inside.file(), &validator.limits)?;
        let evidence = evidence.with_content(container.content());
        let report = validator.validate(evidence, NOW)?;
        Ok(messages::compare(&report, expected, true))
    };
    let is_record = matches!(container.inside, Inside::EvidenceRecord(_));
    if is_record {
        return Ok(Outcome::Skipped(
            "evidence records in containers".to_owned(),
        ));
    }
    Ok(judged().unwrap_or_else(|error| super::not_judged(&error, expected)))
}
