//! Judges the third-party material beside the repository and compares with what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use sig_core::alg::differential::DIFFERENTIAL;
use sig_core::alg::openssl::OPENSSL;
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};

use crate::clock::ThreadClock;
use crate::corpus::Corpus;
use crate::workspace;
use case::{Case, Outcome};
use exceptions::{Exceptions, Explained};
use folder::{FORMS, Folder, Form};

mod case;
mod exceptions;
mod folder;
mod judge;
mod table;

const EXCEPTIONS: &str = "testdata/conformance/exceptions.toml";

/// What to run and how much to say.
#[derive(clap::Args)]
pub struct Options {
    /// Each disagreement, each reason for skipping, and times.
    #[arg(long)]
    verbose: bool,
    /// Only this folder.
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,
    /// The material, when it is not beside the repository.
    #[arg(long, value_name = "PATH")]
    corpus: Option<PathBuf>,
    /// Disagreements in the form of the exceptions file, for review.
    #[arg(long)]
    list: bool,
    /// The implementation of the algorithms.
    #[arg(long, value_name = "TABLE", value_parser = table_of_algorithms, default_value = "openssl")]
    algorithms: &'static Algorithms,
}

fn table_of_algorithms(name: &str) -> Result<&'static Algorithms, String> {
    let tables = [&RUSTCRYPTO, &OPENSSL, &DIFFERENTIAL];
    let names = tables.map(|table| table.name).join(", ");
    let found = tables.into_iter().find(|table| table.name == name);
    found.ok_or_else(|| format!("there are {names}"))
}

/// Runs every folder.
pub fn run(options: &Options) -> Result<ExitCode> {
    let Some(corpus) = Corpus::open(options.corpus.as_deref()) else {
        println!("conformance: the material (../shared/corpus) is not here, nothing was judged");
        return Ok(ExitCode::SUCCESS);
    };
    let exceptions = Exceptions::load(&workspace::root().join(EXCEPTIONS))?;
    let mut unexplained = 0;
    let mut total = Score::default();
    for name in corpus.folders()? {
        if options
            .folder
            .as_ref()
            .is_some_and(|wanted| *wanted != name)
        {
            continue;
        }
        let Some(form) = FORMS.iter().find(|form| form.name == name) else {
            bail!("the form of folder {name} is not known; describe it in xtask");
        };
        let (score, own) = run_folder(form, &corpus, &exceptions, options)?;
        total.add(score);
        unexplained += own;
    }
    println!("{}", total.row("total"));
    if unexplained > 0 {
        println!("conformance: {unexplained} unexplained");
        return Ok(ExitCode::FAILURE);
    }
    println!("conformance: every disagreement is explained");
    Ok(ExitCode::SUCCESS)
}

fn run_folder(
    form: &Form,
    corpus: &Corpus,
    exceptions: &Exceptions,
    options: &Options,
) -> Result<(Score, usize)> {
    let folder = Folder {
        corpus,
        name: form.name,
    };
    let cases = (form.cases)(&folder)?;
    let known: BTreeSet<String> = cases.iter().map(Case::name).collect();
    if known.len() != cases.len() {
        bail!("{}: two cases have one name", form.name);
    }
    let (outcomes, spent) = judge_all(&cases, corpus, options.algorithms)?;
    let count = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|o| wanted(o)).count();
    let score = Score {
        agreed: count(|outcome| matches!(outcome, Outcome::Agreed)),
        disagreed: count(|outcome| matches!(outcome, Outcome::Disagreed { .. })),
        skipped: count(|outcome| matches!(outcome, Outcome::Skipped(_))),
    };
    println!("{}", score.row(form.name));
    let mut unexplained = 0;
    for (case, outcome) in cases.iter().zip(&outcomes) {
        unexplained += usize::from(!tell(case, outcome, exceptions, options));
    }
    for case in exceptions.unknown(form.name, &known) {
        println!("  {case}: exceptions.toml lists it, the corpus has no such case");
        unexplained += 1;
    }
    warn_of_damage(form.name, &outcomes);
    if options.verbose {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for outcome in &outcomes {
            if let Outcome::Skipped(why) = outcome {
                *reasons.entry(why).or_default() += 1;
            }
        }
        for (why, count) in reasons {
            println!("  {count} skipped: {why}");
        }
        println!("  {} cases in {spent:.2?} of processor time", cases.len());
    }
    Ok((score, unexplained))
}

/// How many cases came out how.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    agreed: usize,
    disagreed: usize,
    skipped: usize,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.agreed += other.agreed;
        self.disagreed += other.disagreed;
        self.skipped += other.skipped;
    }

    /// A row of the table.
    fn row(self, name: &str) -> String {
        let Self {
            agreed,
            disagreed,
            skipped,
        } = self;
        format!("{name}\t{agreed}\t{disagreed}\t{skipped}")
    }
}

/// Prints what is to be said about one case; false when it needs an explanation.
fn tell(case: &Case, outcome: &Outcome, exceptions: &Exceptions, options: &Options) -> bool {
    let explained = exceptions.explain(case, outcome);
    let disagreement = match outcome {
        Outcome::Disagreed { actual, because } => format!(
            ": expected {}, actual {actual}, because {because}",
            case.expected
        ),
        _ => String::new(),
    };
    match &explained {
        Explained::No(why) => println!("  {}{disagreement}: {why}", case.name()),
        Explained::ByException if options.verbose => {
            println!("  {}{disagreement}: explained", case.name());
        }
        Explained::ByException | Explained::AsItIs => {}
    }
    if let Outcome::Disagreed { actual, because } = outcome
        && options.list
        && explained != Explained::ByException
    {
        println!(
            "[[exception]]\ncase = {:?}\nexpected = {:?}\nactual = {actual:?}\nreason = \"{because}\"\n",
            case.name(),
            case.expected.to_string(),
        );
    }
    !matches!(explained, Explained::No(_))
}

/// Damaged archives are said aloud: their rows were not judged.
fn warn_of_damage(folder: &str, outcomes: &[Outcome]) {
    let mut damaged: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in outcomes {
        if let Outcome::Skipped(why) = outcome
            && why.contains("is damaged")
        {
            *damaged.entry(why).or_default() += 1;
        }
    }
    for (why, rows) in damaged {
        eprintln!("warning: {folder}: {rows} rows not judged: {why}");
    }
}

/// Judges on every core; a panic is a disagreement.
fn judge_all(
    cases: &[Case],
    corpus: &Corpus,
    algorithms: &'static Algorithms,
) -> Result<(Vec<Outcome>, Duration)> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new((BTreeMap::new(), Duration::ZERO));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            let work = || {
                let clock = ThreadClock::start();
                let mut mine = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else {
                        break;
                    };
                    mine.push((index, judge_one(case, corpus, algorithms)));
                }
                if let Ok(mut done) = done.lock() {
                    done.0.extend(mine);
                    done.1 += clock.elapsed();
                }
            };
            // Recursion over hostile input must fit an ordinary thread.
            let builder = thread::Builder::new().stack_size(2 << 20);
            if let Err(error) = builder.spawn_scoped(scope, work) {
                eprintln!("warning: a thread did not start: {error}");
            }
        }
    });
    let (outcomes, spent) = done
        .into_inner()
        .map_err(|_| anyhow!("a thread of the runner failed"))?;
    if outcomes.len() != cases.len() {
        bail!("{} of {} cases were judged", outcomes.len(), cases.len());
    }
    Ok((outcomes.into_values().collect(), spent))
}

fn judge_one(case: &Case, corpus: &Corpus, algorithms: &'static Algorithms) -> Outcome {
    let judged = panic::catch_unwind(AssertUnwindSafe(|| judge::judge(case, corpus, algorithms)));
    match judged {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Outcome::of(false, "not judged", format!("{error:#}")),
        Err(_) => Outcome::of(false, "panic", "the message stands above"),
    }
}
