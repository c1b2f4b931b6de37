//! Name constraints (RFC 5280 §4.2.1.10): the subtrees of authorities, and the names held against them.
//!
//! Both are prepared once, so that comparing is cheap and its count is known before it starts.

mod names;
mod subtrees;

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::x509::extension::general_name::NameForm;

pub(super) use names::{Names, Place};
pub(super) use subtrees::Subtrees;

/// Why the names of a certificate do not lie where they must.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Violation {
    /// In none of the permitted subtrees of its form.
    NotPermitted(NameForm),
    /// In an excluded subtree.
    Excluded(NameForm),
    /// Its form is constrained, and nothing says how to compare it.
    Unsupported(NameForm),
    /// Its form is constrained, and it is not well formed.
    Malformed(NameForm),
}

/// Holds names against the subtrees of one authority, RFC 5280 §6.1.3 (b) and (c).
///
/// # Limits
/// One check for each pair of a name and a subtree; those of addresses of resources are looked up instead.
pub(super) fn check(
    subtrees: &Subtrees,
    names: &Names,
    budget: &mut Budget,
) -> Result<Option<Violation>, LimitExceeded> {
    budget.spend_name_constraint_checks(subtrees.pairwise().saturating_mul(names.pairwise()))?;
    let forms = [
        subtrees.unsupported(names),
        subtrees.directory(names),
        subtrees.domains(names),
        subtrees.mailboxes(names),
        subtrees.resources(names),
        subtrees.addresses(names),
    ];
    Ok(forms.into_iter().flatten().next())
}

#[cfg(test)]
mod tests;
