//! Nothing signed counts twice, elsewhere, for somebody else or as something else.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use proto::v1::sign_in_response::Result as SignedIn;
use proto::v1::sign_in_service_client::SignInServiceClient;
use proto::v1::{self, ApplicationState, CreateChallengeRequest, SignInRequest};
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::World;
use super::claim::Figure;
use super::client::{Client, Prepared};
use super::double::is;
use super::people::{MISTAKEN, personal_data};

const PORTAL: &str = "https://portal.ispytatelsk.example";
const ELSEWHERE: &str = "https://another.ispytatelsk.example";

/// Every crossing against a daemon of its own.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    let place = world.place("replay", &world.sqlite("replay"), "")?;
    let daemon = place.start()?;
    let client = Client::connect(daemon.endpoint(), &world.said).await?;
    for number in 0..2 {
        let data = personal_data(world.people.person(number)?);
        client.standard(&account(number), &data).await?;
    }
    let sign_in = SignInServiceClient::connect(daemon.endpoint().to_owned()).await?;
    let run = Run {
        world: Arc::clone(world),
        client,
        sign_in,
    };
    let mut tried = run.applications().await.context("applications")?;
    tried += run.challenges().await.context("challenges")?;
    tried += run.identities().await.context("identities")?;
    drop(run);
    daemon.stop()?;
    Ok(Figure(format!(
        "{tried} replays, crossings and mistaken identities: each refused for its own reason"
    )))
}

fn account(number: usize) -> String {
    format!("replay-{number}")
}

struct Run {
    world: Arc<World>,
    client: Client,
    sign_in: SignInServiceClient<Channel>,
}

impl Run {
    fn sign(&self, number: usize, prepared: &Prepared) -> Result<Vec<u8>> {
        self.world
            .people
            .sign(number, &prepared.content, prepared.at)
    }

    /// A signed form confirms the account that it names, once.
    async fn applications(&self) -> Result<usize> {
        let first = self.client.prepare(&account(0)).await?;
        let open = self.client.prepare(&account(0)).await?;
        let other = self.client.prepare(&account(1)).await?;
        let signature = self.sign(0, &first)?;
        let differs = |answer| refused(answer, Code::InvalidArgument, "CONTENT_DIFFERS");
        // For the application of somebody else, signed by either of them.
        differs(self.client.submit(&other, signature.clone()).await)?;
        let by_other = self.sign(1, &first)?;
        differs(self.client.submit(&other, by_other.clone()).await)?;
        // Under the name of somebody else.
        let stolen = Prepared {
            account: account(1),
            ..first.clone()
        };
        let answer = self.client.submit(&stolen, signature.clone()).await;
        refused(
            answer,
            Code::PermissionDenied,
            "APPLICATION_OF_ANOTHER_ACCOUNT",
        )?;
        let answer = self.client.submit(&first, signature.clone()).await?;
        let state = answer.application.as_ref().map(v1::Application::state);
        ensure!(
            state == Some(ApplicationState::Accepted),
            "the good one: {state:?}"
        );
        // Again: the same answer. For the next application: a replay. Another signature: too late.
        let again = self.client.submit(&first, signature.clone()).await?;
        ensure!(again == answer, "the same signature has another answer");
        let answer = self.client.submit(&open, signature).await;
        refused(answer, Code::InvalidArgument, "SIGNATURE_REPLAYED")?;
        let late = self.world.people.sign(0, &first.content, first.at - 1)?;
        let answer = self.client.submit(&first, late).await;
        refused(
            answer,
            Code::FailedPrecondition,
            "APPLICATION_ALREADY_SUBMITTED",
        )?;
        let answer = self.client.submit(&first, by_other).await;
        refused(
            answer,
            Code::FailedPrecondition,
            "APPLICATION_ALREADY_SUBMITTED",
        )?;
        Ok(6)
    }

    /// A challenge counts once, at its origin, and is no application.
    async fn challenges(&self) -> Result<usize> {
        let prepared = self.client.prepare(&account(0)).await?;
        let issued = self.challenge().await?;
        let sign = |content: &[u8]| self.world.people.sign(0, content, prepared.at);
        let signed = sign(&issued.content)?;
        let answer = self.present(ELSEWHERE, &issued.challenge_id, &signed).await;
        refused(answer, Code::PermissionDenied, "SIGN_IN_ORIGIN_DIFFERS")?;
        let as_challenge = sign(&prepared.content)?;
        let answer = self
            .present(PORTAL, &issued.challenge_id, &as_challenge)
            .await;
        refused(answer, Code::InvalidArgument, "CONTENT_DIFFERS")?;
        let answer = self.client.submit(&prepared, signed.clone()).await;
        refused(answer, Code::InvalidArgument, "CONTENT_DIFFERS")?;
        let answer = self.present(PORTAL, &prepared.id, &as_challenge).await;
        refused(answer, Code::NotFound, "SIGN_IN_CHALLENGE_UNKNOWN")?;
        let crossed = Prepared {
            id: issued.challenge_id.clone(),
            ..prepared.clone()
        };
        let answer = self.client.submit(&crossed, signed.clone()).await;
        refused(answer, Code::NotFound, "APPLICATION_UNKNOWN")?;
        let next = self.challenge().await?;
        let answer = self.present(PORTAL, &next.challenge_id, &signed).await;
        refused(answer, Code::InvalidArgument, "CONTENT_DIFFERS")?;
        let answer = self.present(PORTAL, &issued.challenge_id, &signed).await?;
        ensure!(
            matches!(answer.result, Some(SignedIn::SignedIn(_))),
            "the good challenge does not sign in"
        );
        let answer = self.present(PORTAL, &issued.challenge_id, &signed).await;
        refused(answer, Code::FailedPrecondition, "SIGN_IN_CHALLENGE_SPENT")?;
        Ok(7)
    }

    async fn challenge(&self) -> Result<v1::CreateChallengeResponse> {
        let request = CreateChallengeRequest {
            origin: PORTAL.to_owned(),
        };
        let answer = self.sign_in.clone().create_challenge(request).await;
        Ok(self.client.noted(answer)?)
    }

    async fn present(
        &self,
        origin: &str,
        challenge: &str,
        signature: &[u8],
    ) -> Result<v1::SignInResponse, Status> {
        let request = SignInRequest {
            challenge_id: challenge.to_owned(),
            origin: origin.to_owned(),
            signature: signature.to_vec(),
        };
        let answer = self.sign_in.clone().sign_in(request).await;
        self.client.noted(answer)
    }

    /// Certificates that state a person in a wrong place, or another person.
    async fn identities(&self) -> Result<usize> {
        let mut codes = BTreeSet::new();
        let mistaken = MISTAKEN
            .iter()
            .map(|(certificate, _, code)| (*certificate, *code));
        let others = [("soak-1", "PERSON_DIFFERS"), ("citizen", "PERSON_DIFFERS")];
        let all: Vec<(&str, &str)> = mistaken.chain(others).collect();
        for (certificate, expected) in &all {
            let prepared = self.client.prepare(&account(0)).await?;
            let signature = self.world.people.sign_with(certificate, &prepared)?;
            let answer = self.client.submit(&prepared, signature).await?;
            let application = answer.application.context("an application")?;
            ensure!(
                application.state() == ApplicationState::Rejected,
                "{certificate}: {:?}",
                application.state()
            );
            let reasons = application.outcome.unwrap_or_default().reasons;
            let found: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
            ensure!(
                found.contains(expected),
                "{certificate}: {found:?}, not {expected}"
            );
            codes.insert(*expected);
        }
        ensure!(codes.len() > 1, "one reason for everything");
        Ok(all.len())
    }
}

fn refused<T>(answer: Result<T, Status>, code: Code, reason: &str) -> Result<()> {
    match answer {
        Ok(_) => anyhow::bail!("taken where {reason} is meant"),
        Err(status) => is(&status, code, reason),
    }
}
