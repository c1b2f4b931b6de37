//! How much may be in progress at once: `[limits]`.

use serde::Deserialize;

use super::file::Faults;
use crate::{api::limits::MESSAGE_OCTETS, domain::caller::Role};

/// How much may be in progress at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections of all callers together.
    pub connections: usize,
    /// Connections of each caller; those that are not named are one. Without TLS nobody is told from others.
    pub connections_of_caller: usize,
    /// Calls of each caller that may begin within a second.
    pub calls_per_second: usize,
    /// Octets of the messages of all calls that are not streams, together.
    pub message_octets: usize,
    /// Calls of programs of this machine, without TLS.
    pub calls_local: usize,
    /// Calls of each role.
    pub calls: Vec<(Role, usize)>,
}

impl Limits {
    /// Calls of a role at once.
    pub fn calls_of(&self, role: Role) -> usize {
        let found = self.calls.iter().find(|(of, _)| *of == role);
        found.map_or(0, |(_, calls)| *calls)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsSection {
    connections: Option<i64>,
    connections_of_caller: Option<i64>,
    calls_per_second_of_caller: Option<i64>,
    message_bytes: Option<i64>,
    calls: CallsSection,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CallsSection {
    local: Option<i64>,
    portal: Option<i64>,
    desk: Option<i64>,
    bank: Option<i64>,
    administrator: Option<i64>,
    auditor: Option<i64>,
    metrics: Option<i64>,
}

/// Reads the section; what is out of its bounds is added to `faults`.
pub(super) fn read(section: &LimitsSection, faults: &mut Faults<'_>) -> Limits {
    let mut size = |key: &str, value: Option<i64>, (least, default, most): (i64, i64, i64)| {
        let value = faults.bounded(&format!("limits.{key}"), value, (least, default, most));
        usize::try_from(value).unwrap_or(0)
    };
    let calls = &section.calls;
    // Two of the largest at once, or one caller alone could keep all others out.
    let least = i64::try_from(2 * MESSAGE_OCTETS).unwrap_or(i64::MAX);
    // A semaphore counts its permits, here KiB, in 32 bits.
    let octets = (least, 128 << 20, 1 << 40);
    Limits {
        connections: size("connections", section.connections, (1, 1024, 65_536)),
        connections_of_caller: size(
            "connections_of_caller",
            section.connections_of_caller,
            (1, 256, 65_536),
        ),
        calls_per_second: size(
            "calls_per_second_of_caller",
            section.calls_per_second_of_caller,
            (1, 20_000, 1_000_000_000),
        ),
        message_octets: size("message_bytes", section.message_bytes, octets),
        calls_local: size("calls.local", calls.local, (1, 512, 65_536)),
        calls: [
            (Role::Portal, "calls.portal", calls.portal, 512),
            (Role::Desk, "calls.desk", calls.desk, 128),
            (Role::Bank, "calls.bank", calls.bank, 128),
            (
                Role::Administrator,
                "calls.administrator",
                calls.administrator,
                32,
            ),
            (Role::Auditor, "calls.auditor", calls.auditor, 32),
            (Role::Metrics, "calls.metrics", calls.metrics, 8),
        ]
        .into_iter()
        .map(|(role, key, value, default)| (role, size(key, value, (1, default, 65_536))))
        .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn every_role_has_a_bound() {
        let limits = Config::parse("", None).unwrap().limits;
        assert!(Role::ALL.iter().all(|role| limits.calls_of(*role) > 0));
        let text = "[limits.calls]\ndesk = 3";
        let limits = Config::parse(text, None).unwrap().limits;
        assert_eq!(
            (limits.calls_of(Role::Desk), limits.calls_of(Role::Portal)),
            (3, 512)
        );
    }

    #[test]
    fn what_is_out_of_bounds_is_told() {
        let text =
            "[limits]\nconnections = 0\nmessage_bytes = 5242880\n[limits.calls]\nmetrics = 0";
        let faults = Config::parse(text, None).unwrap_err().0;
        let places = [
            "line 2: limits.connections:",
            "line 3: limits.message_bytes:",
            "line 5: limits.calls.metrics:",
        ];
        assert_eq!(faults.len(), places.len(), "{faults:?}");
        for (fault, place) in faults.iter().zip(places) {
            assert!(fault.starts_with(place), "{fault}");
        }
    }
}
