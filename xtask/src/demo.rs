//! `cargo xtask demo`: a citizen from registration to a confirmed account, then one by each other channel, over gRPC,
//! against a real daemon.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::confirmation_service_client::ConfirmationServiceClient;
use proto::v1::{self, ApplicationState};
use testdata::{Timestamp, demo};
use tonic::transport::Channel;

use crate::workspace;

mod channels;
mod citizen;
mod daemon;
mod story;

use citizen::Citizen;
use daemon::Daemon;

/// The account the citizen keeps over several runs.
const ACCOUNT: &str = "demo-citizen";

/// Who signs in person.
const CITIZEN: Citizen = Citizen {
    account: ACCOUNT,
    person: demo::CITIZEN,
};

/// A citizen by each channel, played against a daemon that is started for it.
#[derive(Args)]
pub(crate) struct Options {
    /// End when the account is confirmed, leaving nothing running.
    #[arg(long)]
    once: bool,

    /// Leave the signature to `desk confirm`: the account is registered and its data are checked, in a database of its
    /// own that each such run begins anew.
    #[arg(long, conflicts_with = "once")]
    desk: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let root = workspace::root();
    let folder = match options.desk {
        true => begun_anew(root.join("var/desk"))?,
        false => root.clone(),
    };
    let mut daemon = Daemon::start(&folder, options.once)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if options.desk {
        runtime.block_on(register(daemon.endpoint()))?;
        drop(runtime);
        story::at_the_desk(ACCOUNT, daemon.endpoint());
        daemon.wait()?;
        return Ok(ExitCode::SUCCESS);
    }
    let confirmed = runtime.block_on(play(&root, daemon.endpoint()))?;
    // Closes the connection: the daemon drains only when its callers have left.
    drop(runtime);
    if options.once {
        daemon.stop()?;
        println!("{confirmed}");
    } else {
        story::next_commands();
        println!("{confirmed}");
        daemon.wait()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// An empty folder in place of what an earlier run left.
fn begun_anew(folder: PathBuf) -> Result<PathBuf> {
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}

/// The citizen up to an account that only a signature is missing of.
async fn register(endpoint: &str) -> Result<()> {
    let channel = Channel::from_shared(endpoint.to_owned())?.connect().await?;
    CITIZEN
        .reach_standard(&mut AccountServiceClient::new(channel))
        .await
}

/// Plays the citizen; answers the line that says what was confirmed.
async fn play(root: &Path, endpoint: &str) -> Result<String> {
    let channel = Channel::from_shared(endpoint.to_owned())?.connect().await?;
    let mut accounts = AccountServiceClient::new(channel.clone());
    let mut confirmations = ConfirmationServiceClient::new(channel.clone());

    CITIZEN.reach_standard(&mut accounts).await?;
    let prepared = confirmations
        .prepare_application(v1::PrepareApplicationRequest {
            account_id: ACCOUNT.into(),
            channel: v1::Channel::OwnSignature.into(),
            attestor: None,
        })
        .await
        .context("PrepareApplication")?
        .into_inner();
    let application = prepared
        .application
        .context("the answer holds no application")?;
    story::step(&format!(
        "application {} prepared",
        application.application_id
    ));

    let signed_at = application
        .issued_at
        .context("the application has no time")?
        .seconds;
    let signature = demo::token()?.sign_detached(&prepared.content, Timestamp(signed_at))?;
    let folder = root.join("var/demo");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("application.json"), &prepared.content)?;
    fs::write(folder.join("application.p7s"), &signature)?;
    story::step(&format!(
        "signed on the citizen's token, {} octets of CAdES-BES",
        signature.len()
    ));

    let submitted = confirmations
        .submit_application(v1::SubmitApplicationRequest {
            account_id: ACCOUNT.into(),
            application_id: application.application_id.clone(),
            signature,
        })
        .await
        .context("SubmitApplication")?
        .into_inner();
    let application = submitted
        .application
        .context("the answer holds no application")?;
    let outcome = application
        .outcome
        .clone()
        .context("the application has no outcome")?;
    story::verdict(&outcome.report_json)?;
    for reason in &outcome.reasons {
        story::step(&format!("reason: {}", reason.code));
    }
    if application.state() != ApplicationState::Accepted {
        bail!("the application is {:?}", application.state());
    }
    let account = submitted.account.context("the answer holds no account")?;
    if account.level() != v1::AccountLevel::Confirmed {
        bail!("the account is {:?}", account.level());
    }
    channels::play(channel).await?;
    Ok(format!(
        "CONFIRMED account={} application={} evidence={}",
        account.account_id, application.application_id, outcome.evidence_id
    ))
}
