//! The subtrees of one authority, prepared for comparison (RFC 5280 §4.2.1.10).

use std::collections::BTreeSet;

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::path::dns::{DomainName, PresentedDomain};
use crate::x509::extension::general_name::{GeneralName, NameForm};
use crate::x509::extension::name_constraints::NameConstraints;
use crate::x509::name_match::PreparedName;

use super::Violation;
use super::names::{Mailbox, Names, Resource};

/// Permitted and excluded subtrees.
#[derive(Debug)]
pub(in crate::path) struct Subtrees {
    permitted: Bases,
    excluded: Bases,
}

/// Bases by form.
#[derive(Debug, Default)]
struct Bases {
    directory: Vec<PreparedName>,
    domains: Vec<DomainBase>,
    mailboxes: Vec<MailboxBase>,
    resources: ResourceBases,
    addresses: Vec<AddressBase>,
    /// Forms that nothing says how to compare.
    others: BTreeSet<NameForm>,
}

#[derive(Debug)]
enum DomainBase {
    Everything,
    /// The domain and what lies below.
    Within(DomainName),
    /// What lies below the domain.
    Below(DomainName),
}

#[derive(Debug)]
enum MailboxBase {
    Everything,
    Mailbox(Mailbox),
    Host(DomainName),
    /// Hosts below, the domain itself not among them.
    Domain(DomainName),
}

/// Hosts and domains of resource identifiers, looked up by each ending of a host.
#[derive(Debug, Default)]
struct ResourceBases {
    stated: bool,
    everything: bool,
    hosts: BTreeSet<String>,
    domains: BTreeSet<String>,
    /// Whole identifiers: RFC 5280 §4.2.1.10 knows hosts and domains only, but authorities write them.
    identifiers: BTreeSet<String>,
    hosts_of_identifiers: BTreeSet<String>,
}

/// Address and mask, of one length.
#[derive(Debug)]
struct AddressBase {
    address: Vec<u8>,
    mask: Vec<u8>,
}

impl Subtrees {
    /// Prepares the subtrees of an extension; the form of the first that is not well formed otherwise.
    ///
    /// # Limits
    /// Name comparisons for the octets of directory names.
    pub(in crate::path) fn new(
        constraints: &NameConstraints,
        budget: &mut Budget,
    ) -> Result<Result<Self, NameForm>, LimitExceeded> {
        let mut subtrees = Self {
            permitted: Bases::default(),
            excluded: Bases::default(),
        };
        let lists = [
            (&constraints.permitted, &mut subtrees.permitted),
            (&constraints.excluded, &mut subtrees.excluded),
        ];
        for (names, bases) in lists {
            for name in names {
                if bases.add(name, budget)?.is_none() {
                    return Ok(Err(name.form()));
                }
            }
        }
        Ok(Ok(subtrees))
    }

    /// How many bases are compared one by one.
    pub(super) fn pairwise(&self) -> u64 {
        self.permitted.pairwise() + self.excluded.pairwise()
    }

    pub(super) fn unsupported(&self, names: &Names) -> Option<Violation> {
        let constrained = |form: &&NameForm| {
            self.permitted.others.contains(form) || self.excluded.others.contains(form)
        };
        names
            .others
            .iter()
            .find(constrained)
            .map(|form| Violation::Unsupported(*form))
    }

    pub(super) fn directory(&self, names: &Names) -> Option<Violation> {
        let within = |name: &PreparedName, bases: &[PreparedName]| {
            bases.iter().any(|base| base.is_prefix_of(name))
        };
        let (permitted, excluded) = (&self.permitted.directory, &self.excluded.directory);
        names.directory.iter().find_map(|name| {
            if within(name, excluded) {
                return Some(Violation::Excluded(NameForm::Directory));
            }
            (!permitted.is_empty() && !within(name, permitted))
                .then_some(Violation::NotPermitted(NameForm::Directory))
        })
    }

    pub(super) fn domains(&self, names: &Names) -> Option<Violation> {
        let (permitted, excluded) = (&self.permitted.domains, &self.excluded.domains);
        judge(
            NameForm::Dns,
            &names.domains,
            Stated::of(permitted.is_empty(), excluded.is_empty())?,
            |name| permitted.iter().any(|base| base.contains_all(name)),
            |name| excluded.iter().any(|base| base.contains_some(name)),
        )
    }

    pub(super) fn mailboxes(&self, names: &Names) -> Option<Violation> {
        let (permitted, excluded) = (&self.permitted.mailboxes, &self.excluded.mailboxes);
        judge(
            NameForm::Rfc822,
            &names.mailboxes,
            Stated::of(permitted.is_empty(), excluded.is_empty())?,
            |name| permitted.iter().any(|base| base.contains(name)),
            |name| excluded.iter().any(|base| base.contains(name)),
        )
    }

    pub(super) fn resources(&self, names: &Names) -> Option<Violation> {
        let (permitted, excluded) = (&self.permitted.resources, &self.excluded.resources);
        judge(
            NameForm::Uri,
            &names.resources,
            Stated::of(!permitted.stated, !excluded.stated)?,
            |name| permitted.contains(&name.host) || permitted.states(name),
            |name| excluded.contains(&name.host) || excluded.states_host_of(name),
        )
    }

    pub(super) fn addresses(&self, names: &Names) -> Option<Violation> {
        let (permitted, excluded) = (&self.permitted.addresses, &self.excluded.addresses);
        judge(
            NameForm::Ip,
            &names.addresses,
            Stated::of(permitted.is_empty(), excluded.is_empty())?,
            |address| permitted.iter().any(|base| base.contains(address)),
            |address| excluded.iter().any(|base| base.contains(address)),
        )
    }
}

/// Which of the two lists has subtrees of a form.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Stated {
    Permitted,
    ExcludedOnly,
}

impl Stated {
    const fn of(no_permitted: bool, no_excluded: bool) -> Option<Self> {
        match (no_permitted, no_excluded) {
            (false, _) => Some(Self::Permitted),
            (true, false) => Some(Self::ExcludedOnly),
            (true, true) => None,
        }
    }
}

/// The first name of a constrained form that is malformed, excluded or not permitted.
fn judge<N>(
    form: NameForm,
    names: &[Option<N>],
    stated: Stated,
    is_permitted: impl Fn(&N) -> bool,
    is_excluded: impl Fn(&N) -> bool,
) -> Option<Violation> {
    names.iter().find_map(|name| {
        let Some(name) = name else {
            return Some(Violation::Malformed(form));
        };
        if is_excluded(name) {
            return Some(Violation::Excluded(form));
        }
        (stated == Stated::Permitted && !is_permitted(name))
            .then_some(Violation::NotPermitted(form))
    })
}

impl Bases {
    /// Adds a base; nothing when it is not well formed.
    fn add(
        &mut self,
        base: &GeneralName,
        budget: &mut Budget,
    ) -> Result<Option<()>, LimitExceeded> {
        let added = match base {
            GeneralName::Directory(name) => {
                self.directory.push(PreparedName::new(name, budget)?);
                Some(())
            }
            GeneralName::Dns(text) => DomainBase::parse(text).map(|base| self.domains.push(base)),
            GeneralName::Rfc822(text) => {
                MailboxBase::parse(text).map(|base| self.mailboxes.push(base))
            }
            GeneralName::Uri(text) => self.resources.add(text),
            GeneralName::Ip(octets) => {
                AddressBase::parse(octets).map(|base| self.addresses.push(base))
            }
            GeneralName::OtherName { .. }
            | GeneralName::X400(_)
            | GeneralName::EdiParty(_)
            | GeneralName::RegisteredId(_) => {
                self.others.insert(base.form());
                Some(())
            }
        };
        Ok(added)
    }

    const fn pairwise(&self) -> u64 {
        (self.directory.len() + self.domains.len() + self.mailboxes.len() + self.addresses.len())
            as u64
    }
}

impl DomainBase {
    /// A dot before the name is no part of RFC 5280 §4.2.1.10, but authorities write it for "below".
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Everything);
        }
        match text.strip_prefix('.') {
            Some(domain) => DomainName::parse(domain).map(Self::Below),
            None => DomainName::parse(text).map(Self::Within),
        }
    }

    /// Whether every name it presents lies inside.
    fn contains_all(&self, name: &PresentedDomain) -> bool {
        match (self, name) {
            (Self::Everything, _) => true,
            (Self::Within(base), _) => name.is_within(base),
            (Self::Below(base), PresentedDomain::Exact(name)) => name.is_below(base),
            (Self::Below(base), PresentedDomain::Wildcard(name)) => name.is_within(base),
        }
    }

    /// Whether some name it presents lies inside; the base with a dot before it excludes itself too.
    fn contains_some(&self, name: &PresentedDomain) -> bool {
        match self {
            Self::Everything => true,
            Self::Within(base) | Self::Below(base) => name.meets(base),
        }
    }
}

impl MailboxBase {
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Everything);
        }
        if text.contains('@') {
            return Mailbox::parse(text).map(Self::Mailbox);
        }
        match text.strip_prefix('.') {
            Some(domain) => DomainName::parse(domain).map(Self::Domain),
            None => DomainName::parse(text).map(Self::Host),
        }
    }

    fn contains(&self, name: &Mailbox) -> bool {
        match self {
            Self::Everything => true,
            Self::Mailbox(mailbox) => name == mailbox,
            Self::Host(host) => name.domain == *host,
            Self::Domain(domain) => name.domain.is_below(domain),
        }
    }
}

impl ResourceBases {
    fn add(&mut self, text: &str) -> Option<()> {
        self.stated = true;
        if text.is_empty() {
            self.everything = true;
            return Some(());
        }
        if let Some(resource) = Resource::parse(text) {
            self.identifiers.insert(resource.identifier);
            let host = resource.host.as_str().to_owned();
            self.hosts_of_identifiers.insert(host);
            return Some(());
        }
        let (set, text) = match text.strip_prefix('.') {
            Some(domain) => (&mut self.domains, domain),
            None => (&mut self.hosts, text),
        };
        set.insert(DomainName::parse(text)?.as_str().to_owned());
        Some(())
    }

    fn contains(&self, host: &DomainName) -> bool {
        self.everything
            || self.hosts.contains(host.as_str())
            || host.ancestors().any(|domain| self.domains.contains(domain))
    }

    /// A whole identifier permits itself and nothing else.
    fn states(&self, name: &Resource) -> bool {
        self.identifiers.contains(&name.identifier)
    }

    /// A whole identifier excludes its host: the path of an identifier has many spellings.
    fn states_host_of(&self, name: &Resource) -> bool {
        self.hosts_of_identifiers.contains(name.host.as_str())
    }
}

impl AddressBase {
    /// Address and mask in one; the mask must be that of a prefix (RFC 4632 §3.1).
    fn parse(octets: &[u8]) -> Option<Self> {
        if !matches!(octets.len(), 8 | 32) {
            return None;
        }
        let (address, mask) = octets.split_at(octets.len() / 2);
        let leading = mask.iter().take_while(|octet| **octet == 0xff).count();
        let mut rest = mask.iter().skip(leading);
        let partial = rest.next().copied().unwrap_or(0);
        let is_prefix = partial.leading_ones() == partial.count_ones();
        let is_prefix = is_prefix && rest.all(|octet| *octet == 0);
        is_prefix.then(|| Self {
            address: address.to_vec(),
            mask: mask.to_vec(),
        })
    }

    fn contains(&self, address: &[u8]) -> bool {
        let equal = |((octet, base), mask): ((&u8, &u8), &u8)| (octet ^ base) & mask == 0;
        address.len() == self.address.len()
            && address.iter().zip(&self.address).zip(&self.mask).all(equal)
    }
}
