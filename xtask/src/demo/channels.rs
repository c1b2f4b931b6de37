//! The channels beside the own signature, one person each.

use anyhow::{Context as _, Result, bail};
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::confirmation_service_client::ConfirmationServiceClient;
use proto::v1::enrolment_service_client::EnrolmentServiceClient;
use proto::v1::prepare_application_request::Attestor;
use proto::v1::{self, ApplicationState, DocumentSeen};
use testdata::{Timestamp, demo};
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::citizen::Citizen;
use super::story;

const CENTRE_ID: &str = "demo-centre";
/// Of the certificate `organisation`.
const BANK_OGRN: &str = "0000000000660";
const ACTED_BY: &str = "demo";

/// Who appears before an operator.
const AT_CENTRE: Citizen = Citizen {
    account: "demo-centre",
    person: "no-patronymic",
};
/// Whom a bank knows.
const AT_BANK: Citizen = Citizen {
    account: "demo-bank",
    person: "second-key",
};
/// Who gets a letter.
const BY_LETTER: Citizen = Citizen {
    account: "demo-letter",
    person: "512",
};
/// Whose card has ended, as every such card has.
const WITH_CARD: Citizen = Citizen {
    account: "demo-card",
    person: "expired",
};

/// Plays them; a line each says how it ended.
pub(super) async fn play(channel: Channel) -> Result<()> {
    let mut accounts = AccountServiceClient::new(channel.clone());
    for citizen in [AT_CENTRE, AT_BANK, BY_LETTER, WITH_CARD] {
        citizen.reach_standard(&mut accounts).await?;
    }
    enrol(EnrolmentServiceClient::new(channel.clone())).await?;
    let mut stage = Stage {
        accounts,
        confirmations: ConfirmationServiceClient::new(channel),
    };
    let operator = demo::pki()?.person("citizen-yo")?;
    let centre = v1::ServiceCentreAttestor {
        centre_id: CENTRE_ID.into(),
        operator_snils: operator.snils.clone().unwrap_or_default(),
        documents_seen: vec![DocumentSeen::RfPassport.into(), DocumentSeen::Snils.into()],
    };
    let seen = Signed {
        channel: v1::Channel::ServiceCentre,
        attestor: Some(Attestor::ServiceCentre(centre)),
        token: "citizen-yo",
    };
    stage.confirm(&AT_CENTRE, seen).await?;
    let bank = v1::BankAttestor {
        ogrn: BANK_OGRN.into(),
        documents_seen: vec![DocumentSeen::RfPassport.into()],
    };
    let known = Signed {
        channel: v1::Channel::Bank,
        attestor: Some(Attestor::Bank(bank)),
        token: "organisation",
    };
    stage.confirm(&AT_BANK, known).await?;
    stage.letter().await?;
    stage.card().await
}

/// Lets the operator and the bank attest; again, it changes nothing.
async fn enrol(mut enrolments: EnrolmentServiceClient<Channel>) -> Result<()> {
    let centre = v1::EnrolCentreRequest {
        centre_id: CENTRE_ID.into(),
        name: "Demonstration centre".into(),
        acted_by: ACTED_BY.into(),
        ..Default::default()
    };
    enrolments
        .enrol_centre(centre)
        .await
        .context("EnrolCentre")?;
    let operator = demo::pki()?.person("citizen-yo")?;
    let operator = v1::EnrolOperatorRequest {
        centre_id: CENTRE_ID.into(),
        operator_snils: operator.snils.clone().unwrap_or_default(),
        acted_by: ACTED_BY.into(),
        ..Default::default()
    };
    enrolments
        .enrol_operator(operator)
        .await
        .context("EnrolOperator")?;
    let bank = v1::EnrolBankRequest {
        ogrn: BANK_OGRN.into(),
        name: "Demonstration bank".into(),
        acted_by: ACTED_BY.into(),
        ..Default::default()
    };
    enrolments.enrol_bank(bank).await.context("EnrolBank")?;
    Ok(())
}

/// What is signed, and on whose token.
struct Signed {
    channel: v1::Channel,
    attestor: Option<Attestor>,
    token: &'static str,
}

struct Stage {
    accounts: AccountServiceClient<Channel>,
    confirmations: ConfirmationServiceClient<Channel>,
}

impl Stage {
    async fn submit(
        &mut self,
        citizen: &Citizen,
        signed: Signed,
    ) -> Result<v1::SubmitApplicationResponse, anyhow::Error> {
        let prepared = self
            .confirmations
            .prepare_application(v1::PrepareApplicationRequest {
                account_id: citizen.account.into(),
                channel: signed.channel.into(),
                attestor: signed.attestor,
            })
            .await?
            .into_inner();
        let application = prepared
            .application
            .context("the answer holds no application")?;
        let signed_at = application
            .issued_at
            .context("the application has no time")?
            .seconds;
        let token = demo::pki()?.token(signed.token)?;
        let signature = token.sign_detached(&prepared.content, Timestamp(signed_at))?;
        let submitted = self
            .confirmations
            .submit_application(v1::SubmitApplicationRequest {
                account_id: citizen.account.into(),
                application_id: application.application_id,
                signature,
            })
            .await?;
        Ok(submitted.into_inner())
    }

    /// An application that confirms.
    async fn confirm(&mut self, citizen: &Citizen, signed: Signed) -> Result<()> {
        let channel = signed.channel;
        let answer = self.submit(citizen, signed).await;
        let answer = answer.with_context(|| channel.as_str_name())?;
        let application = answer.application.unwrap_or_default();
        if application.state() != ApplicationState::Accepted {
            bail!(
                "{}: the application is {:?}, {:?}",
                channel.as_str_name(),
                application.state(),
                codes(&application)
            );
        }
        told(channel, &answer.account.unwrap_or_default())
    }

    /// A letter and its code; an earlier run's letter has confirmed already.
    async fn letter(&mut self) -> Result<()> {
        let account_id = BY_LETTER.account.to_owned();
        let request = v1::GetAccountRequest {
            account_id: account_id.clone(),
        };
        let account = self.accounts.get_account(request).await?.into_inner();
        let account = account.account.unwrap_or_default();
        if account.level() == v1::AccountLevel::Confirmed {
            return told(v1::Channel::PostalCode, &account);
        }
        let request = v1::IssuePostalCodeRequest {
            account_id: account_id.clone(),
        };
        let letter = self.confirmations.issue_postal_code(request).await;
        let code = letter.context("IssuePostalCode")?.into_inner().code;
        let request = v1::ConfirmWithPostalCodeRequest { account_id, code };
        let answer = self.confirmations.confirm_with_postal_code(request).await;
        let answer = answer.context("ConfirmWithPostalCode")?.into_inner();
        told(v1::Channel::PostalCode, &answer.account.unwrap_or_default())
    }

    /// A card of the past, which the daemon must refuse.
    async fn card(&mut self) -> Result<()> {
        let signed = Signed {
            channel: v1::Channel::UecCard,
            attestor: None,
            token: "citizen-expired",
        };
        let answer = match self.submit(&WITH_CARD, signed).await {
            Ok(answer) => answer,
            // Refused in each of several runs within an hour.
            Err(error) if is_limited(&error) => {
                story::step("UEC_CARD: not judged, too many refused tries within an hour");
                return Ok(());
            }
            Err(error) => return Err(error.context("UEC_CARD")),
        };
        let application = answer.application.unwrap_or_default();
        if application.state() != ApplicationState::Rejected {
            bail!("UEC_CARD: the application is {:?}", application.state());
        }
        story::step(&format!(
            "UEC_CARD: account {} stays unconfirmed, refused: {}",
            WITH_CARD.account,
            codes(&application).join(", ")
        ));
        Ok(())
    }
}

fn is_limited(error: &anyhow::Error) -> bool {
    let status = error.downcast_ref::<Status>();
    status.is_some_and(|status| status.code() == Code::ResourceExhausted)
}

fn codes(application: &v1::Application) -> Vec<&str> {
    let outcome = application.outcome.as_ref();
    let reasons = outcome.into_iter().flat_map(|outcome| &outcome.reasons);
    reasons.map(|reason| reason.code.as_str()).collect()
}

/// Says by what an account is confirmed.
fn told(channel: v1::Channel, account: &v1::Account) -> Result<()> {
    let confirmation = account.confirmation.as_ref();
    let confirmation = confirmation.context("the account is not confirmed")?;
    story::step(&format!(
        "{}: account {} is confirmed, {}, evidence {}",
        confirmation.channel().as_str_name(),
        account.account_id,
        confirmation.assurance().as_str_name(),
        confirmation.evidence_id
    ));
    if account.level() != v1::AccountLevel::Confirmed || confirmation.channel() != channel {
        bail!("the account is {:?}", account.level());
    }
    Ok(())
}
