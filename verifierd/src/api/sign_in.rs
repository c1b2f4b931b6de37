//! `verifier.v1.SignInService`.

use audit_log::Receipt;
use proto::v1::{
    CreateChallengeRequest, CreateChallengeResponse, SignInRefused, SignInRequest, SignInResponse,
    SignedIn, sign_in_response::Result as Answer, sign_in_service_server::SignInService,
};
use tonic::{Request, Response, Status};

use super::{convert, identity::caller, status::refused};
use crate::service::{
    Context, audit,
    sign_in::{self, NotSignedIn, SignIn},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct SignIns(pub Context);

#[tonic::async_trait]
impl SignInService for SignIns {
    async fn create_challenge(
        &self,
        request: Request<CreateChallengeRequest>,
    ) -> Result<Response<CreateChallengeResponse>, Status> {
        let request = request.into_inner();
        let challenge = sign_in::create_challenge(&self.0, &request.origin)
            .await
            .map_err(|refusal| refused(&self.0, "CreateChallenge", refusal))?;
        Ok(Response::new(CreateChallengeResponse {
            challenge_id: challenge.id.to_string(),
            content: challenge.content,
            expires_at: Some(convert::timestamp(challenge.expires_at)),
        }))
    }

    async fn sign_in(
        &self,
        request: Request<SignInRequest>,
    ) -> Result<Response<SignInResponse>, Status> {
        let caller = caller(request.extensions());
        let request = request.into_inner();
        let signed = sign_in::sign_in(
            &self.0,
            &caller,
            &request.challenge_id,
            &request.origin,
            request.signature,
        )
        .await
        .map_err(|refusal| refused(&self.0, "SignIn", refusal))?;
        let state = match &signed.result {
            Ok(_) => "SIGNED_IN",
            Err(not) => not.reason.reason.code(),
        };
        tracing::info!(
            rpc = "SignIn",
            challenge = request.challenge_id,
            state,
            "answered"
        );
        let receipt = audit::receipt(&self.0, signed.receipt.sequence).await;
        let receipt = receipt.map_err(|refusal| refused(&self.0, "SignIn", refusal))?;
        Ok(Response::new(answer(signed, &receipt)))
    }
}

fn answer(signed: SignIn, receipt: &Receipt) -> SignInResponse {
    let result = match signed.result {
        Ok(account) => Answer::SignedIn(SignedIn {
            account: Some(convert::account(&account)),
        }),
        Err(NotSignedIn {
            reason,
            retry_at,
            report_json,
            tries_left,
        }) => Answer::Refused(SignInRefused {
            reasons: vec![convert::reason(&reason)],
            retry_at: retry_at.map(convert::timestamp),
            report_json,
            tries_left,
        }),
    };
    SignInResponse {
        result: Some(result),
        audit: Some(convert::receipt(signed.receipt, Some(receipt))),
    }
}
