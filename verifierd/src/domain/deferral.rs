//! When a deferred application is judged again, and when it is no longer.

use super::{ids::ApplicationId, time::UnixSeconds};

/// The rule of the pauses, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// The first pause; each later one is twice as long.
    pub first: i64,
    /// The longest pause.
    pub longest: i64,
    /// From the first deferral to the last judgement.
    pub limit: i64,
}

/// A pause is longer by up to an eighth, so that applications deferred by one
/// cause are not all judged at one moment.
const SPREAD: i64 = 8;

impl Pauses {
    /// When an application that was deferred first at `since` and judged again
    /// `attempts` times, the last at `now`, is judged next; none when the limit
    /// is reached.
    pub fn next(
        &self,
        application: &ApplicationId,
        (since, attempts): (UnixSeconds, u32),
        now: UnixSeconds,
    ) -> Option<UnixSeconds> {
        let last = since.plus(self.limit);
        if now >= last {
            return None;
        }
        let doubled = 1_i64.checked_shl(attempts.min(32)).unwrap_or(i64::MAX);
        let pause = self.first.saturating_mul(doubled).min(self.longest);
        // The last octet of the id is random, and the same on every daemon.
        let id = application.to_string();
        let octet = id.get(34..).and_then(|it| u8::from_str_radix(it, 16).ok());
        let share = pause / SPREAD * i64::from(octet.unwrap_or(0)) / 256;
        Some(now.plus(pause + share).min(last))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const PAUSES: Pauses = Pauses {
        first: 600,
        longest: 14_400,
        limit: 172_800,
    };
    fn since() -> UnixSeconds {
        UnixSeconds::new(1_795_000_000)
    }

    fn next(id: u128, attempts: u32, after: i64) -> Option<i64> {
        let id = ApplicationId::new(Uuid::from_u128(id));
        let now = since().plus(after);
        let next = PAUSES.next(&id, (since(), attempts), now)?;
        Some(next.seconds() - now.seconds())
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses: Vec<_> = (0..8).map(|attempts| next(0, attempts, 0)).collect();
        let expected = [600, 1200, 2400, 4800, 9600, 14_400, 14_400, 14_400];
        assert_eq!(pauses, expected.map(Some));
        assert_eq!(next(0, u32::MAX, 0), Some(14_400));
    }

    #[test]
    fn an_id_spreads_them_by_less_than_an_eighth() {
        assert_eq!(next(0x80, 1, 0), Some(1200 + 75));
        assert_eq!(next(0xff, 1, 0), Some(1200 + 149));
    }

    #[test]
    fn the_last_judgement_is_at_the_limit() {
        assert_eq!(next(0, 9, 172_799), Some(1));
        assert_eq!(next(0xff, 9, 172_000), Some(800));
        assert_eq!(next(0, 9, 172_800), None);
        assert_eq!(next(0, 0, 999_999), None);
    }
}
