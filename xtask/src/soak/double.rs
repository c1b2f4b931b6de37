//! No double confirmation: two daemons over one database are given everything several times at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use proto::v1::{AccountLevel, Application, ApplicationState, PersonalData};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonic::{Code, Status};

use super::World;
use super::claim::Figure;
use super::client::{Client, Prepared};
use super::log::{Log, count, decisions};
use super::people::{personal_data, snils};

/// Units of work that are in progress at the same time.
const AT_ONCE: usize = 8;
/// The person who attests as an operator.
const OPERATOR: usize = 0;
/// Numbers of couples' SNILS begin here, where no other part of a run takes any.
const COUPLES: usize = 50_000;

/// Two portals, each at a daemon of its own.
type Pair = [Client; 2];

/// What the applications of a run share.
struct Run {
    world: Arc<World>,
    clients: Pair,
    /// Accounts of level STANDARD, whose owners sign themselves.
    accounts: Vec<String>,
    operator: String,
}

/// Submits so many applications, half of them for people of whom two accounts claim to be.
pub async fn claim(world: &Arc<World>, applications: usize) -> Result<Figure> {
    let database = world.postgres("soak_double").await?;
    let places = [
        world.place("double-a", &database, "")?,
        world.place("double-b", &database, "")?,
    ];
    let [first, second] = [places[0].start()?, places[1].start()?];
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
    let operator = personal_data(world.people.person(OPERATOR)?).snils;
    clients[0].enrol(&operator).await?;
    let run = Arc::new(Run {
        world: Arc::clone(world),
        clients,
        accounts,
        operator,
    });
    let (own, couples) = (applications / 2, applications / 4);
    run.submit_all(own, couples).await?;
    for number in (1..people).step_by(2) {
        let [a, b] = names_of_two(number);
        run.one_of_two(&a, &b).await?;
    }
    for number in 0..couples {
        let [a, b] = names_of_couple(number);
        run.one_of_two(&a, &b).await?;
    }
    drop(run);
    first.stop()?;
    second.stop()?;
    let log = Log::read(&database).await?;
    let leaves = decisions(&database).await?;
    ensure!(
        leaves.len() == applications && leaves.values().all(|leaves| *leaves == 1),
        "{} applications have leaves of their outcomes, not each one",
        leaves.len()
    );
    for (what, sql, expected) in [
        (
            "applications",
            "SELECT COUNT(*) FROM application",
            applications,
        ),
        ("outcomes", "SELECT COUNT(*) FROM outcome", applications),
        (
            "evidence rows",
            "SELECT COUNT(*) FROM evidence",
            applications,
        ),
        ("accepted applications", ACCEPTED, own + couples),
        ("applications of another's SNILS", REJECTED, couples),
        (
            "applications without exactly one outcome, leaf and event",
            NOT_ONE,
            0,
        ),
        ("numbers of two confirmed accounts", TWICE, 0),
        ("confirmed accounts", CONFIRMED, people + couples),
    ] {
        let found = count(&database, sql).await?;
        ensure!(
            usize::try_from(found)? == expected,
            "{found} {what}, not {expected}"
        );
    }
    let [place, _] = places;
    world.keep(place, database);
    Ok(Figure(format!(
        "{applications} applications submitted 4 times at once on 2 daemons, {} of them of {couples} pairs of accounts \
         with one SNILS, and {} pairs by registry results: one outcome, one leaf, one event each; {} confirmed, {couples} \
         refused, no SNILS twice; {} leaves",
        2 * couples,
        people / 2,
        people + couples,
        log.leaves.len()
    )))
}

const ACCEPTED: &str = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_ACCEPTED'";
const REJECTED: &str = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_REJECTED' \
     AND reasons = 'SNILS_ALREADY_USED'";
const NOT_ONE: &str = "SELECT COUNT(*) FROM application p WHERE \
     (SELECT COUNT(DISTINCT audit_sequence) FROM outcome o WHERE o.application_id = p.application_id) <> 1 OR \
     (SELECT COUNT(*) FROM event e WHERE e.application_id = p.application_id \
     AND e.kind IN ('APPLICATION_ACCEPTED', 'APPLICATION_REJECTED')) <> 1";
const TWICE: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM account WHERE level <> 'SIMPLIFIED' \
     GROUP BY snils_digest HAVING COUNT(*) > 1) AS twice";
const CONFIRMED: &str =
    "SELECT COUNT(DISTINCT snils_digest) FROM account WHERE level = 'CONFIRMED'";

async fn alone(clients: &Pair, number: usize, data: &PersonalData) -> Result<String> {
    let [first, _] = clients;
    let id = format!("double-{number}");
    first.standard(&id, data).await?;
    Ok(id)
}

fn names_of_two(number: usize) -> [String; 2] {
    ["a", "b"].map(|which| format!("double-{number}-{which}"))
}

fn names_of_couple(number: usize) -> [String; 2] {
    ["a", "b"].map(|which| format!("couple-{number}-{which}"))
}

/// Two accounts with one SNILS, whose registry results come at the same time: one becomes STANDARD, and is answered.
async fn of_two(clients: &Pair, number: usize, data: &PersonalData) -> Result<String> {
    let [a, b] = names_of_two(number);
    let [first, second] = clients;
    first.register(&a, data).await?;
    first.register(&b, data).await?;
    let one = second.submit_data(&a, data).await?;
    let other = second.submit_data(&b, data).await?;
    let results = tokio::join!(first.pass_check(&a, one), second.pass_check(&b, other));
    let taken = |refused| is(&refused, Code::AlreadyExists, "SNILS_ALREADY_USED");
    match results {
        (Ok(_), Err(refused)) => taken(refused).map(|()| a),
        (Err(refused), Ok(_)) => taken(refused).map(|()| b),
        (Ok(_), Ok(_)) => bail!("two accounts of one SNILS became STANDARD"),
        (Err(_), Err(_)) => bail!("neither account of one SNILS became STANDARD"),
    }
}

impl Run {
    /// Own signatures and couples in turns.
    async fn submit_all(self: &Arc<Self>, own: usize, couples: usize) -> Result<()> {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = JoinSet::new();
        for number in 0..own.max(couples) {
            let place = Arc::clone(&places).acquire_owned().await?;
            let run = Arc::clone(self);
            running.spawn(async move {
                let _place = place;
                if number < own {
                    let done = run.own(number).await;
                    done.with_context(|| format!("application {number}"))?;
                }
                if number < couples {
                    let done = run.couple(number).await;
                    done.with_context(|| format!("couple {number}"))?;
                }
                anyhow::Ok(())
            });
            while let Some(done) = running.try_join_next() {
                done??;
            }
        }
        while let Some(done) = running.join_next().await {
            done??;
        }
        Ok(())
    }

    /// An application of a person of whom one account is STANDARD.
    async fn own(&self, number: usize) -> Result<()> {
        let person = number % self.accounts.len();
        let account = self.accounts.get(person).context("an account")?;
        let prepared = self.of(number).prepare(account).await?;
        let application = self.everywhere(&prepared, person, number).await?;
        ensure!(
            application.state() == ApplicationState::Accepted,
            "{:?}",
            application.state()
        );
        Ok(())
    }

    /// Two SIMPLIFIED accounts with one SNILS, both attested at the same time: one is confirmed.
    async fn couple(&self, number: usize) -> Result<()> {
        let mut data = personal_data(self.world.people.person(number)?);
        data.snils = snils(COUPLES + number);
        let ids = names_of_couple(number);
        let prepare = async |which: usize, id: &String| {
            let client = self.of(number + which);
            client.register(id, &data).await?;
            client.submit_data(id, &data).await?;
            client.prepare_attestation(id, &self.operator).await
        };
        let (a, b) = tokio::try_join!(prepare(0, &ids[0]), prepare(1, &ids[1]))?;
        let (a, b) = tokio::try_join!(
            self.everywhere(&a, OPERATOR, number),
            self.everywhere(&b, OPERATOR, number + 2)
        )?;
        let states: BTreeSet<ApplicationState> = [a.state(), b.state()].into();
        ensure!(
            states == [ApplicationState::Accepted, ApplicationState::Rejected].into(),
            "{states:?}"
        );
        for application in [a, b] {
            let reasons = application.outcome.unwrap_or_default().reasons;
            ensure!(
                reasons.iter().all(|it| it.code == "SNILS_ALREADY_USED"),
                "refused for another reason"
            );
        }
        Ok(())
    }

    /// The daemons in turns.
    fn of(&self, number: usize) -> &Client {
        let [first, second] = &self.clients;
        match number % 2 {
            0 => first,
            _ => second,
        }
    }

    /// One application, four times at once: the same signature everywhere, or two signatures on each daemon.
    async fn everywhere(
        &self,
        prepared: &Prepared,
        person: usize,
        number: usize,
    ) -> Result<Application> {
        let [first, second] = &self.clients;
        let same = number % 4 < 2;
        let one = self.sign(prepared, person, prepared.at).await?;
        let other = match same {
            true => one.clone(),
            false => self.sign(prepared, person, prepared.at - 1).await?,
        };
        let (a, b, c, d) = tokio::join!(
            first.submit(prepared, one.clone()),
            second.submit(prepared, other.clone()),
            first.submit(prepared, other),
            second.submit(prepared, one),
        );
        let mut applications = Vec::new();
        for answers in [[a, d], [b, c]] {
            let taken = answers.iter().any(Result::is_ok);
            for answer in answers {
                match answer {
                    Ok(answer) => applications.push(answer.application.context("an application")?),
                    Err(refused) if taken => bail!("refused with {}", refused.code()),
                    Err(refused) => is(
                        &refused,
                        Code::FailedPrecondition,
                        "APPLICATION_ALREADY_SUBMITTED",
                    )?,
                }
            }
        }
        let expected = if same { 4 } else { 2 };
        ensure!(
            applications.len() == expected,
            "{} of 4 submissions were taken, not {expected}",
            applications.len()
        );
        let application = applications.pop().context("no submission was taken")?;
        ensure!(
            applications.iter().all(|it| *it == application),
            "two outcomes of one application"
        );
        Ok(application)
    }

    async fn sign(&self, prepared: &Prepared, person: usize, at: i64) -> Result<Vec<u8>> {
        let (world, content) = (Arc::clone(&self.world), prepared.content.clone());
        tokio::task::spawn_blocking(move || world.people.sign(person, &content, at)).await?
    }

    /// Of two accounts for one SNILS one is confirmed, and the other is where it began.
    async fn one_of_two(&self, a: &str, b: &str) -> Result<()> {
        let [first, second] = &self.clients;
        let (a, b) = tokio::try_join!(first.account(a), second.account(b))?;
        let levels: BTreeSet<AccountLevel> = [a.level(), b.level()].into();
        ensure!(
            levels == [AccountLevel::Confirmed, AccountLevel::Simplified].into(),
            "the pair of {} is {levels:?}",
            a.account_id
        );
        Ok(())
    }
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
