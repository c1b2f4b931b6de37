//! Page tokens: opaque, authenticated, good for one list under one filter.
//!
//! A token is base64url of a MAC and the key of the last item. The MAC covers the name of the list and its filter, so that a
//! token of another list, another filter or another installation is refused.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    ports::lists::{Lists, Span},
    refusal::Refusal,
};
use crate::domain::{
    claims::{FieldViolation, Rule},
    reason::Reason,
};

/// Most items of a page.
pub const LARGEST: u32 = 100;
/// Items of a page when the caller does not say.
const USUAL: u32 = 50;
/// Octets of the MAC that a token carries.
const MAC: usize = 16;

/// A list as it was asked for.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Name of the list.
    pub list: &'static str,
    /// Everything that decides what is on it, one value a part, none with a zero octet.
    pub filter: Vec<String>,
}

/// What a caller asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Items wanted; 0 for the usual number.
    pub size: u32,
    /// The token; empty for the first page.
    pub token: &'a str,
}

/// A page, and the token of the next if there may be one.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

impl Listed {
    fn mac(&self, lists: &(impl Lists + ?Sized), last: &str) -> [u8; 32] {
        let mut octets = format!("{}\0{}", self.list, self.filter.len());
        for part in self.filter.iter().map(String::as_str).chain([last]) {
            octets.push('\0');
            octets.push_str(part);
        }
        lists.page_mac(&octets)
    }

    /// Where the page begins that was asked for. Its limit is one more than the page holds, so that the last page is known.
    ///
    /// # Errors
    /// Field `page_size`; [`Reason::PageTokenInvalid`].
    pub fn span<T>(
        &self,
        lists: &(impl Lists + ?Sized),
        asked: Asked<'_>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Span<T>, Refusal> {
        if asked.size > LARGEST {
            return Err(FieldViolation {
                field: "page_size",
                rule: Rule::PageLength,
            }
            .into());
        }
        let size = if asked.size == 0 { USUAL } else { asked.size };
        let after = match asked.token {
            "" => None,
            token => {
                let last = self.last(lists, token).as_deref().and_then(parse);
                Some(last.ok_or(Reason::PageTokenInvalid)?)
            }
        };
        Ok(Span {
            after,
            limit: size + 1,
        })
    }

    fn last(&self, lists: &(impl Lists + ?Sized), token: &str) -> Option<String> {
        let octets = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (mac, last) = octets.split_first_chunk::<MAC>()?;
        let last = str::from_utf8(last).ok().filter(|it| !it.contains('\0'))?;
        let expected = self.mac(lists, last);
        // Every octet is compared, whichever differs.
        let difference = mac
            .iter()
            .zip(expected)
            .fold(0, |all, (a, b)| all | (a ^ b));
        (difference == 0).then(|| last.to_owned())
    }

    /// The page of items that were read under [`Listed::span`].
    pub fn page<T>(
        &self,
        lists: &(impl Lists + ?Sized),
        limit: u32,
        mut items: Vec<T>,
        key: impl FnOnce(&T) -> String,
    ) -> Page<T> {
        let size = usize::try_from(limit.saturating_sub(1)).unwrap_or(usize::MAX);
        if items.len() <= size {
            return Page { items, next: None };
        }
        items.truncate(size);
        let next = items.last().map(|last| {
            let last = key(last);
            let mac = self.mac(lists, &last);
            let token = [mac.get(..MAC).unwrap_or_default(), last.as_bytes()].concat();
            BASE64_URL_SAFE_NO_PAD.encode(token)
        });
        Page { items, next }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::{
        domain::{
            account::Account,
            ids::{AccountId, ApplicationId},
        },
        service::{
            change::Filed,
            ports::{StoreError, lists::AccountFilter},
        },
    };

    struct Keyed(u8);

    #[async_trait]
    impl Lists for Keyed {
        async fn list_accounts(
            &self,
            _: AccountFilter,
            _: Span<AccountId>,
        ) -> Result<Vec<Account>, StoreError> {
            Ok(Vec::new())
        }

        async fn list_applications(
            &self,
            _: &AccountId,
            _: Span<ApplicationId>,
        ) -> Result<Vec<Filed>, StoreError> {
            Ok(Vec::new())
        }

        fn page_mac(&self, octets: &str) -> [u8; 32] {
            Sha256::digest([&[self.0], octets.as_bytes()].concat()).into()
        }
    }

    fn listed(list: &'static str, filter: &[&str]) -> Listed {
        let filter = filter.iter().map(|part| (*part).to_owned()).collect();
        Listed { list, filter }
    }

    fn token(of: &Listed, last: &str) -> String {
        let items = vec![last.to_owned(), "z".to_owned()];
        let page = of.page(&Keyed(1), 2, items, String::clone);
        assert_eq!(page.items, [last]);
        page.next.unwrap()
    }

    fn read(of: &Listed, key: u8, token: &str) -> Result<Option<String>, Reason> {
        let asked = Asked { size: 0, token };
        let span = of.span(&Keyed(key), asked, |last| Some(last.to_owned()));
        span.map(|span| span.after)
            .map_err(|refusal| refusal.reason)
    }

    #[test]
    fn a_token_says_where_the_next_page_begins() {
        let of = listed("accounts", &["STANDARD", ""]);
        assert_eq!(read(&of, 1, &token(&of, "b")), Ok(Some("b".into())));
        assert_eq!(read(&of, 1, ""), Ok(None));
    }

    #[test]
    fn a_token_of_anything_else_is_refused() {
        let of = listed("accounts", &["STANDARD", ""]);
        let good = token(&of, "b");
        for other in [
            listed("applications", &["STANDARD", ""]),
            listed("accounts", &["", "STANDARD"]),
            listed("accounts", &["STANDARD"]),
            listed("accounts", &[]),
        ] {
            assert_eq!(read(&other, 1, &good), Err(Reason::PageTokenInvalid));
        }
        assert_eq!(
            read(&of, 2, &good),
            Err(Reason::PageTokenInvalid),
            "another key"
        );
        for bad in [
            "x",
            "AAAA",
            &good[1..],
            &format!("{good}A"),
            &"A".repeat(44),
        ] {
            assert_eq!(read(&of, 1, bad), Err(Reason::PageTokenInvalid), "{bad}");
        }
    }

    #[test]
    fn sizes_have_bounds() {
        let of = listed("accounts", &[]);
        let limit = |size| {
            let asked = Asked { size, token: "" };
            of.span(&Keyed(1), asked, |it| Some(it.to_owned()))
                .map(|span| span.limit)
        };
        assert_eq!((limit(0), limit(1), limit(100)), (Ok(51), Ok(2), Ok(101)));
        assert_eq!(limit(101).unwrap_err().violations[0].field, "page_size");
    }

    #[test]
    fn the_last_page_has_no_token() {
        let of = listed("accounts", &[]);
        let page = of.page(
            &Keyed(1),
            3,
            vec!["a".to_owned(), "b".to_owned()],
            String::clone,
        );
        assert_eq!((page.items.len(), page.next), (2, None));
    }
}
