//! policyConstraints (RFC 5280 §4.2.1.11).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::skip_certificates;

/// When policies become required and mappings stop (RFC 5280 §4.2.1.11).
///
/// ```text
/// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] INTEGER (0..MAX) OPTIONAL,
///                                  inhibitPolicyMapping  [1] INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PolicyConstraints {
    /// Certificates that may follow before a policy is required.
    pub require_explicit_policy: Option<u32>,
    /// Certificates that may follow before mappings are ignored.
    pub inhibit_policy_mapping: Option<u32>,
}

impl PolicyConstraints {
    pub(super) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let whole = reader.expect(Tag::SEQUENCE, budget)?;
        let mut fields = whole.reader(Structure::Extension, budget)?;
        let mut field = |number| match fields.optional(Tag::context(number), budget)? {
            Some(element) => skip_certificates(&element).map(Some),
            None => Ok(None),
        };
        let require_explicit_policy = field(0)?;
        let inhibit_policy_mapping = field(1)?;
        fields.finish()?;
        if require_explicit_policy.is_none() && inhibit_policy_mapping.is_none() {
            return Err(whole.malformed(Reason::Missing));
        }
        Ok(Self {
            require_explicit_policy,
            inhibit_policy_mapping,
        })
    }
}
