//! No acknowledged outcome is lost: a daemon is killed at random moments under load.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use proto::v1;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tonic::Status;

use super::World;
use super::claim::Figure;
use super::client::{Client, Prepared};
use super::daemon::{Daemon, Database, Place};
use super::log::Log;
use super::people::{personal_data, snils};
use super::random::Random;

/// Accounts whose owners go on confirming them.
const CONFIRMING: usize = 6;
/// Callers that register accounts one after the other.
const REGISTERING: usize = 2;
/// Between the beginning of the load and the kill, in milliseconds.
const MOMENTS: (u64, u64) = (20, 400);

/// What a daemon has said to somebody, and must not forget.
enum Acknowledged {
    /// An account, at a level.
    Account(v1::Account),
    /// The bytes to sign.
    Prepared(Prepared),
    /// A decided application.
    Decided(v1::Application),
}

/// Kills so many daemons over a database of `engine`.
pub async fn claim(world: &Arc<World>, database: &Database, rounds: usize) -> Result<Figure> {
    let name = format!("kill-{}", database.name());
    let place = world.place(&name, database, "")?;
    let mut random = Random::new(world.seed, &name);
    let mut daemon = place.start()?;
    let client = Client::connect(daemon.endpoint(), &world.said).await?;
    for number in 0..CONFIRMING {
        let data = personal_data(world.people.person(number)?);
        client.standard(&account(number), &data).await?;
    }
    let mut log = Log::read(database).await?;
    let mut all = Vec::new();
    let mut cut = 0;
    for round in 0..rounds {
        let moment = Moment {
            after: random.between(MOMENTS.0, MOMENTS.1),
            outcome: round % 2 == 1,
        };
        let load = Load {
            world: Arc::clone(world),
            client: Client::connect(daemon.endpoint(), &world.said).await?,
            round,
            decided: Notify::new(),
        };
        let (answers, in_flight) = load.until_killed(daemon, moment).await?;
        cut += in_flight;
        daemon = again(&place)?;
        let context = || format!("{name}: round {round}, killed {moment}");
        let client = Client::connect(daemon.endpoint(), &world.said).await?;
        for answer in &answers {
            is_found(&client, answer).await.with_context(context)?;
        }
        let now = Log::read(database).await.with_context(context)?;
        now.continues(&log).with_context(context)?;
        log = now;
        all.extend(answers);
    }
    let client = Client::connect(daemon.endpoint(), &world.said).await?;
    for answer in &all {
        is_found(&client, answer)
            .await
            .context("after the last round")?;
    }
    drop(client);
    daemon.stop()?;
    ensure!(all.len() >= rounds, "only {} answers", all.len());
    ensure!(
        cut >= rounds,
        "only {cut} calls were cut off: there was no load"
    );
    world.keep(place, database.clone());
    let decided = all
        .iter()
        .filter(|it| matches!(it, Acknowledged::Decided(_)));
    Ok(Figure(format!(
        "{}: {rounds} kills, {} answers of which {} outcomes, {cut} calls cut off, {} leaves; 0 lost",
        database.name(),
        all.len(),
        decided.count(),
        log.leaves.len()
    )))
}

/// When a daemon is killed.
#[derive(Clone, Copy)]
struct Moment {
    /// Milliseconds.
    after: u64,
    /// Counted from the first outcome, not from the beginning of the load.
    outcome: bool,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = match self.outcome {
            true => "the first outcome",
            false => "the beginning of the load",
        };
        write!(f, "{} ms after {since}", self.after)
    }
}

/// A daemon over what the killed one left.
fn again(place: &Place) -> Result<Daemon> {
    place.start().context("start after a kill")
}

fn account(number: usize) -> String {
    format!("kill-{number}")
}

struct Load {
    world: Arc<World>,
    client: Client,
    round: usize,
    /// An outcome was acknowledged.
    decided: Notify,
}

impl Load {
    /// Answers what was acknowledged, and how many calls were in progress at the kill.
    async fn until_killed(
        self,
        daemon: Daemon,
        moment: Moment,
    ) -> Result<(Vec<Acknowledged>, usize)> {
        let load = Arc::new(self);
        let cut = Arc::new(AtomicUsize::new(0));
        let (tell, mut told) = unbounded_channel();
        let mut callers = JoinSet::new();
        for number in 0..CONFIRMING + REGISTERING {
            let (load, tell, cut) = (Arc::clone(&load), tell.clone(), Arc::clone(&cut));
            callers.spawn(async move {
                let ended = match number.checked_sub(CONFIRMING) {
                    None => load.confirm(number, &tell).await,
                    Some(caller) => load.register(caller, &tell).await,
                };
                cut.fetch_add(usize::from(ended.is_err()), Ordering::Relaxed);
            });
        }
        drop(tell);
        if moment.outcome {
            let decided = load.decided.notified();
            // A daemon that decides nothing is killed all the same.
            let _ = tokio::time::timeout(Duration::from_secs(10), decided).await;
        }
        tokio::time::sleep(Duration::from_millis(moment.after)).await;
        daemon.kill()?;
        while callers.join_next().await.transpose()?.is_some() {}
        let mut answers = Vec::new();
        while let Some(answer) = told.recv().await {
            answers.push(answer);
        }
        Ok((answers, cut.load(Ordering::Relaxed)))
    }

    /// Confirms an account again and again, until the daemon is gone.
    async fn confirm(
        &self,
        number: usize,
        tell: &UnboundedSender<Acknowledged>,
    ) -> Result<(), Status> {
        let gone = |_| Status::aborted("the run ended");
        loop {
            let prepared = self.client.prepare(&account(number)).await?;
            tell.send(Acknowledged::Prepared(prepared.clone()))
                .map_err(gone)?;
            let world = Arc::clone(&self.world);
            let content = prepared.content.clone();
            let at = prepared.at;
            let signed =
                tokio::task::spawn_blocking(move || world.people.sign(number, &content, at));
            let signature = match signed.await {
                Ok(Ok(signature)) => signature,
                _ => return Ok(()),
            };
            let answer = self.client.submit(&prepared, signature).await?;
            if let Some(application) = answer.application {
                tell.send(Acknowledged::Decided(application))
                    .map_err(gone)?;
                self.decided.notify_one();
            }
        }
    }

    /// Registers accounts and has their data checked, until the daemon is gone.
    async fn register(
        &self,
        caller: usize,
        tell: &UnboundedSender<Acknowledged>,
    ) -> Result<(), Status> {
        let gone = |_| Status::aborted("the run ended");
        for number in 0.. {
            let id = format!("kill-new-{caller}-{}-{number}", self.round);
            let person = self.world.people.person(0);
            let mut data = person
                .map(personal_data)
                .map_err(|_| Status::aborted("nobody"))?;
            data.snils = snils(10_000 + (self.round * REGISTERING + caller) * 100 + number % 100);
            let account = self.client.register(&id, &data).await?;
            tell.send(Acknowledged::Account(account)).map_err(gone)?;
            let check = self.client.submit_data(&id, &data).await?;
            if number < 100 {
                let account = self.client.pass_check(&id, check).await?;
                tell.send(Acknowledged::Account(account)).map_err(gone)?;
            }
        }
        Ok(())
    }
}

/// What was said stands: the same outcome to the octet, or what follows from it by a later step.
async fn is_found(client: &Client, answer: &Acknowledged) -> Result<()> {
    match answer {
        Acknowledged::Account(said) => {
            let found = client.account(&said.account_id).await?;
            ensure!(
                found.level >= said.level && found.registered_at == said.registered_at,
                "account {} is not what was said",
                said.account_id
            );
        }
        Acknowledged::Prepared(said) => {
            let found = client.application(&said.account, &said.id).await?;
            let is_open = found
                .application
                .as_ref()
                .is_some_and(|application| application.state() == v1::ApplicationState::Prepared);
            ensure!(
                !is_open || found.content == said.content,
                "application {} has other content",
                said.id
            );
        }
        Acknowledged::Decided(said) => {
            let found = client
                .application(&said.account_id, &said.application_id)
                .await?;
            ensure!(
                found.application.as_ref() == Some(said),
                "application {} is not as it was acknowledged",
                said.application_id
            );
            if said.state() == v1::ApplicationState::Accepted {
                let account = client.account(&said.account_id).await?;
                ensure!(
                    account.level() == v1::AccountLevel::Confirmed,
                    "account {} is not confirmed",
                    said.account_id
                );
            }
        }
    }
    Ok(())
}
