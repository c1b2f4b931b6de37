//! Evidence records in `qes.report/1`.

use super::super::evidence_record::EvidenceRecordReport;
use super::super::text::Detail;
use super::{Object, conclusion, finding, not_checked, time_stamp};

pub(super) fn write(o: &mut Object<'_>, record: &EvidenceRecordReport, detail: Detail) {
    o.text("id", &record.id);
    o.text("kind", record.kind.name());
    o.object("conclusion", |o| conclusion(o, record.conclusion));
    o.optional_time("proven_not_later_than", record.proven_not_later_than);
    o.texts("covers", record.covers.iter().map(ToString::to_string));
    o.number("chains", record.chains as u64);
    o.objects("time_stamps", &record.time_stamps, |o, it| {
        time_stamp::write(o, it, detail);
    });
    o.objects("findings", &record.findings, finding);
    o.objects("not_checked", &record.not_checked, not_checked);
}
