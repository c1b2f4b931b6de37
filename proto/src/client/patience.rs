//! Calls that are made again, by the rules of the API: which may, when, and until when.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout_at};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::is_cut;

/// How long and how often a caller asks for one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For all calls together and the pauses between them.
    pub deadline: Duration,
    /// Calls at most.
    pub calls: u32,
    /// The first pause; each is twice the one before, and up to a half longer or shorter than that, so that many callers do not
    /// come back at once. The daemon may ask for a longer one.
    pub pause: Duration,
    /// The longest pause that is not asked for.
    pub longest: Duration,
}

impl Default for Patience {
    /// 30 seconds, 5 calls, pauses from 100 ms to 5 s.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            calls: 5,
            pause: Duration::from_millis(100),
            longest: Duration::from_secs(5),
        }
    }
}

/// When a request may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Twice is as good as once: also when the answer was lost and nobody knows whether it was carried out.
    Always,
    /// Twice is more than once: only when the daemon said that it did nothing.
    Refused,
}

/// Methods whose request made twice is more than made once: a challenge is spent, a wrong code is a try, a letter is a letter.
pub const ONCE: &[&str] = &[
    "/verifier.v1.ConfirmationService/ConfirmWithPostalCode",
    "/verifier.v1.ConfirmationService/IssuePostalCode",
    "/verifier.v1.SignInService/SignIn",
];

impl Repeat {
    /// The rule of a method, by its path.
    #[must_use]
    pub fn of(method: &str) -> Self {
        match ONCE.contains(&method) {
            true => Self::Refused,
            false => Self::Always,
        }
    }
}

impl Patience {
    /// Makes a call, and again while that may help. `call` is given the time that is left, which is its deadline:
    /// [`tonic::Request::set_timeout`].
    ///
    /// ```no_run
    /// use proto::{client, v1};
    ///
    /// # async fn account() -> Result<v1::Account, Box<dyn std::error::Error>> {
    /// let channel = client::endpoint("http://127.0.0.1:50051", None).map_err(|it| format!("{it:?}"))?.connect_lazy();
    /// let accounts = v1::account_service_client::AccountServiceClient::new(channel);
    /// let patience = client::Patience::default();
    /// let answer = patience.call(client::Repeat::Always, |left| {
    ///     let mut accounts = accounts.clone();
    ///     let mut request = tonic::Request::new(v1::GetAccountRequest { account_id: "a-1".into() });
    ///     request.set_timeout(left);
    ///     async move { accounts.get_account(request).await }
    /// });
    /// Ok(answer.await?.into_inner().account.ok_or("no account")?)
    /// # }
    /// ```
    ///
    /// # Errors
    /// The last refusal; `DEADLINE_EXCEEDED` when no answer came in time, after which a request of [`Repeat::Refused`] may have
    /// been carried out.
    pub async fn call<T, F>(
        &self,
        repeat: Repeat,
        mut call: impl FnMut(Duration) -> F,
    ) -> Result<T, Status>
    where
        F: Future<Output = Result<T, Status>>,
    {
        let end = Instant::now() + self.deadline;
        let mut made = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(answer) = timeout_at(end, call(left)).await else {
                return Err(Status::deadline_exceeded("no answer came in time"));
            };
            let status = match answer {
                Ok(answer) => return Ok(answer),
                Err(status) => status,
            };
            made += 1;
            let pause = match asked_for(&status, repeat) {
                Some(asked) if made < self.calls => asked.max(self.pause_after(made, random())),
                _ => return Err(status),
            };
            if Instant::now() + pause >= end {
                return Err(status);
            }
            sleep(pause).await;
        }
    }

    /// The pause after so many calls; `random` moves it between a half and three halves.
    fn pause_after(&self, made: u32, random: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(made.saturating_sub(1));
        let pause = self.pause.saturating_mul(doubled).min(self.longest);
        let share = f64::from(random) / f64::from(u32::MAX) + 0.5;
        pause.mul_f64(share)
    }
}

/// The pause that a refusal asks for, if the call may be made again.
fn asked_for(status: &Status, repeat: Repeat) -> Option<Duration> {
    let asked = status.get_details_retry_info();
    let asked = asked.and_then(|retry| retry.retry_delay);
    let is_answer = !status.details().is_empty();
    match (status.code(), repeat) {
        // Nothing was begun, and the daemon says when there may be room; without that waiting does not help.
        (Code::ResourceExhausted, _) if is_answer => asked,
        // What the daemon began may have been carried out.
        (Code::Unavailable, Repeat::Always) => Some(asked.unwrap_or_default()),
        (_, Repeat::Always) if is_cut(status) => Some(Duration::ZERO),
        _ => None,
    }
}

/// Seeds of the standard library are random.
fn random() -> u32 {
    (RandomState::new().hash_one(0_u8) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, future::ready};

    use tonic_types::{ErrorDetail, ErrorInfo, RetryInfo};

    use super::*;

    fn refused(code: Code, wait: Option<u64>) -> Status {
        let mut details: Vec<ErrorDetail> = vec![ErrorInfo::new("X", "verifier", []).into()];
        if let Some(wait) = wait {
            details.push(RetryInfo::new(Some(Duration::from_secs(wait))).into());
        }
        Status::with_error_details_vec(code, "x", details)
    }

    fn cut() -> Status {
        Status::from_error(Box::new(std::io::Error::other("cut")))
    }

    /// Answers one after another; how many calls were made, and how long all took.
    async fn ask(
        repeat: Repeat,
        answers: Vec<Result<u8, Status>>,
    ) -> (Result<u8, Code>, usize, u64) {
        let begun = Instant::now();
        let answers = RefCell::new(answers.into_iter());
        let calls = RefCell::new(0);
        let patience = Patience::default();
        let asked = patience.call(repeat, |left| {
            assert!(left <= patience.deadline);
            *calls.borrow_mut() += 1;
            ready(answers.borrow_mut().next().unwrap())
        });
        let answer = asked.await.map_err(|status| status.code());
        (answer, calls.into_inner(), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_help_is_asked_again_and_nothing_else() {
        use Code::{FailedPrecondition, Internal, ResourceExhausted, Unavailable};
        use Repeat::{Always, Refused};
        let table = [
            (refused(ResourceExhausted, Some(1)), Always, true),
            (refused(ResourceExhausted, Some(1)), Refused, true),
            // Waiting does not help, or too long.
            (refused(ResourceExhausted, None), Always, false),
            (refused(ResourceExhausted, Some(3600)), Always, false),
            // Of something between: it may not have been the daemon.
            (Status::resource_exhausted("x"), Refused, false),
            (refused(Unavailable, Some(1)), Always, true),
            (refused(Unavailable, None), Always, true),
            (refused(Unavailable, Some(1)), Refused, false),
            (Status::unavailable("x"), Always, true),
            (Status::unavailable("x"), Refused, false),
            (cut(), Always, true),
            (cut(), Refused, false),
            (refused(Internal, None), Always, false),
            (refused(FailedPrecondition, Some(1)), Always, false),
            (Status::deadline_exceeded("x"), Always, false),
            (Status::cancelled("x"), Always, false),
        ];
        for (status, repeat, is_again) in table {
            let shown = format!("{status:?} {repeat:?}");
            let (answer, calls, _) = ask(repeat, vec![Err(status), Ok(7)]).await;
            assert_eq!(
                (answer == Ok(7), calls),
                (is_again, 1 + usize::from(is_again)),
                "{shown}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_daemon_says_how_long_to_wait() {
        let busy = || Err(refused(Code::ResourceExhausted, Some(7)));
        let (answer, calls, seconds) = ask(Repeat::Refused, vec![busy(), busy(), Ok(1)]).await;
        assert_eq!((answer, calls, seconds), (Ok(1), 3, 14));
    }

    #[tokio::test(start_paused = true)]
    async fn calls_and_time_are_bounded() {
        let gone = || Err(Status::unavailable("x"));
        let (answer, calls, seconds) = ask(Repeat::Always, (0..9).map(|_| gone()).collect()).await;
        assert_eq!((answer, calls), (Err(Code::Unavailable), 5));
        assert!(seconds <= 3, "{seconds}");
        let busy = || Err(refused(Code::ResourceExhausted, Some(13)));
        let (answer, calls, seconds) = ask(Repeat::Always, vec![busy(), busy(), busy()]).await;
        let expected = (Err(Code::ResourceExhausted), 3, 26);
        assert_eq!(
            (answer, calls, seconds),
            expected,
            "a third pause would be too long"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn no_answer_ends_with_the_deadline() {
        let begun = Instant::now();
        let patience = Patience::default();
        let asked = patience.call(Repeat::Always, |_| std::future::pending::<Result<(), _>>());
        assert_eq!(asked.await.unwrap_err().code(), Code::DeadlineExceeded);
        assert_eq!(begun.elapsed(), patience.deadline);
    }

    #[test]
    fn pauses_double_and_differ() {
        let patience = Patience::default();
        let millis = |made, random| patience.pause_after(made, random).as_millis();
        assert_eq!([1, 2, 3].map(|made| millis(made, 0)), [50, 100, 200]);
        assert_eq!(
            [1, 2, 3].map(|made| millis(made, u32::MAX)),
            [150, 300, 600]
        );
        assert_eq!(millis(40, 0), 2500);
        assert!((0..100).any(|_| random() != random()));
    }

    #[test]
    fn methods_that_count_twice_exist() {
        let known = String::from_utf8_lossy(crate::DESCRIPTORS);
        for method in ONCE {
            let (service, name) = method.trim_start_matches('/').split_once('/').unwrap();
            let service = service.strip_prefix("verifier.v1.").unwrap();
            assert!(known.contains(service) && known.contains(name), "{method}");
            assert_eq!(Repeat::of(method), Repeat::Refused);
        }
        let submit = "/verifier.v1.ConfirmationService/SubmitApplication";
        assert_eq!(Repeat::of(submit), Repeat::Always);
    }
}
