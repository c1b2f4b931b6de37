//! One writer a store: jobs run one after another, each behind its savepoint,
//! and every job of a group is answered after the group's one commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Attempt, Unit,
    connect::{Engine, Target, is_lost, unavailable},
    tail,
};
use crate::service::ports::{StoreError, TransactError};

/// Jobs that may wait; a further one is refused at once.
const WAITING: usize = 4096;

/// Jobs of one commit. An outcome is two of them, and its application's.
const GROUP: usize = 256;

/// How often a job is run when another writer was faster.
const TRIES: usize = 8;

/// How long one group may take, so that a connection that says nothing more
/// does not hold up all writing.
const LIMIT: Duration = Duration::from_secs(60);

/// What the store has written since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Commits, each one flush to disk.
    pub commits: u64,
    /// Jobs that were written by them.
    pub jobs: u64,
}

#[derive(Default)]
struct Counters {
    commits: AtomicU64,
    jobs: AtomicU64,
}

/// What a job came to, before the commit.
enum Ran {
    /// It wrote what it had to.
    Done,
    /// It ends without having written.
    Refused,
    /// Another writer was faster; it is to be run again.
    Raced,
}

type Running<'c> = Pin<Box<dyn Future<Output = Ran> + Send + 'c>>;

/// A job of any type of answer.
trait Job: Send {
    fn run<'c>(&'c mut self, connection: &'c mut AnyConnection) -> Running<'c>;

    /// Answers the caller: the job's own answer, or what befell its group.
    fn answer(self: Box<Self>, fault: Option<StoreError>);
}

struct Waiting<T, F> {
    job: F,
    answer: Option<Result<T, TransactError>>,
    caller: oneshot::Sender<Result<T, TransactError>>,
}

impl<T, F> Job for Waiting<T, F>
where
    T: Send + 'static,
    F: for<'c> Fn(&'c mut AnyConnection) -> Unit<'c, T> + Send + Sync + 'static,
{
    fn run<'c>(&'c mut self, connection: &'c mut AnyConnection) -> Running<'c> {
        Box::pin(async move {
            let (answer, ran) = match (self.job)(connection).await {
                Ok(answer) => (Some(Ok(answer)), Ran::Done),
                Err(Attempt::Ended(error)) => (Some(Err(error)), Ran::Refused),
                Err(Attempt::Raced) => (None, Ran::Raced),
            };
            self.answer = answer;
            ran
        })
    }

    fn answer(self: Box<Self>, fault: Option<StoreError>) {
        let answer = match (fault, self.answer) {
            (Some(fault), _) => Err(fault.into()),
            (None, Some(answer)) => answer,
            (None, None) => Err(StoreError::Unavailable(
                "other writers were faster / другие записали раньше".to_owned(),
            )
            .into()),
        };
        // A caller that has left needs no answer.
        let _ = self.caller.send(answer);
    }
}

/// The way to the writer.
pub(super) struct Queue {
    jobs: mpsc::Sender<Box<dyn Job>>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    counters: Arc<Counters>,
}

impl Queue {
    /// Starts the writer of `target`; it ends when the queue is closed or dropped.
    pub(super) fn start(target: Target) -> Self {
        let (sender, jobs) = mpsc::channel(WAITING);
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let counters = Arc::<Counters>::default();
        let writer = Writer {
            target,
            connection: None,
            jobs,
            counters: Arc::clone(&counters),
        };
        tokio::spawn(async move {
            writer.work(stopped).await;
            let _ = end.send(true);
        });
        Self {
            jobs: sender,
            stop,
            ended,
            counters,
        }
    }

    /// As [`SqlStore::write`](super::SqlStore::write).
    pub(super) async fn write<T: Send + 'static>(
        &self,
        job: impl for<'c> Fn(&'c mut AnyConnection) -> Unit<'c, T> + Send + Sync + 'static,
    ) -> Result<T, TransactError> {
        let (caller, answer) = oneshot::channel();
        let waiting = Waiting {
            job,
            answer: None,
            caller,
        };
        let sent = self.jobs.try_send(Box::new(waiting));
        sent.map_err(|refused| {
            StoreError::Unavailable(match refused {
                mpsc::error::TrySendError::Full(_) => {
                    "too much waits to be written / слишком многое ждёт записи".to_owned()
                }
                mpsc::error::TrySendError::Closed(_) => "it is closed / она закрыта".to_owned(),
            })
        })?;
        answer.await.unwrap_or_else(|_| {
            Err(StoreError::Unavailable("it is closed / она закрыта".to_owned()).into())
        })
    }

    /// Writes what waits, then ends the writer.
    pub(super) async fn close(&self) {
        let _ = self.stop.send(true);
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    pub(super) fn written(&self) -> Written {
        Written {
            commits: self.counters.commits.load(Ordering::Relaxed),
            jobs: self.counters.jobs.load(Ordering::Relaxed),
        }
    }
}

/// Why a group was not committed, or not known to be.
struct Fault {
    error: StoreError,
    then: Then,
}

/// What a group does after a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Nothing was committed: the jobs may be run over another connection.
    Again,
    /// The jobs are answered with the fault.
    Answer,
}

impl Fault {
    fn before_commit(error: sqlx::Error) -> Self {
        let then = match is_lost(&error) {
            true => Then::Again,
            false => Then::Answer,
        };
        Self {
            error: unavailable(error),
            then,
        }
    }

    fn of_head(error: StoreError) -> Self {
        let then = match error {
            StoreError::Unavailable(_) => Then::Again,
            _ => Then::Answer,
        };
        Self { error, then }
    }
}

struct Writer {
    target: Target,
    /// Its own, not of a pool: what a fault leaves in it is never handed on.
    connection: Option<AnyConnection>,
    jobs: mpsc::Receiver<Box<dyn Job>>,
    counters: Arc<Counters>,
}

impl Writer {
    async fn work(mut self, mut stopped: watch::Receiver<bool>) {
        while let Some(first) = self.next(&mut stopped).await {
            self.group(first).await;
        }
        if let Some(connection) = self.connection.take() {
            let _ = tokio::time::timeout(LIMIT, connection.close()).await;
        }
    }

    /// The next job; none when the store is closed and nothing waits any more.
    async fn next(&mut self, stopped: &mut watch::Receiver<bool>) -> Option<Box<dyn Job>> {
        tokio::select! {
            biased;
            job = self.jobs.recv() => return job,
            () = async { drop(stopped.wait_for(|stopped| *stopped).await) } => {}
        }
        self.jobs.close();
        self.jobs.recv().await
    }

    async fn group(&mut self, first: Box<dyn Job>) {
        let mut group = vec![first];
        let mut again = true;
        let fault = loop {
            let attempt = tokio::time::timeout(LIMIT, self.attempt(&mut group)).await;
            let fault = match attempt {
                Ok(Ok(())) => break None,
                Ok(Err(fault)) => fault,
                Err(_) => Fault {
                    error: StoreError::Unavailable(
                        "it does not answer / она не отвечает".to_owned(),
                    ),
                    then: Then::Answer,
                },
            };
            self.leave().await;
            if fault.then == Then::Answer || !again {
                break Some(fault.error);
            }
            again = false;
        };
        for job in group {
            job.answer(fault.clone());
        }
    }

    /// Gives up the connection, and with it the transaction.
    async fn leave(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = tokio::time::timeout(Duration::from_secs(5), connection.close_hard()).await;
        }
    }

    /// Runs the jobs of `group`, and those that arrive meanwhile, in one transaction.
    async fn attempt(&mut self, group: &mut Vec<Box<dyn Job>>) -> Result<(), Fault> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.target.connect().await.map_err(|error| Fault {
                error: unavailable(error),
                then: Then::Answer,
            })?),
        };
        begin(connection, self.target.engine)
            .await
            .map_err(Fault::before_commit)?;
        tail::check(connection).await.map_err(Fault::of_head)?;
        let (mut at, mut done) = (0, 0);
        while let Some(job) = group.get_mut(at) {
            match behind_savepoint(connection, job.as_mut()).await {
                Ok(count) => done += count,
                Err(Broken::Connection(error)) => return Err(Fault::before_commit(error)),
                Err(Broken::Job) => {
                    let job = group.remove(at);
                    job.answer(Some(StoreError::Corrupt("job")));
                    return Err(Fault {
                        error: StoreError::Unavailable(
                            "a job failed / задание прервалось".to_owned(),
                        ),
                        then: Then::Again,
                    });
                }
            }
            at += 1;
            if at == group.len()
                && at < GROUP
                && let Ok(job) = self.jobs.try_recv()
            {
                group.push(job);
            }
        }
        // Whether a commit that failed was written nobody knows: never again.
        let committed = connection.execute(sqlx::raw_sql("COMMIT")).await;
        committed.map_err(|error| Fault {
            error: unavailable(error),
            then: Then::Answer,
        })?;
        if done > 0 {
            self.counters.commits.fetch_add(1, Ordering::Relaxed);
            self.counters.jobs.fetch_add(done, Ordering::Relaxed);
        }
        Ok(())
    }
}

async fn begin(connection: &mut AnyConnection, engine: Engine) -> Result<(), sqlx::Error> {
    // The head of the log first, always: writers of every daemon take turns,
    // and no two of them wait for each other.
    let begin = match engine {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; SELECT size FROM audit_head WHERE one = 1 FOR UPDATE",
    };
    connection.execute(sqlx::raw_sql(begin)).await.map(drop)
}

/// Why a job was not run.
enum Broken {
    Connection(sqlx::Error),
    /// The job panicked: nothing is known of the connection.
    Job,
}

/// Runs a job, again if need be; answers how many jobs wrote: one or none.
async fn behind_savepoint(
    connection: &mut AnyConnection,
    job: &mut dyn Job,
) -> Result<u64, Broken> {
    for _ in 0..TRIES {
        execute(connection, "SAVEPOINT job").await?;
        match caught(job.run(connection)).await.ok_or(Broken::Job)? {
            Ran::Done => {
                execute(connection, "RELEASE SAVEPOINT job").await?;
                return Ok(1);
            }
            Ran::Refused => {
                execute(connection, BACK).await?;
                return Ok(0);
            }
            Ran::Raced => execute(connection, BACK).await?,
        }
    }
    Ok(0)
}

const BACK: &str = "ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job";

async fn execute(connection: &mut AnyConnection, sql: &'static str) -> Result<(), Broken> {
    let done = connection.execute(sqlx::raw_sql(sql)).await;
    done.map(drop).map_err(Broken::Connection)
}

/// The future's value, or nothing when it panicked: one caller's defect is not
/// every caller's.
async fn caught(mut running: Running<'_>) -> Option<Ran> {
    std::future::poll_fn(move |context| {
        match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context))) {
            Ok(Poll::Ready(ran)) => Poll::Ready(Some(ran)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}
