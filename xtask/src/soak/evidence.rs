//! Evidence is complete: every confirmed account's bundle is exported and judged again with nothing else at hand.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::claim::Figure;
use super::log::texts;
use super::{Kept, World};

/// Exports and judges again the evidence in every database that is kept.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    let mut bundles = Vec::new();
    let mut databases = 0;
    for (number, kept) in world.kept().await?.iter().enumerate() {
        let exported = export(world, kept, number).await;
        bundles.extend(exported.with_context(|| kept.database.name())?);
        databases += 1;
    }
    ensure!(!bundles.is_empty(), "no account was confirmed");
    let places = available_parallelism().map_or(1, NonZero::get);
    let places = Arc::new(Semaphore::new(places));
    let mut running = JoinSet::new();
    for bundle in &bundles {
        let place = Arc::clone(&places).acquire_owned().await?;
        let (world, bundle) = (Arc::clone(world), bundle.clone());
        running.spawn_blocking(move || {
            let _place = place;
            is_same(&world, &bundle)
        });
        while let Some(done) = running.try_join_next() {
            done??;
        }
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    changed_is_refused(world, bundles.first().context("a bundle")?)?;
    Ok(Figure(format!(
        "{} confirmed accounts of {databases} databases: each exported, judged again offline to the same report and bound \
         to its account and leaf; a changed bundle refused",
        bundles.len()
    )))
}

/// A bundle with its binding.
#[derive(Clone, Debug)]
struct Bundle {
    kept: Kept,
    zip: PathBuf,
    account: String,
}

impl Bundle {
    fn binding(&self) -> PathBuf {
        self.zip.with_extension("json")
    }
}

/// The evidence of the confirmed accounts of a database: neither one more nor one less.
async fn export(world: &Arc<World>, kept: &Kept, number: usize) -> Result<Vec<Bundle>> {
    let confirmed = "SELECT account_id FROM account WHERE level = 'CONFIRMED'";
    let confirmed: BTreeSet<String> = texts(&kept.database, confirmed)
        .await?
        .into_iter()
        .collect();
    let daemon = kept.place.start()?;
    let folder = world.folder.path().join(format!("evidence-{number}"));
    let mut command = kept.place.command();
    command
        .args([
            "admin",
            "evidence",
            "export",
            "--all-confirmed",
            "--endpoint",
        ])
        .arg(daemon.endpoint())
        .arg("--out")
        .arg(&folder);
    let output = world.said.run(&mut command)?;
    daemon.stop()?;
    ensure!(output.status.success(), "the export ended otherwise");
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let rows = told["exported"].as_array().context("what was exported")?;
    let bundles = rows.iter().map(|row| {
        let text = |name: &str| row[name].as_str().with_context(|| name.to_owned());
        anyhow::Ok(Bundle {
            kept: kept.clone(),
            zip: folder.join(format!("{}.zip", text("evidence_id")?)),
            account: text("account_id")?.to_owned(),
        })
    });
    let bundles: Vec<Bundle> = bundles.collect::<Result<_>>()?;
    let exported: BTreeSet<String> = bundles.iter().map(|it| it.account.clone()).collect();
    ensure!(
        exported == confirmed && bundles.len() == confirmed.len(),
        "{} bundles of {} confirmed accounts",
        bundles.len(),
        confirmed.len()
    );
    Ok(bundles)
}

/// The bundle is judged again to the same report, and is the account's.
fn is_same(world: &World, bundle: &Bundle) -> Result<()> {
    let verified = verify(world, bundle, &bundle.zip)?;
    ensure!(
        verified["outcome"] == "same",
        "the evidence of account {} gives another report",
        bundle.account
    );
    let mut command = bundle.kept.place.command();
    command
        .args(["evidence", "account"])
        .arg(bundle.binding())
        .arg(&bundle.zip);
    let output = world.said.run(&mut command)?;
    let bound: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    ensure!(
        output.status.success()
            && bound["account_id"] == *bundle.account
            && bound["level"] == "CONFIRMED"
            && bound["event"] == "APPLICATION_ACCEPTED",
        "the evidence of account {} does not confirm it",
        bundle.account
    );
    Ok(())
}

/// What `evidence verify` says of a file.
fn verify(world: &World, bundle: &Bundle, file: &Path) -> Result<Value> {
    let mut command = bundle.kept.place.command();
    command.args(["evidence", "verify"]).arg(file);
    let output = world.said.run(&mut command)?;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    ensure!(
        output.status.success() == (told["outcome"] == "same"),
        "the exit code and the answer differ"
    );
    Ok(told)
}

/// The search could fail: one octet in the middle makes another bundle.
fn changed_is_refused(world: &World, bundle: &Bundle) -> Result<()> {
    let mut octets = fs::read(&bundle.zip)?;
    let middle = octets.len() / 2;
    *octets.get_mut(middle).context("an empty bundle")? ^= 1;
    let changed = bundle.zip.with_extension("changed");
    fs::write(&changed, octets)?;
    let told = verify(world, bundle, &changed)?;
    ensure!(told["outcome"] != "same", "a changed bundle was taken");
    Ok(())
}
