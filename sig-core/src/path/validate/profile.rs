//! Rules for those who issue (RFC 5280 §4.1, §4.2), which §6.1 does not check: looked at on demand.

use super::{Current, State};

impl State<'_> {
    pub(super) fn check_profile(&mut self, _current: &Current<'_>) {}
}
