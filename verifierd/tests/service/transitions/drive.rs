//! Events as calls, and accounts brought into every state by them.

use proto::v1::{self, AccountLevel, AccountStatus, Assurance, PersonalData, RegistryCheckState};
use tonic::Status;
use verifierd::service::ports::Store as _;

use super::table::{Outcome, State};
use crate::{
    accounts,
    support::{
        Daemon,
        attest::{at_bank, signed},
        person, reason,
        script::Script,
    },
};

const NO_CHECK: &str = "0192f0c1-2345-7890-abcd-ef0123456789";
const DAY: i64 = 86_400;

/// An account, or the id of one that is not there, with its person's data.
pub struct Subject {
    id: String,
    data: PersonalData,
}

pub struct Walk<'d> {
    daemon: &'d Daemon,
    count: u32,
}

impl<'d> Walk<'d> {
    pub fn new(daemon: &'d Daemon) -> Self {
        Self { daemon, count: 0 }
    }

    /// Leaves of the log.
    pub async fn size(&self) -> u64 {
        self.daemon.store.tree_head().await.unwrap().size
    }

    /// A new account in this state.
    pub async fn bring_to(&mut self, state: State) -> Subject {
        self.count += 1;
        let mut subject = Subject {
            id: format!("acc-{}", self.count),
            data: PersonalData {
                // Without check digits: as many as are wanted.
                snils: format!("000{:05}000", 10_000 + self.count),
                ..person::data()
            },
        };
        let mut path: Vec<&str> = match state.name {
            "no account" => Vec::new(),
            "SIMPLIFIED no data" => vec!["register"],
            "SIMPLIFIED PENDING" => vec!["register", "data"],
            "SIMPLIFIED FAILED" => vec!["register", "data", "fail"],
            "CONFIRMED FULL ATTESTED" => vec!["register", "data", "attest"],
            _ => vec!["register", "data", "pass"],
        };
        let fails = ["document", "fail"];
        match state.name {
            "STANDARD PENDING" => path.push("document"),
            "STANDARD FAILED" => path.extend(["sign"].iter().chain(&fails)),
            "CONFIRMED FULL PASSED" => path.push("sign"),
            "CONFIRMED FULL PENDING" => path.extend(["sign", "document"]),
            "CONFIRMED FULL FAILED" => path.extend(["sign"].iter().chain(&fails).chain(&["sign"])),
            "CONFIRMED LIMITED PASSED" => path.push("letter"),
            "CONFIRMED LIMITED PENDING" => path.extend(["letter", "document"]),
            "CONFIRMED LIMITED FAILED" => {
                path.extend(["letter"].iter().chain(&fails).chain(&["letter"]));
            }
            _ => {}
        }
        if state.is_blocked {
            path.push("block");
        }
        for step in path {
            self.call(&mut subject, step).await.unwrap();
        }
        assert_eq!(self.state(&subject).await, state, "on the way");
        subject
    }

    /// The state that the daemon tells.
    pub async fn state(&self, subject: &Subject) -> State {
        let request = v1::GetAccountRequest {
            account_id: subject.id.clone(),
        };
        let account = match self.daemon.accounts.clone().get_account(request).await {
            Ok(answer) => answer.into_inner().account.unwrap(),
            Err(error) => {
                assert_eq!(reason(&error).1, "ACCOUNT_UNKNOWN");
                return State::NONE;
            }
        };
        let level = match account.level() {
            AccountLevel::Unspecified => panic!("no level"),
            AccountLevel::Simplified => "SIMPLIFIED",
            AccountLevel::Standard => "STANDARD",
            AccountLevel::Confirmed => match account.confirmation.as_ref().unwrap().assurance() {
                Assurance::Limited => "CONFIRMED LIMITED",
                Assurance::Full => "CONFIRMED FULL",
                Assurance::Unspecified => panic!("no assurance"),
            },
        };
        let is_confirmed = account.level() == AccountLevel::Confirmed;
        assert_eq!(account.confirmation.is_some(), is_confirmed);
        let check = match account.registry_check.as_ref().map(|check| check.state()) {
            None => "no data",
            Some(RegistryCheckState::Pending) => "PENDING",
            Some(RegistryCheckState::Passed) => "PASSED",
            Some(RegistryCheckState::Failed) => "FAILED",
            Some(RegistryCheckState::Attested) => "ATTESTED",
            Some(RegistryCheckState::Unspecified) => panic!("no state"),
        };
        State {
            is_blocked: account.status() == AccountStatus::Blocked,
            ..State::named(&format!("{level} {check}"))
        }
    }

    /// Does what an event of the table says; answers what came of it.
    pub async fn act(&mut self, subject: &mut Subject, event: &str) -> Outcome {
        let step = match event {
            "RegisterAccount" => "register",
            "RegisterAccount with other data" => "register another",
            "SubmitPersonalData" => "data",
            "SubmitPersonalData with another document" => "document",
            "SubmitPersonalData of another person" => "person",
            "RecordRegistryResult passed" => "pass",
            "RecordRegistryResult failed" => "fail",
            "RecordRegistryResult of an earlier check" => "pass an earlier one",
            "Application by own signature" => "sign",
            "Code of a letter" => "letter",
            "Attestation of a bank" => "attest",
            "ChangeContact" => "contact",
            "BlockAccount" => "block",
            "BlockAccount by another order" => "block again",
            "UnblockAccount" => "unblock",
            other => panic!("{other}"),
        };
        let before = self.size().await;
        match self.call(subject, step).await {
            Err(error) => Outcome::Refused(reason(&error).1),
            Ok(()) if self.size().await == before => Outcome::Unchanged,
            Ok(()) => Outcome::Is(self.state(subject).await),
        }
    }

    async fn call(&mut self, subject: &mut Subject, step: &str) -> Result<(), Status> {
        let daemon = self.daemon;
        let id = subject.id.as_str();
        let mut client = daemon.accounts.clone();
        match step {
            "register" => {
                let request = person::registration(id);
                client.register_account(request).await?;
            }
            "register another" => {
                let request = v1::RegisterAccountRequest {
                    given_name: "Мария".into(),
                    ..person::registration(id)
                };
                client.register_account(request).await?;
            }
            "data" | "document" | "person" => {
                match step {
                    "document" => {
                        self.count += 1;
                        let number = format!("{:06}", self.count);
                        subject.data.document.as_mut().unwrap().number = number;
                    }
                    "person" => subject.data.birth_date = "1980-02-01".into(),
                    _ => {}
                }
                let request = v1::SubmitPersonalDataRequest {
                    account_id: id.into(),
                    personal_data: Some(subject.data.clone()),
                };
                client.submit_personal_data(request).await?;
            }
            "pass" | "fail" | "pass an earlier one" => {
                let check = match step {
                    "pass an earlier one" => NO_CHECK.to_owned(),
                    _ => self.check(id).await,
                };
                let request = match step {
                    "fail" => accounts::failed(id, &check),
                    _ => person::passed(id, &check),
                };
                client.record_registry_result(request).await?;
            }
            "sign" => self.sign(subject).await?,
            "letter" => self.letter(id).await?,
            "attest" => self.attest(id).await?,
            "contact" => {
                let request = v1::ChangeContactRequest {
                    account_id: id.into(),
                    email: format!("new-{id}@example.org"),
                    ..v1::ChangeContactRequest::default()
                };
                client.change_contact(request).await?;
            }
            "block" | "block again" => {
                let request = v1::BlockAccountRequest {
                    account_id: id.into(),
                    reason: step.into(),
                    acted_by: "staff-7".into(),
                };
                client.block_account(request).await?;
            }
            "unblock" => {
                let request = v1::UnblockAccountRequest {
                    account_id: id.into(),
                    acted_by: "staff-7".into(),
                };
                client.unblock_account(request).await?;
            }
            other => panic!("{other}"),
        }
        Ok(())
    }

    /// The account's check, or one that nobody asked for.
    async fn check(&self, id: &str) -> String {
        let request = v1::GetAccountRequest {
            account_id: id.into(),
        };
        let answer = self.daemon.accounts.clone().get_account(request).await;
        let account = answer.ok().and_then(|answer| answer.into_inner().account);
        let check = account.and_then(|account| account.registry_check);
        check.map_or(NO_CHECK.to_owned(), |check| check.check_id)
    }

    async fn sign(&self, subject: &Subject) -> Result<(), Status> {
        let prepared = self.daemon.prepare(&subject.id).await?;
        let application = prepared.application.unwrap().application_id;
        let signature = Script {
            snils: Some(subject.data.snils.clone()),
            ..Script::good(&prepared.content)
        };
        let submitted = self
            .daemon
            .submit(&subject.id, &application, signature.bytes());
        let state = submitted.await?.application.unwrap().state();
        assert_eq!(state, v1::ApplicationState::Accepted);
        Ok(())
    }

    async fn attest(&self, id: &str) -> Result<(), Status> {
        let prepared = self.daemon.prepare_attestation(id, at_bank()).await?;
        let application = prepared.application.unwrap().application_id;
        let signature = signed(&at_bank(), &prepared.content).bytes();
        let submitted = self.daemon.submit(id, &application, signature);
        let state = submitted.await?.application.unwrap().state();
        assert_eq!(state, v1::ApplicationState::Accepted);
        Ok(())
    }

    async fn letter(&self, id: &str) -> Result<(), Status> {
        // The pause between two letters.
        self.daemon.clock.advance(30 * DAY);
        let mut client = self.daemon.confirmations.clone();
        let request = v1::IssuePostalCodeRequest {
            account_id: id.into(),
        };
        let letter = client.issue_postal_code(request).await?.into_inner();
        let request = v1::ConfirmWithPostalCodeRequest {
            account_id: id.into(),
            code: letter.code,
        };
        client.confirm_with_postal_code(request).await?;
        Ok(())
    }
}
