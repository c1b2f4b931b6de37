//! What must hold whatever happens, shown against daemons that run as processes of their own: a line a claim.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::clock::WallClock;
use claim::Figure;
use client::Said;
use daemon::{Database, Place};
use people::People;

mod claim;
pub mod client;
pub mod daemon;
mod double;
mod end;
mod evidence;
mod faults;
mod honest;
mod kill;
mod log;
pub mod people;
pub mod postgres;
mod privacy;
mod random;
mod replay;
mod verify;

/// How long what is in progress may take when the run is told to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Kills of a daemon on each engine.
const KILLS: usize = 50;
/// Kills where only a filled database is wanted.
const FEW: usize = 4;
/// Applications that are submitted at once from everywhere.
const APPLICATIONS: usize = 1000;
/// How many times more of each the long form does.
const LONG: usize = 8;
/// People with certificates.
const PEOPLE: usize = 24;

/// Which claims, and how long.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    only: Option<Only>,
    /// Take minutes, as `make test` does.
    #[arg(long)]
    short: bool,
    /// The seed of an earlier run.
    #[arg(long)]
    seed: Option<u64>,
    /// Only claims whose name begins so.
    #[arg(long, value_name = "NAME")]
    claim: Option<String>,
}

#[derive(clap::Subcommand)]
enum Only {
    /// Many verifications in one process: memory and verdicts stay.
    Verify(verify::Options),
}

/// What all claims of a run share.
pub struct World {
    folder: TempDir,
    /// Address of the server where databases are made.
    server: String,
    people: People,
    said: Said,
    seed: u64,
    /// How many times more than the short form is done.
    times: usize,
    /// Databases that later claims look at.
    kept: Mutex<Vec<Kept>>,
}

/// A database that was worked on, and a place of a daemon over it that has ended.
#[derive(Clone, Debug)]
pub struct Kept {
    pub place: Place,
    pub database: Database,
}

impl World {
    /// A place for daemons over a database.
    fn place(&self, name: &str, database: &Database, more: &str) -> Result<Place> {
        Place::new(&self.folder.path().join(name), database, more)
    }

    /// A new SQLite database.
    fn sqlite(&self, name: &str) -> Database {
        Database::Sqlite(self.folder.path().join(format!("{name}.sqlite")))
    }

    /// A new database on the server.
    async fn postgres(&self, name: &str) -> Result<Database> {
        postgres::create(&self.server, name).await
    }

    /// Keeps a database for later claims.
    fn keep(&self, place: Place, database: Database) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Kept { place, database });
    }

    /// The databases of the claims before; one of each engine is made when there are none.
    async fn kept(self: &Arc<Self>) -> Result<Vec<Kept>> {
        let kept = || {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.clone()
        };
        if kept().is_empty() {
            kill::claim(self, &self.sqlite("few"), FEW).await?;
            kill::claim(self, &self.postgres("soak_few").await?, FEW).await?;
        }
        Ok(kept())
    }

    /// Everything that the daemons of a run wrote.
    fn logs(&self) -> Result<Vec<PathBuf>> {
        let mut logs = Vec::new();
        for entry in fs::read_dir(self.folder.path())? {
            let log = entry?.path().join("log");
            if log.exists() {
                logs.push(log);
            }
        }
        Ok(logs)
    }
}

/// Prints a line a claim; fails when one did not hold.
pub fn run(options: &Options) -> Result<ExitCode> {
    if let Some(Only::Verify(options)) = &options.only {
        return verify::run(options);
    }
    if !end::is_inside() {
        return end::start_inside();
    }
    end::with_parent()?;
    let server = postgres::server().context("no PostgreSQL server")?;
    let seed = match options.seed {
        Some(seed) => seed,
        None => {
            let mut fresh = [0; 4];
            openssl::rand::rand_bytes(&mut fresh)?;
            u64::from(u32::from_be_bytes(fresh))
        }
    };
    eprintln!("soak: --seed {seed}; PostgreSQL with fsync on");
    let folder = TempDir::with_prefix_in("soak-", end::scratch())?;
    daemon::write_keys(folder.path())?;
    let world = Arc::new(World {
        folder,
        server,
        people: People::new(PEOPLE)?,
        said: Said::default(),
        seed,
        times: if options.short { 1 } else { LONG },
        kept: Mutex::default(),
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut signals = {
        let _within = runtime.enter();
        end::Signals::new()?
    };
    let mut failed = Vec::new();
    let begun = WallClock::start();
    for (name, part) in CLAIMS {
        let named = options.claim.as_deref();
        if named.is_some_and(|named| !name.starts_with(named)) {
            continue;
        }
        let clock = WallClock::start();
        let outcome = runtime.block_on(async {
            tokio::select! {
                outcome = part.check(&world) => Some(outcome),
                () = signals.next() => None,
            }
        });
        let Some(outcome) = outcome else {
            eprintln!("soak: told to end");
            let folder = world.folder.path().to_owned();
            drop(world);
            runtime.shutdown_timeout(PATIENCE);
            // What still works on it keeps its folder.
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            return Ok(ExitCode::FAILURE);
        };
        let line = claim::line(name, &outcome);
        println!("{line}");
        world.said.note_text(line.as_bytes());
        eprintln!("soak: that took {} s", clock.elapsed().as_secs());
        if outcome.is_err() {
            failed.push(name);
        }
    }
    eprintln!("soak: {} s in all", begun.elapsed().as_secs());
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for log in world.logs()? {
        show_end(&log)?;
    }
    Ok(ExitCode::FAILURE)
}

/// A part of a run that has a line of its own.
#[derive(Clone, Copy)]
enum Part {
    KillOnSqlite,
    KillOnPostgres,
    Double,
    Evidence,
    Honest,
    Faults,
    Replay,
    Privacy,
}

/// The claims in their order: the search for personal data comes last, when everything has been said.
const CLAIMS: [(&str, Part); 8] = [
    ("no acknowledged outcome lost", Part::KillOnSqlite),
    ("no acknowledged outcome lost", Part::KillOnPostgres),
    ("no double confirmation", Part::Double),
    ("evidence complete", Part::Evidence),
    ("log honest", Part::Honest),
    ("database faults", Part::Faults),
    ("replay and mix-up", Part::Replay),
    ("privacy", Part::Privacy),
];

impl Part {
    async fn check(self, world: &Arc<World>) -> Result<Figure> {
        let kills = KILLS * world.times;
        match self {
            Self::KillOnSqlite => kill::claim(world, &world.sqlite("kill"), kills).await,
            Self::KillOnPostgres => {
                kill::claim(world, &world.postgres("soak_kill").await?, kills).await
            }
            Self::Double => double::claim(world, APPLICATIONS * world.times).await,
            Self::Evidence => evidence::claim(world).await,
            Self::Honest => honest::claim(world).await,
            Self::Faults => faults::claim(world).await,
            Self::Replay => replay::claim(world).await,
            Self::Privacy => privacy::claim(world).await,
        }
    }
}

/// The end of a log says what went wrong.
fn show_end(log: &Path) -> Result<()> {
    let text = fs::read_to_string(log)?;
    let wrong = |line: &&str| line.contains("ERROR") || line.contains("WARN");
    let lines: Vec<&str> = text.lines().filter(wrong).collect();
    let start = lines.len().saturating_sub(8);
    for line in lines.iter().skip(start) {
        eprintln!("{}: {line}", log.parent().unwrap_or(log).display());
    }
    Ok(())
}
