//! Names of the counters of work.

use crate::base::limits::Work;

/// The counters that stand after the first four of `qes.report/1`.
pub(super) const fn rest(work: &Work) -> [(&'static str, u64); 4] {
    [
        ("path_candidates", work.path_candidates),
        ("name_comparisons", work.name_comparisons),
        ("name_constraint_checks", work.name_constraint_checks),
        ("policy_nodes", work.policy_nodes),
    ]
}
