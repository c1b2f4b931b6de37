//! What the active trust is, for those who ask.

use std::sync::Arc;

use sig_core::trust::{service::Service, snapshot::TrustSnapshot};

use super::{
    Context,
    page::{Asked, Listed, Page},
    refusal::Refusal,
};
use crate::domain::{
    claims::{FieldViolation, Rule},
    reason::Reason,
};

/// Octets that a key identifier may have.
const KEY_IDENTIFIER: usize = 64;

/// Which keys are listed; all where a value is empty.
#[derive(Clone, Copy, Debug)]
pub struct KeyFilter<'a> {
    /// OGRN of the authority.
    pub ogrn: &'a str,
    /// Subject key identifier.
    pub key_identifier: &'a [u8],
}

impl KeyFilter<'_> {
    fn check(&self) -> Result<(), Refusal> {
        let violation = |field, rule| Err(FieldViolation { field, rule }.into());
        let digits = self.ogrn.bytes().all(|b| b.is_ascii_digit());
        match (self.ogrn.len(), self.key_identifier.len()) {
            (0 | 13, 0..=KEY_IDENTIFIER) if digits => Ok(()),
            (0 | 13, _) if digits => violation("key_identifier", Rule::KeyIdentifier),
            _ => violation("ogrn", Rule::OgrnOrNone),
        }
    }

    fn takes(&self, service: &Service) -> bool {
        let ogrn = service.authority.ogrn.as_deref().unwrap_or_default();
        let named = self.ogrn.is_empty() || self.ogrn == ogrn;
        let key = self.key_identifier;
        named && (key.is_empty() || key == service.key_identifier)
    }
}

/// A page of the keys of the active list, in its order, with the snapshot that they are of.
///
/// # Errors
/// Fields; [`Reason::PageTokenInvalid`]; [`Reason::JudgeUnavailable`] without a snapshot.
pub fn keys(
    context: &Context,
    filter: KeyFilter<'_>,
    asked: Asked<'_>,
) -> Result<(Arc<TrustSnapshot>, Page<Service>), Refusal> {
    filter.check()?;
    let snapshot = context.trust.held().accredited;
    let snapshot =
        snapshot.ok_or_else(|| Refusal::from(Reason::JudgeUnavailable).with_retry_after(60))?;
    let listed = Listed {
        list: "authorities",
        filter: vec![
            snapshot.id().to_owned(),
            filter.ogrn.to_owned(),
            hex::encode(filter.key_identifier),
        ],
    };
    let store = &*context.store;
    let span = listed.span(store, asked, |place| place.parse::<usize>().ok())?;
    let first = span.after.map_or(0, |last| last.saturating_add(1));
    let found = snapshot.services().iter().enumerate().skip(first);
    let found = found.filter(|(_, service)| filter.takes(service));
    let found: Vec<_> = found
        .take(usize::try_from(span.limit).unwrap_or(usize::MAX))
        .collect();
    let page = listed.page(store, span.limit, found, |(place, _)| place.to_string());
    let items = page.items.into_iter().map(|(_, service)| service.clone());
    let page = Page {
        items: items.collect(),
        next: page.next,
    };
    Ok((snapshot, page))
}
