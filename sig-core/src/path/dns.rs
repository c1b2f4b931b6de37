//! Domain names in certificates (RFC 5280 §4.2.1.6, RFC 1034 §3.5).

/// A well-formed domain name in lower case (RFC 5280 §4.2.1.6: the preferred name syntax; underscores are
/// taken too, as issuers write them). Internationalised names stand as A-labels.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct DomainName(String);

impl DomainName {
    /// Nothing when the text is not a domain name: an empty label, a trailing dot, a wildcard, another
    /// character.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let label = |label: &str| {
            let inner = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
            (1..=63).contains(&label.len())
                && label.bytes().all(inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        (text.len() <= 253 && text.split('.').all(label)).then(|| Self(text.to_ascii_lowercase()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the other, or lies below it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0 == other.0 || self.is_below(other)
    }

    /// Whether it has the labels of the other and more before them.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.0
            .strip_suffix(&other.0)
            .is_some_and(|rest| rest.ends_with('.'))
    }

    /// What stands after the first label.
    pub(super) fn parent(&self) -> Option<&str> {
        self.0.split_once('.').map(|(_, parent)| parent)
    }

    /// The ending after each dot, the longest first.
    pub(super) fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.0
            .match_indices('.')
            .filter_map(|(at, _)| self.0.get(at + 1..))
    }
}

/// What a certificate presents as a domain name: one name, or `*.` before one (RFC 9525 §6.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum PresentedDomain {
    /// One name.
    Exact(DomainName),
    /// Every name with one label more.
    Wildcard(DomainName),
}

impl PresentedDomain {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(rest) => DomainName::parse(rest).map(Self::Wildcard),
            None => DomainName::parse(text).map(Self::Exact),
        }
    }

    /// Whether every name it stands for lies in the subtree.
    pub(super) fn is_within(&self, subtree: &DomainName) -> bool {
        match self {
            Self::Exact(name) | Self::Wildcard(name) => name.is_within(subtree),
        }
    }

    /// Whether a name it stands for lies in the subtree.
    pub(super) fn meets(&self, subtree: &DomainName) -> bool {
        match self {
            Self::Exact(name) => name.is_within(subtree),
            Self::Wildcard(name) => {
                name.is_within(subtree) || subtree.parent() == Some(name.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DomainName {
        DomainName::parse(text).unwrap()
    }

    #[test]
    fn only_well_formed_names_are_read() {
        for text in [
            "a",
            "A.example",
            "xn--e1afmkfd.xn--p1ai",
            "_dmarc.a",
            "1.2.3.4",
        ] {
            assert!(DomainName::parse(text).is_some(), "{text}");
        }
        let long = format!("{}.a", "a".repeat(64));
        let whole = "a.".repeat(127);
        for text in [
            "",
            ".",
            ".a",
            "a.",
            "a..b",
            "*.a",
            "a b",
            "a/b",
            "пример",
            "-a.b",
            "a-.b",
            "a\0.b",
            &long,
            &whole,
        ] {
            assert!(DomainName::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn whole_labels_decide() {
        assert!(name("a.Example").is_within(&name("exAmple")));
        assert!(name("example").is_within(&name("example")));
        assert!(!name("example").is_below(&name("example")));
        assert!(!name("badexample").is_within(&name("example")));
        assert!(!name("example").is_within(&name("a.example")));
        assert_eq!(name("a.b.c").ancestors().collect::<Vec<_>>(), ["b.c", "c"]);
    }

    #[test]
    fn a_wildcard_is_every_name_it_stands_for() {
        let presented = PresentedDomain::parse("*.a.example").unwrap();
        assert!(presented.is_within(&name("a.example")));
        assert!(!presented.is_within(&name("b.a.example")));
        assert!(presented.meets(&name("b.a.example")));
        assert!(presented.meets(&name("example")));
        assert!(!presented.meets(&name("c.b.a.example")));
        for text in ["*", "*a.example", "a.*.example", "*.*.example", "*."] {
            assert_eq!(PresentedDomain::parse(text), None, "{text}");
        }
    }
}
