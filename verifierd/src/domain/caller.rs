//! Who calls the daemon, and what it is there for.

use std::sync::Arc;

use super::{account::codes, application::Channel};

codes!(
    /// What a caller is for the daemon.
    Role {
        /// The portal: accounts, applications and sign-ins of its users.
        Portal = "portal",
        /// A desk of a service centre, or one where a card is signed with.
        Desk = "desk",
        /// A bank that attests its clients.
        Bank = "bank",
        /// Whoever enrols centres and banks and blocks accounts.
        Administrator = "administrator",
        /// Whoever checks the log and the evidence.
        Auditor = "auditor",
        /// Whoever watches that the daemon runs.
        Metrics = "metrics",
    }
);

/// Who is at the other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A program of this machine, over a connection without TLS.
    Local,
    /// The holder of a certificate that the configuration names.
    Known {
        /// Its name in the configuration.
        name: Arc<str>,
        /// What it is for the daemon.
        role: Role,
    },
    /// The holder of a certificate that the configuration does not name.
    Stranger,
}

impl Caller {
    /// Whether one of these roles is the caller's.
    pub fn is_one_of(&self, roles: &[Role]) -> bool {
        match self {
            Self::Local => true,
            Self::Known { role, .. } => roles.contains(role),
            Self::Stranger => false,
        }
    }

    /// Whether the caller may prepare, submit and read applications of this channel: a desk those of people who stand before
    /// it, a bank its own attestations.
    pub fn may_use(&self, channel: Channel) -> bool {
        let role = match self {
            Self::Local => return true,
            Self::Known { role, .. } => role,
            Self::Stranger => return false,
        };
        match role {
            Role::Portal => true,
            Role::Desk => matches!(
                channel,
                Channel::OwnSignature | Channel::UecCard | Channel::ServiceCentre
            ),
            Role::Bank => channel == Channel::Bank,
            Role::Administrator | Role::Auditor | Role::Metrics => false,
        }
    }

    /// What the log calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::Local => "local",
            Self::Known { name, .. } => name,
            Self::Stranger => "stranger",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(role: Role) -> Caller {
        let name = role.code().into();
        Caller::Known { name, role }
    }

    #[test]
    fn each_role_has_its_channels() {
        use Channel::{Bank, OwnSignature, PostalCode, ServiceCentre, UecCard};
        let every = [OwnSignature, UecCard, ServiceCentre, Bank, PostalCode];
        let used = |caller: &Caller| every.map(|channel| caller.may_use(channel));
        let table = [
            (Role::Portal, [true; 5]),
            (Role::Desk, [true, true, true, false, false]),
            (Role::Bank, [false, false, false, true, false]),
            (Role::Administrator, [false; 5]),
            (Role::Auditor, [false; 5]),
            (Role::Metrics, [false; 5]),
        ];
        for (role, channels) in table {
            assert_eq!(used(&known(role)), channels, "{role:?}");
        }
        assert_eq!(used(&Caller::Local), [true; 5]);
        assert_eq!(used(&Caller::Stranger), [false; 5]);
    }

    #[test]
    fn a_stranger_has_no_role() {
        assert!(known(Role::Desk).is_one_of(&[Role::Portal, Role::Desk]));
        assert!(!known(Role::Desk).is_one_of(&[Role::Portal]));
        assert!(Caller::Local.is_one_of(&[]));
        assert!(!Caller::Stranger.is_one_of(Role::ALL));
    }
}
