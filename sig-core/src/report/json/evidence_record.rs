//! Evidence records in `qes.report/1`.

use super::super::evidence_record::EvidenceRecordReport;
use super::super::text::Detail;
use super::{array, conclusion_value, finding, not_checked, object, string, time_stamp};

pub(super) fn value(record: &EvidenceRecordReport, detail: Detail) -> String {
    object(|o| {
        o.text("id", &record.id);
        o.text("kind", record.kind.name());
        o.raw("conclusion", &conclusion_value(record.conclusion));
        o.optional_time("proven_not_later_than", record.proven_not_later_than);
        let covers = record.covers.iter().map(|it| string(&it.to_string()));
        o.raw("covers", &array(covers));
        o.number("chains", record.chains as u64);
        let stamps = record.time_stamps.iter();
        o.raw(
            "time_stamps",
            &array(stamps.map(|it| time_stamp::value(it, detail))),
        );
        o.raw("findings", &array(record.findings.iter().map(finding)));
        o.raw(
            "not_checked",
            &array(record.not_checked.iter().map(not_checked)),
        );
    })
}
