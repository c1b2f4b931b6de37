//! Failed tries of each caller, whatever accounts they were for.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Context, Settings, refusal::Refusal, to_end::to_its_end};
use crate::domain::{
    caller::Caller,
    reason::{Kind, Reason},
    time::UnixSeconds,
};

/// Into how many parts the window is cut: a try leaves it with its part.
const PARTS: i64 = 60;

/// What each caller has tried in vain of late, as this daemon saw it. Callers are those of the configuration, so they are few.
#[derive(Clone, Debug, Default)]
pub struct Tries(Arc<Mutex<HashMap<Arc<str>, Parts>>>);

/// How many tries there were in each part of the window, by the number of the part since 1970.
type Parts = BTreeMap<i64, usize>;

impl Tries {
    /// Refuses a caller with as many failed tries within the window as are free. Those that are being judged do not count yet.
    fn check(&self, caller: &str, settings: &Settings, now: UnixSeconds) -> Result<(), Refusal> {
        let window = Window::of(settings);
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(parts) = callers.get_mut(caller) else {
            return Ok(());
        };
        window.forget(parts, now);
        let mut left: usize = parts.values().sum();
        for (part, tries) in parts.iter() {
            if left < settings.failed_tries_of_caller {
                break;
            }
            left -= tries;
            // The part that has to leave the window before another try is free.
            if left < settings.failed_tries_of_caller {
                let wait = window.leaves_at(*part).saturating_sub(now.seconds());
                return Err(Refusal::from(Reason::CallerTries)
                    .with_fact("limit", settings.failed_tries_of_caller)
                    .with_retry_after(wait.max(1)));
            }
        }
        Ok(())
    }

    fn count(&self, caller: &Arc<str>, settings: &Settings, now: UnixSeconds) {
        let window = Window::of(settings);
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = callers.entry(Arc::clone(caller)).or_default();
        window.forget(parts, now);
        let tries = parts.entry(window.part(now)).or_default();
        *tries = tries.saturating_add(1);
    }
}

/// The window in which failed tries count.
#[derive(Clone, Copy)]
struct Window {
    /// Seconds of a part.
    part: i64,
    /// Parts that it is long.
    parts: i64,
}

impl Window {
    fn of(settings: &Settings) -> Self {
        let part = (settings.failed_tries_window / PARTS).max(1);
        let parts = settings.failed_tries_window.max(1);
        let parts = parts / part + i64::from(parts % part != 0);
        Self { part, parts }
    }

    fn part(self, at: UnixSeconds) -> i64 {
        at.seconds() / self.part
    }

    fn leaves_at(self, part: i64) -> i64 {
        part.saturating_add(self.parts).saturating_mul(self.part)
    }

    fn forget(self, parts: &mut Parts, now: UnixSeconds) {
        let first = self.part(now).saturating_sub(self.parts);
        *parts = parts.split_off(&first.saturating_add(1));
    }
}

/// Runs `work` to its end for a caller with free tries, and counts it among the failed ones when it was refused for what the
/// caller sent, or when `failed` says so of its answer.
///
/// # Errors
/// [`Reason::CallerTries`]; those of `work`.
pub(super) async fn tried<T: Send + 'static>(
    context: &Context,
    caller: &Caller,
    failed: fn(&T) -> bool,
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    let caller: Arc<str> = caller.name().into();
    let own = context.clone();
    own.tries
        .check(&caller, &own.settings, own.clock.now())
        .inspect_err(|_| tracing::warn!(caller = &*caller, "too many failed tries of a caller"))?;
    to_its_end(context, async move {
        let done = work.await;
        let is_failed = match &done {
            Ok(answer) => failed(answer),
            Err(refusal) => refusal.reason.kind() == Kind::InvalidArgument,
        };
        if is_failed {
            own.tries.count(&caller, &own.settings, own.clock.now());
        }
        done
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn settings(window: i64, limit: usize) -> Settings {
        let settings = Config::parse("", None).unwrap().settings;
        Settings {
            failed_tries_window: window,
            failed_tries_of_caller: limit,
            ..settings
        }
    }

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(1_000_000_800 + seconds)
    }

    fn wait(tries: &Tries, caller: &str, settings: &Settings, now: i64) -> Option<i64> {
        let refused = tries.check(caller, settings, at(now)).err()?;
        assert_eq!(refused.reason, Reason::CallerTries);
        refused.retry_after
    }

    #[test]
    fn a_try_counts_for_one_window_and_one_caller() {
        let (tries, settings) = (Tries::default(), settings(3600, 2));
        let caller = Arc::from("a");
        tries.count(&caller, &settings, at(0));
        assert_eq!(wait(&tries, "a", &settings, 0), None);
        tries.count(&caller, &settings, at(600));
        assert_eq!(wait(&tries, "a", &settings, 600), Some(3000));
        assert_eq!(wait(&tries, "b", &settings, 600), None);
        assert_eq!(wait(&tries, "a", &settings, 3599), Some(1));
        assert_eq!(wait(&tries, "a", &settings, 3600), None);
        tries.count(&caller, &settings, at(3600));
        assert_eq!(wait(&tries, "a", &settings, 3600), Some(600));
    }

    #[test]
    fn many_tries_have_to_leave_until_one_is_free() {
        let (tries, settings) = (Tries::default(), settings(3600, 2));
        let caller = Arc::from("a");
        for second in [0, 60, 120, 120] {
            tries.count(&caller, &settings, at(second));
        }
        // Two free ones mean that one of the last two must leave, and they leave together.
        assert_eq!(wait(&tries, "a", &settings, 120), Some(3600));
        let known = tries.0.lock().unwrap();
        assert_eq!(known["a"].len(), 3);
    }

    #[test]
    fn parts_that_left_are_forgotten() {
        let (tries, settings) = (Tries::default(), settings(3600, 1_000_000));
        let caller = Arc::from("a");
        for second in 0..100_000 {
            tries.count(&caller, &settings, at(second));
        }
        let known = tries.0.lock().unwrap();
        assert_eq!(known["a"].len(), 60);
        assert!((3541..=3600).contains(&known["a"].values().sum::<usize>()));
    }

    #[test]
    fn windows_that_are_no_multiple_of_their_parts_are_not_shortened() {
        for window in [1, 2, 59, 60, 61, 100, 3601, 604_800] {
            let (tries, settings) = (Tries::default(), settings(window, 1));
            tries.count(&Arc::from("a"), &settings, at(0));
            let part = (window / PARTS).max(1);
            let first_of_part = at(0).seconds() % part;
            let last = window - 1 - first_of_part;
            assert!(
                wait(&tries, "a", &settings, last.max(0)).is_some(),
                "{window}"
            );
            assert_eq!(
                wait(&tries, "a", &settings, window + part),
                None,
                "{window}"
            );
        }
    }

    #[test]
    fn a_clock_that_goes_back_frees_nothing() {
        let (tries, settings) = (Tries::default(), settings(3600, 1));
        tries.count(&Arc::from("a"), &settings, at(0));
        assert!(wait(&tries, "a", &settings, -7200).is_some());
    }
}
