//! Who may sign the lists of an extract (ETSI TS 119 615 §4.1).

use std::sync::Arc;

use crate::der::octets::Octets;

use super::super::super::ListKind;
use super::super::EtsiEdition;

/// Whether the list of lists is signed by somebody whom the caller named, and every list with a service by somebody whom
/// its pointers name; without a list of lists, by somebody whom the caller named. The list of lists is the first, and of
/// each territory there is one.
pub(super) fn check_signers(editions: &[Arc<EtsiEdition>], signers: &[Octets]) -> Option<()> {
    let (of_lists, national) = match editions {
        [first, rest @ ..] if first.is_list_of_lists() => (Some(first), rest),
        all => (None, all),
    };
    if of_lists.is_some_and(|it| !signers.contains(it.signer())) {
        return None;
    }
    let is_rising = |pair: &[Arc<EtsiEdition>]| match pair {
        [one, next] => one.territory() < next.territory(),
        _ => false,
    };
    let may_sign = |edition: &Arc<EtsiEdition>| match of_lists {
        Some(of_lists) => {
            let list = edition.list();
            let named = of_lists
                .list()
                .signers_of(edition.territory(), &list.header.kind);
            list.services.is_empty() || named.is_ok_and(|named| named.contains(edition.signer()))
        }
        None => signers.contains(edition.signer()),
    };
    let is_national = |edition: &Arc<EtsiEdition>| edition.list().header.kind == ListKind::National;
    let is_sound = national.windows(2).all(is_rising)
        && national.iter().all(|it| is_national(it) && may_sign(it));
    is_sound.then_some(())
}
