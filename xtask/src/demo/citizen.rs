//! A citizen up to an account that only a confirmation is missing of.

use anyhow::{Context as _, Result};
use proto::v1::{self, account_service_client::AccountServiceClient};
use testdata::{Person, demo};
use tonic::transport::Channel;

use super::story;
use crate::person::passport;

/// An account and the person of the demonstration PKI whose it is; one person has one confirmed account.
pub(super) struct Citizen {
    pub(super) account: &'static str,
    pub(super) person: &'static str,
}

impl Citizen {
    /// Registers the citizen and has the personal data checked, as far as earlier runs have not done so.
    pub(super) async fn reach_standard(
        &self,
        accounts: &mut AccountServiceClient<Channel>,
    ) -> Result<()> {
        let account_id = self.account;
        let person = demo::pki()?.person(self.person)?;
        let registered = accounts
            .register_account(v1::RegisterAccountRequest {
                account_id: account_id.into(),
                surname: person.surname.clone(),
                given_name: person.given_name.clone(),
                phone: String::new(),
                email: format!("{}@example.org", account_id.trim_start_matches("demo-")),
            })
            .await
            .context("RegisterAccount")?
            .into_inner();
        let account = registered.account.context("the answer holds no account")?;
        story::step(&format!(
            "account {account_id} is {}",
            account.level().as_str_name()
        ));
        if account.level() != v1::AccountLevel::Simplified {
            return Ok(());
        }
        let submitted = accounts
            .submit_personal_data(v1::SubmitPersonalDataRequest {
                account_id: account_id.into(),
                personal_data: Some(personal_data(person)),
            })
            .await
            .context("SubmitPersonalData")?
            .into_inner();
        let check = submitted.account.and_then(|account| account.registry_check);
        let check_id = check.context("no registry check was asked for")?.check_id;
        story::step("personal data submitted, the registries are asked");
        let passed = |registry: v1::Registry| v1::RegistryAnswer {
            registry: registry.into(),
            outcome: v1::RegistryOutcome::Passed.into(),
            mismatches: Vec::new(),
        };
        let recorded = accounts
            .record_registry_result(v1::RecordRegistryResultRequest {
                account_id: account_id.into(),
                check_id,
                answers: vec![
                    passed(v1::Registry::PensionFund),
                    passed(v1::Registry::Passport),
                ],
            })
            .await
            .context("RecordRegistryResult")?
            .into_inner();
        let account = recorded.account.context("the answer holds no account")?;
        story::step(&format!(
            "account {account_id} is {}",
            account.level().as_str_name()
        ));
        Ok(())
    }
}

fn personal_data(person: &Person) -> v1::PersonalData {
    let passport = passport(person);
    let sex = match person.sex {
        testdata::Sex::Female => v1::Sex::Female,
        testdata::Sex::Male => v1::Sex::Male,
    };
    v1::PersonalData {
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        patronymic: person.patronymic.clone().unwrap_or_default(),
        sex: sex.into(),
        birth_date: person.birth_date.clone(),
        birth_place: person.birth_place.clone(),
        citizenship: person.citizenship.clone(),
        snils: person.snils.clone().unwrap_or_default(),
        inn: person.inn.clone().unwrap_or_default(),
        document: Some(v1::IdentityDocument {
            kind: v1::IdentityDocumentKind::RfPassport.into(),
            series: passport.series,
            number: passport.number,
            issued_on: passport.issued_on,
            issued_by: passport.issued_by,
            department_code: passport.department_code,
        }),
    }
}
