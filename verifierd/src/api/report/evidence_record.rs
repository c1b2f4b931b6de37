//! Evidence records as a message.

use proto::v1;
use sig_core::report::EvidenceRecordReport;

use super::{conclusion, finding, not_checked, time_stamp, timestamp};

/// One evidence record, field for field as in `qes.report/1`.
pub(super) fn evidence_record(record: &EvidenceRecordReport) -> v1::EvidenceRecord {
    v1::EvidenceRecord {
        id: record.id.clone(),
        kind: record.kind.name().to_owned(),
        conclusion: Some(conclusion(record.conclusion)),
        proven_not_later_than: record.proven_not_later_than.map(timestamp),
        covers: record.covers.iter().map(ToString::to_string).collect(),
        chains: record.chains as u64,
        time_stamps: record.time_stamps.iter().map(time_stamp).collect(),
        findings: record.findings.iter().map(finding).collect(),
        not_checked: record.not_checked.iter().map(not_checked).collect(),
    }
}
