//! Confirmations a second, against what the store and the judge reach alone.
//!
//! A confirmation is PrepareApplication and SubmitApplication over gRPC. People sign between the two, which is not
//! measured. The ceilings are the same rows written by the same use cases without gRPC and without a judge, and the same
//! signatures judged on the same worker pool without gRPC and without a store.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use proto::v1::ApplicationState;
use sig_core::alg::provider::Algorithms;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use verifierd::back_end::BackEnd;
use verifierd::domain::application::Channel;
use verifierd::domain::caller::Caller;
use verifierd::domain::time::UnixSeconds;
use verifierd::service::ports::{
    Arriving, NotJudged, SignedContent, StreamRequest, Verdict, Verify, VerifyRequest,
};
use verifierd::service::verify::{Judge, TrustFiles};
use verifierd::service::{confirm, judge};

use super::figure::Figure;
use super::fill;
use super::host::{Host, NOW};
use super::load::{Rate, Times, closed, percentile};
use super::measure::median;
use crate::soak::client::{Client, Prepared, Said};
use crate::soak::daemon::Database;
use crate::soak::people::{People, personal_data};
use crate::soak::postgres;

const PEOPLE: usize = 64;
const CONNECTIONS: usize = 4;
const AT_ONCE: usize = 64;
/// Turns of each side.
const TURNS: usize = 3;
/// Of the lower ceiling.
const GOAL: f64 = 0.6;
/// Outcomes for which one flush may be made.
const OUTCOMES: f64 = 50.0;
/// Calls at once that saturate the store.
const SATURATED: usize = 512;
/// How many times longer a confirmation may take with a thousand times the accounts.
const GROWTH: f64 = 1.3;
/// Confirmations one after the other, of which the middle one counts.
const ALONE: usize = 200;

/// What is compared.
pub struct Compared {
    pub rates: Vec<Rate>,
    pub figures: Vec<Figure>,
    /// Engines that are not here.
    pub missing: Vec<&'static str>,
}

/// Both engines; `sizes` are numbers of accounts, `calls` the confirmations of a turn.
pub fn compare(sizes: &[usize], calls: usize) -> Result<Compared> {
    let people = Arc::new(People::new(PEOPLE)?);
    let folder = TempDir::with_prefix("bench-")?;
    let mut compared = Compared {
        rates: Vec::new(),
        figures: Vec::new(),
        missing: Vec::new(),
    };
    let sqlite = |name: &str| Database::Sqlite(folder.path().join(name));
    let pair = [sqlite("served.sqlite"), sqlite("alone.sqlite")];
    Bench::new(&pair, &people, calls)?.run(sizes, &mut compared)?;
    match postgres::server() {
        None => compared.missing.push("PostgreSQL"),
        Some(server) => {
            let runtime = Runtime::new()?;
            let make = |name| runtime.block_on(postgres::create(&server, name));
            let pair = [make("bench_served")?, make("bench_alone")?];
            Bench::new(&pair, &people, calls)?.run(sizes, &mut compared)?;
        }
    }
    Ok(compared)
}

/// The daemon, a second one over a judge that knows its verdicts, and their callers.
struct Bench {
    database: Database,
    people: Arc<People>,
    served: Host,
    alone: Host,
    clients: Vec<Client>,
    callers: Runtime,
    calls: usize,
}

impl Bench {
    fn new([database, other]: &[Database; 2], people: &Arc<People>, calls: usize) -> Result<Self> {
        let served = Host::start(database)?;
        let alone = Host::with(other, Arc::new(Known::of(people)?))?;
        let callers = Runtime::new()?;
        let said = Said::default();
        let clients = callers.block_on(async {
            for host in [&served, &alone] {
                let client = Client::connect(&format!("http://{}", host.address()), &said).await?;
                for number in 0..PEOPLE {
                    let data = personal_data(people.person(number)?);
                    client.standard(&account(number), &data).await?;
                }
                client
                    .register("template", &personal_data(people.person(0)?))
                    .await?;
            }
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                let endpoint = format!("http://{}", served.address());
                clients.push(Client::connect(&endpoint, &said).await?);
            }
            anyhow::Ok(clients)
        })?;
        Ok(Self {
            database: database.clone(),
            people: Arc::clone(people),
            served,
            alone,
            clients,
            callers,
            calls,
        })
    }

    fn run(&self, sizes: &[usize], compared: &mut Compared) -> Result<()> {
        let name = self.database.name();
        let (mut ours, mut store, mut judge) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lower, mut each) = (Vec::new(), Vec::new());
        let mut flushes = 0;
        for _ in 0..TURNS {
            let (times, signed) = self.confirm(AT_ONCE, self.calls)?;
            let (store_alone, _) = self.store_alone(AT_ONCE, &signed)?;
            (_, flushes) = self.store_alone(SATURATED, &signed)?;
            let ceilings = [store_alone, self.judge_alone(signed)?];
            let rate = times.rate();
            lower.push(rate / ceilings[0].min(ceilings[1]));
            ours.push(rate);
            store.push(ceilings[0]);
            judge.push(ceilings[1]);
            each.extend(times.each);
        }
        let middle = |values: &[f64]| median(values).context("turns");
        let (ours, ratio) = (middle(&ours)?, middle(&lower)?);
        let millis =
            |percent| Ok::<_, anyhow::Error>(percentile(&each, percent)?.as_secs_f64() * 1e3);
        compared.rates.push(Rate {
            area: "confirm",
            what: format!(
                "{name}: confirmations, {AT_ONCE} in flight, p50 {:.1} ms, p99 {:.1} ms: against the lower ceiling \
                 (store alone {:.0} 1/s, judge alone {:.0} 1/s)",
                millis(50)?,
                millis(99)?,
                middle(&store)?,
                middle(&judge)?
            ),
            ours,
            peer: ours / ratio,
            goal: GOAL,
        });
        compared.figures.push(Figure {
            area: "confirm",
            what: format!(
                "{name}: flushes for {} outcomes, {SATURATED} in flight",
                self.calls
            ),
            unit: "flushes",
            ours: flushes as f64,
            peer: self.calls as f64,
            goal: OUTCOMES,
        });
        self.sizes(sizes, compared)
    }

    /// Confirms `count` times: prepares everything, has it signed, submits everything.
    fn confirm(&self, at_once: usize, count: usize) -> Result<(Times, Vec<Signed>)> {
        let clients = self.clients.clone();
        let prepared = Arc::new(Mutex::new(vec![None; count]));
        let kept = Arc::clone(&prepared);
        let prepare = move |number: usize| {
            let client = clients.get(number % clients.len()).cloned();
            let kept = Arc::clone(&kept);
            async move {
                let client = client.context("a connection")?;
                let prepared = client.prepare(&account(number)).await?;
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                *kept.get_mut(number).context("a place")? = Some(prepared);
                Ok(())
            }
        };
        let preparing = self.callers.block_on(closed(at_once, count, prepare))?;
        let prepared =
            std::mem::take(&mut *prepared.lock().unwrap_or_else(PoisonError::into_inner));
        let prepared: Option<Vec<Prepared>> = prepared.into_iter().collect();
        let signed = Arc::new(self.sign(prepared.context("every application")?)?);
        let (clients, given) = (self.clients.clone(), Arc::clone(&signed));
        let submit = move |number: usize| {
            let client = clients.get(number % clients.len()).cloned();
            let signed = given.get(number).cloned();
            async move {
                let (client, signed) =
                    (client.context("a connection")?, signed.context("a place")?);
                let answer = client.submit(&signed.prepared, signed.signature).await?;
                let state = answer.application.map(|application| application.state());
                ensure!(state == Some(ApplicationState::Accepted), "{state:?}");
                Ok(())
            }
        };
        let submitting = self.callers.block_on(closed(at_once, count, submit))?;
        let each = preparing.each.iter().zip(&submitting.each);
        let times = Times {
            all: preparing.all + submitting.all,
            each: each.map(|(prepare, submit)| *prepare + *submit).collect(),
        };
        let signed = Arc::into_inner(signed).context("all calls have ended")?;
        Ok((times, signed))
    }

    fn sign(&self, prepared: Vec<Prepared>) -> Result<Vec<Signed>> {
        let half = prepared.len().div_ceil(2);
        let sign = |(at, prepared): (usize, &[Prepared])| {
            let numbered = prepared.iter().enumerate();
            let signed = numbered.map(|(number, prepared)| {
                let number = at * half + number;
                let content = &prepared.content;
                let signature = self.people.sign(number % PEOPLE, content, prepared.at)?;
                anyhow::Ok(Signed {
                    prepared: prepared.clone(),
                    signature,
                })
            });
            signed.collect::<Result<Vec<_>>>()
        };
        let parts = std::thread::scope(|scope| {
            let threads: Vec<_> = prepared
                .chunks(half)
                .enumerate()
                .map(|part| scope.spawn(move || sign(part)))
                .collect();
            let joined = threads.into_iter().map(|thread| {
                let signed = thread.join();
                signed.map_err(|_| anyhow::anyhow!("a signer panicked"))?
            });
            joined.collect::<Result<Vec<_>>>()
        })?;
        Ok(parts.into_iter().flatten().collect())
    }

    /// The same applications prepared and decided, without gRPC and without a judge: how many a second, and how many
    /// flushes their outcomes took.
    fn store_alone(&self, at_once: usize, signed: &[Signed]) -> Result<(f64, u64)> {
        let context = self.alone.context().clone();
        let ids = Arc::new(Mutex::new(vec![String::new(); signed.len()]));
        let (kept, given) = (Arc::clone(&ids), context.clone());
        let prepare = move |number: usize| {
            let (context, kept) = (given.clone(), Arc::clone(&kept));
            async move {
                let channel = Some(Channel::OwnSignature);
                let standing = confirm::prepare(&context, &account(number), channel, None).await;
                let standing = standing.map_err(refused)?;
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                *kept.get_mut(number).context("a place")? =
                    standing.filed.application.id.to_string();
                Ok(())
            }
        };
        let runtime = self.alone.runtime();
        let preparing = runtime.block_on(closed(at_once, signed.len(), prepare))?;
        let ids = Arc::new(std::mem::take(
            &mut *ids.lock().unwrap_or_else(PoisonError::into_inner),
        ));
        let signatures: Arc<Vec<Vec<u8>>> = Arc::new(
            signed
                .iter()
                .map(|signed| signed.signature.clone())
                .collect(),
        );
        let submit = move |number: usize| {
            let (context, ids) = (context.clone(), Arc::clone(&ids));
            let mut signature = signatures.get(number).cloned().unwrap_or_default();
            // Whose it is, for the judge that knows.
            signature.push(u8::try_from(number % PEOPLE).unwrap_or_default());
            async move {
                let id = ids.get(number).context("a place")?;
                let submitted =
                    confirm::submit(&context, &Caller::Local, &account(number), id, signature)
                        .await;
                submitted.map_err(refused)?;
                Ok(())
            }
        };
        let before = self.alone.store().written().commits;
        let submitting = runtime.block_on(closed(at_once, signed.len(), submit))?;
        let flushes = self.alone.store().written().commits - before;
        let all = preparing.all + submitting.all;
        Ok((signed.len() as f64 / all.as_secs_f64(), flushes))
    }

    /// The same signatures judged, without gRPC and without a store.
    fn judge_alone(&self, signed: Vec<Signed>) -> Result<f64> {
        let context = self.served.context().clone();
        let signed = Arc::new(signed);
        let count = signed.len();
        let call = move |number: usize| {
            let (context, signed) = (context.clone(), Arc::clone(&signed));
            async move {
                let signed = signed.get(number).context("a place")?;
                let request = VerifyRequest {
                    signature: signed.signature.clone(),
                    content: SignedContent::Octets(signed.prepared.content.clone()),
                    policy: context.settings.policy.clone(),
                };
                let judged = judge::judge(&context, request, None).await;
                judged.map_err(refused)?;
                Ok(())
            }
        };
        let times = self
            .served
            .runtime()
            .block_on(closed(AT_ONCE, count, call))?;
        Ok(times.rate())
    }

    /// One confirmation after the other, with more and more accounts.
    fn sizes(&self, sizes: &[usize], compared: &mut Compared) -> Result<()> {
        let name = self.database.name();
        let mut first: Option<(usize, Duration)> = None;
        for size in sizes {
            let filled = fill::accounts(&self.database, "template", *size);
            self.callers.block_on(filled)?;
            self.confirm(1, PEOPLE)?;
            let (times, _) = self.confirm(1, ALONE)?;
            let time = percentile(&times.each, 50)?;
            let (least, base) = *first.get_or_insert((*size, time));
            if *size == least {
                continue;
            }
            compared.figures.push(Figure {
                area: "confirm",
                what: format!("{name}: p50 alone with {size} accounts, against {least}"),
                unit: "us",
                ours: time.as_secs_f64() * 1e6,
                peer: base.as_secs_f64() * 1e6,
                goal: (100.0 / GROWTH).round() / 100.0,
            });
        }
        Ok(())
    }
}

fn account(number: usize) -> String {
    format!("bench-{}", number % PEOPLE)
}

fn refused(refusal: verifierd::service::refusal::Refusal) -> anyhow::Error {
    anyhow::anyhow!("refused: {}", refusal.reason.code())
}

#[derive(Clone)]
struct Signed {
    prepared: Prepared,
    signature: Vec<u8>,
}

/// Knows the verdict on each person's signature, named by its last octet, and computes nothing.
struct Known(Vec<Verdict>);

impl Known {
    fn of(people: &People) -> Result<Self> {
        let algorithms: &'static Algorithms = BackEnd::default().algorithms();
        let judge = Judge::new(TrustFiles::DEMO, algorithms, UnixSeconds::new(NOW))?;
        let verdict = |number| {
            let request = VerifyRequest {
                signature: people.sign(number, b"content", NOW)?,
                content: SignedContent::Octets(b"content".to_vec()),
                policy: "ru-qes".to_owned(),
            };
            let verdict = judge.verify(request, UnixSeconds::new(NOW));
            verdict.map_err(|why| anyhow::anyhow!("{why:?}"))
        };
        (0..PEOPLE).map(verdict).collect::<Result<_>>().map(Self)
    }
}

impl Verify for Known {
    fn check_format(&self, _: &[u8]) -> Result<(), NotJudged> {
        Ok(())
    }

    fn verify(&self, request: VerifyRequest, _: UnixSeconds) -> Result<Verdict, NotJudged> {
        let person = request.signature.last().copied().map(usize::from);
        let verdict = person.and_then(|person| self.0.get(person));
        verdict.cloned().ok_or(NotJudged::Unavailable)
    }

    fn begin(&self, _: StreamRequest, _: UnixSeconds) -> Result<Box<dyn Arriving>, NotJudged> {
        Err(NotJudged::Unavailable)
    }
}
