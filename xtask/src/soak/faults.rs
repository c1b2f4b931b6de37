//! Faults of the database: a clear error, no half state, and work goes on without hands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use proto::v1::Application;
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, Executor as _};
use tonic::{Code, Status};

use super::World;
use super::claim::Figure;
use super::client::Client;
use super::daemon::{Database, Place};
use super::log::Log;
use super::people::personal_data;

const ACCOUNT: &str = "faults-1";
/// Times that every connection is cut.
const CUTS: usize = 10;
/// Confirmations after which a small disk must have been full.
const MOST: usize = 2000;

/// Every fault that this machine can make.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    locked(world).await.context("locked file")?;
    wrong_schema(world).await.context("schema")?;
    let cut = cut_off(world).await.context("connections cut")?;
    let full = disk_full(world).await.context("disk full")?;
    Ok(Figure(format!(
        "locked file, schema of another version, {CUTS} times every connection cut ({cut}), disk full ({full}): clear \
         errors, nothing half written, work went on"
    )))
}

/// A run of one account over a database.
struct Run {
    world: Arc<World>,
    client: Client,
    decided: Vec<Application>,
}

impl Run {
    async fn begin(world: &Arc<World>, endpoint: &str) -> Result<Self> {
        let client = Client::connect(endpoint, &world.said).await?;
        let data = personal_data(world.people.person(0)?);
        client.standard(ACCOUNT, &data).await?;
        Ok(Self {
            world: Arc::clone(world),
            client,
            decided: Vec::new(),
        })
    }

    /// One confirmation; an error is the store's and says so.
    async fn confirm(&mut self) -> Result<bool> {
        match self.try_confirm().await? {
            Ok(()) => Ok(true),
            Err(status) => {
                ensure!(
                    status.code() == Code::Unavailable,
                    "{} where the store is not available",
                    status.code()
                );
                Ok(false)
            }
        }
    }

    async fn try_confirm(&mut self) -> Result<Result<(), Status>> {
        let prepared = match self.client.prepare(ACCOUNT).await {
            Ok(prepared) => prepared,
            Err(status) => return Ok(Err(status)),
        };
        let signature = self.world.people.sign(0, &prepared.content, prepared.at)?;
        Ok(match self.client.submit(&prepared, signature).await {
            Ok(answer) => {
                self.decided
                    .push(answer.application.context("an application")?);
                Ok(())
            }
            Err(status) => Err(status),
        })
    }

    /// Everything that was acknowledged is there, and nothing by halves.
    async fn is_whole(&self, database: &Database) -> Result<()> {
        for said in &self.decided {
            let found = self
                .client
                .application(ACCOUNT, &said.application_id)
                .await?;
            ensure!(
                found.application.as_ref() == Some(said),
                "application {} is not as it was acknowledged",
                said.application_id
            );
        }
        Log::read(database).await?;
        Ok(())
    }
}

/// Somebody else holds the file locked for longer than the daemon waits.
async fn locked(world: &Arc<World>) -> Result<()> {
    let database = world.sqlite("locked");
    let daemon = world.place("locked", &database, "")?.start()?;
    let mut run = Run::begin(world, daemon.endpoint()).await?;
    ensure!(run.confirm().await?, "no confirmation before the fault");
    install_default_drivers();
    let pool = AnyPool::connect(&database.url()).await?;
    let mut holder = pool.acquire().await?;
    holder.execute("BEGIN IMMEDIATE").await?;
    ensure!(!run.confirm().await?, "a locked file was written");
    holder.execute("ROLLBACK").await?;
    drop(holder);
    pool.close().await;
    ensure!(run.confirm().await?, "no confirmation after the fault");
    run.is_whole(&database).await?;
    drop(run);
    daemon.stop()
}

/// A database of another version of the program is not touched.
async fn wrong_schema(world: &Arc<World>) -> Result<()> {
    let database = world.sqlite("schema");
    let place = world.place("schema", &database, "")?;
    place.start()?.stop()?;
    let statement = |sql: &'static str| {
        let url = database.url();
        async move {
            install_default_drivers();
            let pool = AnyPool::connect(&url).await?;
            pool.execute(sql).await?;
            pool.close().await;
            anyhow::Ok(())
        }
    };
    statement("UPDATE _sqlx_migrations SET version = 9000 + version").await?;
    refuses_to_start(world, &place)?;
    statement("UPDATE _sqlx_migrations SET version = version - 9000").await?;
    // A migration that was broken off.
    statement("UPDATE _sqlx_migrations SET success = FALSE").await?;
    refuses_to_start(world, &place)?;
    statement("UPDATE _sqlx_migrations SET success = TRUE").await?;
    place.start()?.stop()
}

fn refuses_to_start(world: &World, place: &Place) -> Result<()> {
    let mut command = place.command();
    command.args(["serve", "--config", "verifierd.toml"]);
    let output = world.said.run(&mut command)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!output.status.success(), "it started over another schema");
    ensure!(
        said.contains("schema") && said.contains("схем"),
        "it does not say that the schema is the reason"
    );
    Ok(())
}

/// Every connection to PostgreSQL is cut, again and again, while accounts are confirmed.
async fn cut_off(world: &Arc<World>) -> Result<String> {
    let database = world.postgres("soak_faults").await?;
    let daemon = world.place("cut", &database, "")?.start()?;
    let mut run = Run::begin(world, daemon.endpoint()).await?;
    install_default_drivers();
    let pool = AnyPool::connect(&database.url()).await?;
    let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let (mut done, mut failed) = (0, 0);
    for number in 0..CUTS {
        let cutting = async {
            tokio::time::sleep(Duration::from_millis(3 * number as u64)).await;
            pool.execute(cut).await
        };
        let (confirmed, cut) = tokio::join!(run.confirm(), cutting);
        cut?;
        match confirmed? {
            true => done += 1,
            false => failed += 1,
        }
    }
    pool.close().await;
    // A connection that was cut is noticed when it is used.
    let mut tries = 0;
    while !run.confirm().await? {
        tries += 1;
        ensure!(tries < 20, "no confirmation after the fault");
    }
    run.is_whole(&database).await?;
    drop(run);
    daemon.stop()?;
    Ok(format!(
        "{done} confirmations all the same, {failed} refused"
    ))
}

/// A small file system; it is taken away when this value goes.
struct Disk(PathBuf);

impl Disk {
    /// Nothing when this user may not mount.
    fn mount(folder: &Path, size: &str) -> Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let options = format!("size={size},mode=0700");
        let mut command = Command::new("mount");
        command
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder);
        let mounted = command.output().is_ok_and(|output| output.status.success());
        Ok(mounted.then(|| Self(folder.to_owned())))
    }

    fn grow(&self, size: &str) -> Result<()> {
        let options = format!("remount,size={size}");
        let status = Command::new("mount")
            .args(["-o", &options])
            .arg(&self.0)
            .status()?;
        ensure!(status.success(), "the disk does not grow");
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What is left mounted would keep the run's folder.
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

async fn disk_full(world: &Arc<World>) -> Result<String> {
    let folder = world.folder.path().join("full");
    let Some(disk) = Disk::mount(&folder.join("disk"), "2m")? else {
        bail!(
            "not tried: mounting a small disk is not allowed here, run it as root or allow user namespaces"
        );
    };
    let database = Database::Sqlite(disk.0.join("full.sqlite"));
    let place = world.place("full", &database, "")?;
    let daemon = place.start()?;
    let mut run = Run::begin(world, daemon.endpoint()).await?;
    let mut count = 0;
    while run.confirm().await? {
        count += 1;
        if count > MOST {
            bail!("the disk does not fill");
        }
    }
    ensure!(!run.confirm().await?, "a full disk was written");
    disk.grow("64m")?;
    ensure!(run.confirm().await?, "no confirmation with room again");
    run.is_whole(&database).await?;
    drop(run);
    daemon.stop()?;
    // Nothing of it may stay open when the disk goes.
    drop(disk);
    Ok(format!("after {count} confirmations"))
}
