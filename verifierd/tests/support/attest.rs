//! Whoever attests, and what they sign.

use proto::v1::{
    self, enrolment_service_client::EnrolmentServiceClient, prepare_application_request::Attestor,
};
use tonic::{Status, transport::Channel};

use super::{Daemon, script::Script};

pub const CENTRE: &str = "mfc-1";
pub const OPERATOR: &str = "00060017457";
pub const BANK: &str = "1047702026701";
pub const ADMIN: &str = "admin-7";

/// An operator of the centre saw what has to be seen.
pub fn at_centre() -> Attestor {
    Attestor::ServiceCentre(v1::ServiceCentreAttestor {
        centre_id: CENTRE.into(),
        operator_snils: OPERATOR.into(),
        documents_seen: vec![
            v1::DocumentSeen::Snils.into(),
            v1::DocumentSeen::RfPassport.into(),
        ],
    })
}

/// The bank saw the client's passport.
pub fn at_bank() -> Attestor {
    Attestor::Bank(v1::BankAttestor {
        ogrn: BANK.into(),
        documents_seen: vec![v1::DocumentSeen::RfPassport.into()],
    })
}

pub fn channel_of(attestor: &Attestor) -> v1::Channel {
    match attestor {
        Attestor::ServiceCentre(_) => v1::Channel::ServiceCentre,
        Attestor::Bank(_) => v1::Channel::Bank,
    }
}

/// The operator's qualified signature.
pub fn by_operator(content: &[u8]) -> Script {
    Script {
        surname: Some("Ёлкина".into()),
        given_name: Some("Алёна Фёдоровна".into()),
        snils: Some(OPERATOR.into()),
        inn: None,
        ..Script::good(content)
    }
}

/// The signature of the bank, by whoever acts for it.
pub fn by_bank(content: &[u8]) -> Script {
    Script {
        surname: Some("Директоров".into()),
        given_name: Some("Пётр Петрович".into()),
        snils: Some("00060024858".into()),
        inn: None,
        ogrn: Some(BANK.into()),
        ..Script::good(content)
    }
}

/// Signs as whoever the attestor is.
pub fn signed(attestor: &Attestor, content: &[u8]) -> Script {
    match attestor {
        Attestor::ServiceCentre(_) => by_operator(content),
        Attestor::Bank(_) => by_bank(content),
    }
}

pub fn centre() -> v1::EnrolCentreRequest {
    v1::EnrolCentreRequest {
        centre_id: CENTRE.into(),
        name: "МФЦ района".into(),
        acted_by: ADMIN.into(),
        ..Default::default()
    }
}

pub fn operator() -> v1::EnrolOperatorRequest {
    v1::EnrolOperatorRequest {
        centre_id: CENTRE.into(),
        operator_snils: OPERATOR.into(),
        acted_by: ADMIN.into(),
        ..Default::default()
    }
}

pub fn bank() -> v1::EnrolBankRequest {
    v1::EnrolBankRequest {
        ogrn: BANK.into(),
        name: "Банк".into(),
        acted_by: ADMIN.into(),
        ..Default::default()
    }
}

impl Daemon {
    pub fn enrolments(&self) -> EnrolmentServiceClient<Channel> {
        EnrolmentServiceClient::new(self.channel.clone())
    }

    pub async fn enrol_centre(&self, it: v1::EnrolCentreRequest) -> Result<v1::Enrolment, Status> {
        let answer = self.enrolments().enrol_centre(it).await?;
        Ok(answer.into_inner().enrolment.unwrap())
    }

    pub async fn enrol_operator(
        &self,
        it: v1::EnrolOperatorRequest,
    ) -> Result<v1::Enrolment, Status> {
        let answer = self.enrolments().enrol_operator(it).await?;
        Ok(answer.into_inner().enrolment.unwrap())
    }

    pub async fn enrol_bank(&self, it: v1::EnrolBankRequest) -> Result<v1::Enrolment, Status> {
        let answer = self.enrolments().enrol_bank(it).await?;
        Ok(answer.into_inner().enrolment.unwrap())
    }

    /// Ends it at once, or `after` seconds from now.
    pub async fn end_enrolment(
        &self,
        id: &str,
        after: Option<i64>,
    ) -> Result<v1::Enrolment, Status> {
        use verifierd::service::ports::Clock as _;
        let request = v1::EndEnrolmentRequest {
            enrolment_id: id.into(),
            until: after.map(|after| seconds(self.clock.now().seconds() + after)),
            acted_by: ADMIN.into(),
        };
        let answer = self.enrolments().end_enrolment(request).await?;
        Ok(answer.into_inner().enrolment.unwrap())
    }

    /// The centre, its operator and the bank; answers their ids.
    pub async fn enrol_everybody(&self) -> [String; 3] {
        let centre = self.enrol_centre(centre()).await.unwrap();
        let operator = self.enrol_operator(operator()).await.unwrap();
        let bank = self.enrol_bank(bank()).await.unwrap();
        [centre, operator, bank].map(|it| it.enrolment_id)
    }

    pub async fn prepare_through(
        &self,
        account: &str,
        channel: v1::Channel,
        attestor: Option<Attestor>,
    ) -> Result<v1::PrepareApplicationResponse, Status> {
        let request = v1::PrepareApplicationRequest {
            account_id: account.into(),
            channel: channel.into(),
            attestor,
        };
        let mut client = self.confirmations.clone();
        Ok(client.prepare_application(request).await?.into_inner())
    }

    pub async fn prepare_attestation(
        &self,
        account: &str,
        attestor: Attestor,
    ) -> Result<v1::PrepareApplicationResponse, Status> {
        let channel = channel_of(&attestor);
        self.prepare_through(account, channel, Some(attestor)).await
    }

    /// Prepares what is to be attested; answers its id and bytes.
    pub async fn attest(&self, account: &str, attestor: Attestor) -> (String, Vec<u8>) {
        let answer = self.prepare_attestation(account, attestor).await.unwrap();
        (answer.application.unwrap().application_id, answer.content)
    }

    /// Prepares for the person's own signature through `channel`.
    pub async fn issue_through(&self, account: &str, channel: v1::Channel) -> (String, Vec<u8>) {
        let answer = self.prepare_through(account, channel, None).await.unwrap();
        (answer.application.unwrap().application_id, answer.content)
    }

    /// An account of level SIMPLIFIED with a check that nobody has answered.
    pub async fn simplified(&self, id: &str) -> String {
        self.register(id).await;
        self.submit_data(id, super::person::data()).await
    }
}

pub fn seconds(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds, nanos: 0 }
}

/// The reasons of an outcome with their fields.
pub fn reasons(answer: &v1::SubmitApplicationResponse) -> Vec<(String, Vec<String>)> {
    let outcome = answer.application.as_ref().unwrap().outcome.as_ref();
    let reasons = outcome.unwrap().reasons.iter();
    reasons
        .map(|reason| (reason.code.clone(), reason.fields.clone()))
        .collect()
}
