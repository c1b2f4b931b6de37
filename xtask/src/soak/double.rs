//! No double confirmation: two daemons over one database are given everything several times at once.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use proto::v1::{AccountLevel, ApplicationState, PersonalData, SubmitApplicationResponse};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonic::{Code, Status};

use super::World;
use super::claim::Figure;
use super::client::{Client, Prepared};
use super::log::{Log, count};
use super::people::personal_data;

/// Applications that are submitted at the same time, each several times.
const AT_ONCE: usize = 8;

/// Two portals, each at a daemon of its own.
type Pair = [Client; 2];

/// Submits so many applications, half of them for people of whom two accounts claim to be.
pub async fn claim(world: &Arc<World>, applications: usize) -> Result<Figure> {
    let database = world.postgres("soak_double").await?;
    let first = world.place("double-a", &database, "")?.start()?;
    let second = world.place("double-b", &database, "")?.start()?;
    let clients = [
        Client::connect(first.endpoint(), &world.said).await?,
        Client::connect(second.endpoint(), &world.said).await?,
    ];
    let people = world.people.count();
    let mut accounts = Vec::new();
    for number in 0..people {
        let data = personal_data(world.people.person(number)?);
        accounts.push(match number % 2 {
            0 => alone(&clients, number, &data).await?,
            _ => of_two(&clients, number, &data).await?,
        });
    }
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for number in 0..applications {
        let place = Arc::clone(&places).acquire_owned().await?;
        let account = accounts.get(number % people).context("an account")?.clone();
        let (world, clients) = (Arc::clone(world), clients.clone());
        running.spawn(async move {
            let done = submit_everywhere(&world, &clients, &account, number).await;
            drop(place);
            done.with_context(|| format!("application {number} of account {account}"))
        });
        while let Some(done) = running.try_join_next() {
            done??;
        }
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    for number in (1..people).step_by(2) {
        one_of_two(&clients, number).await?;
    }
    let log = Log::read(&database).await?;
    let expected = i64::try_from(applications)?;
    for (what, sql) in EACH {
        let found = count(&database, sql).await?;
        ensure!(
            found == expected,
            "{found} {what} of {expected} applications"
        );
    }
    drop(clients);
    first.stop()?;
    second.stop()?;
    Ok(Figure(format!(
        "{applications} applications submitted 4 times at once on 2 daemons, {} pairs of accounts for one SNILS: one outcome, one leaf and one event each; {} leaves",
        people / 2,
        log.leaves.len()
    )))
}

const EACH: [(&str, &str); 4] = [
    ("outcomes", "SELECT COUNT(*) FROM outcome"),
    ("evidence rows", "SELECT COUNT(*) FROM evidence"),
    (
        "events",
        "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_ACCEPTED'",
    ),
    (
        "leaves of outcomes",
        "SELECT COUNT(DISTINCT audit_sequence) FROM outcome",
    ),
];

async fn alone(clients: &Pair, number: usize, data: &PersonalData) -> Result<String> {
    let [first, _] = clients;
    let id = format!("double-{number}");
    first.standard(&id, data).await?;
    Ok(id)
}

fn names_of_two(number: usize) -> [String; 2] {
    ["a", "b"].map(|which| format!("double-{number}-{which}"))
}

/// Two accounts with one SNILS, whose registry results come at the same time: one becomes STANDARD, and is answered.
async fn of_two(clients: &Pair, number: usize, data: &PersonalData) -> Result<String> {
    let ids = names_of_two(number);
    let [first, second] = clients;
    let mut checks = Vec::new();
    for id in &ids {
        first.register(id, data).await?;
        checks.push(second.submit_data(id, data).await?);
    }
    let [a, b] = &ids;
    let (one, other) = (checks.remove(0), checks.remove(0));
    let results = tokio::join!(first.pass_check(a, one), second.pass_check(b, other));
    match results {
        (Ok(_), Err(refused)) => {
            is(&refused, Code::AlreadyExists, "SNILS_ALREADY_USED").map(|()| a)
        }
        (Err(refused), Ok(_)) => {
            is(&refused, Code::AlreadyExists, "SNILS_ALREADY_USED").map(|()| b)
        }
        _ => bail!("two results for one SNILS: {results:?}"),
    }
    .cloned()
}

/// Of two accounts for one SNILS one is confirmed, and the other is where it began.
async fn one_of_two(clients: &Pair, number: usize) -> Result<()> {
    let [first, second] = clients;
    let [a, b] = names_of_two(number);
    let levels = [
        first.account(&a).await?.level(),
        second.account(&b).await?.level(),
    ];
    let confirmed = |level: &&AccountLevel| **level == AccountLevel::Confirmed;
    let simplified = |level: &&AccountLevel| **level == AccountLevel::Simplified;
    ensure!(
        levels.iter().filter(confirmed).count() == 1
            && levels.iter().filter(simplified).count() == 1,
        "pair {number} is {levels:?}"
    );
    Ok(())
}

/// One application, four times at once: the same signature everywhere, or two signatures on each daemon.
async fn submit_everywhere(
    world: &Arc<World>,
    clients: &Pair,
    account: &str,
    number: usize,
) -> Result<()> {
    let [first, second] = clients;
    let prepared = match number % 2 {
        0 => first.prepare(account).await?,
        _ => second.prepare(account).await?,
    };
    let same = number % 4 < 2;
    let one = sign(world, &prepared, number, prepared.at).await?;
    let other = match same {
        true => one.clone(),
        false => sign(world, &prepared, number, prepared.at - 1).await?,
    };
    let answers = tokio::join!(
        first.submit(&prepared, one.clone()),
        second.submit(&prepared, other.clone()),
        first.submit(&prepared, other),
        second.submit(&prepared, one),
    );
    let (a, b, c, d) = answers;
    let outcomes = [[a, d], [b, c]];
    let taken: Vec<bool> = outcomes.iter().map(is_taken).collect();
    ensure!(
        if same {
            taken == [true, true]
        } else {
            taken.iter().filter(|it| **it).count() == 1
        },
        "taken {taken:?} of the same signature: {same}"
    );
    let mut said: Option<SubmitApplicationResponse> = None;
    for (answer, taken) in outcomes
        .into_iter()
        .zip(taken)
        .flat_map(|(pair, taken)| pair.map(|it| (it, taken)))
    {
        match answer {
            Ok(answer) if taken => {
                let application = answer.application.as_ref().context("an application")?;
                ensure!(
                    application.state() == ApplicationState::Accepted,
                    "{:?}",
                    application.state()
                );
                match &said {
                    None => said = Some(answer),
                    Some(said) => ensure!(said.application == answer.application, "two outcomes"),
                }
            }
            Err(refused) if !taken => {
                is(
                    &refused,
                    Code::FailedPrecondition,
                    "APPLICATION_ALREADY_SUBMITTED",
                )?;
            }
            Ok(_) => bail!("a second signature was taken"),
            Err(refused) => bail!("refused with {}", refused.code()),
        }
    }
    Ok(())
}

fn is_taken(pair: &[Result<SubmitApplicationResponse, Status>; 2]) -> bool {
    pair.iter().any(Result::is_ok)
}

async fn sign(world: &Arc<World>, prepared: &Prepared, number: usize, at: i64) -> Result<Vec<u8>> {
    let (world, content) = (Arc::clone(world), prepared.content.clone());
    let person = number % world.people.count();
    tokio::task::spawn_blocking(move || world.people.sign(person, &content, at)).await?
}

/// Whether an error is the one that is meant.
pub fn is(status: &Status, code: Code, reason: &str) -> Result<()> {
    let found = String::from_utf8_lossy(status.details());
    ensure!(
        status.code() == code && found.contains(reason),
        "{} where {reason} is meant",
        status.code()
    );
    Ok(())
}
