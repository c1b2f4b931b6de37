//! A portal that talks to a daemon and keeps what it was told when it was refused.

use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::confirmation_service_client::ConfirmationServiceClient;
use proto::v1::enrolment_service_client::EnrolmentServiceClient;
use proto::v1::organisation_service_client::OrganisationServiceClient;
use proto::v1::prepare_application_request::Attestor;
use proto::v1::prepare_organisation_link_request::Number;
use proto::v1::{self, PersonalData};
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The service centre whose operator attests.
const CENTRE: &str = "soak-centre";

/// Every error text of a run with its details, what commands print, and what the run itself tells.
#[derive(Clone, Debug, Default)]
pub struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    /// Keeps what a daemon said.
    pub fn note(&self, status: &Status) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(status.message().as_bytes());
        said.push(b'\n');
        said.extend_from_slice(status.details());
        said.push(b'\n');
        for (name, value) in status.metadata().clone().into_headers().iter() {
            said.extend_from_slice(name.as_str().as_bytes());
            said.extend_from_slice(value.as_bytes());
            said.push(b'\n');
        }
    }

    /// Keeps any text.
    pub fn note_text(&self, text: &[u8]) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(text);
        said.push(b'\n');
    }

    /// Runs a command to its end and keeps what it says.
    pub fn run(&self, command: &mut Command) -> Result<Output> {
        let output = command.output().context("run a command")?;
        self.note_text(&output.stdout);
        self.note_text(&output.stderr);
        Ok(output)
    }

    /// Everything so far, as text.
    pub fn text(&self) -> String {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }
}

/// Clients of the services of one daemon.
#[derive(Clone)]
pub struct Client {
    pub accounts: AccountServiceClient<Channel>,
    pub confirmations: ConfirmationServiceClient<Channel>,
    enrolments: EnrolmentServiceClient<Channel>,
    organisations: OrganisationServiceClient<Channel>,
    pub said: Said,
}

impl Client {
    /// Connects.
    pub async fn connect(endpoint: &str, said: &Said) -> Result<Self> {
        let endpoint = Endpoint::from_shared(endpoint.to_owned())?.timeout(PATIENCE);
        let channel = endpoint.connect().await.context("connect to the daemon")?;
        Ok(Self {
            accounts: AccountServiceClient::new(channel.clone()),
            confirmations: ConfirmationServiceClient::new(channel.clone()),
            enrolments: EnrolmentServiceClient::new(channel.clone()),
            organisations: OrganisationServiceClient::new(channel),
            said: said.clone(),
        })
    }

    /// Keeps an error.
    pub fn noted<T>(&self, answer: Result<tonic::Response<T>, Status>) -> Result<T, Status> {
        match answer {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => {
                self.said.note(&status);
                Err(status)
            }
        }
    }

    /// Registers an account with the names of its owner.
    pub async fn register(&self, id: &str, data: &PersonalData) -> Result<v1::Account, Status> {
        let request = v1::RegisterAccountRequest {
            account_id: id.to_owned(),
            surname: data.surname.clone(),
            given_name: data.given_name.clone(),
            phone: String::new(),
            email: email(id),
        };
        let answer = self.accounts.clone().register_account(request).await;
        self.noted(answer)?.account.ok_or_else(incomplete)
    }

    /// Submits personal data; answers the id of the check.
    pub async fn submit_data(&self, id: &str, data: &PersonalData) -> Result<String, Status> {
        let request = v1::SubmitPersonalDataRequest {
            account_id: id.to_owned(),
            personal_data: Some(data.clone()),
        };
        let answer = self.accounts.clone().submit_personal_data(request).await;
        let account = self.noted(answer)?.account.ok_or_else(incomplete)?;
        Ok(account.registry_check.ok_or_else(incomplete)?.check_id)
    }

    /// Tells that the registries know the person.
    pub async fn pass_check(&self, id: &str, check: String) -> Result<v1::Account, Status> {
        let passed = |registry: v1::Registry| v1::RegistryAnswer {
            registry: registry.into(),
            outcome: v1::RegistryOutcome::Passed.into(),
            mismatches: Vec::new(),
        };
        let request = v1::RecordRegistryResultRequest {
            account_id: id.to_owned(),
            check_id: check,
            answers: vec![
                passed(v1::Registry::PensionFund),
                passed(v1::Registry::Passport),
            ],
        };
        let answer = self.accounts.clone().record_registry_result(request).await;
        self.noted(answer)?.account.ok_or_else(incomplete)
    }

    /// Brings a new account to STANDARD.
    pub async fn standard(&self, id: &str, data: &PersonalData) -> Result<v1::Account, Status> {
        self.register(id, data).await?;
        let check = self.submit_data(id, data).await?;
        self.pass_check(id, check).await
    }

    /// Enrols the service centre and an operator of it; answers the enrolment of the operator.
    pub async fn enrol(&self, operator_snils: &str) -> Result<v1::Enrolment, Status> {
        let centre = v1::EnrolCentreRequest {
            centre_id: CENTRE.to_owned(),
            name: "МФЦ".to_owned(),
            acted_by: "soak".to_owned(),
            ..Default::default()
        };
        let mut client = self.enrolments.clone();
        self.noted(client.enrol_centre(centre).await)?;
        let operator = v1::EnrolOperatorRequest {
            centre_id: CENTRE.to_owned(),
            operator_snils: operator_snils.to_owned(),
            acted_by: "soak".to_owned(),
            ..Default::default()
        };
        let answer = self.noted(client.enrol_operator(operator).await)?;
        answer.enrolment.ok_or_else(incomplete)
    }

    /// Ends an enrolment now.
    pub async fn end_enrolment(&self, enrolment: v1::Enrolment) -> Result<(), Status> {
        let request = v1::EndEnrolmentRequest {
            enrolment_id: enrolment.enrolment_id,
            until: None,
            acted_by: "soak".to_owned(),
        };
        let mut client = self.enrolments.clone();
        self.noted(client.end_enrolment(request).await).map(drop)
    }

    /// Prepares an application for the applicant's own signature.
    pub async fn prepare(&self, account: &str) -> Result<Prepared, Status> {
        self.prepare_through(account, v1::Channel::OwnSignature, None)
            .await
    }

    /// Prepares what an operator of the service centre signs who saw the applicant's documents.
    pub async fn prepare_attestation(
        &self,
        account: &str,
        operator_snils: &str,
    ) -> Result<Prepared, Status> {
        let attestor = Attestor::ServiceCentre(v1::ServiceCentreAttestor {
            centre_id: CENTRE.to_owned(),
            operator_snils: operator_snils.to_owned(),
            documents_seen: vec![
                v1::DocumentSeen::Snils.into(),
                v1::DocumentSeen::RfPassport.into(),
            ],
        });
        self.prepare_through(account, v1::Channel::ServiceCentre, Some(attestor))
            .await
    }

    async fn prepare_through(
        &self,
        account: &str,
        channel: v1::Channel,
        attestor: Option<Attestor>,
    ) -> Result<Prepared, Status> {
        let request = v1::PrepareApplicationRequest {
            account_id: account.to_owned(),
            channel: channel.into(),
            attestor,
        };
        let mut client = self.confirmations.clone();
        let answer = self.noted(client.prepare_application(request).await)?;
        Prepared::of(account, answer.application, answer.content)
    }

    /// Prepares the link of an organisation, for the signature of its head.
    pub async fn prepare_link(&self, account: &str, ogrn: &str) -> Result<Prepared, Status> {
        let request = v1::PrepareOrganisationLinkRequest {
            account_id: account.to_owned(),
            number: Some(Number::Ogrn(ogrn.to_owned())),
        };
        let mut client = self.organisations.clone();
        let answer = self.noted(client.prepare_organisation_link(request).await)?;
        Prepared::of(account, answer.application, answer.content)
    }

    /// Submits a signature that links.
    pub async fn submit_link(
        &self,
        prepared: &Prepared,
        signature: Vec<u8>,
    ) -> Result<v1::OrganisationLink, Status> {
        let request = v1::SubmitOrganisationLinkRequest {
            account_id: prepared.account.clone(),
            application_id: prepared.id.clone(),
            signature,
        };
        let mut client = self.organisations.clone();
        let answer = self.noted(client.submit_organisation_link(request).await)?;
        answer.link.ok_or_else(incomplete)
    }

    /// Submits a signature.
    pub async fn submit(
        &self,
        prepared: &Prepared,
        signature: Vec<u8>,
    ) -> Result<v1::SubmitApplicationResponse, Status> {
        let request = v1::SubmitApplicationRequest {
            account_id: prepared.account.clone(),
            application_id: prepared.id.clone(),
            signature,
        };
        let answer = self.confirmations.clone().submit_application(request).await;
        self.noted(answer)
    }

    /// The application as it stands.
    pub async fn application(
        &self,
        account: &str,
        id: &str,
    ) -> Result<v1::GetApplicationResponse, Status> {
        let request = v1::GetApplicationRequest {
            account_id: account.to_owned(),
            application_id: id.to_owned(),
        };
        let answer = self.confirmations.clone().get_application(request).await;
        self.noted(answer)
    }

    /// The account as it stands.
    pub async fn account(&self, id: &str) -> Result<v1::Account, Status> {
        let request = v1::GetAccountRequest {
            account_id: id.to_owned(),
        };
        let answer = self.accounts.clone().get_account(request).await;
        self.noted(answer)?.account.ok_or_else(incomplete)
    }
}

/// An application that waits for a signature.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub account: String,
    pub id: String,
    /// When it was issued, in seconds since 1970.
    pub at: i64,
    /// What is signed.
    pub content: Vec<u8>,
}

impl Prepared {
    fn of(
        account: &str,
        application: Option<v1::Application>,
        content: Vec<u8>,
    ) -> Result<Self, Status> {
        let application = application.ok_or_else(incomplete)?;
        Ok(Self {
            account: account.to_owned(),
            id: application.application_id,
            at: application.issued_at.map_or(0, |at| at.seconds),
            content,
        })
    }
}

/// The e-mail of an account; it is searched for like every other claim.
pub fn email(account: &str) -> String {
    format!("{}@ispytatelsk.example", account.to_lowercase())
}

fn incomplete() -> Status {
    Status::internal("the answer lacks a part")
}
