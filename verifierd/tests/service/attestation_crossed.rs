//! Attestations in the place of applications, and the other way round.

use std::sync::Arc;

use proto::v1::{AccountLevel, ApplicationState, Channel};
use tonic::Code;

use crate::{
    on_both_databases,
    support::{
        Daemon,
        attest::{at_bank, at_centre, by_bank, by_operator},
        database::Database,
        person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    an_attestation_is_no_application_and_an_application_no_attestation
    an_attestation_counts_for_its_account_and_once
}

async fn an_attestation_is_no_application_and_an_application_no_attestation(database: Database) {
    let config = "[accounts]\nopen_applications = 100\n[applications]\nfailed_tries = 100";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.enrol_everybody().await;
    // The operator has an account, too: every signer is right for something.
    let issued = [
        daemon.standard_and_all("acc-1").await,
        daemon.standard_and_all("acc-1").await,
    ];
    let signers: [fn(&[u8]) -> Script; 4] = [Script::good, Script::good, by_operator, by_bank];
    for (to, (application, content)) in issued[0].iter().enumerate() {
        for (from, (_, other)) in issued[1].iter().enumerate() {
            for script in [
                signers[from](other),
                Script {
                    attached: Some(other.clone()),
                    ..signers[from](other)
                },
                // By the right signer, over the wrong bytes.
                signers[to](other),
            ] {
                let error = daemon.submit("acc-1", application, script.bytes()).await;
                let differs = (Code::InvalidArgument, "CONTENT_DIFFERS".to_owned());
                assert_eq!(reason(&error.unwrap_err()), differs, "{from} to {to}");
            }
        }
        // By the signer of another channel, over the right bytes.
        for (from, signer) in signers.iter().enumerate() {
            let of_applicant = |channel| channel < 2;
            if from == to || (of_applicant(from) && of_applicant(to)) {
                continue;
            }
            let [own, uec, centre, bank] = daemon.standard_and_all("acc-1").await;
            let (application, content) = [own, uec, centre, bank][to].clone();
            let answer = daemon
                .submit("acc-1", &application, signer(&content).bytes())
                .await
                .unwrap();
            let state = answer.application.unwrap().state();
            assert_eq!(state, ApplicationState::Rejected, "{from} to {to}");
        }
        let schema: serde_json::Value = serde_json::from_slice(content).unwrap();
        let expected = match to {
            0 | 1 => "qes.application/1",
            _ => "qes.attestation/1",
        };
        assert_eq!(schema["schema"], expected);
    }
    let level = daemon.account("acc-1").await.level();
    assert_eq!(level, AccountLevel::Standard);
    for (to, (application, content)) in issued[0].iter().enumerate() {
        let script = signers[to](content);
        let answer = daemon.submit("acc-1", application, script.bytes()).await;
        let state = answer.unwrap().application.unwrap().state();
        assert_eq!(state, ApplicationState::Accepted);
    }
    daemon.stop().await;
}

impl Daemon {
    /// Issues something through every channel with a signature, to an account
    /// that is made STANDARD when it is not there.
    async fn standard_and_all(&self, account: &str) -> [(String, Vec<u8>); 4] {
        let request = proto::v1::GetAccountRequest {
            account_id: account.into(),
        };
        if self.accounts.clone().get_account(request).await.is_err() {
            self.standard(account).await;
        }
        [
            self.issue(account).await,
            self.issue_through(account, Channel::UecCard).await,
            self.attest(account, at_centre()).await,
            self.attest(account, at_bank()).await,
        ]
    }
}

async fn an_attestation_counts_for_its_account_and_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.simplified("acc-1").await;
    daemon.register("acc-2").await;
    daemon.submit_data("acc-2", person::another()).await;
    let (application, content) = daemon.attest("acc-1", at_centre()).await;
    let (other, _) = daemon.attest("acc-2", at_centre()).await;
    let signature = by_operator(&content).bytes();
    let error = daemon
        .submit("acc-2", &application, signature.clone())
        .await;
    let of_another = (
        Code::PermissionDenied,
        "APPLICATION_OF_ANOTHER_ACCOUNT".to_owned(),
    );
    assert_eq!(reason(&error.unwrap_err()), of_another);
    let error = daemon.submit("acc-2", &other, signature.clone()).await;
    let differs = (Code::InvalidArgument, "CONTENT_DIFFERS".to_owned());
    assert_eq!(reason(&error.unwrap_err()), differs);

    let first = daemon
        .submit("acc-1", &application, signature.clone())
        .await
        .unwrap();
    let (next, _) = daemon.attest("acc-1", at_centre()).await;
    let error = daemon.submit("acc-1", &next, signature.clone()).await;
    let replayed = (Code::InvalidArgument, "SIGNATURE_REPLAYED".to_owned());
    assert_eq!(reason(&error.unwrap_err()), replayed);
    let again = daemon.submit("acc-1", &application, signature).await;
    assert_eq!(again.unwrap().application, first.application);
    let another = Script {
        salt: 1,
        ..by_operator(&content)
    };
    let error = daemon.submit("acc-1", &application, another.bytes()).await;
    assert_eq!(
        reason(&error.unwrap_err()),
        (
            Code::FailedPrecondition,
            "APPLICATION_ALREADY_SUBMITTED".to_owned()
        )
    );
    daemon.stop().await;
}
